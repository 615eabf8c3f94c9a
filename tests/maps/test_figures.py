"""Still figures: the same bytes each time, readable without colour, and safe from what names hold."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from maps.figures import base as figures
from maps.figures import printed_map
from maps.style import DARK, INK, PALE, contrast
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

DRAWN = (figures.trend, figures.skill, figures.comparison, printed_map.printed_map)
HOSTILE = " $x^2$ \\frac \N{PILE OF POO} \u202e <b>&\"'\x00\n]]> -- {{7*7}} " + "W" * 400


@pytest.mark.parametrize("draw", DRAWN)
def test_the_same_findings_give_the_same_bytes(draw):
    assert draw(sample_pack()).data == draw(sample_pack()).data


@pytest.mark.parametrize("draw", DRAWN)
def test_other_findings_give_other_bytes(draw):
    assert draw(sample_pack()).data != draw(replace(sample_pack(), run_id="ba9876543210")).data


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("pack", [bare_pack(), sample_pack(hostile=HOSTILE)], ids=["bare", "hostile"])
def test_nothing_and_hostile_names_are_drawn_too(draw, pack):
    assert len(draw(pack).data) > 1000


@pytest.mark.parametrize("draw", DRAWN[:3])
def test_an_svg_is_xml_that_runs_and_loads_nothing(draw):
    root = ET.fromstring(draw(sample_pack(hostile=HOSTILE)).data)  # noqa: S314 - our own file
    tags = {element.tag.split("}")[-1] for element in root.iter()}
    links = [value for element in root.iter() for name, value in element.attrib.items() if name.endswith("href")]
    assert not tags & {"script", "foreignObject", "image", "a"}
    assert all(link.startswith("#") for link in links)


def test_a_closer_map_is_drawn_where_hot_spots_are_close_together():
    pack = sample_pack()
    assert printed_map.closer_map(pack) is None
    assert printed_map.closer_map(bare_pack()) is None
    gathered = replace(
        pack, hotspots=pack.hotspots.set_geometry(pack.hotspots.affine_transform([0.1, 0, 0, 0.1, 361_000, 271_000]))
    )
    assert printed_map.closer_map(gathered).data != printed_map.printed_map(gathered).data


def test_the_map_is_a_png():
    assert printed_map.printed_map(sample_pack()).data.startswith(b"\x89PNG\r\n\x1a\n")


def test_alternative_text_holds_the_figures_numbers():
    pack = sample_pack()
    assert "88" in figures.trend(pack).alt
    assert "24\xa0% (21\xa0% to 27\xa0%)" in figures.skill(pack).alt
    assert "equal split 94\xa0%" in figures.comparison(pack).alt


def test_a_hundred_weeks_are_drawn_with_few_labels():
    weeks = pd.date_range("2022-01-03", periods=104, freq="7D").strftime("%Y-%m-%d")
    monthly = pd.DataFrame({"period": weeks, "crimes": np.arange(104), "harm": np.arange(104.0)})
    held = figures.trend(replace(sample_pack(), monthly=monthly))
    assert held.title == "Recorded crime and harm by week"
    assert 5 < held.data.count(b"<!-- 202") < 20


def test_plans_worth_nothing_are_not_known():
    pack = sample_pack()
    nothing = pack.staffing.alternatives.assign(objective=0.0, share_of_best=float("nan"))
    held = figures.comparison(replace(pack, staffing=replace(pack.staffing, alternatives=nothing)))
    assert "equal split not known" in held.alt


def test_bars_are_told_apart_in_grey():
    assert contrast(DARK, PALE) > 3
    assert contrast(DARK, "#ffffff") > 4.5
    assert contrast(INK, "#ffffff") > 7


def test_every_letter_drawn_is_in_the_typeface():
    assert figures.drawable("Tŷ-nant \N{PILE OF POO}") == "Tŷ-nant \N{REPLACEMENT CHARACTER}"
    assert len(figures.drawable("W" * 500)) == 40
