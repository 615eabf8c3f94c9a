"""
Draw the picture of two scenarios for planners, from the made-up force.

    python docs/pictures/scenarios.py
"""

from pathlib import Path
from typing import Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
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
NAMES: Final = ("20 more CSOs", "a summer event")


def main() -> None:
    """Draw the change in officers by ward under each scenario."""
    town = make_town(seed=0)
    crimes = locate(town.crimes, town.areas).value_counts() / WEEKS
    demand = ward_demand(town.areas, crimes=crimes.astype("float64"), harm=crimes.astype("float64"))
    busiest = str(crimes.index[0])
    base = TeamProblem.of(demand, Posts(80, 40, 20), rules=TeamRules(span=8))
    held = compare_scenarios(
        [
            Scenario("as it is", base, {}),
            Scenario(NAMES[0], vary(base, csos="+20", sergeants="+3"), {}),
            Scenario(NAMES[1], vary(base, surge={busiest: 4.0}), {}),
        ]
    )
    _draw(town, held)
    print(held.summary.drop(columns="unmet").to_string())


def _draw(town: Town, held: Comparison) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(9, 4.6))
    most = max(1, int(held.wards["more"].abs().max()))
    for name, each in zip(NAMES, axes, strict=True):
        more = held.wards.loc[held.wards["scenario"] == name].set_index("ward")["more"]
        wards = town.areas.assign(more=town.areas["code"].map(more).astype("float64"))
        shades = {"cmap": "RdBu_r", "norm": TwoSlopeNorm(0.0, -most, most), "edgecolor": "#999999", "linewidth": 0.4}
        wards.plot("more", ax=each, **shades)
        middle = wards.geometry.representative_point()
        for x, y, change in zip(middle.x, middle.y, wards["more"], strict=True):
            if change:
                ink = "white" if abs(change) > most / 2 else "black"
                each.annotate(f"{change:+.0f}", (x, y), ha="center", va="center", fontsize=8, color=ink)
        row = held.summary.set_index("scenario").loc[name]
        each.set_title(f"{name}\n{_words(row)}", fontsize=9)
        each.set_axis_off()
    figure.suptitle("Officers by ward, beside the plan as it is", fontsize=11)
    figure.tight_layout()
    figure.savefig(FOLDER / "scenarios.png", dpi=110, metadata={"Software": None})


def _words(row: pd.Series) -> str:
    proof = max(float(row["gap"]), 1e-9)
    return f"{row['covered']:.1%} of demand covered, {np.int64(row['moved'])} posts moved, proven to {proof:.0e}"


if __name__ == "__main__":
    main()
