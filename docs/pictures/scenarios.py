"""
Draw the picture of two scenarios for planners, from the made-up force.

    python docs/pictures/scenarios.py
"""

from pathlib import Path
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm

from allocation.demand import ward_demand
from allocation.problem import Posts
from allocation.rules import TeamRules
from allocation.scenario import Comparison, Scenario, compare_scenarios, vary
from allocation.team_problem import TeamProblem
from geodata.areas import locate
from geodata.town import Town, make_town

FOLDER: Final = Path(__file__).parent
WEEKS: Final = 104.0
BASE: Final = "as it is"
NAMES: Final = ("20 more CSOs", "a summer event")


def main() -> None:
    """Draw officers by ward as things are, under each scenario, and the difference."""
    town = make_town(seed=0)
    crimes = locate(town.crimes, town.areas).value_counts() / WEEKS
    demand = ward_demand(town.areas, crimes=crimes.astype("float64"), harm=crimes.astype("float64"))
    busiest = str(crimes.index[0])
    base = TeamProblem.of(demand, Posts(80, 40, 20), rules=TeamRules(span=8))
    held = compare_scenarios(
        [
            Scenario(BASE, base, {}),
            Scenario(NAMES[0], vary(base, csos="+20", sergeants="+3"), {}),
            Scenario(NAMES[1], vary(base, surge={busiest: 4.0}), {}),
        ]
    )
    _draw(town, held)
    print(held.summary.drop(columns="unmet").to_string())


def _draw(town: Town, held: Comparison) -> None:
    """Draw a row for each scenario: the plan as it is, the plan then, and the difference."""
    figure, axes = plt.subplots(len(NAMES), 3, figsize=(10, 7.2))
    by_ward = {name: table.set_index("ward") for name, table in held.wards.groupby("scenario")}
    officers = {name: table["constables"] + table["csos"] for name, table in by_ward.items()}
    most = max(int(each.max()) for each in officers.values())
    more = max(1, int(held.wards["more"].abs().max()))
    plans: dict[str, Any] = {"cmap": "Blues", "vmin": 0, "vmax": most}
    change: dict[str, Any] = {"cmap": "RdBu_r", "norm": TwoSlopeNorm(0.0, -more, more)}
    for name, (before, after, difference) in zip(NAMES, axes, strict=True):
        row = held.summary.set_index("scenario").loc[name]
        _map(town, officers[BASE], before, most, title="as it is", **plans)
        _map(town, officers[name], after, most, title=f"{name}\n{_words(row)}", **plans)
        _map(town, by_ward[name]["more"], difference, more, title="difference", sign="+", **change)
    figure.suptitle("Officers by ward: both plans, and the difference", fontsize=11)
    figure.tight_layout()
    figure.savefig(FOLDER / "scenarios.png", dpi=110, metadata={"Software": None})


def _map(town: Town, values: pd.Series, axes: Axes, darkest: int, *, title: str, sign: str = "", **shades: Any) -> None:
    wards = town.areas.assign(value=town.areas["code"].map(values).astype("float64"))
    wards.plot("value", ax=axes, edgecolor="#999999", linewidth=0.4, **shades)
    middle = wards.geometry.representative_point()
    for x, y, value in zip(middle.x, middle.y, wards["value"], strict=True):
        if value or not sign:
            ink = "white" if abs(value) > 0.6 * darkest else "black"
            axes.annotate(f"{value:{sign}.0f}", (x, y), ha="center", va="center", fontsize=7, color=ink)
    axes.set_title(title, fontsize=9)
    axes.set_axis_off()


def _words(row: pd.Series) -> str:
    proof = max(float(row["gap"]), 1e-9)
    return f"{row['covered']:.1%} covered, {np.int64(row['moved'])} posts moved, proven to {proof:.0e}"


if __name__ == "__main__":
    main()
