import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from geodata.errors import InputError
from maps.public.disclosure import TOTAL, protect


def made_up(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts of a few areas, many of them small, by offence and by month."""
    rng = np.random.default_rng(seed)
    areas, kinds, months = rng.integers(1, 7), rng.integers(1, 6), rng.integers(1, 5)
    by_offence = rng.poisson(rng.gamma(0.7, 8, size=(areas, kinds)))
    by_month = np.array([rng.multinomial(total, np.full(months, 1 / months)) for total in by_offence.sum(axis=1)])
    index = [f"W{number}" for number in range(areas)]
    return (
        pd.DataFrame(by_offence, index=index, columns=[f"offence {k}" for k in range(kinds)]),
        pd.DataFrame(by_month, index=index, columns=[f"month {m}" for m in range(months)]),
    )


def rules_of(printed: pd.DataFrame, name: str) -> tuple[list[dict[Any, int]], dict[Any, int]]:
    """What a reader knows of one table: every line and column adds up, and some counts are printed."""

    def key(area: str, column: str) -> tuple[str, str, str]:
        return ("both" if column == TOTAL else name, area, column)  # the totals of areas stand in both tables

    rows, columns = list(printed.index[:-1]), list(printed.columns[:-1])
    lines = [{**{key(area, column): 1 for column in columns}, key(area, TOTAL): -1} for area in printed.index]
    upright = [{**{key(area, column): 1 for area in rows}, key(TOTAL, column): -1} for column in printed.columns]
    known = {
        key(area, column): int(printed.loc[area, column])
        for area, column in itertools.product(printed.index, printed.columns)
        if pd.notna(printed.loc[area, column])
    }
    return [*lines, *upright], known


def ranges(by_offence: pd.DataFrame, by_month: pd.DataFrame) -> dict[Any, tuple[float, float]]:
    """The least and the most that every withheld count can be, by linear programming over what is printed alone."""
    parts = [rules_of(by_offence, "offence"), rules_of(by_month, "month")]
    names = sorted({name for sums, _ in parts for terms in sums for name in terms})
    number = {name: at for at, name in enumerate(names)}
    known = {name: value for _, printed in parts for name, value in printed.items()}
    rows = [terms for sums, _ in parts for terms in sums]
    matrix = np.zeros((len(rows), len(names)))
    for row, terms in enumerate(rows):
        for name, factor in terms.items():
            matrix[row, number[name]] = factor
    bounds = [(known[name], known[name]) if name in known else (0, None) for name in names]
    found = {}
    for name in names:
        if name in known:
            continue
        goal = np.zeros(len(names))
        goal[number[name]] = 1
        ends = []
        for sign in (1, -1):
            answer = linprog(sign * goal, A_eq=matrix, b_eq=np.zeros(len(rows)), bounds=bounds, method="highs")
            ends.append(np.inf if answer.status == 3 else sign * answer.fun)
        found[name] = (ends[0], ends[1])
    return found


def true_counts(by_offence: pd.DataFrame, by_month: pd.DataFrame) -> dict[Any, int]:
    whole = {}
    for table, name in ((by_offence, "offence"), (by_month, "month")):
        framed = table.copy()
        framed[TOTAL] = framed.sum(axis=1)
        framed.loc[TOTAL] = framed.sum()
        for area, column in itertools.product(framed.index, framed.columns):
            whole["both" if column == TOTAL else name, area, column] = int(framed.loc[area, column])
    return whole


@pytest.mark.parametrize("seed", range(30))
def test_what_is_printed_tells_no_more_of_a_small_count_than_that_it_is_one(seed: int) -> None:
    given = made_up(seed)
    printed, truth = protect(*given), true_counts(*given)
    for name, (least, most) in ranges(printed.by_offence, printed.by_month).items():
        if 0 < truth[name] < 5:
            assert least <= 1 + 1e-6
            assert most >= 4 - 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_every_small_count_is_withheld_and_what_is_printed_is_true(seed: int) -> None:
    given = made_up(seed)
    printed, truth = protect(*given), true_counts(*given)
    for table, name in ((printed.by_offence, "offence"), (printed.by_month, "month")):
        for area, column in itertools.product(table.index, table.columns):
            value = table.loc[area, column]
            true = truth["both" if column == TOTAL else name, area, column]
            assert pd.isna(value) if 0 < true < 5 else pd.isna(value) or value == true


def test_nothing_is_withheld_where_nothing_is_small() -> None:
    by_offence = pd.DataFrame([[5, 0], [7, 12]])
    by_month = pd.DataFrame([[5, 0], [9, 10]])
    printed = protect(by_offence, by_month)
    assert (printed.small, printed.beside) == (0, 0)
    assert printed.by_offence.to_numpy().tolist() == [[5, 0, 5], [7, 12, 19], [12, 12, 24]]


def test_one_small_count_takes_others_with_it_and_leaves_the_totals() -> None:
    by_offence = pd.DataFrame([[3, 20, 30], [10, 20, 30], [40, 50, 60]])
    by_month = pd.DataFrame([[33, 20], [20, 40], [70, 80]])
    printed = protect(by_offence, by_month)
    assert printed.small == 1
    assert printed.by_offence.iloc[:-1, :-1].isna().sum().sum() == 4  # itself and the other three corners
    assert printed.by_offence[TOTAL].notna().all()
    assert printed.by_offence.loc[TOTAL].notna().all()
    assert printed.by_month.notna().all().all()


def test_no_areas_and_no_offences_are_tables_of_nothing() -> None:
    printed = protect(pd.DataFrame(columns=["theft"]), pd.DataFrame(columns=["May"]))
    assert printed.by_offence.shape == (1, 2)
    assert printed.by_offence.to_numpy().sum() == 0


def test_what_is_no_count_is_refused() -> None:
    good = pd.DataFrame([[5, 6]])
    for bad in (pd.DataFrame([[5.5, 5.5]]), pd.DataFrame([[-1, 12]]), pd.DataFrame([[np.nan, 11]])):
        with pytest.raises(InputError, match="must hold whole numbers from 0"):
            protect(bad, good)
    with pytest.raises(InputError, match="1 areas have two different totals"):
        protect(good, pd.DataFrame([[5, 7]]))
    with pytest.raises(InputError, match="the same areas, in the same order"):
        protect(good, pd.DataFrame([[5, 6]], index=["W1"]))
