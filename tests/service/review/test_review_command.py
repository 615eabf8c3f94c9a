import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hotspots.impact import weighted_displacement_difference
from hotspots.interrupted import interrupted_series
from tests.service.review import interventions

PUBLISHED = {"places": (207, 110), "controls": (308, 318), "around": (178, 157), "around_controls": (150, 140)}
GIVEN = ("--offence-column", "what")


@pytest.fixture
def review(beatplan, tmp_path):
    """Run a review of plans against events, and return it with its figures."""

    def run(events, *plans, more=()):
        file = tmp_path / "found.json"
        words = [word for plan in plans for word in ("--plan", plan)]
        ran = beatplan("review", "--events", events, *GIVEN, *words, *more, "--json", file)
        return ran, json.loads(file.read_text()) if ran.code == 0 else None

    return run


def test_published_differences_come_out_of_the_command_to_their_digits(review, tmp_path):
    # reference/hotspots.md: local -107 (30.708), displacement -11 (25.0), total -118, 95 % CI -196 to -40.
    plan = interventions.plan(tmp_path / "cobra.toml", more="displacement_metres = 200")
    ran, found = review(interventions.events(tmp_path / "e.csv", PUBLISHED), plan)
    assert ran.code == 0, ran.err
    one = found["interventions"][0]
    assert one["crimes"] == {name: list(both) for name, both in PUBLISHED.items()} | {"rest": [400, 400]}
    wdd = one["wdd"]
    assert (wdd["local"]["change"], wdd["displacement"]["change"], wdd["total"]["change"]) == (-107, -11, -118)
    assert wdd["local"]["error"] == pytest.approx(30.708, abs=5e-4)
    assert (round(wdd["total"]["low_95"]), round(wdd["total"]["high_95"])) == (-196, -40)
    assert one["verdict"] == "fell"
    assert "went from 207 to 110 (-47 %, 91 days each); in the controls it changed by +3 %" in one["sentence"]
    assert "no change beyond chance can be seen (-11 crimes" in one["sentence"]


def test_a_fall_that_chance_may_have_made_is_not_called_one(review, tmp_path):
    # reference/hotspots.md: control 20, 20, treated 20, 10: -10, SE 8.3666, z -1.195229.
    events = interventions.events(tmp_path / "e.csv", {"places": (20, 10), "controls": (20, 20)})
    _, found = review(events, interventions.plan(tmp_path / "cobra.toml"))
    one = found["interventions"][0]
    assert one["wdd"]["local"]["z"] == pytest.approx(-1.195229, abs=5e-7)
    assert one["verdict"] == "cannot tell"
    assert "nothing can be concluded" in one["sentence"]


def test_what_is_registered_after_its_start_is_refused_unless_it_says_so(review, tmp_path):
    events = interventions.events(tmp_path / "e.csv", PUBLISHED)
    late = interventions.plan(tmp_path / "late.toml", registered="2024-05-01")
    ran, _ = review(events, late)
    assert ran.code == 2
    assert "must be registered before it starts on 2024-04-01, or say `retrospective = true`" in ran.err
    said = interventions.plan(tmp_path / "said.toml", registered="2024-05-01", more="retrospective = true")
    ran, found = review(events, said)
    assert found["interventions"][0]["retrospective"]
    assert "may have been chosen for what had already happened there" in ran.out


def test_without_controls_the_rest_of_the_force_stands_in(review, tmp_path):
    events = interventions.events(tmp_path / "e.csv", {"places": (100, 60)}, rest=(1000, 900))
    _, found = review(events, interventions.plan(tmp_path / "cobra.toml", controls=""))
    one = found["interventions"][0]
    assert one["wdd"]["local"]["change"] == pytest.approx(-40 + 10)
    assert one["beside_force"]["effect"]["ratio"] == pytest.approx(0.6 / 0.9)
    assert any("No controls were registered" in note for note in one["notes"])


def test_several_interventions_are_counted_and_harm_and_dosage_told(review, tmp_path):
    events = interventions.events(tmp_path / "e.csv", PUBLISHED)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    dosage = "[dosage]\nplanned_minutes = 2000\n"
    controls = '[controls]\nfile = "controls.geojson"\n'
    one = interventions.plan(tmp_path / "one" / "plan.toml", name="One", controls=controls + dosage)
    two = interventions.plan(tmp_path / "two" / "plan.toml", name="Two", more='offences = ["Vehicle crime"]')
    delivered = tmp_path / "delivered.csv"
    delivered.write_text(
        "intervention,hotspot_id,minutes,date\nOne,H01,600,2024-04-02\nOne,H01,400,2024-07-02\nOne,H02,90,2024-04-02\n"
        "Two,H01,50,2024-05-01\n",
        encoding="utf-8",
    )
    more = ("--harm", "police_uk_judged", "--delivered", delivered, "--out", tmp_path / "out")
    ran, found = review(events, one, two, more=more)
    assert ran.code == 0, ran.err
    assert "2 of 2 interventions fell beside their comparison, 2 of them surely" in ran.out
    first = found["interventions"][0]
    assert first["dosage"] == {"planned_minutes": 2000.0, "delivered_minutes": 600.0, "visits": 1}
    assert "600 minutes were delivered in 1 visit, 30 % of the 2,000 planned." in ran.out
    harm, plain = first["wdd_harm"]["local"], first["wdd"]["local"]
    assert harm["z"] == pytest.approx(plain["z"])
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"review.csv", "review.txt", "series.csv"}
    series = pd.read_csv(tmp_path / "out" / "series.csv")
    assert series.loc[series["name"] == "One", "places"].sum() == 207 + 110


def test_months_are_reviewed_by_whole_months_only(beatplan, town, town_files, tmp_path):
    place = town.truth.hotspots.iloc[[0]][["hotspot_id", "geometry"]]
    place.to_file(tmp_path / "places.geojson", driver="GeoJSON")
    plan = tmp_path / "plan.toml"
    for end, code in (("2023-07-31", 0), ("2023-07-15", 2)):
        plan.write_text(
            f'name = "A"\nregistered = 2023-05-01\nstart = 2023-05-01\nend = {end}\nbefore = 2023-02-01\n'
            '[places]\nfile = "places.geojson"\n',
            encoding="utf-8",
        )
        ran = beatplan("review", "--plan", plan, "--crimes", town_files.police_uk)
        assert ran.code == code, ran.err
    assert "spans must be of whole months" in ran.err


def test_a_planted_effect_is_held_by_its_intervals_as_often_as_is_said(town):
    """The made-up force's crimes, dealt out over the days anew 300 times; 40 % of those in hot spots prevented."""
    spots = town.truth.hotspots.geometry.union_all()
    inside = town.crimes.intersects(spots).to_numpy()
    days = (town.crimes["occurred_from"] - town.crimes["occurred_from"].min()).dt.days.to_numpy()
    late = np.arange(34) >= 20
    start, share, rng = 140, 0.4, np.random.default_rng(8)
    ratios, counts = [], []
    for _ in range(300):
        day = interventions.dealt_anew(days, rng)
        kept = interventions.thinned(inside, day, start, share, rng)
        weekly = [np.bincount(day[kept & zone] // 7, minlength=35)[:34] for zone in (inside, ~inside)]
        ratios.append(interrupted_series(*weekly, late).effect.interval(0.9))
        halves = [(each[6:20].sum(), each[20:].sum()) for each in weekly]
        times = halves[1][0] / halves[0][0]
        found = weighted_displacement_difference(halves[0], halves[1], area=(1, times, 1, 1)).total
        counts.append(found.interval(0.9))
    expected = -share * inside.sum() * 98 / (days.max() + 1)
    for held in (
        sum(low <= 1 - share <= high for low, high in ratios),
        sum(low <= expected <= high for low, high in counts),
    ):
        assert stats.binom.ppf(0.001, 300, 0.88) <= held <= stats.binom.ppf(0.999, 300, 0.95)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("end = 2024-03-01", "must be TOML"),
        ("before = 2024-05-01", "`before` must be a day before the start"),
        ("review = 2024-06-01", "the review must come after the end"),
        ('offences = ["Arson"]', "Some crime must be of the offences of Cobra; none of"),
        ("patrols = 3", "`patrols`: is not a setting"),
        ("displacement_metres = -1", "`displacement_metres`: input should be greater than or equal to 0"),
    ],
)
def test_what_cannot_be_reviewed_is_refused_in_a_sentence(review, tmp_path, more, sentence):
    events = interventions.events(tmp_path / "e.csv", {"places": (5, 3)})
    ran, _ = review(events, interventions.plan(tmp_path / "cobra.toml", more=more))
    assert ran.code == 2
    assert sentence in ran.err


def test_ground_and_days_that_do_not_fit_are_refused(review, tmp_path):
    plan = interventions.plan(tmp_path / "cobra.toml", controls='[controls]\nfile = "places.geojson"\n')
    events = interventions.events(tmp_path / "e.csv", {"places": (5, 3)})
    assert "Controls must not overlap" in review(events, plan)[0].err
    early = tmp_path / "early.csv"
    early.write_text("".join(events.read_text().splitlines(keepends=True)[:4]), encoding="utf-8")
    plan = interventions.plan(tmp_path / "cobra.toml")
    assert "needs crimes from before and after its start on 2024-04-01" in review(early, plan)[0].err
    assert review(events, plan, plan)[0].code == 2
    other = plan.read_text().replace('"H01"', '"H07"')
    plan.write_text(other, encoding="utf-8")
    assert "Each of `ids` must be in places.geojson; H07 is not (1 found)." in review(events, plan)[0].err
    assert review(events, tmp_path / "none.toml")[0].code == 2


@pytest.mark.parametrize("counts", [(0, 0), (1, 0), (0, 1)])
def test_next_to_no_crime_is_no_crash_and_no_claim(review, tmp_path, counts):
    events = interventions.events(tmp_path / "e.csv", {"places": counts, "controls": (2, 2)})
    ran, found = review(events, interventions.plan(tmp_path / "cobra.toml"))
    assert ran.code == 0, ran.err
    assert found["interventions"][0]["verdict"] == "cannot tell"
    assert "read the counts, not the percentages" in ran.out


def test_data_that_end_early_are_an_interim_look(review, tmp_path):
    events = interventions.events(tmp_path / "e.csv", PUBLISHED)
    ran, found = review(events, interventions.plan(tmp_path / "cobra.toml"), more=("--as-of", "2024-05-01"))
    assert found["interventions"][0]["days"] == [91, 30]
    assert "this is an interim look" in ran.out
