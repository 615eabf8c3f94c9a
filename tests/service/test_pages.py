"""The pages of a real pack in a real browser: opened from disk, they ask nobody and complain of nothing."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["report.html", "map.html"])
@pytest.mark.parametrize("width", [1920, 390])
def test_a_page_opens_from_disk_and_asks_nobody(made_up_pack, visit, name: str, width: int) -> None:
    seen = visit((made_up_pack / name).read_text(encoding="utf-8"), width=width, height=900)
    seen.page.mouse.wheel(0, 4000)
    seen.page.wait_for_load_state("networkidle")
    assert seen.asked == []
    assert seen.complaints == []
    assert "Made-up force" in seen.page.title() + seen.page.inner_text("body")


def test_the_report_tells_the_manifests_rows(made_up_pack, visit) -> None:
    seen = visit((made_up_pack / "report.html").read_text(encoding="utf-8"))
    assert "3,000" in seen.page.inner_text("body")
