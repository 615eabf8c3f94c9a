import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from geodata.areas import read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.extract import ExtractMapping
from geodata.fitness import assess
from geodata.harm import read_harm
from geodata.periods import Periods
from geodata.tables import AREAS, check
from tests.geodata import police_files as police

HOT_SPOTS = "Where crime gathers, street by street"
WITHIN_STREET = "Differences within a street, or between buildings"
WEEKDAYS = "Days of the week"
HOURS = "Time of day"
NEAR_REPEATS = "Near repeats: more crime nearby in the days that follow"
PREMISES = "Repeat victimisation of premises"
VICTIMS = "Repeat victimisation of people"
BACKTEST = "How well a forecast would have done"
SEASONS = "Seasons: this month against the same month of last year"
RATES = "Crimes for each thousand residents"


def wards(population=(np.nan, np.nan)):
    """Two wards of 10 km, side by side, about the made-up crimes."""
    columns = {
        "code": pd.array(["W1", "W2"], dtype="string"),
        "name": pd.array(["One", "Two"], dtype="string"),
        "kind": pd.array(["ward", "ward"], dtype="string"),
        "edition": pd.array([pd.NA, pd.NA], dtype="Int64"),
        "population": list(population),
        "deprivation_decile": [np.nan, np.nan],
    }
    shapes = [box(420_000, 560_000, 430_000, 570_000), box(430_000, 560_000, 440_000, 570_000)]
    return check(gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:27700"), AREAS)


def published(tmp_path, *rows, name="a.csv"):
    return read_crimes([police.write(tmp_path, name, police.csv(*rows))])


def extract(tmp_path, days, *, hours=2, premises=True, victims=True, form="%d/%m/%Y %H:%M"):
    """Thefts at ten in the morning, one a day, at fifty addresses against sixty people."""
    lines = []
    for at, day in enumerate(days):
        end = day + pd.Timedelta(hours=hours)
        place, victim = (at % 50 if premises else ""), (f"p{at % 60}" if victims else "")
        lines.append(f"C{at},Theft,{day:{form}},{end:{form}},{425_000 + at % 50},565000,{place},{victim}")
    path = tmp_path / "extract.csv"
    path.write_text("REF,OFF,FROM,TO,E,N,UPRN,WHO\n" + "\n".join(lines) + "\n")
    columns = {"place_id": "UPRN", "victim_id": "WHO", "occurred_to": "TO", "crime_id": "REF"}
    mapping = ExtractMapping(x="E", y="N", occurred_from="FROM", offence="OFF", **columns)
    return read_crimes([path], mapping=mapping, key=b"a key of sixteen")


def days(size, start="2022-01-03 10:00"):
    return pd.date_range(start, periods=size, freq="D")


def judged(read, areas=None, **settings):
    try:
        periods = Periods.of(read.crimes)
    except InputError:
        periods = None
    return assess(read, wards() if areas is None else areas, periods=periods, **settings)


def allowed(found):
    return {claim for claim, may in zip(found.claims["claim"], found.claims["allowed"], strict=True) if may}


def why(found, claim):
    return found.claims.set_index("claim")["reason"][claim]


def fact(found, name):
    return found.facts.set_index("fact")["value"][name]


def warned(found, words):
    return [warning for warning in found.warnings if words in warning]


def test_exact_data_bear_every_claim(tmp_path):
    found = judged(extract(tmp_path, days(800)), wards((1000.0, 2000.0)))
    assert allowed(found) == set(found.claims["claim"])
    assert why(found, HOURS) == "100.0 % of crimes are known to within eight hours."
    assert why(found, RATES) == "2 of 2 areas have a population."
    assert found.warnings == ()
    assert (found.outside, found.distinct_points, found.gaps) == (0, 50, ())


def test_months_and_map_points_bear_no_claim_in_days_or_below_a_street(tmp_path):
    months = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)]
    rows = [police.row(month=month, crime_id=f"{month}{at}") for month in months for at in range(10)]
    found = judged(published(tmp_path, *rows))
    assert allowed(found) == {HOT_SPOTS, BACKTEST, SEASONS}
    assert why(found, NEAR_REPEATS) == "Most crimes are dated by month only, so that nothing can be said in days."
    assert why(found, PREMISES) == "Positions are map points: two crimes on one point are not at one address."
    assert (
        why(found, WITHIN_STREET) == "Positions are map points: 240 crimes lie on 1 point, each standing for a street."
    )
    assert why(found, VICTIMS) == "No row says who the victim was."
    assert warned(found, "Dates are months")
    assert warned(found, "a hot spot is a street or more, never an address")


def test_the_verdict_rests_on_the_rows_and_not_on_the_file(tmp_path):
    for name in ("secret-police.csv", "2024-01-a-street.csv", "x.txt"):
        found = judged(published(tmp_path, *[police.row()] * 3, name=name))
        assert allowed(found) == set()


def test_dates_without_times_bear_days_but_no_hours(tmp_path):
    found = judged(extract(tmp_path, days(200), form="%d/%m/%Y"))
    assert {WEEKDAYS, NEAR_REPEATS, PREMISES, VICTIMS} <= allowed(found)
    assert HOURS not in allowed(found)
    assert why(found, HOURS) == "0.0 % of crimes are known to within eight hours."


def test_spans_too_long_for_a_shift_bear_no_time_of_day(tmp_path):
    assert HOURS not in allowed(judged(extract(tmp_path, days(200), hours=9)))
    assert HOURS in allowed(judged(extract(tmp_path, days(200), hours=8)))


def test_missing_identifiers_bear_no_repeats(tmp_path):
    found = judged(extract(tmp_path, days(200), premises=False, victims=False))
    assert not {PREMISES, VICTIMS} & allowed(found)
    assert why(found, PREMISES) == "Only 0.0 % of crimes say at which premises they were."
    assert why(found, VICTIMS) == "No row says who the victim was."


def test_few_crimes_make_no_hot_spot(tmp_path):
    found = judged(extract(tmp_path, days(99)))
    assert HOT_SPOTS not in allowed(found)
    assert warned(found, "Only 99 crimes lie in the areas: any hot spot among so few may be chance.")
    assert HOT_SPOTS in allowed(judged(extract(tmp_path, days(100))))


def test_few_periods_bear_no_back_test(tmp_path):
    found = judged(extract(tmp_path, days(7 * 7)))
    assert (
        why(found, BACKTEST)
        == "The crimes cover 7 whole weeks; at least 8 are needed, to learn from some and score others."
    )
    assert warned(found, "too few whole periods (7)")
    assert BACKTEST in allowed(judged(extract(tmp_path, days(7 * 8))))


def test_no_whole_period_is_said(tmp_path):
    found = judged(extract(tmp_path, days(3)))
    assert why(found, BACKTEST) == "The crimes do not fill one whole week or month."
    assert warned(found, "too few whole periods (0)")


def test_no_crime_and_one_crime_are_judged(tmp_path):
    nothing = judged(published(tmp_path, police.row(lon="")))
    assert allowed(nothing) == set()
    assert nothing.warnings == ("No row was accepted: there is nothing to analyse.",)
    assert fact(nothing, "First and last day") == "no crimes"
    one = judged(published(tmp_path, police.row()))
    assert allowed(one) == set()
    assert fact(one, "First and last day") == "1 January 2024 to 31 January 2024"


def test_gaps_are_named(tmp_path):
    rows = [police.row(month=month) for month in ("2023-11", "2024-02", "2024-03", "2024-05")]
    found = judged(published(tmp_path, *rows))
    assert found.gaps == ("2023-12", "2024-01", "2024-04")
    assert warned(found, "3 months between the first and the last date hold no crime (2023-12, 2024-01, 2024-04)")


def test_an_offence_of_long_ago_is_said(tmp_path):
    found = judged(extract(tmp_path, [*days(200), pd.Timestamp("1975-05-01 10:00")]))
    assert warned(found, "1 crimes are dated more than a year before nearly all others")
    assert warned(found, " and more): rates are off")
    assert not warned(judged(extract(tmp_path, days(200))), "years before")


def test_crimes_outside_and_strays_are_counted(tmp_path):
    rows = [police.row()] * 9 + [police.row(lon="-1.9")] + [police.row(lon="-5.54", lat="50.12")]
    found = judged(published(tmp_path, *rows))
    assert found.outside == 2
    assert fact(found, "Outside the areas") == "2 (18.2 %)"
    assert warned(found, "18.2 % of crimes lie outside the areas")
    assert warned(found, "1 crimes lie more than 20 km outside the areas, the farthest")


def test_crimes_of_another_place_are_said(tmp_path):
    found = judged(published(tmp_path, *[police.row(lon="-5.54", lat="50.12")] * 3))
    assert found.outside == 3
    assert warned(found, "No crime lies in the areas: they are of another place")


def test_rows_without_coordinates_are_said_with_their_spread(tmp_path):
    police.write(tmp_path, "a.csv", police.csv(*[police.row()] * 9, police.row(lon="")))
    police.write(tmp_path, "b.csv", police.csv(*[police.row()] * 5, *[police.row(lon="")] * 5))
    found = judged(read_crimes([tmp_path]))
    assert warned(found, "6 rows (30.0 %, from 10.0 % to 50.0 % by file) have no coordinates")
    assert fact(found, "Rows without coordinates") == "6 (30.0 %)"


def test_reasons_are_counted_most_frequent_first(tmp_path):
    rows = [police.row(), police.row(month="x"), police.row(lon=""), police.row(lon=""), "short"]
    found = judged(published(tmp_path, *rows))
    assert found.reasons.to_numpy().tolist() == [
        ["no coordinates", 2],
        ["1 fields where there must be 12", 1],
        ["month is missing or not YYYY-MM", 1],
    ]


def test_identical_rows_and_used_identifiers_are_counted_and_kept(tmp_path):
    rows = [police.row()] * 3 + [police.row(crime_id="x"), police.row(crime_id="x", month="2024-02")]
    read = published(tmp_path, *rows)
    found = judged(read)
    assert len(read.crimes) == 5
    assert fact(found, "Rows identical to an earlier one") == "2"
    assert fact(found, "Rows that re-use a Crime ID") == "1"
    assert fact(found, "Without a Crime ID") == "3 (60.0 %)"
    assert warned(found, "2 rows are identical to an earlier row and were kept")
    assert warned(found, "1 rows re-use the Crime ID")


def test_offences_without_a_weight_are_named(tmp_path):
    read = published(tmp_path, police.row(), police.row(offence="Parking"), police.row(offence="Parking"))
    assert warned(
        judged(read, harm=read_harm()), "2 crimes are of 1 offences that the harm table does not list (Parking)"
    )
    assert not warned(judged(read), "harm table")


def test_police_generated_offences_are_said(tmp_path):
    found = judged(published(tmp_path, police.row(), police.row(offence="Drugs")))
    assert warned(found, "1 crimes are of offences that police find by looking")


def test_the_edition_of_lsoas_is_checked_only_against_a_lookup(tmp_path):
    read = published(tmp_path, police.row(lsoa="E01000001"), police.row(lsoa="E01000002"), police.row(lsoa=""))
    assert fact(judged(read), "LSOA of the crimes") == "named for 2 of 3, edition not checked"
    editions = {2021: ["E01000001"], 2011: ["E01000001", "E01000002"]}
    found = judged(read, lsoa_editions=editions)
    assert fact(found, "LSOA of the crimes") == "named for 2 of 3, 100.0 % in 2011, 50.0 % in 2021"
    assert not warned(found, "LSOA")
    mixed = judged(read, lsoa_editions={2011: ["E01000001"], 2021: ["E01000002"]})
    assert warned(mixed, "LSOA codes are not all of one edition")


def test_crimes_dated_by_month_among_days_are_said(tmp_path):
    police.write(tmp_path, "m.csv", police.csv(police.row()))
    monthly, daily = read_crimes([tmp_path / "m.csv"]), extract(tmp_path, days(150, "2024-01-01 10:00"))
    read = daily.__class__(
        pd.concat([daily.crimes, monthly.crimes], ignore_index=True), daily.rejects, daily.sources, ()
    )
    assert warned(
        assess(read, wards(), periods=None), "1 crimes are dated by month only, so that all are analysed by month"
    )


def test_areas_in_another_crs_are_refused(tmp_path):
    with pytest.raises(InputError, match="Points must be in the working CRS EPSG:32630"):
        judged(published(tmp_path, police.row()), wards().to_crs(32630))


def test_the_order_of_rows_is_immaterial(tmp_path):
    rng = np.random.default_rng(4)
    rows = [
        police.row(month=f"2024-0{rng.integers(1, 9)}", lon=rng.choice(["-1.61", "-1.62", "", "-5.5"]))
        for _ in range(60)
    ]
    one = judged(published(tmp_path, *rows))
    other = judged(published(tmp_path, *rows[::-1]))
    pd.testing.assert_frame_equal(one.facts, other.facts)
    pd.testing.assert_frame_equal(one.claims, other.claims)
    assert one.warnings == other.warnings


def test_sentences_are_sentences(tmp_path):
    rows = [police.row(), police.row(lon=""), police.row(offence="Drugs"), police.row(offence="x", month="2025-09")]
    found = judged(published(tmp_path, *rows), harm=read_harm())
    for sentence in (*found.warnings, *found.claims["reason"]):
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence[0].isdigit()
    assert found.claims["allowed"].dtype == bool
    assert found.facts.dtypes.astype(str).tolist() == ["string", "string"]


@pytest.mark.shared
def test_northumbria_bears_streets_and_months(shared):
    read = read_crimes([shared / "data/crime/northumbria"])
    areas = read_areas(shared / "data/boundaries/northumbria_wards_2013.geojson")
    table = pd.read_csv(shared / "data/tables/lookup_lsoa11_lsoa21_ltla22.csv.gz")
    editions = {2011: table["lsoa11_code"], 2021: table["lsoa21_code"]}
    found = judged(read, areas, harm=read_harm(), lsoa_editions=editions)
    assert allowed(found) == {HOT_SPOTS, BACKTEST}
    assert found.outside == 126
    assert found.distinct_points == 15_244
    assert found.gaps == ()
    assert fact(found, "Rows identical to an earlier one") == "38,641"
    assert fact(found, "Rows that re-use a Crime ID") == "0"
    assert fact(found, "Without a Crime ID") == "86,481 (53.2 %)"
    assert fact(found, "First and last day") == "1 June 2013 to 30 June 2014"
    assert fact(found, "LSOA of the crimes") == "named for 162,628 of 162,666, 100.0 % in 2011, 95.9 % in 2021"
    assert why(found, BACKTEST) == "The crimes cover 13 whole months."


@pytest.mark.shared
def test_the_city_of_london_has_its_oddities_named(shared):
    read = read_crimes([shared / "data/crime/city-of-london"])
    areas = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    found = judged(read, areas, harm=read_harm())
    assert fact(found, "Rows without coordinates") == "1,589 (8.4 %)"
    assert found.outside == 17_278 - 16_475
    assert found.distinct_points == 535
    # 172 identical rows and 273 surplus identifiers in the files; the rest are on rows without coordinates
    assert fact(found, "Rows identical to an earlier one") == "162"
    assert fact(found, "Rows that re-use a Crime ID") == "210"
    assert SEASONS in allowed(found)
    assert warned(found, "have no coordinates and are on no map")
    assert warned(found, "lie more than 20 km outside the areas")


@pytest.mark.shared
def test_islington_names_its_shared_records(shared):
    read = read_crimes([shared / "data/crime/islington-api"])
    found = judged(read, read_areas(shared / "data/boundaries/islington_wards_2014.geojson"))
    assert found.reasons.to_numpy().tolist() == [["record id seen before", 5_269]]
    assert fact(found, "LSOA of the crimes") == "no row names one"
    assert fact(found, "Rows refused") == "5,269 (6.3 %)"
