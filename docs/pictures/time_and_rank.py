"""
Draw the pictures of the pages on time, ranks, clusters and concentration, from the made-up force.

    python docs/pictures/time_and_rank.py
"""

from pathlib import Path
from typing import Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.grid import Grid
from geodata.periods import Periods
from geodata.tables import TIME_ZONE
from geodata.town import make_town
from hotspots.choose import choose
from hotspots.clusters import clusters
from hotspots.concentration import lorenz_curve
from hotspots.density import kernel_density
from hotspots.ranking import rank_intervals, weight_by_period
from hotspots.space_time import space_time_density
from hotspots.spots import Spots
from hotspots.time_of_week import time_of_week

FOLDER: Final = Path(__file__).parent
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
RED, GREY = "#b2182b", "#bbbbbb"


def main() -> None:
    """Draw the five pictures."""
    town = make_town(seed=0)
    crimes, grid = town.crimes, Grid.over(town.areas, 100.0)
    edges = pd.date_range("2023-01-01", periods=25, freq="MS", tz=TIME_ZONE).as_unit("s")
    months, study = Periods(edges, "month"), grid.mask(town.areas)
    density = kernel_density(crimes, grid, bandwidth=300.0)
    spots = choose(density, grid, study=study, share=0.02, min_area=40_000.0, max_area=250_000.0)
    _ranks(weight_by_period(spots, crimes, grid, months), months)
    _week(crimes, spots, grid)
    _bursts(crimes, spots, grid)
    counts = np.bincount(grid.cell_of(crimes.geometry.x, crimes.geometry.y), minlength=grid.size)[study]
    _curve(counts.astype(np.float64))
    found = clusters(crimes, grid, months, study=study, radius=150.0, least=250.0, max_area=250_000.0)
    axes = town.areas.boundary.plot(color=GREY, linewidth=0.5, figsize=(5, 5))
    found.table.plot(ax=axes, color=RED)
    town.truth.hotspots.boundary.plot(ax=axes, color="black", linewidth=0.8)
    axes.set_axis_off()
    _save("clusters.png", "Clusters of at least 250 crimes within 150 m (red), and those planted (black)")


def _ranks(table: pd.DataFrame, months: Periods) -> None:
    found = rank_intervals(table, weeks=months.weeks).sort_values("rank", kind="stable").head(15)
    at = np.arange(len(found), 0, -1)
    plt.figure(figsize=(5, 4))
    plt.hlines(at, found["low"], found["high"], color=GREY, linewidth=5)
    plt.plot(found["rank"], at, "o", color=RED)
    plt.yticks(at, [f"H{rank:02d}" for rank in found.index])
    plt.xlabel("rank by crimes a week, and its 90 % interval")
    _save("rank-intervals.png", "What the order is worth")


def _week(crimes: GeoDataFrame, spots: Spots, grid: Grid) -> None:
    cell = pd.Series(grid.cell_of(crimes.geometry.x, crimes.geometry.y), index=crimes.index)
    found = time_of_week(crimes, by=cell.map(spots.cells), groups=[1])
    plt.figure(figsize=(6, 2.6))
    plt.imshow(found.profiles.loc[1].to_numpy().reshape(7, 24), cmap="Reds", aspect="auto")
    plt.yticks(range(7), DAYS)
    plt.xticks(range(0, 24, 3), [f"{hour:02d}:00" for hour in range(0, 24, 3)])
    plt.colorbar(label="crimes in two years")
    _save("time-of-week.png", f"The week of hot spot H01; {found.known.loc[6]:.0%} known to within 6 hours")


def _bursts(crimes: GeoDataFrame, spots: Spots, grid: Grid) -> None:
    days = pd.date_range("2023-01-01", "2025-01-01", freq="D", tz=TIME_ZONE).as_unit("s")
    found = space_time_density(crimes, grid, days, bandwidth=300.0, days=28.0)
    plt.figure(figsize=(6, 3))
    for rank, colour in zip((1, 2, 3), (RED, "#2166ac", "#4d4d4d"), strict=True):
        cells = spots.cells.index[spots.cells == rank]
        plt.plot(days[:-1], found.loc[cells].mean(), color=colour, label=f"H{rank:02d}")
    plt.xticks(days[[0, 181, 365, 547]], ["Jan 2023", "Jul 2023", "Jan 2024", "Jul 2024"])
    plt.ylim(0)
    plt.ylabel("crimes per km² and week")
    plt.legend()
    _save("space-time.png", "Density in three hot spots, 300 m and 28 days")


def _curve(counts: np.ndarray) -> None:
    curve = lorenz_curve(counts)
    plt.figure(figsize=(4, 4))
    plt.plot(curve["places"], curve["held"], color=RED)
    plt.plot([0, 1], [0, 1], color=GREY)
    plt.xlabel("share of the cells, those with most first")
    plt.ylabel("share of the crimes")
    _save("concentration.png", "Concentration")


def _save(name: str, title: str) -> None:
    plt.title(title, fontsize=9)
    plt.tight_layout()
    plt.savefig(FOLDER / name, dpi=80)
    plt.close()


if __name__ == "__main__":
    main()
