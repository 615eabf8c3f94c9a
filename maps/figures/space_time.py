"""The newest weeks, or months, side by side: where crime thickened and where it let up."""

from typing import Final

import matplotlib as mpl
import numpy as np

from maps import words
from maps.figures import base as figures
from maps.figures.base import SETTINGS, Picture
from maps.figures.panels import DENSITIES, ground, name_panel, paint, panels_of, window_of
from maps.study.study import Study

ACROSS: Final = 4  # maps
SHADED: Final = 0.995  # of the cells with any crime lie below the darkest shade


def newest(study: Study) -> Picture | None:
    """Return the density of each of the newest slices of time on one scale, or None where it was not asked for."""
    found = study.space_time
    if found is None:
        return None
    surfaces = {
        str(name): np.where(study.study, column.to_numpy(), 0.0) for name, column in found.newest.items()
    }  # fmt: skip
    whole = np.concatenate(list(surfaces.values()))
    top = float(np.quantile(whole[whole > 0], SHADED)) if (whole > 0).any() else 1.0
    across = min(ACROSS, len(surfaces))
    title = f"The newest {words.count(len(surfaces), found.unit)}: where crime thickens, and lets up"
    with mpl.rc_context(SETTINGS):
        figure, panels, window = panels_of(window_of(study), -(-len(surfaces) // across), across)
        for axes, (name, surface) in zip(panels, surfaces.items(), strict=False):
            image = paint(axes, study, np.ma.masked_equal(surface, 0.0), cmap=DENSITIES, vmin=0.0, vmax=top)
            ground(axes, study, window)
            name_panel(axes, name)
        figure.colorbar(image, ax=panels, shrink=0.7, label="crimes a week and km²", orientation="horizontal", pad=0.03)
        return figures.finish(figure, study, title, None, words.sentence(found.sentence), raster=True)
