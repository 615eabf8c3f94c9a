"""The page of two maps that `beatplan scenario` writes where the wards have shapes."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
import shapely

from service.deployment.scenarios import ScenarioRequest, compare

PROFILE = (
    '[force]\nname = "Sample <b>Police</b>"\n[posts]\nconstables = 6\ncsos = 4\n[areas]\ncode = "code"\nname = "name"\n'
)
DEMAND = "ward,crimes,harm\nA1,9,900\nA2,4,300\nA3,2,120\nA4,1,80\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corners = [(-1.5 + 0.02 * (at % 2), 53 + 0.02 * (at // 2)) for at in range(4)]
    boxes = [shapely.box(x, y, x + 0.02, y + 0.02) for x, y in corners]
    wards = [
        {"type": "Feature", "properties": {"code": f"A{at + 1}", "name": f"Ward {at + 1}"},
         "geometry": shapely.geometry.mapping(box)}
        for at, box in enumerate(boxes)
    ]  # fmt: skip
    text = {"wards.geojson": json.dumps({"type": "FeatureCollection", "features": wards}), "demand.csv": DEMAND}
    text |= {"wards.csv": "code,name\nA1,a\nA2,b\nA3,c\nA4,d\n", "base.toml": PROFILE}
    text |= {"more.toml": '[scenario]\nname = "two more CSOs"\n[posts]\ncsos = "+2"\n'}
    for name, held in text.items():
        (tmp_path / name).write_text(held, encoding="utf-8")
    return tmp_path


def side_by_side(folder: Path, wards: str, out: str, *scenarios: str) -> Path:
    files = tuple(folder / name for name in scenarios)
    request = ScenarioRequest(folder / "base.toml", files, folder / wards, folder / "demand.csv", folder / out)
    compare(request, stage=lambda _name: nullcontext())
    return folder / out / "scenario.html"


def test_wards_with_shapes_have_a_page_and_the_same_plans_the_same_bytes(folder: Path) -> None:
    page = side_by_side(folder, "wards.geojson", "side", "more.toml")
    html = page.read_text(encoding="utf-8")
    assert "two more CSOs" in html
    assert "Sample &lt;b&gt;Police&lt;/b&gt;" in html
    assert html.count('class="folium-map"') == 2
    assert side_by_side(folder, "wards.geojson", "again", "more.toml").read_bytes() == page.read_bytes()


def test_a_table_of_wards_or_a_plan_alone_has_none(folder: Path) -> None:
    assert not side_by_side(folder, "wards.csv", "table", "more.toml").exists()
    assert not side_by_side(folder, "wards.geojson", "alone").exists()
    assert (folder / "alone" / "wards.csv").exists()
