"""Every string passes one function, and folium's own text boxes are used nowhere around it."""

import ast
import json
import random
from html import unescape
from pathlib import Path

import folium
import pytest
from markupsafe import Markup

from maps.escape import environment, escape, json_in_script

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("geodata", "hotspots", "allocation", "maps", "service", "benchmarks")
# What puts a string of ours into a page as it is; `maps/drawing/elements.py` wraps those that we use.
RAW = {
    "CirclePopup",
    "DivIcon",
    "FeatureGroup",
    "GeoJsonPopup",
    "GeoJsonTooltip",
    "Html",
    "IFrame",
    "LayerControl",
    "Popup",
    "TileLayer",
    "Tooltip",
    "WmsTileLayer",
    "explore",
}
WRAPPERS = ROOT / "maps" / "drawing" / "elements.py"
PAYLOADS = (
    "<script>alert(1)</script>",
    "${alert(1)}",
    "`+alert(1)+`",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{# gone #}",
    "</script><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "\u2028\u2029<!--",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_escaped_text_is_shown_and_holds_nothing_that_wakes_a_parser(payload: str) -> None:
    safe = escape(payload)
    assert unescape(safe) == payload
    assert not set("<>\"'`${") & set(safe)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_in_a_script_means_the_same_and_ends_nothing(payload: str) -> None:
    value = {payload: [payload, {"deep": payload}], "number": 1.5, "nothing": None}
    safe = json_in_script(value)
    assert json.loads(safe) == value
    assert not set("<>&'`$\u2028\u2029") & set(safe)
    assert "{{" not in safe
    assert "{%" not in safe
    assert "{#" not in safe


def test_any_text_survives_escaping() -> None:
    source = random.Random(1)  # noqa: S311 - reproducible text, no secret
    for _ in range(300):
        text = "".join(
            chr(source.choice((source.randrange(32, 127), source.randrange(0xA0, 0x2FFF)))) for _ in range(40)
        )
        assert unescape(escape(text)) == text
        assert json.loads(json_in_script([text])) == [text]


def test_what_cannot_be_printed_or_written_becomes_a_mark() -> None:
    assert escape("a\x00b\ud800c\x1bd") == "a\ufffdb\ufffdc\ufffdd"


def test_escaping_twice_shows_the_first_escape() -> None:
    assert escape(Markup("&lt;")) == "&amp;lt;"


def test_json_refuses_numbers_that_are_none() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_in_script(float("nan"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_templates_print_nothing_that_has_not_passed(payload: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<p title="{{ text }}">{{ text }}{{ done }}{{ 3 }}</p>', encoding="utf-8")
    page = environment(tmp_path).get_template("page.html").render(text=payload, done=escape(payload))
    assert page == f'<p title="{escape(payload)}">{escape(payload)}{escape(payload)}3</p>'


def test_branca_runs_what_is_not_escaped_as_python() -> None:
    """The reason why the brace is escaped: the layer's name is computed on our machine."""
    page = folium.Map(tiles=None)
    page.add_child(folium.FeatureGroup(name="{{ 6 * 7 }}"))
    page.add_child(folium.LayerControl())
    assert '"42"' in page.get_root().render()


def raw_uses(path: Path) -> list[str]:
    """Where a file names one of folium's unescaped classes, or lets a marker or layer make one."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in RAW:
            found.append(f"{path.name}:{node.lineno} {node.attr}")
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("folium", "branca"):
            found += [f"{path.name}:{node.lineno} {alias.name}" for alias in node.names if alias.name in RAW]
        if isinstance(node, ast.Call):
            words = {keyword.arg for keyword in node.keywords} & {"popup", "tooltip"}
            found += [f"{path.name}:{node.lineno} {word}=" for word in sorted(words)]
    return found


def test_foliums_unescaped_classes_are_used_in_the_wrappers_only() -> None:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path != WRAPPERS]
    assert [use for path in sorted(files) for use in raw_uses(path)] == []


def test_the_ban_sees_every_way_of_naming_a_banned_class(tmp_path: Path) -> None:
    code = "import folium as f\nfrom folium.map import Popup as P\nf.DivIcon(html=x)\nf.Marker(tooltip=x)\n"
    (tmp_path / "bad.py").write_text(code, encoding="utf-8")
    assert sorted(raw_uses(tmp_path / "bad.py")) == ["bad.py:2 Popup", "bad.py:3 DivIcon", "bad.py:4 tooltip="]
