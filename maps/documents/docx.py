"""A document in Word: real headings, tables whose heading row repeats, alternative texts, marking on every page."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.shared import Mm

from maps import words
from maps.archive import write_archive
from maps.documents import blocks
from maps.documents._docx_style import PALE, RULE, dress, element
from maps.documents._widths import shares
from maps.documents.blocks import Document, Edition

_WIDTH: Final = Mm(174)
_LETTERS: Final = 104  # of the table's type over the width of a page
_TALLEST: Final = Mm(92)
_INSIDE: Final = 0.98
_BOX: Final = (
    '<w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/>'
    '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/>'
    '</w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic" '
    'w:eastAsia="MS Gothic"/></w:rPr><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>'
)


def write_docx(document: Document, path: str | Path) -> Path:
    """
    Write a document for Word.

    Parameters
    ----------
    document : what it says
    path : the file to write

    Returns
    -------
    path : as given
    """
    made = docx.Document()
    dress(made)
    _describe(made, document)
    _edges(made.sections[0], document.edition)
    made.add_paragraph(words.printable(document.kind), style="Kind")
    made.add_paragraph(words.printable(document.title), style="Title")
    made.add_paragraph(f"{document.edition.force}. {document.edition.period}.", style="Subtitle")
    for number, section in enumerate(document.sections, start=1):
        made.add_heading(f"{number}. {words.printable(section.title)}", level=1)
        for block in section.blocks:
            _WRITERS[type(block)](made, block)
    return saved(made, Path(path))


def saved(made: Any, path: Path) -> Path:
    """Write an office file whose archive holds nothing of the clock."""
    held = io.BytesIO()
    made.save(held)
    with zipfile.ZipFile(held) as archive:
        return write_archive(path, {name: archive.read(name) for name in archive.namelist()})


def _describe(made: Any, document: Document) -> None:
    core, edition = made.core_properties, document.edition
    core.title, core.subject = words.shortened(document.full_title, 250), document.kind
    core.author = core.last_modified_by = words.shortened(edition.force, 250)
    core.keywords, core.comments, core.category = f"run {edition.run_id}", "Made with Beatplan", edition.marking[:250]
    core.language, core.revision, core.version = blocks.LANGUAGE, 1, edition.run_id
    core.created = core.modified = core.last_printed = edition.made.to_pydatetime()


def _edges(page: Any, edition: Edition) -> None:
    """Put the marking at the top and bottom of every page, and below it whose and which page it is."""
    for edge in (page.header, page.footer):
        line = edge.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(edition.marking).bold = True
    last = page.footer.add_paragraph(style="Footer")
    last.paragraph_format.tab_stops.add_tab_stop(_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    last.add_run(f"{edition.force}, run {edition.run_id}\tPage ")
    _counter(last, "PAGE")
    last.add_run(" of ")
    _counter(last, "NUMPAGES")


def _counter(line: Any, field: str) -> None:
    held = element("w:fldSimple", instr=field)
    line._p.append(held)
    run = line.add_run("1")
    held.append(run._r)


def _heading(made: Any, block: blocks.Heading) -> None:
    made.add_heading(words.printable(block.text), level=2)


def _paragraph(made: Any, block: blocks.Paragraph) -> None:
    made.add_paragraph(block.text, style={"plain": "Normal", "lead": "Lead", "note": "Small note"}[block.kind])


def _bullets(made: Any, block: blocks.Bullets) -> None:
    for item in block.items:
        made.add_paragraph(_text(item), style="List Bullet")


def _note(made: Any, block: blocks.Note) -> None:
    made.add_paragraph(_text(block.title), style="Warning title")
    for item in block.items:
        made.add_paragraph(_text(item), style="Warning")
    made.paragraphs[-1].paragraph_format.space_after = docx.shared.Pt(8)


def _facts(made: Any, block: blocks.Facts) -> None:
    table = _grid(made, 1, len(block.facts), [1 / len(block.facts)] * len(block.facts), "Key figures", "")
    for cell, fact in zip(table.rows[0].cells, block.facts, strict=True):
        _shade(cell)
        _say(cell, (_text(fact.label),), "Table text")
        cell.add_paragraph(_text(fact.value), style="Big figure")
        cell.add_paragraph(_text(fact.note), style="Table text")
    made.add_paragraph(style="Gap")


def _table(made: Any, block: blocks.TableBlock) -> None:
    table, rows = block.table, block.rows
    if not rows:
        made.add_paragraph(_text(table.empty), style="Small note")
        return
    caption = words.printable(table.caption)
    made.add_paragraph(caption, style="Caption")
    headings = [column.heading for column in table.columns]
    width = shares(headings, rows, letters=_LETTERS)
    grid = _grid(made, 1 + len(rows), len(headings), width, caption, block.note)
    _head(grid, headings, [column.numeric for column in table.columns])
    for line, row in zip(grid.rows[1:], rows, strict=True):
        for cell, lines, column in zip(line.cells, row, table.columns, strict=True):
            _say(cell, lines, "Table figure" if column.numeric else "Table text")
    _keep(grid.rows[0], grid.rows[-1])
    made.add_paragraph(block.note, style="Small note" if block.note else "Gap")


def _figure(made: Any, block: blocks.Figure) -> None:
    held = made.add_paragraph()
    held.paragraph_format.keep_with_next = bool(block.caption)
    shape = held.add_run().add_picture(io.BytesIO(block.picture.data), width=_WIDTH)
    if shape.height > _TALLEST:
        shape.width, shape.height = int(shape.width * _TALLEST / shape.height), _TALLEST
    shape._inline.docPr.set("descr", block.alt)
    shape._inline.docPr.set("title", words.printable(block.picture.title))
    if block.caption:
        made.add_paragraph(_text(block.caption), style="Small note")


def _decisions(made: Any, block: blocks.DecisionList) -> None:
    headings = ("Decision", "Owner", "By", "Answer")
    grid = _grid(made, 1 + len(block.decisions), 4, [0.55, 0.17, 0.15, 0.13], "Decisions asked of the meeting", "")
    _head(grid, headings, [False] * 4)
    for number, (line, each) in enumerate(zip(grid.rows[1:], block.decisions, strict=True), start=1):
        what, owner, due, answer = line.cells
        what.paragraphs[0].style = "Table heading"
        what.paragraphs[0].add_run(f"{number}. {_text(each.what)}")
        what.add_paragraph(_text(each.why), style="Table text")
        _say(owner, (_text(each.owner) or "Name:",), "Table text")
        _say(due, (_text(each.due) or "Date:",), "Table text")
        for at, word in enumerate(block.answers):
            held = answer.paragraphs[0] if at == 0 else answer.add_paragraph()
            held.style = "Table text"
            held._p.append(parse_xml(_BOX))
            held.add_run(f" {word}")
    made.add_paragraph(style="Gap")


def _grid(made: Any, rows: int, columns: int, width: list[float], title: str, note: str) -> Any:
    """Return an empty table with ruled rows, which no page break runs through."""
    table = made.add_table(rows, columns)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    held = table._tbl.tblPr
    rules = element("w:tblBorders")
    for edge in ("top", "bottom", "insideH"):
        rules.append(element(f"w:{edge}", val="single", sz="4", space="0", color=RULE))
    margins = element("w:tblCellMar")
    margins.extend((element("w:left", w="50", type="dxa"), element("w:right", w="70", type="dxa")))
    held.extend((rules, margins))
    held.append(element("w:tblCaption", val=title))
    held.append(element("w:tblDescription", val=note or title))
    for column, share in zip(table.columns, width, strict=True):
        column.width = int(_WIDTH * share * _INSIDE)
        for cell in column.cells:
            cell.width = column.width
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
    return table


def _keep(*rows: Any) -> None:
    """Hold rows on the page of what follows them, so that neither a heading row nor a note stands alone."""
    for row in rows:
        for cell in row.cells:
            cell.paragraphs[-1].paragraph_format.keep_with_next = True


def _head(grid: Any, headings: Any, numeric: list[bool]) -> None:
    first = grid.rows[0]
    first._tr.get_or_add_trPr().append(element("w:tblHeader"))
    for cell, heading, number in zip(first.cells, headings, numeric, strict=True):
        _shade(cell)
        _say(cell, (_text(heading),), "Table heading")
        if number:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _say(cell: Any, lines: tuple[str, ...], style: str) -> None:
    for at, line in enumerate(lines):
        held = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        held.style = style
        held.add_run(line)


def _shade(cell: Any) -> None:
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=PALE))


def _text(text: str) -> str:
    return words.glued(words.printable(text))


_WRITERS: Final[dict[type, Callable[[Any, Any], None]]] = {
    blocks.Heading: _heading,
    blocks.Paragraph: _paragraph,
    blocks.Bullets: _bullets,
    blocks.Note: _note,
    blocks.Facts: _facts,
    blocks.TableBlock: _table,
    blocks.Figure: _figure,
    blocks.DecisionList: _decisions,
}
