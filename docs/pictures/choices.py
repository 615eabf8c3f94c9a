"""
Draw the pictures of the pages on adaptive and dual density, the bandwidth, the hot spots and the localities.

    python docs/pictures/choices.py

All are of the made-up force.
"""

from pathlib import Path
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from geodata.grid import Grid
from geodata.periods import Periods
from geodata.tables import TIME_ZONE
from geodata.town import Town, make_town
from hotspots.adaptive import adaptive_density
from hotspots.bandwidth_backtest import backtested_bandwidth
from hotspots.choose import choose
from hotspots.density import kernel_density
from hotspots.forecast import forecast
from hotspots.sensitivity import sensitivity
from hotspots.tolerance import approximated, tolerance_contours
from hotspots.vulnerable_localities import INPUTS, PRIORITY, rate, vulnerable_localities

FOLDER: Final = Path(__file__).parent
CELL: Final = 100.0  # metres
BANDWIDTH: Final = 300.0  # metres
RULES: Final = {"share": 0.02, "min_area": 20_000.0, "max_area": 250_000.0, "most": 40}
DECILES: Final = 10


def main() -> None:
    """Draw the four pictures."""
    town = make_town(seed=0)
    grid = Grid.over(town.areas, CELL)
    edges = pd.date_range("2023-01-01", periods=25, freq="MS", tz=TIME_ZONE).as_unit("s")
    months = Periods(edges, "month")
    _adaptive_and_dual(town, grid)
    _bandwidth(town, grid, months)
    _hotspots(town, grid, months)
    _localities(town)


def _adaptive_and_dual(town: Town, grid: Grid) -> None:
    study = grid.mask(town.areas)
    fixed = kernel_density(town.crimes, grid, bandwidth=BANDWIDTH)
    adaptive = adaptive_density(town.crimes, grid, bandwidth=BANDWIDTH)
    shops = (town.crimes["offence"] == "Shoplifting").to_numpy()
    held = approximated(town.crimes[shops], town.crimes[~shops], grid, bandwidth=2 * BANDWIDTH, study=study)
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.9))
    most = float(np.quantile(adaptive[study], 0.998))
    for axis, surface, title in ((axes[0], fixed, "fixed, 300 m"), (axes[1], adaptive, "adaptive, 300 m if typical")):
        _surface(axis, town, grid, surface.where(study), f"{title}: crimes per km2", cmap="magma_r", vmin=0, vmax=most)
    risk = held.log_risk.where(study & held.higher.notna())
    _surface(axes[2], town, grid, risk, "shoplifting beside all other crime: log risk", cmap="RdBu_r", vmin=-2, vmax=2)
    contours = tolerance_contours(held, grid, levels=[0.05], by="q")
    contours.boundary.plot(ax=axes[2], color="black", linewidth=1.0)
    _save(figure, "adaptive-and-dual.png")


def _bandwidth(town: Town, grid: Grid, months: Periods) -> None:
    study = grid.mask(town.areas)
    found = backtested_bandwidth(town.crimes, grid, months, study=study, **RULES).table
    survival = sensitivity(town.crimes, town.areas, bandwidth=BANDWIDTH, cell=CELL, **RULES)
    figure, axes = plt.subplots(2, 4, figsize=(11, 6))
    axes = axes.ravel()
    axes[0].plot(found["bandwidth"], 100 * found["crimes_caught"], marker="o", color="#7a0177")
    axes[0].set(xlabel="bandwidth, metres", ylabel="% of the next month's crimes caught")
    axes[0].set_title("which bandwidth caught most", fontsize=9)
    settings = survival.settings.iloc[np.linspace(0, len(survival.settings) - 1, len(axes) - 1).astype(int)]
    for axis, row in zip(axes[1:], settings.itertuples(), strict=True):
        spots = survival.spots[survival.spots["setting"] == row.setting]
        spots.plot(ax=axis, color="#d7301f")
        _border(axis, town)
        moved = ", moved" if row.offset else ""
        axis.set_title(f"{row.bandwidth:.0f} m, cell {row.cell:.0f} m{moved}\nJaccard {row.jaccard:.2f}", fontsize=9)
    _save(figure, "bandwidth.png")


def _hotspots(town: Town, grid: Grid, months: Periods) -> None:
    study = grid.mask(town.areas)
    expected = forecast(town.crimes, grid, months, method="density", bandwidth=BANDWIDTH)
    spots = choose(expected, grid, study=study, **RULES).table
    figure, axis = plt.subplots(figsize=(7, 6.5))
    _surface(
        axis,
        town,
        grid,
        expected.where(study),
        "expected crimes a week and cell, hot spots by rank; dashed: planted",
        cmap="YlOrBr",
        vmin=0,
    )
    spots.boundary.plot(ax=axis, color="#7f0000", linewidth=1.4)
    town.truth.hotspots.boundary.plot(ax=axis, color="#2166ac", linewidth=1.0, linestyle="dashed")
    for spot in spots.itertuples():
        axis.annotate(str(spot.rank), spot.geometry.centroid.coords[0], fontsize=8, ha="center", va="center")
    west, south, east, north = spots.total_bounds
    axis.set(xlim=(west - BANDWIDTH, east + BANDWIDTH), ylim=(south - BANDWIDTH, north + BANDWIDTH))
    _save(figure, "hotspots.png")


def _localities(town: Town) -> None:
    """Made-up rates: crimes as recorded, the other four by the ward's decile of deprivation and some chance."""
    wards = town.areas.set_index("code")
    rng, hardship = np.random.default_rng(0), (DECILES + 1 - wards["deprivation_decile"].astype(float)) / DECILES
    within = town.crimes.sjoin(town.areas[["code", "geometry"]], predicate="within").groupby("code")["offence"]
    rates = pd.DataFrame({name: hardship * rng.gamma(8, 1 / 8, len(wards)) for name in INPUTS}, index=wards.index)
    for name, offence in (("dwelling_burglary", "Burglary"), ("dwelling_damage", "Criminal damage and arson")):
        counts = within.apply(lambda held, offence=offence: (held == offence).sum())
        rates[name] = rate(counts.reindex(wards.index, fill_value=0), wards["population"])
    found = vulnerable_localities(rates).table
    figure, axes = plt.subplots(1, 2, figsize=(11, 5.5), width_ratios=(1, 1.3))
    drawn = wards.assign(vli=found["vli"])
    drawn.plot(ax=axes[0], column="vli", cmap="magma_r", legend=True, edgecolor="white", linewidth=0.4)
    drawn[found["priority"].astype(bool)].boundary.plot(ax=axes[0], color="#2166ac", linewidth=1.5)
    axes[0].set_title(f"Vulnerable Localities Index; above {PRIORITY:.0f} in blue", fontsize=9)
    axes[0].set_axis_off()
    top = found.sort_values("rank").head(8)
    labels = [f"{wards.loc[code, 'name']}, {index:.0f}" for code, index in top["vli"].items()]
    drawn = axes[1].imshow(top[list(INPUTS)].astype(float), cmap="magma_r", vmin=0, vmax=2 * PRIORITY, aspect="auto")
    axes[1].set_yticks(range(len(top)), labels, fontsize=8)
    axes[1].set_xticks(
        range(len(INPUTS)), [name.replace("_", "\n", 1).replace("_", " ") for name in INPUTS], fontsize=8
    )
    for (row, column), value in np.ndenumerate(top[list(INPUTS)].to_numpy(dtype=float)):
        dark = value > PRIORITY
        axes[1].text(column, row, f"{value:.0f}", ha="center", va="center", color="white" if dark else "black")
    axes[1].set_title("the six indices of the first eight wards (study-area mean 100)", fontsize=9)
    _save(figure, "vulnerable-localities.png")


def _surface(axis: plt.Axes, town: Town, grid: Grid, surface: pd.Series, title: str, **how: Any) -> None:
    west, south, east, north = grid.bounds
    values = surface.to_numpy().reshape(grid.rows, grid.columns)
    drawn = axis.imshow(values, origin="lower", extent=(west, east, south, north), **how)
    axis.figure.colorbar(drawn, ax=axis, shrink=0.6)
    axis.set_title(title, fontsize=9)
    _border(axis, town)


def _border(axis: plt.Axes, town: Town) -> None:
    town.areas.dissolve().boundary.plot(ax=axis, color="#777777", linewidth=0.5)
    axis.set_axis_off()


def _save(figure: plt.Figure, name: str) -> None:
    figure.tight_layout()
    figure.savefig(FOLDER / name, dpi=80, metadata={"Software": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
