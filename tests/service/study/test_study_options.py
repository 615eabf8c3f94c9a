"""What is asked of a study on the command line: every option checked before anything is read."""

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from hotspots.vulnerable_localities import INPUTS, vulnerable_localities
from service.analysis.places import Rules
from service.study.options import Against, Options, options_of
from service.study.streets import Along
from service.study.words import localities_told


def test_nothing_asked_is_the_default():
    assert options_of() == Options()


def test_options_are_taken_as_they_are_meant():
    found = options_of(
        cell=50, bandwidth="auto", edge="diggle", network=True, streets=True, against="before:2024-01-31",
        measure="ratio", clusters="hdbscan", apart=200, most_street=3_000, offences=["Burglary", "Robbery", "Burglary"],
    )  # fmt: skip
    assert (found.cell, found.bandwidth, found.edge, found.measure) == (50, "auto", "diggle", "ratio")
    assert found.against == Against("before", "2024-01-31")
    assert found.rules == Rules("HDBSCAN", 200, 3_000)
    assert found.offences == ("Burglary", "Robbery")
    assert found.asked["clusters"] == "HDBSCAN"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("population", Against("population")),
        ("offence:Theft: other", Against("offence", "Theft: other")),
        ("column:dwellings", Against("column", "dwellings")),
    ],
)
def test_what_crime_is_held_against_is_told_by_its_first_word(text, meant):
    assert Against.of(text) == meant


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"network": True}, "`--network` needs `--streets`"),
        ({"spread": "simple"}, "`--spread` is of the density along streets: give `--network`"),
        ({"lixel": 25}, "`--lixel` is of the density along streets: give `--network`"),
        ({"network": True, "streets": True, "spread": "even"}, "`--spread` must be one of"),
        ({"network": True, "streets": True, "lixel": 0}, "`--lixel` must be above 0 metres"),
        ({"most_street": 900}, "`--most-street` needs `--streets`"),
        ({"most_street": 0, "streets": True}, "`--most-street` must be above 0"),
        ({"adaptive": True, "kernel": "gaussian"}, "leave out `--kernel` and `--edge`"),
        ({"adaptive": True, "edge": "uniform"}, "leave out `--kernel` and `--edge`"),
        ({"edge": "torus"}, "`--edge` must be one of none, uniform, diggle, got torus"),
        ({"kernel": "square"}, "`--kernel` must be one of quartic"),
        ({"measure": "ratio"}, "give `--against` too"),
        ({"measure": "odds", "against": "population"}, "`--measure` must be one of ratio"),
        ({"clusters": "k-means"}, "`--clusters` must be one of dbscan, hdbscan, got k-means"),
        ({"space_time": 0}, "`--space-time` must be above 0 days, got 0"),
        ({"space_time": float("nan")}, "`--space-time` must be finite"),
        ({"apart": -1}, "`--apart` must be between 0"),
        ({"apart": float("nan")}, "`--apart` must be finite"),
        ({"against": "people"}, "`--against` must be one of before:YYYY-MM-DD"),
        ({"against": "before:"}, "`--against` must be one of"),
        ({"against": "before:June"}, "written YYYY-MM-DD, got June"),
        ({"against": "after:2024-01-01"}, "`--against` must be one of"),
        ({"bandwidth": "inf"}, "`--bandwidth` must be above 0 metres or one of auto, normal"),
        ({"cell": float("inf")}, "`--cell` must be finite"),
    ],
)
def test_what_breaks_a_rule_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        options_of(**given)


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ([], "1 of 4 areas are above 200, twice the mean."),
        ([0], "1 of 4 areas are above 200, twice the mean; without an index for want of an input: 1."),
        ([0, 1, 2, 3], "No Vulnerable Localities Index: its inputs lack share of people aged 15 to 24."),
    ],
)
def test_which_inputs_of_the_localities_are_missing_is_said(without, said):
    rates = pd.DataFrame({name: [1.0, 1.0, 1.0, 9.0] for name in INPUTS}, index=list("abcd"))
    rates.loc[rates.index[without], "aged_15_to_24"] = np.nan
    assert localities_told(vulnerable_localities(rates)).endswith(said)


def test_the_density_along_streets_is_made_as_asked_for():
    asked = options_of(network=True, streets=True, spread="simple", lixel=25)
    assert asked.asked["along_streets"] == {"spread": "simple", "lixel": 25.0}
    assert options_of(network=True, streets=True).along == Along("continuous", 50.0)
    assert options_of(streets=True).asked["along_streets"] is None
