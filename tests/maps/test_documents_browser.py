"""Documents in a real browser: no request, nothing run from data, readable by all; and no data that breaks a form."""

import docx
import pptx
import pytest

from maps.documents.deck import Deck, Slide
from maps.documents.docx import write_docx
from maps.documents.html import render
from maps.documents.pdf import write_pdf
from maps.documents.pptx import write_pptx
from maps.report.strategic import strategic
from maps.report.tactical import tactical
from maps.wall import STANDARD
from tests.barriers import barriers
from tests.maps import documents_sample as sample
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

# Each payload would set window.hacked if it ran; the rest is what no XML may hold, and what turns text about.
HOSTILE = (
    "</script><script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=2>${window.hacked=3}"
    "{{window.hacked=5}}\x00\x0b\u202e=1+1"
)


@pytest.fixture(scope="module")
def hostile():
    with pytest.MonkeyPatch.context() as patch:
        for name in STANDARD:  # figures bear it by tests of their own
            patch.setitem(STANDARD, name, lambda _: None)
        return tactical(sample_pack(hostile=HOSTILE))


@pytest.mark.browser
@pytest.mark.parametrize("name", ["tactical", "strategic", "problem"])
def test_a_page_breaks_no_rule_of_accessibility_and_asks_no_one(visit, name):
    html = render(sample.documents()[name])
    for width in (1366, 390):
        held = visit(html, width=width)
        assert held.is_quiet(), (held.asked, held.complaints)
        assert barriers(held.page) == []
        inside, outside = held.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert inside <= outside


@pytest.mark.browser
def test_nothing_from_the_data_runs(visit, hostile):
    held = visit(render(hostile))
    assert held.is_quiet(), (held.asked, held.complaints)
    assert held.page.evaluate("window.hacked ?? null") is None


@pytest.mark.browser
def test_a_page_of_nothing_is_accessible_too(visit):
    assert barriers(visit(render(strategic(bare_pack()))).page) == []


def test_whatever_stands_in_the_data_every_form_can_be_written_and_opened(hostile, tmp_path):
    for number, document in enumerate((hostile, sample.small(HOSTILE))):
        docx.Document(str(write_docx(document, tmp_path / f"{number}.docx")))
    one = Slide("One" + HOSTILE, ("A point." + HOSTILE,), sample.picture(HOSTILE))
    deck = Deck("A title" + HOSTILE, sample.edition(HOSTILE), (one,))
    held = pptx.Presentation(str(write_pptx(deck, tmp_path / "slides.pptx")))
    assert held.slides[0].shapes.title.text.startswith("One</script>")
    assert write_pdf(sample.small(HOSTILE), tmp_path / "small.pdf").read_bytes().startswith(b"%PDF-1.7")
