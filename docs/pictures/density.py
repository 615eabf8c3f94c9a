"""
Draw the picture of the page on density, from the made-up force.

    python docs/pictures/density.py
"""

from pathlib import Path
from typing import Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from geodata.grid import Grid
from geodata.town import make_town
from hotspots.density import kernel_density

FOLDER: Final = Path(__file__).parent
CELL: Final = 50.0  # metres


def main() -> None:
    """Draw four maps beside each other."""
    town = make_town(seed=0)
    grid = Grid.over(town.areas, CELL)
    study = grid.mask(town.areas)
    quartic = kernel_density(town.crimes, grid, bandwidth=300.0)
    corrected = kernel_density(town.crimes, grid, bandwidth=300.0, edge="uniform", study=town.areas)
    maps = {
        "quartic, 300 m": quartic,
        "uniform, 300 m": kernel_density(town.crimes, grid, bandwidth=300.0, kernel="uniform"),
        "gaussian, 106 m": kernel_density(town.crimes, grid, bandwidth=106.0, kernel="gaussian"),
        "quartic, what the uniform correction adds": corrected - quartic,
    }
    figure, axes = plt.subplots(2, 2, figsize=(8, 7))
    for axis, (title, surface) in zip(axes.ravel(), maps.items(), strict=True):
        _map(axis, grid, surface.where(study), title)
        town.areas.dissolve().boundary.plot(ax=axis, color="#777777", linewidth=0.5)
    figure.tight_layout()
    figure.savefig(FOLDER / "density.png", dpi=80, metadata={"Software": None})
    plt.close(figure)


def _map(axis: plt.Axes, grid: Grid, surface: pd.Series, title: str) -> None:
    west, south, east, north = grid.bounds
    values = surface.to_numpy().reshape(grid.rows, grid.columns)
    drawn = axis.imshow(
        values, origin="lower", extent=(west, east, south, north), cmap="magma_r", vmax=np.nanquantile(values, 0.998)
    )
    axis.figure.colorbar(drawn, ax=axis, shrink=0.8, label="crimes per km2, two years")
    axis.set_title(title, fontsize=10)
    axis.set_axis_off()


if __name__ == "__main__":
    main()
