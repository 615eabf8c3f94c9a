"""Releases: whole quarters, printed once, and nothing of them to be solved over successive releases."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import InputError, NotFoundError
from maps.public.disclosure import SMALLEST_PRINTED, TOTAL
from maps.public.releases import Release, as_table, read_earlier, releases
from maps.tables.spreadsheet import write_table
from tests.maps.test_disclosure import ranges

NAMES = {"W0": "Market", "W1": "Canal Side", "W2": "=Park"}


def recorded(months, seed=0, areas=3, offences=3):
    """Small counts of every area and crime type in each of `months`."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"W{area}", f"type {kind}", month) for month in months for area in range(areas) for kind in range(offences)
    ]
    table = pd.DataFrame(rows, columns=["code", "offence", "month"])
    return table.assign(crimes=rng.poisson(rng.gamma(0.6, 4, size=len(rows))))


def months(first, count):
    return [str(month) for month in pd.period_range(first, periods=count, freq="M")]


def test_only_whole_quarters_of_the_calendar_are_released():
    assert [each.name for each in releases(recorded(months("2023-06", 13)))] == [
        "2023 Q3",
        "2023 Q4",
        "2024 Q1",
        "2024 Q2",
    ]
    assert releases(recorded(months("2024-02", 4))) == ()
    assert releases(recorded([])) == ()


def test_a_release_counts_what_was_recorded_where_nothing_is_small():
    table = recorded(months("2024-01", 3)).assign(crimes=lambda held: held["crimes"] + 10)
    (release,) = releases(table)
    assert release.words == "January to March 2024"
    assert release.totals.to_dict() == table.groupby("code")["crimes"].sum().to_dict()
    assert release.by_offence.loc["W1", "type 2"] == table.query("code == 'W1' and offence == 'type 2'")["crimes"].sum()
    assert release.by_month.loc[TOTAL, "2024-02"] == table.query("month == '2024-02'")["crimes"].sum()


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_withheld_cannot_be_solved_over_successive_releases(seed):
    """Each release is published with one quarter more, and with older counts revised since; a reader keeps them all."""
    seen: dict[str, set[str]] = {}
    truth: dict[str, pd.DataFrame] = {}
    earlier: tuple[Release, ...] = ()
    for number in range(1, 4):
        table = recorded(months("2023-07", 3 * number), seed=seed + number)
        earlier = releases(table, earlier)
        for release in earlier:
            seen.setdefault(release.name, set()).add(as_table((release,), {}).to_csv())
            quarter = table[table["month"].isin(release.by_month.columns)]
            truth.setdefault(release.name, quarter)
    assert [len(versions) for versions in seen.values()] == [1, 1, 1]  # so all that is known is each release by itself
    for release in earlier:
        possible = ranges(release.by_offence, release.by_month)
        small = truth[release.name].groupby(["code", "offence"])["crimes"].sum()
        for (code, offence), count in small.items():
            if 0 < count < SMALLEST_PRINTED:
                low, high = possible["offence", code, offence]
                assert low <= 1
                assert high >= SMALLEST_PRINTED - 1


def test_what_was_published_is_published_again_to_the_digit(tmp_path):
    first = releases(recorded(months("2023-07", 6)))
    write_table(as_table(first, NAMES), tmp_path / "public.csv")
    read = read_earlier(tmp_path / "public.csv")
    again = releases(recorded(months("2023-07", 9), seed=5), read)
    assert [each.name for each in again] == ["2023 Q3", "2023 Q4", "2024 Q1"]
    for old, new in zip(first, again, strict=False):
        pd.testing.assert_frame_equal(new.by_offence, old.by_offence, check_names=False)
        pd.testing.assert_frame_equal(new.by_month, old.by_month, check_names=False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "release,code,area,counted_by,name,crimes\n2024 Q9,W0,M,month,2024-01,7\n",
        "release,code,area,counted_by,name,crimes\n2024 Q1,W0,M,month,2024-01,many\n",
        "release,code,area,counted_by,name,crimes\n2024 Q1,W0,M,week,2024-01,7\n",
        "release,code,area,counted_by,name,crimes\n" + "2024 Q1,W0,M,month,2024-01,7\n" * 2,
    ],
)
def test_another_file_is_refused_in_a_sentence(tmp_path, text):
    (tmp_path / "public.csv").write_text(text)
    with pytest.raises(InputError, match=r"must be a `public.csv` as this program writes it"):
        read_earlier(tmp_path / "public.csv")


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(NotFoundError, match="is not there"):
        read_earlier(tmp_path / "public.csv")
