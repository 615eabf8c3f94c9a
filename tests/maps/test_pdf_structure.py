"""What PDF/UA asks of a document's structure, read from the file by another program; no validator is needed for it."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from maps.documents.pdf import pdf_bytes, write_pdf
from maps.report.briefing import briefing_page
from tests.maps import documents_sample
from tests.maps.sample import sample_pack

# ISO 32000-1:2008, tables 336 and 337, as ISO 14289-1:2014, 7.2 and 7.5, wants them kept.
HOLDS = {
    "L": {"L", "LI", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TR": {"TH", "TD"},
}
HELD_BY = {
    "LI": {"L"},
    "LBody": {"LI"},
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
}
pytestmark = pytest.mark.office


@pytest.fixture(scope="module", params=["document", "briefing"])
def printed(request, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("printed") / "a.pdf"
    if request.param == "briefing":
        path.write_bytes(pdf_bytes(briefing_page(sample_pack()), name="briefing"))
        return path
    return write_pdf(documents_sample.small(), path)


def tags(path: Path) -> list[tuple[str, str]]:
    """Return each element of the structure after the one that holds it."""
    told = subprocess.run(["pdfinfo", "-struct", str(path)], check=True, capture_output=True, text=True).stdout
    above: list[tuple[int, str]] = [(-1, "")]
    found = []
    for line in told.splitlines():
        tag = re.match(r"( *)([A-Z]\w*)\b", line)
        if tag is None:
            continue
        while above[-1][0] >= len(tag[1]):
            above.pop()
        found.append((above[-1][1], tag[2]))
        above.append((len(tag[1]), tag[2]))
    return found


def test_lists_and_tables_hold_what_they_may_and_nothing_stands_outside_them(printed):
    found = tags(printed)
    assert {"Table", "L", "Figure"} <= {tag for _, tag in found}
    assert [pair for pair in found if pair[0] in HOLDS and pair[1] not in HOLDS[pair[0]]] == []
    assert [pair for pair in found if pair[1] in HELD_BY and pair[0] not in HELD_BY[pair[1]]] == []


def test_headings_leave_out_no_level(printed):
    levels = [int(tag[1]) for _, tag in tags(printed) if re.fullmatch(r"H\d", tag)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_each_figure_says_what_it_shows_and_each_cell_which_headings_are_its(printed):
    data, found = documents_sample.unpacked(printed), [tag for _, tag in tags(printed)]
    assert data.count(b"/Alt ") == found.count("Figure")
    told = subprocess.run(["pdfinfo", "-struct", str(printed)], check=True, capture_output=True, text=True).stdout
    assert told.count("/Headers [(") == found.count("TD")


def test_it_is_marked_with_its_language_its_title_and_an_order_of_tabs_on_every_page(printed):
    data = documents_sample.unpacked(printed)
    for said in (b"/Marked true", b"/Lang (en-GB)", b"/DisplayDocTitle true", b"pdfuaid:part"):
        assert said in data
    pages = re.search(r"Pages: +(\d+)", subprocess.run(["pdfinfo", printed], capture_output=True, text=True).stdout)
    assert pages is not None
    assert data.count(b"/Tabs /S") == int(pages[1])


def test_every_typeface_is_in_the_file_and_can_be_read_back(printed):
    rows = subprocess.run(["pdffonts", printed], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert rows
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows)
