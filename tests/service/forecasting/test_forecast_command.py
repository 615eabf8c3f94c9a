import json

import numpy as np
import pandas as pd
import pyogrio
import pytest


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """Crime of 12 weeks about ten places, by the minute, with its offence, as any city might write it."""
    rng = np.random.default_rng(4)
    spots = rng.uniform(0, 2000, (10, 2))
    points = spots[rng.integers(0, 10, 900)] + rng.normal(0, 60, (900, 2))
    moment = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 84 * 24 * 60, 900), unit="min")
    table = pd.DataFrame({"x": 580_000 + points[:, 0], "y": 5_900_000 + points[:, 1]}).round(1)
    table["when"] = pd.DatetimeIndex(moment).strftime("%d/%m/%Y %H:%M")
    table["what"] = rng.choice(["Burglary", "Robbery"], 900)
    path = tmp_path_factory.mktemp("events") / "events.csv"
    table.to_csv(path, index=False)
    return path


def words(events, out, *more):
    given = ("--events", events, "--date", "when", "--dayfirst", "--crs", "EPSG:32633", "--offence-column", "what")
    return ("forecast", *given, "--out", out, *more)


def test_every_method_gives_counts_harm_and_intervals_by_cell_and_shift(beatplan, events, tmp_path):
    out = tmp_path / "out"
    ran = beatplan(*words(events, out, "--harm", "police_uk_judged", "--origins", 2, "--json", tmp_path / "found.json"))
    assert ran.code == 0, ran.err
    found = json.loads((tmp_path / "found.json").read_text())
    assert set(found["not_run"]) == {"same weeks last year"}
    assert "same weeks last year was not run: it needs 52 weeks of crimes, and has 12." in ran.out
    assert "No areas were given" in ran.out
    for method in found["methods"].values():
        assert method["expected"]["crimes_low"] <= method["expected"]["crimes"] <= method["expected"]["crimes_high"]
        assert method["expected"]["harm"] > 0
    model = found["methods"]["self-exciting"]["model"]
    assert model["branching_ratio_low"] <= model["branching_ratio"] <= model["branching_ratio_high"]
    table = pd.read_csv(out / "forecast-self-exciting.csv")
    shifts = table[[f"expected_crimes_{shift}" for shift in ("early", "late", "night")]].sum(axis=1)
    assert shifts.to_numpy() == pytest.approx(table["expected_crimes"].to_numpy(), abs=1e-5)
    assert (table["expected_harm_high"] >= table["expected_harm"]).all()
    layers = {name for name, _ in pyogrio.list_layers(out / "forecast.gpkg")}
    assert {f"{path.stem}" for path in out.glob("*.csv")} <= layers
    assert (out / "forecast-density.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_events_give_the_same_bytes_in_a_folder_of_before(beatplan, events, tmp_path):
    out = tmp_path / "out"
    assert beatplan(*words(events, out, "--method", "ProMap", "--quiet")).code == 0
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert beatplan(*words(events, out, "--method", "ProMap", "--quiet")).code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--method", "crystal ball"), "`--method` must be all or one of raw count"),
        (("--method", "same weeks last year"), "cannot be made: it needs 52 weeks of crimes"),
        (("--cell", "-1"), "`--cell` must be above 0 metres"),
        (("--period", "fortnight"), "`--period` must be a number of days"),
        (("--crimes", "folder"), "Exactly one of `--events`, `--crimes` must be given"),
    ],
)
def test_what_cannot_be_forecast_is_refused_in_a_sentence(beatplan, events, tmp_path, more, why):
    ran = beatplan(*words(events, tmp_path / "out", *more))
    assert (ran.code, why in ran.err) == (2, True), ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.shared
def test_crime_known_by_month_is_forecast_by_what_can_bear_it(beatplan, shared, tmp_path):
    data = shared / "data"
    ran = beatplan(
        "forecast", "--crimes", data / "crime" / "city-of-london", "--areas",
        data / "boundaries" / "city_of_london_wards_2014.geojson", "--cell", 50, "--origins", 1,
        "--out", tmp_path / "out", "--json", tmp_path / "found.json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    found = json.loads((tmp_path / "found.json").read_text())
    assert set(found["methods"]) == {"raw count", "last period", "same weeks last year", "density", "learned"}
    assert "it needs the day of each crime" in found["not_run"]["self-exciting"]
    assert "Not by shift: days are not known, only months." in ran.out
