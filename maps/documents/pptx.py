"""Slides for PowerPoint, 16:9: titles, points and tables as text that can be edited, one picture each, marked."""

import io
import math
from pathlib import Path
from typing import Any, Final

import pptx
from PIL import Image
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from maps import words
from maps.documents._widths import shares
from maps.documents.blocks import LANGUAGE, described
from maps.documents.deck import Deck, Slide
from maps.documents.docx import saved
from maps.figures.base import Picture
from maps.report.table import Table

FONT: Final = "Arial"
_colour: Final[Any] = RGBColor  # has no types of its own
_INK: Final = _colour.from_string("14202B")
_DEEP: Final = _colour.from_string("0B4F94")
_QUIET: Final = _colour.from_string("475563")
_WIDE, _HIGH = Inches(13.333), Inches(7.5)
_EDGE: Final = Inches(0.5)
_TOP: Final = Inches(1.3)
_BOTTOM: Final = Inches(6.8)
_PICTURE: Final = Inches(9.2)
_COLUMN: Final = Inches(9.8)
_TITLE_AND_CONTENT: Final = 1
_SIZES: Final = ((170, 18), (250, 16), (390, 14), (10_000, 12))  # letters up to which points have a size of type
_CELL: Final = Pt(12)
_LETTER: Final = 0.54  # width of a letter as a share of the size of type
_RULED: Final = "{9D7B030F-B1BA-407E-AAFB-D0C7E4C2C6F1}"  # PowerPoint's own Light Style 1
_NUMBER: Final = (
    '<a:fld xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="{}" sz="1000"/><a:t>‹#›</a:t></a:fld>'
)


def write_pptx(deck: Deck, path: str | Path) -> Path:
    """
    Write slides.

    Parameters
    ----------
    deck : what they say
    path : the file to write

    Returns
    -------
    path : as given
    """
    made = pptx.Presentation()
    made.slide_width, made.slide_height = _WIDE, _HIGH
    layout = made.slide_layouts[_TITLE_AND_CONTENT]
    _drop_other_layouts(made, layout)
    _edges(made, layout, deck)
    _describe(made, deck)
    for slide in deck.slides:
        _slide(made.slides.add_slide(layout), slide)
    return saved(made, Path(path))


def _drop_other_layouts(made: Any, kept: Any) -> None:
    """Leave only the layout that is used, and no room on it for what is not."""
    for layout in list(made.slide_layouts):
        if layout is not kept and layout.name != kept.name:
            made.slide_layouts.remove(layout)
    for place in [*kept.placeholders, *made.slide_master.placeholders]:
        if place.placeholder_format.idx in (10, 11, 12) or place.placeholder_format.type in (13, 15, 16):
            place._element.getparent().remove(place._element)


def _edges(made: Any, layout: Any, deck: Deck) -> None:
    """Put marking, run and number on the layout, so that every slide has them and none can lose them."""
    edition = deck.edition
    scratch = made.slides.add_slide(layout)
    boxes = [
        _box(scratch, Inches(0.08), edition.marking, PP_ALIGN.CENTER, bold=True),
        _box(scratch, Inches(6.9), edition.marking, PP_ALIGN.CENTER, bold=True),
        _box(scratch, Inches(7.15), f"{edition.force}. {edition.period}. Run {edition.run_id}.", PP_ALIGN.LEFT),
        _box(scratch, Inches(7.15), "", PP_ALIGN.RIGHT),
    ]
    boxes[-1].text_frame.paragraphs[0]._p.append(parse_xml(_NUMBER.format(LANGUAGE)))
    for box in boxes:
        layout.shapes._spTree.append(box._element)
    slides = made.slides._sldIdLst
    made.part.drop_rel(slides[0].rId)
    slides.remove(slides[0])
    title, body = layout.placeholders[0], layout.placeholders[1]
    _put(title, _EDGE, Inches(0.42), _WIDE - 2 * _EDGE, Inches(0.75))
    _put(body, _COLUMN, _TOP, _WIDE - _EDGE - _COLUMN, _BOTTOM - _TOP)


def _describe(made: Any, deck: Deck) -> None:
    core, edition = made.core_properties, deck.edition
    core.title, core.subject = words.shortened(words.printable(deck.title), 250), "Slides for the tasking meeting"
    core.author = core.last_modified_by = words.shortened(edition.force, 250)
    core.keywords, core.comments, core.category = f"run {edition.run_id}", "Made with Beatplan", edition.marking[:250]
    core.language, core.revision, core.version = LANGUAGE, 1, edition.run_id
    core.created = core.modified = core.last_printed = edition.made.to_pydatetime()


def _slide(made: Any, slide: Slide) -> None:
    title, body = made.shapes.title, made.placeholders[1]
    _say(title.text_frame, words.printable(slide.title), Pt(28), _DEEP, bold=True)
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    left = _EDGE if slide.picture is None else _COLUMN
    width = _WIDE - _EDGE - left
    size = _size(slide.points, wide=slide.picture is None)
    rows = [] if slide.table is None else slide.table.rows[: slide.rows]
    bottom = min(_TOP + _height(slide.points, size, width), _BOTTOM) if rows else _BOTTOM
    _put(body, left, _TOP, width, bottom - _TOP)
    _points(body.text_frame, slide.points, size)
    if slide.picture is not None:
        _picture(made, slide.picture)
    if slide.table is not None and rows:
        _table(made, slide.table, rows, (left, bottom, width))


def _points(frame: Any, points: tuple[str, ...], size: Any) -> None:
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    for at, point in enumerate(points):
        line = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        line.space_after = Pt(8)
        _run(line, words.glued(words.printable(point)), size, _INK)


def _picture(made: Any, held: Picture) -> None:
    """Fit the picture into its half, its shape kept."""
    with Image.open(io.BytesIO(held.data)) as image:
        shape = image.width / image.height
    most = _BOTTOM - _TOP
    width = min(_PICTURE, int(most * shape))
    high = int(width / shape)
    shown = made.shapes.add_picture(io.BytesIO(held.data), _EDGE + (_PICTURE - width) // 2, _TOP, width, high)
    held_by = shown._element.nvPicPr.cNvPr
    held_by.set("descr", described(held))
    held_by.set("title", words.printable(held.title))


def _table(made: Any, table: Table, shown: list[tuple[tuple[str, ...], ...]], place: tuple[int, int, int]) -> None:
    left, top, width = place
    headings = [column.heading for column in table.columns]
    holder = made.shapes.add_table(len(shown) + 1, len(headings), left, top, width, int(_CELL * 2 * (len(shown) + 1)))
    holder._element.nvGraphicFramePr.cNvPr.set("descr", words.printable(table.caption))
    grid = holder.table
    grid._tbl.tblPr.find(qn("a:tableStyleId")).text = _RULED
    grid.horz_banding = False
    for column, share in zip(grid.columns, shares(headings, shown, letters=int(width / Pt(6.8))), strict=True):
        column.width = int(width * share)
    for at, row in enumerate([tuple((heading,) for heading in headings), *shown]):
        for cell, lines, column in zip(grid.rows[at].cells, row, table.columns, strict=True):
            _cell(cell, lines, heading=at == 0, right=column.numeric)


def _cell(cell: Any, lines: tuple[str, ...], *, heading: bool, right: bool) -> None:
    cell.margin_left = cell.margin_right = Inches(0.06)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    for at, text in enumerate(lines):
        line = cell.text_frame.paragraphs[0] if at == 0 else cell.text_frame.add_paragraph()
        line.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        _run(line, words.glued(words.printable(text)), _CELL, _INK, bold=heading)


def _box(slide: Any, top: int, text: str, align: Any, *, bold: bool = False) -> Any:
    box = slide.shapes.add_textbox(_EDGE, top, _WIDE - 2 * _EDGE, Inches(0.3))
    box.text_frame.word_wrap = True
    _say(box.text_frame, text, Pt(12 if bold else 10), _INK if bold else _QUIET, bold=bold)
    box.text_frame.paragraphs[0].alignment = align
    return box


def _say(frame: Any, text: str, size: Any, colour: Any, *, bold: bool = False) -> None:
    line = frame.paragraphs[0]
    line.alignment = PP_ALIGN.LEFT
    _run(line, text, size, colour, bold=bold)


def _run(line: Any, text: str, size: Any, colour: Any, *, bold: bool = False) -> None:
    run = line.add_run()
    run.text = text
    font = run.font
    font.name, font.size, font.bold, font.color.rgb = FONT, size, bold, colour
    run._r.get_or_add_rPr().set("lang", LANGUAGE)


def _put(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = (Emu(int(each)) for each in (left, top, width, height))


def _height(points: tuple[str, ...], size: Any, width: int) -> int:
    """Return about how much room the points take."""
    letters = width / (size * _LETTER) - 5
    lines = sum(math.ceil(len(point) / letters) for point in points)
    return int(lines * size * 1.25 + (len(points) + 1) * Pt(9))


def _size(points: tuple[str, ...], *, wide: bool) -> Any:
    """Return the size of type at which the points fit."""
    letters = sum(map(len, points)) / (2.2 if wide else 1)
    return Pt(next(size for most, size in _SIZES if letters <= most))
