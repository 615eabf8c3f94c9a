"""Figures for the wall: their size, the same bytes each time, and findings that do not bear them."""

import io
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from maps.style import contrast
from maps.wall import STANDARD, standard_figures, write_figures
from maps.wall.evidence import hit_rate
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

HOSTILE = " $x^2$ \\frac \N{PILE OF POO} \u202e <b>&\"'\x00\n]]> -- {{7*7}} " + "W" * 400


@pytest.fixture(scope="module")
def drawn():
    return {still.name: still for still in standard_figures(with_hits(sample_pack()))}


def with_hits(pack):
    shares = np.array([0.0, 0.01, 0.05, 0.2])
    rows = [
        {"method": method, "share": share, "hit_rate": share**power, "low": share**power / 2, "high": share**0.3}
        for method, power in (("raw count", 0.6), ("density", 0.5))
        for share in shares
    ]
    return replace(pack, insight=replace(pack.insight, hits=pd.DataFrame(rows)))


def test_a_full_run_has_the_whole_standard_set(drawn):
    assert list(drawn) == list(STANDARD)


def test_each_fills_a_wall_screen(drawn):
    assert {Image.open(io.BytesIO(still.png)).size for still in drawn.values()} == {(1920, 1080)}


def test_each_says_in_words_what_it_shows(drawn):
    for still in drawn.values():
        assert len(still.title.split()) > 5
        assert still.title.rstrip(".") in still.alt or len(still.alt) > len(still.title)


def test_the_same_findings_give_the_same_bytes_and_others_others(drawn):
    again = {still.name: still for still in standard_figures(with_hits(sample_pack()))}
    assert again == drawn
    other = hit_rate(replace(with_hits(sample_pack()), run_id="ba9876543210"))
    assert other.png != drawn["hit-rate"].png
    assert other.svg != drawn["hit-rate"].svg


def test_an_svg_is_xml_that_runs_and_loads_nothing(drawn):
    for still in drawn.values():
        for node in ET.fromstring(still.svg.decode()).iter():  # noqa: S314 - our own text
            assert node.tag.rpartition("}")[2] not in ("script", "foreignObject", "a")
            links = [value for key, value in node.attrib.items() if key.endswith("href")]
            assert all(link.startswith(("#", "data:")) for link in links)


@pytest.mark.parametrize("name", STANDARD)
def test_nothing_to_show_is_no_figure_and_hostile_names_are_drawn(name):
    assert STANDARD[name](with_hits(sample_pack(hostile=HOSTILE))) is not None
    bare = STANDARD[name](bare_pack())
    assert bare is None or len(bare.png) > 1000


def test_without_what_the_run_was_not_asked_for_the_figure_is_left_out():
    pack = replace(sample_pack(), change=None, suffering=None, past=None, standing=None, insight=None)
    assert [still.name for still in standard_figures(pack)] == ["hot-spots", "allocation"]


def test_the_hit_rate_is_told_by_the_forecast_used_and_its_record():
    pack = with_hits(sample_pack())
    assert hit_rate(pack).title.startswith(f"The forecast used, {pack.backtest.best}, caught ")


def test_files_are_named_by_what_they_show(tmp_path):
    written = write_figures(sample_pack(), tmp_path)
    assert {path.suffix for path in written} == {".png", ".svg"}
    assert "figure-hot-spots.png" in {path.name for path in written}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in written)


def test_colours_of_less_and_more_stand_out_from_paper_and_from_each_other():
    assert contrast("#0b4f94", "#ffffff") > 4.5
    assert contrast("#0b4f94", "#b58900") > 2
