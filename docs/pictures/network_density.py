"""
Draw the picture of the page on network density: one crime by each kernel, and the made-up force's streets.

    python docs/pictures/network_density.py
"""

from pathlib import Path
from typing import Final

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
from geopandas import GeoDataFrame

from geodata.streets import Streets
from geodata.tables import WORKING_CRS
from geodata.town import make_town
from hotspots import network_density
from hotspots.chains import NetworkMethod

FOLDER: Final = Path(__file__).parent
METHODS: Final[tuple[NetworkMethod, ...]] = ("simple", "discontinuous", "continuous")
BANDWIDTH: Final = 300.0  # metres
ARMS: Final = ((0, 400), (400, 0), (0, -400), (-400, 0))  # metres from a junction


def main() -> None:
    """Draw one crime 60 metres north of a junction by three kernels, and under them the streets of the force."""
    town = make_town(seed=0)
    figure = plt.figure(figsize=(9, 8.5))
    panels = figure.add_gridspec(2, 3, height_ratios=(1, 2))
    crime = GeoDataFrame(geometry=gpd.points_from_xy([0.0], [60.0]), crs=WORKING_CRS)
    for at, method in enumerate(METHODS):
        axis = figure.add_subplot(panels[0, at])
        _streets(axis, crime, crossroads(), method, lixel=2.0, width=5.0, weeks=1.0)
        axis.plot(0, 60, "o", color="#222222", markersize=4)
        axis.set_title(f"one crime, {method}", fontsize=10)
    axis = figure.add_subplot(panels[1, :])
    _streets(axis, town.crimes, town.streets, "continuous", lixel=50.0, width=0.8, weeks=104.0)
    axis.set_title("the made-up force, continuous: crimes per km of street and week", fontsize=10)
    figure.tight_layout()
    figure.savefig(FOLDER / "network-density.png", dpi=80, metadata={"Software": None})
    plt.close(figure)


def crossroads() -> Streets:
    """Return four streets that meet, 400 metres each."""
    x, y = np.array([(0, 0), *ARMS], dtype=np.float64).T
    points, starts = np.array([0, 1, 0, 2, 0, 3, 0, 4]), np.arange(0, 9, 2)
    return Streets.of_ways(points, (x[points], y[points]), starts, names=[None] * 4, crs=WORKING_CRS, sha256="")


def _streets(
    axis: plt.Axes,
    crimes: GeoDataFrame,
    streets: Streets,
    method: NetworkMethod,
    *,
    lixel: float,
    width: float,
    weeks: float,
) -> None:
    found = network_density(crimes, streets, bandwidth=BANDWIDTH, lixel=lixel, method=method, weeks=weeks)
    density = found.lixels["density"]
    order = np.argsort(density.to_numpy(), kind="stable")  # the hottest on top
    lines = GeoDataFrame({"density": density}, geometry=found.lines()).iloc[order]
    high = density.quantile(0.999)
    drawn = lines.plot(
        ax=axis, column="density", cmap="magma_r", linewidth=width, vmin=min(0, density.min()), vmax=high
    )
    axis.figure.colorbar(drawn.collections[-1], ax=axis, shrink=0.8)
    axis.set_axis_off()
    axis.set_aspect("equal")


if __name__ == "__main__":
    main()
