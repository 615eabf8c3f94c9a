"""Every page of every product, whatever is added to them later, opened from disk with the network watched."""

import re

import pytest

from maps.product import Asked
from maps.products import PRODUCTS, write_products
from tests.maps import documents_sample
from tests.maps.sample import sample_pack

pytestmark = [pytest.mark.browser, pytest.mark.long]

# Names of what is held elsewhere, which nothing fetches: namespaces of XML and the licence of a data set.
_NAMESPACES = re.compile(
    r"https?://(www\.w3\.org|purl\.org|creativecommons\.org|xmlns\.com|matplotlib\.org)/[^\s\"'<>]*"
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("all")
    names = [name for name, product in PRODUCTS.items() if not product.pdf]
    return write_products(sample_pack(), folder, names, asked=Asked(reviews=documents_sample.REVIEWS))


def test_no_page_asks_anybody_or_complains_and_the_keyboard_reaches_its_content(visit, written):
    pages = {name: path for name, path in written.items() if name.endswith(".html")}
    assert len(pages) >= 8
    for name, path in pages.items():
        seen = visit(path.read_text(encoding="utf-8"))
        seen.page.keyboard.press("Tab")
        focused = seen.page.evaluate("[document.activeElement.tagName, document.activeElement.getAttribute('href')]")
        assert focused[0] == "A", name
        assert focused[1].startswith("#"), name
        seen.page.keyboard.press("Enter")
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement !== document.body"), name
        assert seen.is_quiet(), (name, seen.asked, seen.complaints)
        seen.page.close()


def test_no_picture_names_an_address(written):
    pictures = [path for name, path in written.items() if name.endswith(".svg")]
    assert len(pictures) >= 6
    for path in pictures:
        assert "http" not in _NAMESPACES.sub("", path.read_text(encoding="utf-8")), path.name
