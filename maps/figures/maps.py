"""Still maps of a study: density, what is beyond chance, classes over time, shifts, and other settings side by side."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from geodata.cast import FloatArray, IntArray
from maps import words
from maps.figures import base as figures
from maps.figures.base import SETTINGS, Picture
from maps.figures.laid import paths
from maps.figures.panels import DENSITIES, ground, key_below, name_panel, paint, panels_of, window_of
from maps.figures.printed_map import outline_hotspots
from maps.study.study import Beside, Study
from maps.style import INK, OPACITIES, PAPER, SHADES, shading

# Told apart in every colour blindness, and by how dark they are in a photocopy.
SPOT_INKS: Final = {"hot": "#00204d", "cold": "#f2d544", "none": "#d9dbde"}
HISTORY_INKS: Final = {
    "persistent": "#440154", "emerging": "#d1495b", "intermittent": "#6ea4bf", "former": "#c9b458", "none": "#e3e5e8",
}  # fmt: skip
EMERGING_INKS: Final = {
    "intensifying hot spot": "#3b0f70", "persistent hot spot": "#641a80", "diminishing hot spot": "#a98cc4",
    "historical hot spot": "#c9b458", "new hot spot": "#d1495b", "consecutive hot spot": "#ee8572",
    "oscillating hot spot": "#5b7f3b", "sporadic hot spot": "#6ea4bf", "any cold spot": "#7f8c8d",
    "no pattern": "#e3e5e8",
}  # fmt: skip
STREET_BANDS: Final = (  # from and to which share of the pieces of street, width, ink, name
    (0.0, 0.5, 0.4, "#c9ccd1", "The half with least"),
    (0.5, 0.9, 0.9, SHADES[1], "More than half"),
    (0.9, 0.99, 1.7, SHADES[3], "The densest tenth"),
    (0.99, 1.01, 2.8, SHADES[4], "The densest hundredth"),
)


def density_map(study: Study) -> Picture:
    """Return the density of crime with the hot spots by rank."""
    title = "Where crime thickens, and the hot spots by rank"
    surface = np.where(study.study, study.surfaces["density_crimes"].to_numpy(), 0.0)
    classes = shading(surface)
    keys = [
        Patch(facecolor=to_rgba(SHADES[name - 1], OPACITIES[name - 1]), label=f"{words.number(low)} or more")
        for name, low in sorted(classes.low.items(), reverse=True)
    ]
    colours = [to_rgba(PAPER, 0), *(to_rgba(*pair) for pair in zip(SHADES, OPACITIES, strict=True))]
    alt = f"{words.count(len(study.hotspots), 'hot spot')}; the table of hot spots says what each holds."
    unit = "crimes a week and square kilometre; each shade holds about 15 % of them"
    return _one(study, title, (classes.number, colours), keys, words.sentence(alt), unit=unit)


def gistar_map(study: Study) -> Picture:
    """Return the cells where more, or less, crime lies together than chance would put there."""
    title = "Hot and cold cells: Gi*, false discovery rate 5 %"
    names = list(SPOT_INKS)
    counted = {name: int((study.cells["spot"] == name).sum()) for name in names}
    alt = f"{words.count(counted['hot'], 'hot cell')} and {words.count(counted['cold'], 'cold cell')}."
    number = _of_cells(study, study.cells["spot"].map({name: at for at, name in enumerate(names, start=1)}))
    labels = {name: f"{words.capital(name) if name != 'none' else 'Neither'}: {counted[name]:,}" for name in names}
    return _classed(study, title, number, SPOT_INKS, labels, words.sentence(alt))


def history_map(study: Study) -> Picture | None:
    """Return the class of each cell over time, or None where there are too few periods."""
    if "history" not in study.cells:
        return None
    names = list(HISTORY_INKS)
    found = study.cells["history"].astype("string").fillna("none")
    return _over_time(study, "Which cells stay hot, and which are new or over", found, names, HISTORY_INKS)


def emerging_map(study: Study) -> Picture | None:
    """Return the class of emerging hot spot of each cell, or None where there are too few periods."""
    if "emerging" not in study.cells:
        return None
    found = study.cells["emerging"].astype("string")
    found = found.mask(found.str.endswith("cold spot").fillna(value=False), "any cold spot")
    return _over_time(study, "Emerging hot spots: how each cell came to be", found, list(EMERGING_INKS), EMERGING_INKS)


def shift_maps(study: Study) -> Picture | None:
    """Return the density in each shift side by side, on one scale, or None where times do not bear it."""
    if not study.shifts:
        return None
    title = "When crime thickens where: density by shift"
    held = {shift: np.where(study.study, study.surfaces[name].to_numpy(), 0.0) for shift, name in study.shifts.items()}
    top = max(float(np.quantile(surface[surface > 0], 0.995)) if (surface > 0).any() else 0.0
              for surface in held.values()) or 1.0  # fmt: skip
    with mpl.rc_context(SETTINGS):
        figure, panels, window = panels_of(window_of(study), 1, len(held))
        for axes, (shift, surface) in zip(panels, held.items(), strict=True):
            image = paint(axes, study, np.ma.masked_equal(surface, 0.0), cmap=DENSITIES, vmin=0.0, vmax=top)
            ground(axes, study, window)
            name_panel(axes, shift)
        figure.colorbar(image, ax=panels, shrink=0.7, label="crimes a week and km²", orientation="horizontal", pad=0.03)
        share = {shift: float(surface.sum()) for shift, surface in held.items()}
        whole = sum(share.values()) or 1.0
        said = words.listing(f"{shift} {words.percent(part / whole)}" for shift, part in share.items())
        return figures.finish(figure, study, title, None, words.sentence(f"Share of crime: {said}"), raster=True)


def against_map(study: Study, found: Beside) -> Picture:
    """Return crime beside what it is held against, with the contours of what is beyond chance."""
    title = f"Crime beside {found.what}: {found.measure}"
    values = np.where(study.study, found.surface.to_numpy(), np.nan)
    with mpl.rc_context(SETTINGS):
        figure, (axes,), window = panels_of(window_of(study), 1, 1)
        low, middle, high = _scale(found.measure, values)
        norm = mpl.colors.TwoSlopeNorm(middle, low, high)
        image = paint(axes, study, values, cmap="RdBu_r", norm=norm)
        ground(axes, study, window)
        figure.colorbar(image, ax=axes, shrink=0.7, label=found.measure, orientation="horizontal", pad=0.03)
        if found.contours is not None:
            beyond = found.contours[(found.contours["by"] == "q") & (found.contours["level"] == 0.05)]
            lines = LineCollection(paths(beyond.boundary), colors=INK, linewidths=1.0, zorder=4)
            axes.add_collection(lines)
        return figures.finish(figure, study, title, None, words.sentence(found.sentence), raster=True)


def streets_map(study: Study) -> Picture | None:
    """Return the streets by how dense crime is along them, or None where that was not worked out."""
    if "street_density" not in study.streets or study.streets["street_density"].empty:
        return None
    pieces, title = study.streets["street_density"], "How crime thickens along the streets"
    shade = pieces["crimes_per_km"].rank(pct=True).to_numpy()
    with mpl.rc_context(SETTINGS):
        figure, (axes,), window = panels_of(window_of(study), 1, 1)
        for low, high, width, ink, _ in STREET_BANDS:
            kept = pieces.geometry[(shade > low) & (shade <= high)]
            axes.add_collection(LineCollection(paths(kept), colors=ink, linewidths=width, zorder=3, capstyle="round"))
        ground(axes, study, window)
        keys = [Line2D([], [], color=ink, linewidth=width, label=name) for _, _, width, ink, name in STREET_BANDS]
        key_below(axes, keys[::-1])
        alt = f"{len(pieces):,} pieces of street; the table of hot streets names the densest."
        return figures.finish(figure, study, title, None, alt, raster=True)


def _over_time(study: Study, title: str, found: pd.Series, names: list[str], inks: Mapping[str, str]) -> Picture:
    counted = {name: int((found == name).sum()) for name in names}
    used = [name for name in names if counted[name]]
    number = _of_cells(study, found.map({name: at for at, name in enumerate(used, start=1)}))
    said = {name: "Hardly ever hot" if name == "none" else words.capital(name) for name in used}
    labels = {name: f"{said[name]}: {counted[name]:,}" for name in used}
    alt = words.sentence(f"Cells: {words.listing(labels.values())}")
    return _classed(study, title, number, {name: inks[name] for name in used}, labels, alt)


def _classed(
    study: Study, title: str, number: IntArray, inks: Mapping[str, str], labels: Mapping[str, str], alt: str
) -> Picture:
    keys = [Patch(facecolor=inks[name], label=labels[name]) for name in inks]
    colours = [to_rgba(PAPER, 0), *(to_rgba(ink) for ink in inks.values())]
    return _one(study, title, (number, colours), keys, alt)


def _one(
    study: Study, title: str, classed: tuple[IntArray, Sequence[Any]], keys: Sequence[Any], alt: str, unit: str = ""
) -> Picture:
    """Return one map of cells by class: the number of each cell's, 0 for not painted, and the colours by number."""
    number, colours = classed
    with mpl.rc_context(SETTINGS):
        figure, (axes,), window = panels_of(window_of(study), 1, 1)
        paint(axes, study, number, cmap=ListedColormap(colours), vmin=-0.5, vmax=len(colours) - 0.5)
        ground(axes, study, window)
        outline_hotspots(axes, study.hotspots)
        key_below(axes, keys, unit)
        return figures.finish(figure, study, title, None, alt, raster=True)


def _of_cells(study: Study, classes: pd.Series) -> IntArray:
    number = np.zeros(study.grid.size, dtype=np.int64)
    number[study.cells.index.to_numpy()] = classes.fillna(0).to_numpy(dtype=np.int64)
    return number


def _scale(measure: str, values: FloatArray) -> tuple[float, float, float]:
    """Return the least, the neutral and the greatest value of a colour scale about what means no difference."""
    usual = float(np.nanmedian(values))
    middle = {"ratio": usual, "relative risk": 1.0, "sum": usual}.get(measure, 0.0)
    low, high = (float(end) for end in np.nanquantile(values, [0.005, 0.995]))
    hair = 1e-9 * max(1.0, abs(middle))
    return min(low, middle - hair), middle, max(high, middle + hair)
