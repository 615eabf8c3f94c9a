"""`beatplan report --product`: what is asked for, from real data, in plain English; what cannot be made is refused."""

import json
import sys

import docx
import pptx
import pytest

from tests.maps import plain
from tests.maps.reading import read_page

FLOOR = 50  # reading ease of a section: newspapers lie between 50 and 70
FEWEST_WORDS = 40
ASKED = ("tactical", "problem", "strategic", "slides")
MADE = {
    *("tactical.html", "tactical.docx", "tactical.pdf", "strategic.html", "strategic.docx", "slides.pptx"),
    *("problem-H02.html", "problem-H02.docx", "manifest.json"),
}


def test_a_product_that_is_none_is_refused_before_anything_is_read(beatplan, tmp_path):
    ran = beatplan(
        "report", "--crimes", tmp_path, "--areas", tmp_path / "none", "--out", tmp_path / "o", "--product", "x"
    )
    assert ran.code == 2
    assert ran.err.startswith("beatplan: A product must be one of report, map,")
    assert not (tmp_path / "o").exists()


def test_a_pdf_that_cannot_be_made_is_refused_before_anything_is_read(beatplan, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    given = ("report", "--crimes", tmp_path, "--areas", tmp_path / "none", "--out", tmp_path / "o")
    ran = beatplan(*given, "--product", "tactical")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert "A PDF needs WeasyPrint with Pango" in ran.err
    assert not (tmp_path / "o").exists()


@pytest.mark.long
@pytest.mark.shared
def test_the_documents_of_a_real_run_are_there_and_plain(beatplan, shared, tmp_path):
    data, out = shared / "data", tmp_path / "out"
    given = (
        "--crimes",
        data / "crime" / "city-of-london",
        "--areas",
        data / "boundaries" / "city_of_london_wards_2014.geojson",
    )
    products = [word for name in ASKED for word in ("--product", name)]
    ran = beatplan("report", "--quiet", *given, "--out", out, "--hotspot", "H02", *products)
    assert ran.code == 0, ran.err
    assert {path.name for path in out.iterdir()} == MADE
    assert json.loads((out / "manifest.json").read_text())["figures"]["asked"]["products"] == list(ASKED)
    for name in ("tactical", "strategic", "problem-H02"):
        page = read_page((out / f"{name}.html").read_text(encoding="utf-8"))
        assert plain.overstated(page.paragraphs) == []
        assert plain.unsure_without_interval(page.paragraphs) == []
        for anchor in set(page.sections) - {"about"}:
            assert len(page.sections[anchor].split()) > 5
        held = [text for text in page.paragraphs if len(text.split()) > FEWEST_WORDS]
        assert plain.reading_ease(held or page.paragraphs) >= FLOOR
        assert len(docx.Document(str(out / f"{name}.docx")).paragraphs) > 20
    assert len(pptx.Presentation(str(out / "slides.pptx")).slides) == 10
