"""
Draw the pictures of the pages on local statistics, from the made-up force.

    python docs/pictures/local_statistics.py
"""

from pathlib import Path
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from matplotlib.colors import ListedColormap

from geodata.grid import Grid
from geodata.periods import Periods
from geodata.tables import TIME_ZONE
from geodata.town import make_town
from hotspots.emerging import emerging_hotspots
from hotspots.gistar import gistar
from hotspots.history import values_by_period
from hotspots.scan import space_time_scan

FOLDER: Final = Path(__file__).parent
COLOURS: Final = {"hot": "#b2182b", "cold": "#2166ac", "none": "#eeeeee"}
CLASSES: Final = {
    "persistent": "#7f0000",
    "intensifying": "#d7301f",
    "diminishing": "#fc8d59",
    "consecutive": "#7a0177",
    "new": "#f768a1",
    "sporadic": "#fdd49e",
    "historical": "#8c96c6",
}
ADDED: Final = 40  # crimes about one place in the last two months, for the scan to find


def main() -> None:
    """Draw the three pictures."""
    town = make_town(seed=0)
    grid = Grid.over(town.areas, 100.0)
    study = grid.mask(town.areas)
    edges = pd.date_range("2023-01-01", periods=25, freq="MS", tz=TIME_ZONE).as_unit("s")
    months = Periods(edges, "month")
    values = values_by_period(town.crimes, grid, months)
    counts = np.bincount(grid.cell_of(town.crimes.geometry.x, town.crimes.geometry.y), minlength=grid.size)
    spots = gistar(counts, grid, radius=150.0, study=study)["spot"]
    axes = _map(grid, spots, COLOURS, "Gi* of crimes in two years, 100 m cells, radius 150 m")
    town.truth.hotspots.boundary.plot(ax=axes, color="black", linewidth=0.8)
    _save("gistar.png")
    found = emerging_hotspots(values, grid, radius=150.0, study=study).table["class"].astype(str)
    found = found.str.removesuffix(" hot spot").reindex(grid.index)
    _map(grid, found, CLASSES, "Emerging hot spots over 24 months")
    _save("emerging.png")
    _scan(town.crimes, months, grid)


def _scan(crimes: GeoDataFrame, months: Periods, grid: Grid) -> None:
    busy = crimes.iloc[np.random.default_rng(2).choice(len(crimes), ADDED)].copy()
    late = pd.date_range("2024-11-01", "2024-12-30", periods=ADDED, tz=TIME_ZONE).as_unit("s")
    busy = busy.assign(occurred_from=late, occurred_to=late)
    away = np.random.default_rng(3).normal(0, 120, (2, ADDED))
    east, north = grid.centres([int(grid.cell_of([558_450.0], [521_850.0])[0])])
    busy = busy.set_geometry(
        GeoDataFrame(geometry=_points(east + away[0], north + away[1]), crs=crimes.crs).geometry.array
    )
    found = space_time_scan(pd.concat([crimes, busy]), months, grid=grid)
    _, axes = plt.subplots(figsize=(6, 5.2))
    axes.scatter(crimes.geometry.x, crimes.geometry.y, s=0.3, color="#bbbbbb")
    found.clusters.plot(ax=axes, color=[COLOURS["hot"] if p <= 0.05 else "#777777" for p in found.clusters["p"]])
    for row in found.clusters.head(3).itertuples():
        axes.annotate(f"{row.cluster}: {row.observed} for {row.expected:.1f}, p {row.p:.3f}", (row.x + 300, row.y))
    _finish(axes, "Space-time permutation scan to December 2024, 40 crimes added in the north-west")
    _save("scan.png")


def _points(x: Any, y: Any) -> Any:
    import geopandas

    return geopandas.points_from_xy(x, y)


def _map(grid: Grid, classes: pd.Series, colours: dict[str, str], title: str) -> Any:
    _, axes = plt.subplots(figsize=(6, 5.2))
    codes = classes.map({name: number for number, name in enumerate(colours)}).astype("float64").to_numpy()
    west, south, east, north = grid.bounds
    axes.imshow(
        codes.reshape(grid.rows, grid.columns),
        origin="lower",
        extent=(west, east, south, north),
        cmap=ListedColormap(list(colours.values())),
        vmin=-0.5,
        vmax=len(colours) - 0.5,
        interpolation="nearest",
    )
    present = [name for name in colours if (classes == name).any()]
    axes.legend([plt.Rectangle((0, 0), 1, 1, color=colours[name]) for name in present], present, fontsize=8)
    _finish(axes, title)
    return axes


def _finish(axes: Any, title: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(555_500, 565_500)
    axes.set_ylim(514_500, 524_500)


def _save(name: str) -> None:
    plt.savefig(FOLDER / name, dpi=90, bbox_inches="tight", metadata={"Software": None})
    plt.close()


if __name__ == "__main__":
    main()
