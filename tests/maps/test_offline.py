"""Pages that need no other file: same map, same bytes, no link that is not ours."""

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import folium
import pytest
from markupsafe import Markup

from maps.drawing import offline
from maps.drawing.offline import ASSETS, asset, offline_map, page_html, save_page, script_hashes

OWN = (ASSETS, ASSETS / "national", ASSETS / "tasking")


def small_map() -> folium.Map:
    drawn = offline_map(location=[52.6, -2.0], zoom_start=12)
    folium.Marker([52.6, -2.0]).add_to(drawn)
    words = {"title": "A & B", "style": "p { color: #000 }", "look": "full"}
    offline.Page(**words, above=Markup("<p>above</p>"), below=Markup("<p>below</p>")).add_child(drawn)
    return drawn


def test_one_map_gives_the_same_bytes_however_often_it_is_made_or_written() -> None:
    drawn = small_map()
    assert page_html(drawn) == page_html(drawn) == page_html(small_map())


def test_writing_leaves_the_map_as_it_was() -> None:
    drawn = small_map()
    before = (drawn.get_name(), list(drawn._children), drawn.get_root().to_json())
    page_html(drawn)
    assert (drawn.get_name(), list(drawn._children), drawn.get_root().to_json()) == before


def test_other_folium_maps_keep_their_own_links() -> None:
    page_html(small_map())
    assert any("cdn" in url for _, url in folium.Map.default_js)


def test_no_tag_names_an_address() -> None:
    html = re.sub(r"<script>.*?</script>", "", page_html(small_map()), flags=re.DOTALL)
    assert re.findall(r"<[^>]*\b(?:src|href|action)\s*=[^>]*>", html) == []


def test_a_link_to_anyone_else_is_refused() -> None:
    drawn = small_map()
    drawn.default_js = [*drawn.default_js, ("other", "https://example.org/other.js")]
    with pytest.raises(RuntimeError, match=r"must link files in maps/assets only, got https://example\.org/other\.js"):
        page_html(drawn)


def test_a_plain_folium_map_is_refused() -> None:
    with pytest.raises(RuntimeError, match="must link files in maps/assets only"):
        page_html(folium.Map(tiles=None))


def test_a_link_cannot_climb_out_of_the_assets() -> None:
    drawn = small_map()
    drawn.default_css = [("climb", "../offline.py")]
    with pytest.raises(RuntimeError, match="must link files in maps/assets only"):
        page_html(drawn)


def test_the_reader_may_enlarge_the_page() -> None:
    html = page_html(small_map())
    assert "user-scalable" not in html
    assert html.count('name="viewport"') == 1


def test_the_page_says_its_language_and_title_first() -> None:
    html = page_html(small_map())
    assert html.startswith('<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n')
    assert "<title>A &amp; B</title>" in html


def test_the_policy_allows_the_scripts_written_in_the_page_and_nothing_else() -> None:
    html = page_html(small_map())
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    rules = dict(rule.strip().split(" ", 1) for rule in found[1].split(";"))
    digests = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    ]
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert rules["script-src"].split() == [f"'sha256-{digest}'" for digest in digests]
    assert script_hashes(html) == tuple(rules["script-src"].split())
    assert html.count("<script") == len(digests)


def test_what_is_not_ours_is_listed_unchanged_with_its_licence() -> None:
    notice = (ASSETS / "NOTICE").read_text(encoding="utf-8")
    listed = re.findall(r"^\S+ +\S+ +\S+ +(\S+) +([0-9a-f]{64})$", notice, re.MULTILINE)
    vendored = sorted(path for path in ASSETS.rglob("*") if path.is_file() and path.parent not in OWN)
    assert sorted(name for name, _ in listed) == [str(path.relative_to(ASSETS)) for path in vendored]
    for name, digest in listed:
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == digest, name
    assert (ASSETS / "leaflet" / "LICENSE").is_file()


def test_assets_ask_for_no_picture_and_no_source_map() -> None:
    assert "url(" not in asset("leaflet/leaflet.css")
    assert "sourceMappingURL" not in asset("leaflet/leaflet.js")


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    html = save_page(small_map(), tmp_path / "map.html")
    assert (tmp_path / "map.html").read_bytes() == html.encode()
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_a_page_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "map.html").write_text("old", encoding="utf-8")

    def fail(*_: object) -> Callable[..., None]:
        raise OSError("disc full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disc full"):
        save_page(small_map(), tmp_path / "map.html")
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"map.html": "old"}
