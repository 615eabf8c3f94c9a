"""One content, several forms: each says the same, can be read by a machine, and is the same bytes each time."""

import re
import subprocess
import sys
import zipfile

import docx
import pptx
import pytest
from docx.oxml.ns import qn

from geodata.errors import InputError
from maps.documents import html, pdf
from maps.documents._widths import shares
from maps.documents.blocks import TableBlock, prose
from maps.documents.deck import Deck, Slide
from maps.documents.docx import write_docx
from maps.documents.html import write_html
from maps.documents.pdf import pdf_bytes, write_pdf
from maps.documents.pptx import write_pptx
from maps.report.table import Column, Table
from tests.maps import documents_sample as sample
from tests.maps.reading import read_page

FORMS = {"html": write_html, "docx": write_docx, "pdf": write_pdf}


def words_of(path) -> str:
    held = docx.Document(str(path))
    cells = [cell.text for table in held.tables for row in table.rows for cell in row.cells]
    return " ".join([*(line.text for line in held.paragraphs), *cells])


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


@pytest.fixture(scope="module")
def word(tmp_path_factory):
    return docx.Document(str(write_docx(sample.small(), tmp_path_factory.mktemp("word") / "small.docx")))


@pytest.mark.parametrize("name", ["tactical", "strategic", "problem"])
def test_word_and_the_page_say_every_sentence_and_every_cell(name, tmp_path):
    document = sample.documents()[name]
    page = plain(" ".join(read_page(html.render(document)).sections.values()))
    word = plain(words_of(write_docx(document, tmp_path / "a.docx")))
    said = [text for section in document.sections for text in prose(section)]
    tables = [block for section in document.sections for block in section.blocks if isinstance(block, TableBlock)]
    cells = [line for block in tables for row in block.rows for cell in row for line in cell]
    assert len(said) > 15
    assert len(cells) > 20
    for text in map(plain, (*said, *cells)):
        assert text in page
        assert text in word


def test_a_long_table_says_how_many_rows_are_elsewhere():
    (block,) = [block for block in sample.small().sections[1].blocks if isinstance(block, TableBlock)]
    assert len(block.rows) == 10
    assert block.note == "A note. The other 4 rows are in tables.xlsx."


def test_the_page_stands_on_its_own_and_is_in_order():
    page = read_page(html.render(sample.documents()["tactical"]))
    ids = [held["id"] for _, held in page.tags if "id" in held]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= set(ids)
    assert all(len(image["alt"]) > 30 and image["src"].startswith("data:") for image in page.all("img"))
    policy = next(held["content"] for held in page.all("meta") if held.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert page.all("html") == [{"lang": "en-GB"}]


def test_nothing_in_the_data_becomes_markup(tmp_path):
    page = html.render(sample.small(sample.HOSTILE))
    assert "<script" not in page
    assert "${" not in page
    assert "49" not in plain(" ".join(read_page(page).sections.values()))
    said = words_of(write_docx(sample.small(sample.HOSTILE), tmp_path / "a.docx"))
    assert said.count(sample.HOSTILE) > 8


@pytest.mark.parametrize("form", FORMS)
def test_the_same_content_gives_the_same_bytes(form, tmp_path):
    first, second = (FORMS[form](sample.small(), tmp_path / f"{name}.{form}") for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_slides_are_the_same_bytes_each_time(tmp_path):
    one = Deck("A title", sample.edition(), (Slide("One", ("A point.",), sample.picture()),))
    first, second = (write_pptx(one, tmp_path / f"{name}.pptx") for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert {entry.date_time for entry in zipfile.ZipFile(first).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_word_has_an_outline_of_real_headings(word):
    outline = [
        (line.style.name, line.text) for line in word.paragraphs if line.style.name.startswith(("Head", "Title"))
    ]
    assert outline == [
        ("Title", "A title"),
        ("Heading 1", "1. First"),
        ("Heading 1", "2. Second"),
        ("Heading 2", "More"),
    ]


def test_word_speaks_british_english_and_names_its_run(word):
    language = word.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:lang')}")
    core = word.core_properties
    assert language.get(qn("w:val")) == core.language == "en-GB"
    assert (core.author, core.keywords) == ("Sample Police", "run 0123456789ab")
    assert {core.created, core.modified} == {sample.edition().made.tz_localize("UTC").to_pydatetime()}


def test_word_bears_the_marking_at_the_top_and_bottom_of_every_page(word):
    (page,) = word.sections
    assert page.header.paragraphs[0].text == page.footer.paragraphs[0].text == "OFFICIAL"
    assert "Sample Police, run 0123456789ab\tPage " in page.footer.paragraphs[1].text
    assert {field.get(qn("w:instr")) for field in page.footer._element.iter(qn("w:fldSimple"))} == {"PAGE", "NUMPAGES"}


def test_a_table_in_word_repeats_its_headings_and_breaks_no_row(word):
    table = word.tables[-1]
    assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Crimes by place"


def test_each_picture_in_word_says_what_it_shows(word):
    (shape,) = word.inline_shapes
    assert shape._inline.docPr.get("descr") == "A picture. It is blue."


def test_each_answer_has_a_box_that_can_be_ticked(word):
    assert len(list(word.element.iter(qn("w:sdt")))) == 3


def test_a_pdf_fetches_nothing_not_even_a_file(tmp_path):
    image = tmp_path / "secret.png"
    image.write_bytes(sample.picture().data)
    page = f'<html lang="en-GB"><title>t</title><img alt="a" src="{image.as_uri()}"><img alt="b" src="http://192.0.2.1/x.png">'
    assert b"/Image" not in pdf_bytes(page, name="a")
    assert b"/Image" in pdf_bytes(
        f'<html lang="en-GB"><title>t</title><img alt="a" src="{sample.picture().uri}">', name="a"
    )


def test_without_the_library_a_pdf_is_refused_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(InputError, match=r"A PDF needs WeasyPrint with Pango .* not installed"):
        write_pdf(sample.small(), tmp_path / "a.pdf")
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="PDF"):
        pdf.require()


@pytest.mark.office
def test_the_pdf_is_tagged_titled_and_speaks_british_english(tmp_path):
    path = write_pdf(sample.small(), tmp_path / "a.pdf")
    told = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True).stdout
    tree = subprocess.run(["pdfinfo", "-struct-text", str(path)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Title: +Sample: A title, June 2024", told)
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"CreationDate: +Sat Jun +1 00:00:00 2024", told)
    data = sample.unpacked(path)
    assert b"/Lang (en-GB)" in data
    assert b"/DisplayDocTitle true" in data
    assert b"pdfuaid" in data
    assert b"/Alt (A picture. It is blue.)" in data
    for tag in ("H1", "H2", "H3", "Table", "TH", "TD", "LI", "Figure"):
        assert re.search(rf"^ *{tag}\b", tree, re.MULTILINE), tag


def test_there_are_ten_slides_16_by_9_each_titled_each_picture_told(tmp_path):
    held = pptx.Presentation(str(write_pptx(sample.deck(), tmp_path / "a.pptx")))
    assert held.slide_width / held.slide_height == pytest.approx(16 / 9, abs=0.001)
    assert len(held.slides) == 10
    pictures = [shape for slide in held.slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == 9
    assert all(len(picture._element.nvPicPr.cNvPr.get("descr")) > 40 for picture in pictures)
    assert [slide.shapes.title.text for slide in held.slides] == [slide.title for slide in sample.deck().slides]


def test_slides_bear_marking_and_run_where_no_slide_can_lose_them(tmp_path):
    held = pptx.Presentation(str(write_pptx(sample.deck(), tmp_path / "a.pptx")))
    told = [shape.text_frame.text for shape in held.slide_layouts[0].shapes if shape.has_text_frame]
    assert told.count("OFFICIAL") == 2
    assert any(text.endswith("Run 0123456789ab.") for text in told)
    assert {slide.slide_layout.name for slide in held.slides} == {held.slide_layouts[0].name}


def test_nothing_on_a_slide_reaches_over_its_edge(tmp_path):
    held = pptx.Presentation(str(write_pptx(sample.deck(), tmp_path / "a.pptx")))
    for slide in held.slides:
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= held.slide_width
            assert 0 <= shape.top <= shape.top + shape.height <= held.slide_height


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The words of each page of every office file, as LibreOffice opens it."""
    folder = tmp_path_factory.mktemp("opened")
    paths = [write_docx(held, folder / f"{name}.docx") for name, held in sample.documents().items()]
    return sample.as_pdfs([*paths, write_pptx(sample.deck(), folder / "slides.pptx")], folder)


@pytest.mark.office
@pytest.mark.parametrize("name", ["tactical", "strategic", "problem"])
def test_word_documents_open_with_the_marking_on_every_page(name, opened):
    fewest, most = {"tactical": (6, 10), "strategic": (3, 8), "problem": (2, 5)}[name]
    found = opened[name]
    assert fewest <= len(found) <= most
    assert all(page.count("OFFICIAL") == 2 for page in found)
    assert all(f"Page {number} of {len(found)}" in page for number, page in enumerate(found, start=1))
    for number, section in enumerate(sample.documents()[name].sections, start=1):
        assert any(f"{number}. {section.title}" in page for page in found)


@pytest.mark.office
def test_slides_open_with_the_marking_on_every_slide(opened):
    assert len(opened["slides"]) == 10
    for page, slide in zip(opened["slides"], sample.deck().slides, strict=True):
        assert page.count("OFFICIAL") == 2
        assert slide.title in page


@pytest.mark.office
def test_the_tactical_assessment_has_six_to_ten_pages_of_pdf(tmp_path):
    found = sample.pages(write_pdf(sample.documents()["tactical"], tmp_path / "a.pdf"))
    assert 6 <= len(found) <= 10
    assert all(page.count("OFFICIAL") == 2 for page in found)


def test_a_column_is_wide_enough_for_its_longest_word_where_there_is_room():
    rows = [[("antisocial",), ("1",), ("a long sentence that runs on and on over the page",)]]
    width = shares(["Kind", "Crimes", "Why"], rows, letters=80)
    assert sum(width) == pytest.approx(1)
    assert 80 * width[0] >= len("antisocial")
    assert 80 * width[1] >= len("Crimes")
    assert width[2] > width[0] > width[1]


def test_a_table_without_rows_is_its_sentence(tmp_path):
    table = Table("none", "Nothing", (Column("Place", []),), empty="There is none.")
    section = sample.Section("only", "Only", (TableBlock(table),))
    document = sample.Document("Sample", "A title", sample.edition(), (section,))
    assert "There is none." in read_page(html.render(document)).sections["only"]
    assert "There is none." in words_of(write_docx(document, tmp_path / "a.docx"))
