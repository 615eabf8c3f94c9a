import json

import numpy as np
import pandas as pd
import pytest

from service.forecasting.kept_scores import remembering
from service.plain_table import number, plain_table


@pytest.fixture(scope="session")
def events(tmp_path_factory):
    """Crime of 12 weeks that keeps about ten places, with its offence, as any city might write it."""
    rng = np.random.default_rng(4)
    spots = rng.uniform(0, 3000, (10, 2))
    points = spots[rng.integers(0, 10, 1500)] + rng.normal(0, 60, (1500, 2))
    day = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 84, 1500), unit="D")
    table = pd.DataFrame({"x": 580_000 + points[:, 0], "y": 5_900_000 + points[:, 1]}).round(1)
    table["when"] = pd.DatetimeIndex(day).strftime("%d/%m/%Y")
    table["what"] = rng.choice(["Burglary", "Drugs", "Robbery"], 1500, p=[0.7, 0.1, 0.2])
    path = tmp_path_factory.mktemp("events") / "events.csv"
    table.to_csv(path, index=False)
    return path


def words(events, *more):
    given = ("--events", events, "--date", "when", "--dayfirst", "--crs", "EPSG:32633", "--share", 0.02)
    return ("backtest", *given, "--methods", "last period,density", *more)


def test_any_citys_table_gives_scores_differences_and_a_verdict(beatplan, events, tmp_path):
    ran = beatplan(*words(events, "--origins", 6, "--seed", 1, "--json", tmp_path / "found.json"))
    assert ran.code == 0, ran.err
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["methods"] == ["raw count", "last period", "density"]
    assert len(found["scores"]) == 3 * 6
    assert {"method", "origin", "hit_rate", "pai", "pei", "rri", "harm_pai", "log_score"} <= set(found["scores"][0])
    pai = {row["method"]: row["pai"] for row in found["summary"]}
    assert pai[found["best"]] >= pai[found["best_baseline"]] == max(pai.values())
    gains = [row for row in found["differences"] if row["measure"] == "pai" and row["against"] == "raw count"]
    assert all(row["low_95"] <= row["low_90"] <= row["high_90"] <= row["high_95"] for row in gains)
    assert found["sentence"] in ran.out
    assert "No areas were given" in ran.out


def test_a_second_run_goes_on_where_the_first_was_cut_short_and_gives_the_same_bytes(beatplan, events, tmp_path):
    kept, one, two, three = (tmp_path / name for name in ("kept", "one.json", "two.json", "three.json"))
    assert beatplan(*words(events, "--origins", 3, "--out", kept, "--json", one)).code == 0
    scores = kept / "backtest-scores.jsonl"
    whole = scores.read_bytes()
    scores.write_bytes(whole[: int(0.6 * len(whole))])
    assert beatplan(*words(events, "--origins", 3, "--out", kept, "--json", two)).code == 0
    assert scores.read_bytes() == whole
    marked = whole.replace(b'"pai": ', b'"pai": 1')
    scores.write_bytes(marked)
    assert beatplan(*words(events, "--origins", 3, "--out", kept, "--json", three, "--quiet")).code == 0
    assert scores.read_bytes() == marked
    assert one.read_bytes() == two.read_bytes() != three.read_bytes()


def test_scores_of_another_run_are_not_taken(tmp_path):
    path = tmp_path / "scores.jsonl"
    path.write_text('{"run": "another"}\n{"method": "density", "origin": "2024-01"}\n', encoding="utf-8")
    remembering(path, "this", lambda: None)
    assert path.read_text(encoding="utf-8") == '{"run": "this"}\n'


def test_harm_judges_where_it_is_given_and_police_generated_offences_are_left_out(beatplan, events, tmp_path):
    file = tmp_path / "found.json"
    more = ("--offence-column", "what", "--harm", "police_uk_judged", "--origins", 3, "--json", file)
    assert beatplan(*words(events, *more)).code == 0
    found = json.loads(file.read_text())
    assert all(row["harm_pai"] is not None for row in found["scores"])
    assert "harm" in found["sentence"]
    assert 100 < found["crimes"]["excluded"] < 200


def test_recorded_crime_by_months_is_tried_month_by_month(beatplan, town_files, tmp_path):
    file = tmp_path / "found.json"
    given = ("backtest", "--crimes", town_files.police_uk, "--areas", town_files.areas, "--cell", 250, "--json", file)
    ran = beatplan(*given, "--methods", "density", "--streets", town_files.streets)
    assert ran.code == 0, ran.err
    found = json.loads(file.read_text())
    assert [row["origin"] for row in found["scores"][::2]] == [f"2023-0{month}" for month in range(3, 9)]
    assert all(row["pai_street"] > 0 for row in found["scores"])
    weekly = beatplan(*given, "--period", "7d")
    assert weekly.code == 2
    assert "needs crimes whose day is known; of some only the month is: take `--period month`" in weekly.err


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("--methods", "oracle"), "`methods` must be among raw count"),
        (("--share", 0), "`share` must be above 0"),
        (("--bandwidth", -1), "`--bandwidth` must be above 0 metres"),
        (("--period", "soon"), "`--period` must be a number of days"),
        (("--crimes", "x"), "Exactly one of `--events`, `--crimes` must be given"),
        (("--harm", "no such"), "A harm table must be one of"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_a_sentence(beatplan, events, change, sentence):
    ran = beatplan(*words(events, *change))
    assert ran.code == 2
    assert sentence in ran.err
    assert ran.err.count("\n") == 1 + ran.err.count("done read")


@pytest.mark.parametrize("rows", [1, 3])
def test_too_few_events_are_no_crash(beatplan, events, tmp_path, rows):
    lines = events.read_text().splitlines(keepends=True)
    few = tmp_path / "few.csv"
    few.write_text("".join([lines[0], *[lines[1]] * rows, lines[40]]), encoding="utf-8")
    ran = beatplan(*words(few, "--json", tmp_path / "few.json"))
    assert ran.code in (0, 2)
    assert "our fault" not in ran.err


def test_a_folder_that_is_a_file_is_refused(beatplan, events, tmp_path):
    (tmp_path / "out").write_text("")
    ran = beatplan(*words(events, "--out", tmp_path / "out"))
    assert (ran.code, "`--out` must be a folder, and out is a file." in ran.err) == (2, True)


def test_a_table_in_plain_text_stands_in_columns():
    text = plain_table({"Name": ["a", "long"], "n": ["1", "-10"]})
    assert text == "Name    n\na       1\nlong  -10"
    assert number(float("nan")) == "-"


@pytest.mark.shared
def test_burglary_in_chicago_is_caught_as_well_as_by_the_best_baseline(beatplan, shared, tmp_path):
    file = tmp_path / "found.json"
    given = ("--events", shared / "data/incidents/chicago_burglary_2016.csv.gz", "--date", "date_single", "--dayfirst")
    more = ("--crs", "EPSG:26971", "--share", 0.01, "--origins", 8, "--methods", "last period,density", "--json", file)
    assert beatplan("backtest", *given, *more).code == 0
    found = json.loads(file.read_text())
    pai = {row["method"]: row["pai"] for row in found["summary"]}
    assert pai[found["best"]] >= max(pai.values())
    assert min(pai.values()) > 1
