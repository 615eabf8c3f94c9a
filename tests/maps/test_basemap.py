"""The ground of maps: vector tiles from the extract, in the page, asking nobody."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from geodata import InputError
from geodata.map_features import read_map_features
from maps.drawing.basemap import server_of
from maps.drawing.offline import page_html
from maps.drawing.vector_tiles import lay_ground
from maps.pack import Ground, Tiles
from maps.tasking.page import tasking_map
from tests.barriers import barriers
from tests.maps.ground_sample import sample_features, with_ground
from tests.maps.sample import sample_pack
from tests.maps.test_map_browser import HOSTILE, SIZES

PAINTED = """() => [...document.querySelectorAll(".leaflet-streets-pane canvas")].some((tile) => {
  if (!tile.width) return false;
  const copy = Object.assign(document.createElement("canvas"), { width: tile.width, height: tile.height });
  const drawn = copy.getContext("2d", { willReadFrequently: true });
  drawn.drawImage(tile, 0, 0);
  return drawn.getImageData(0, 0, tile.width, tile.height).data.some((part) => part);
})"""
NAMED = PAINTED.replace("streets", "names")


def drawn(tiles: bytes, folder: Path) -> set[str]:
    path = folder / "ground.pmtiles"
    path.write_bytes(tiles)
    return set(pyogrio.read_dataframe(path, layer="ground")["kind"])


def test_near_holds_everything_and_far_only_what_shows_from_afar(tmp_path: Path) -> None:
    pack = sample_pack()
    ground = lay_ground(sample_features(), pack.wards, pack.hotspots)
    assert ground is not None
    assert drawn(ground.near, tmp_path) == {"water", "park", "railway", "path", "street", "main", "suburb"}
    assert drawn(ground.far, tmp_path) == {"water", "park", "railway", "main", "suburb"}
    assert ground.within_m is None


def test_the_same_features_give_the_same_bytes_in_any_order() -> None:
    pack, features = sample_pack(), sample_features()
    one, again = (lay_ground(features, pack.wards, pack.hotspots) for _ in range(2))
    assert one is not None
    assert again is not None
    assert (one.far, one.near, one.bounds) == (again.far, again.near, again.bounds)


def test_where_there_is_too_much_the_nearest_streets_stay(tmp_path: Path) -> None:
    pack, features = sample_pack(), sample_features(apart=60.0)
    whole, less = (lay_ground(features, pack.wards, pack.hotspots.iloc[:1], most_points=most) for most in (100_000, 60))
    assert whole is not None
    assert less is not None
    assert len(less.near) < len(whole.near)
    assert less.within_m is not None
    middle = pack.hotspots.geometry.iloc[0]
    path = tmp_path / "near.pmtiles"
    path.write_bytes(less.near)
    kept = set(pyogrio.read_dataframe(path, layer="ground").query("kind == 'street'")["name"])
    streets = features.loc[features["kind"] == "street"]
    near = streets.loc[streets.distance(middle) < less.within_m - 1, "name"]
    assert kept
    assert set(near) <= kept <= set(streets.loc[streets.distance(middle) <= less.within_m + 1, "name"])
    assert {"main", "water"} <= drawn(less.near, tmp_path)


def test_streets_without_classes_show_from_afar_too_and_paths_alone_do_not(tmp_path: Path) -> None:
    pack, features = sample_pack(), sample_features()
    streets = lay_ground(features.loc[features["kind"] == "street"], pack.wards, pack.hotspots)
    paths = lay_ground(features.loc[features["kind"] == "path"], pack.wards, pack.hotspots)
    assert streets is not None
    assert paths is not None
    assert drawn(streets.far, tmp_path) == drawn(streets.near, tmp_path) == {"street"}
    assert paths.far == b""
    html = page_html(tasking_map(replace(pack, ground=paths)))
    assert '"near":{"data"' in html
    assert '"far":{"data"' not in html


def test_nothing_within_reach_is_no_ground() -> None:
    pack = sample_pack()
    away = sample_features()
    away = away.set_geometry(away.geometry.translate(90_000))
    assert lay_ground(away, pack.wards, pack.hotspots) is None
    assert lay_ground(away.iloc[:0], pack.wards, pack.hotspots) is None


@pytest.mark.shared
def test_a_city_takes_little_of_a_page(shared: Path) -> None:
    features = read_map_features(shared / "data" / "osm" / "city_of_london_drive.osm.gz")
    ground = lay_ground(features, features, features.iloc[:0])
    assert ground is not None
    assert len(ground.far) + len(ground.near) < 80_000
    assert np.isfinite(ground.bounds).all()


@pytest.mark.parametrize(
    "template",
    [
        "ftp://a/{z}/{x}/{y}",
        "https://a;b/{z}/{x}/{y}",
        "https://{s}.a/{z}/{x}/{y}",
        "https://a/{z}/{x}",
        "https://a/{z}/{x}/{y} 'unsafe-eval'",
        "https://a@b/{z}/{x}/{y}",
    ],
)
def test_a_tile_server_that_could_widen_the_policy_is_refused(template: str) -> None:
    with pytest.raises(InputError, match="one host"):
        server_of(template)


def test_a_force_s_own_tile_server_is_the_only_one_allowed() -> None:
    tiles = Tiles("https://maps.force.example:8443/os/{z}/{x}/{y}.png", "Our own map")
    html = page_html(tasking_map(replace(with_ground(sample_pack()), tiles=tiles)))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert "; img-src data: https://maps.force.example:8443;" in policy[1]
    assert policy[1].count("http") == 1
    assert "basemap.ground(" not in html
    plain = page_html(tasking_map(with_ground(sample_pack())))
    assert "; img-src data:;" in plain


@pytest.fixture(scope="module")
def page() -> str:
    return page_html(tasking_map(with_ground(sample_pack())))


@pytest.mark.browser
def test_streets_and_names_are_drawn_and_nobody_is_asked(visit: Callable, page: str) -> None:
    seen = visit(page, width=1920, height=1080)
    seen.page.wait_for_function(PAINTED)
    seen.page.wait_for_function(NAMED)
    for zoom in (9, 12.5, 13, 17.25):
        seen.page.evaluate(
            "zoom => window[Object.keys(window).find((name) => /^map_\\d+$/.test(name))].setZoom(zoom)", zoom
        )
        seen.page.wait_for_function(PAINTED)
    assert seen.is_quiet(), (seen.asked, seen.complaints)


@pytest.mark.browser
@pytest.mark.parametrize("policy", [True, False], ids=["with policy", "without policy"])
def test_names_from_the_extract_run_nothing(visit: Callable, policy: bool) -> None:
    html = page_html(tasking_map(with_ground(sample_pack(), HOSTILE)))
    seen = visit(html if policy else re.sub(r"<meta http-equiv[^>]*>", "", html))
    seen.page.wait_for_function(NAMED)
    assert seen.page.evaluate("window.__hit") is None
    assert seen.is_quiet(), (seen.asked, seen.complaints)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_axe_finds_nothing_with_a_ground(visit: Callable, page: str, width: int, height: int) -> None:
    seen = visit(page, width=width, height=height)
    seen.page.wait_for_function(PAINTED)
    assert barriers(seen.page) == []


def test_a_ground_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Ground(b"", b"", (0, 0, 0, 0), None).far = b"x"  # type: ignore[misc]
