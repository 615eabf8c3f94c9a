import locale

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.periods import Periods, every_of


def crimes(*starts, precision="day", hours=0):
    """Crimes that begin at some moments of London's clock."""
    begins = pd.Series(pd.DatetimeIndex(starts).tz_localize("Europe/London").as_unit("s"))
    if precision == "month":
        ends = pd.Series(pd.DatetimeIndex([start + pd.offsets.MonthBegin(1) for start in pd.DatetimeIndex(starts)]))
        ends = ends.dt.tz_localize("Europe/London").dt.as_unit("s")
    else:
        ends = begins + pd.Timedelta(hours=hours)
    kind = pd.Categorical([precision] * len(begins), categories=["day", "instant", "month"])
    return pd.DataFrame({"occurred_from": begins, "occurred_to": ends, "precision": kind})


def london(text):
    return pd.Timestamp(text, tz="Europe/London")


def test_months_run_from_the_first_crime_to_the_end_of_the_last():
    periods = Periods.of(crimes("2013-06-01", "2014-06-01", precision="month"))
    assert (periods.unit, periods.size) == ("month", 13)
    assert (periods.start, periods.end) == (london("2013-06-01"), london("2014-07-01"))
    assert periods.labels[0] == "2013-06"
    assert periods.labels[-1] == "2014-06"
    assert str(periods) == "1 June 2013 to 30 June 2014"


def test_weeks_are_counted_back_from_the_night_after_the_last_crime():
    periods = Periods.of(crimes("2024-01-01 10:00", "2024-01-20 23:59"))
    assert (periods.unit, periods.size) == ("week", 2)
    assert (periods.start, periods.end) == (london("2024-01-07"), london("2024-01-21"))
    assert periods.labels == ["2024-01-07", "2024-01-14"]


def test_one_crime_by_month_makes_all_periods_months():
    mixed = pd.concat([crimes("2024-01-10", "2024-03-05"), crimes("2024-02-01", precision="month")], ignore_index=True)
    assert Periods.of(mixed).unit == "month"
    assert Periods.of(mixed).labels == ["2024-01", "2024-02"]


def test_periods_end_where_knowledge_ends_and_never_after_the_data():
    daily = crimes("2024-01-01", "2024-01-28")
    assert Periods.of(daily, as_of=london("2024-01-20 15:00")).end == london("2024-01-20")
    assert Periods.of(daily, as_of=pd.Timestamp("2024-01-20 15:00")).end == london("2024-01-20")
    assert Periods.of(daily, as_of=london("2030-01-01")).end == london("2024-01-29")
    monthly = crimes("2024-01-01", "2024-05-01", precision="month")
    assert Periods.of(monthly, as_of=london("2024-04-20")).labels == ["2024-01", "2024-02", "2024-03"]
    assert Periods.of(monthly, as_of=london("2030-01-01")).labels[-1] == "2024-05"


def test_an_offence_of_long_ago_may_be_left_out():
    old = crimes("1975-05-01", "2024-01-01", "2024-01-28")
    assert Periods.of(old).size > 2500
    assert Periods.of(old, since=london("2024-01-01 09:00")).size == 4
    assert Periods.of(old, since=london("1900-01-01")).size == Periods.of(old).size
    monthly = crimes("1975-05-01", "2024-01-01", "2024-02-01", precision="month")
    assert Periods.of(monthly, since=pd.Timestamp("2024-01-20")).labels == ["2024-01", "2024-02"]


def test_moments_in_another_time_zone_are_put_on_the_local_clock():
    daily = crimes("2024-06-01", "2024-06-28")
    assert Periods.of(daily, as_of=pd.Timestamp("2024-06-20 23:30", tz="UTC")).end == london("2024-06-21")


@pytest.mark.parametrize(
    ("table", "as_of", "words"),
    [
        (crimes(), None, "At least one accepted crime"),
        (crimes("2024-01-01", "2024-01-06"), None, "At least one whole week"),
        (crimes("2024-01-01", "2024-01-28"), "2024-01-05", "At least one whole week"),
        (crimes("2024-01-01", precision="month"), "2024-01-31", "At least one whole month"),
        (crimes("2024-01-01", precision="month"), "2023-01-31", "At least one whole month"),
    ],
)
def test_less_than_one_period_is_refused(table, as_of, words):
    with pytest.raises(InputError, match=words):
        Periods.of(table, as_of=None if as_of is None else london(as_of))


def test_a_week_is_seven_days_though_the_clocks_change():
    periods = Periods.of(crimes("2024-03-11", "2024-04-14"))
    assert periods.weeks.tolist() == [1.0] * 5
    assert (periods.edges.hour == 0).all()


def test_the_length_of_a_month_is_its_days():
    periods = Periods.of(crimes("2024-02-01", "2024-03-01", precision="month"))
    assert periods.weeks.to_dict() == pytest.approx({"2024-02": 29 / 7, "2024-03": 31 / 7})


def test_a_crime_belongs_to_the_period_in_which_it_began():
    periods = Periods.of(crimes("2024-01-01", "2024-01-21"))
    table = crimes("2023-12-31 23:59", "2024-01-01", "2024-01-07 23:59", "2024-01-08", "2024-01-21 23:59", "2024-01-22")
    assert periods.start == london("2024-01-01")
    assert periods.number(table).tolist() == [-1, 0, 0, 1, 2, -1]
    assert len(periods.within(table)) == 4


@pytest.mark.parametrize("seed", range(5))
def test_numbering_agrees_with_asking_every_period(seed):
    rng = np.random.default_rng(seed)
    moments = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 500 * 24 * 60, 200), unit="min")
    table = crimes(*moments)
    periods = Periods.of(table, as_of=london("2024-01-15"))
    edges = list(periods.edges)
    asked = [
        next((at for at in range(periods.size) if edges[at] <= moment < edges[at + 1]), -1)
        for moment in table["occurred_from"]
    ]
    assert periods.number(table).tolist() == asked


def test_the_order_of_rows_is_immaterial():
    table = crimes("2024-01-01", "2024-02-13", "2024-01-30")
    assert Periods.of(table).edges.equals(Periods.of(table.iloc[::-1]).edges)


def test_the_names_of_months_do_not_follow_the_locale():
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("cy_GB.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert str(Periods.of(crimes("2024-02-01", precision="month"))) == "1 February 2024 to 29 February 2024"
    finally:
        locale.setlocale(locale.LC_TIME, before)


def test_periods_may_be_of_any_number_of_days_or_months_of_days_known():
    daily = crimes("2024-01-01", "2024-03-05")
    fortnights = Periods.of(daily, every=every_of("14d"))
    assert (fortnights.unit, fortnights.size, fortnights.end) == ("period", 4, london("2024-03-06"))
    assert fortnights.weeks.tolist() == [2.0] * 4
    months = Periods.of(daily, every=every_of("month"))
    assert months.labels == ["2024-01", "2024-02"]
    assert Periods.of(crimes("2024-01-01", "2024-03-01", precision="month"), every=14).unit == "month"


@pytest.mark.parametrize("text", ["0d", "7", "week", "-7d", "1.5d", ""])
def test_a_period_written_in_another_way_is_refused(text):
    with pytest.raises(InputError, match="`--period` must be a number of days such as 7d, or month"):
        every_of(text)
