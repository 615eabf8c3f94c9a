"""How a Word document of ours looks: real styles, so that headings make its outline and a force can change them."""

from typing import Any, Final

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from maps.documents.blocks import LANGUAGE

FONT: Final = "Arial"
INK: Final = RGBColor(0x14, 0x20, 0x2B)
DEEP: Final = RGBColor(0x0B, 0x4F, 0x94)
QUIET: Final = RGBColor(0x47, 0x55, 0x63)
PALE: Final = "EEF2F6"
RULE: Final = "C3CCD4"
AMBER: Final = "FFF6E5"

_STYLES: Final = {  # size, colour, bold, space before, space after
    "Normal": (10, INK, False, 0, 5),
    "Title": (22, INK, True, 0, 4),
    "Subtitle": (11, QUIET, False, 0, 8),
    "Heading 1": (15, DEEP, True, 16, 5),
    "Heading 2": (11.5, INK, True, 9, 3),
    "List Bullet": (10, INK, False, 0, 3),
    "Caption": (9.5, INK, True, 9, 3),
    "Footer": (8, QUIET, False, 0, 0),
    "Header": (10, INK, True, 0, 0),
}
_OURS: Final = {
    "Kind": (11, DEEP, True, 0, 2),
    "Lead": (11.5, INK, False, 0, 6),
    "Small note": (8.5, QUIET, False, 3, 7),
    "Warning title": (11, INK, True, 8, 0),
    "Warning": (9.5, INK, False, 0, 0),
    "Gap": (4, INK, False, 0, 2),
    "Table text": (8.5, INK, False, 1, 1),
    "Table figure": (8.5, INK, False, 1, 1),
    "Table heading": (8.5, INK, True, 1, 1),
    "Big figure": (18, DEEP, True, 0, 0),
}


def dress(document: Any) -> None:
    """Give a new document our styles, A4 pages and the language."""
    for name, look in _STYLES.items():
        _look(document.styles[name], look)
    for name, look in _OURS.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        _look(style, look)
    document.styles["Table figure"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for name in ("Caption", "Heading 1", "Heading 2", "Kind", "Warning title"):
        document.styles[name].paragraph_format.keep_with_next = True
    for name in ("Warning title", "Warning"):
        _boxed(document.styles[name])
    _speak(document.styles)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin = Mm(22), Mm(22)
    page.header_distance = page.footer_distance = Mm(9)


def _look(style: Any, look: tuple[float, RGBColor, bool, float, float]) -> None:
    size, colour, bold, before, after = look
    font, spacing = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.italic, font.color.rgb = FONT, Pt(size), bold, False, colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "Theme" in name:
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    spacing.space_before, spacing.space_after, spacing.line_spacing = Pt(before), Pt(after), 1.08
    unwanted = [
        *style.element.iter(qn("w:tabs"), qn("w:pBdr"), qn("w:kern")),
        *style.element.rPr.findall(qn("w:spacing")),
    ]
    for part in unwanted:
        part.getparent().remove(part)


def _boxed(style: Any) -> None:
    """Give a paragraph style a thick rule on its left and a pale ground."""
    held = style.element.get_or_add_pPr()
    rules = OxmlElement("w:pBdr")
    rules.append(element("w:left", val="single", sz="36", space="8", color="7A4B00"))
    shade = element("w:shd", val="clear", color="auto", fill=AMBER)
    # the schema wants them in this order, before spacing
    spacing = held.find(qn("w:spacing"))
    for part in (rules, shade):
        spacing.addprevious(part)


def _speak(styles: Any) -> None:
    """State the language of everything that says nothing else."""
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for held in defaults.findall(qn("w:lang")):
        defaults.remove(held)
    defaults.append(element("w:lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA"))


def element(name: str, **values: str) -> Any:
    """Return an element of Word's own with attributes of its namespace."""
    made = OxmlElement(name)
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    return made
