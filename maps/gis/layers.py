"""The findings as layers of a GeoPackage that QGIS opens styled."""

from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries

from maps import words
from maps.gis import qgis_style as style
from maps.gis.geopackage import write_layers
from maps.pack import Pack
from maps.stamp import moment
from maps.style import OPACITIES, SHADES, shading

_INK: Final = "11,12,12,255"
_OUTLINES: Final = ("0.5", "0.9", "1.5")  # millimetres: the risk below them keeps its colours
LAYERS: Final = {"risk": "fill", "wards": "fill", "patrols": "line", "hot_spots": "fill", "bases": "marker"}
"""The layers from the ground up, each with what it is drawn as."""
PERIODS: Final = "ward_periods"  # a table: what each ward suffered in each period
_DASHES: Final = ("solid", "dash", "dot", "dash dot")


def write_gis(pack: Pack, path: str | Path) -> Path:
    """
    Write the risk, wards with their teams, hot spots, patrols and bases as layers with styles.

    Beside them, as a table, what the wards suffered in each period, from which scenarios draw demand again.

    Parameters
    ----------
    pack : one run's findings
    path : a GeoPackage that is not there yet

    Returns
    -------
    path : as given
    """
    about = f"{pack.force}, {pack.marking}, run {pack.run_id}"
    tables = {} if pack.ward_periods is None else {PERIODS: pack.ward_periods}
    return write_layers(layers(pack), path, styles=styles(pack), about=about, stamp=moment(pack), tables=tables)


def layers(pack: Pack) -> dict[str, tuple[GeoDataFrame, str]]:
    """Return each layer's table and type of geometry, by name, from the ground up."""
    names = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    hotspots = pack.hotspots.assign(ward_name=pack.hotspots["ward"].map(names).astype("string"))
    return {
        "risk": (_risk(pack), "MultiPolygon"),
        "wards": (_wards(pack), "MultiPolygon"),
        "patrols": (pack.routes.assign(timetable=_timetables(pack)), "LineString"),
        "hot_spots": (hotspots, "MultiPolygon"),
        "bases": (_bases(pack), "Point"),
    }


def _risk(pack: Pack) -> GeoDataFrame:
    """Return the shades of the tasking map: one feature a shade, all its cells together."""
    grid, classes = pack.grid, shading(np.where(pack.study, pack.risk.to_numpy(np.float64), 0.0))
    numbers = sorted(classes.low)
    shapes = [shapely.coverage_union_all(grid.polygons(np.flatnonzero(classes.number == number))) for number in numbers]
    table = {"shade": numbers, "least": [classes.low[number] for number in numbers], "unit": pack.risk_unit}
    return GeoDataFrame(pd.DataFrame(table).astype({"shade": "int64"}), geometry=shapes, crs=grid.crs)


def _wards(pack: Pack) -> GeoDataFrame:
    found = pack.ward_table.set_index("code")[["crimes", "expected_crimes", "expected_harm", "hotspots"]]
    teams = pack.staffing.table.set_index("ward")[["sergeants", "constables", "csos", "value", "reason"]]
    return pack.wards.join(found, on="code").join(teams, on="code")


def _timetables(pack: Pack) -> pd.Series:
    stops = pack.schedule.plan["arrive"] + " " + pack.schedule.plan["hotspot_id"]
    said = stops.groupby(pack.schedule.plan["unit"], sort=True).agg(", ".join).to_dict()
    return pd.Series(pack.routes["unit"].map(said), dtype="string")


def _bases(pack: Pack) -> GeoDataFrame:
    names = pd.Series([base.name for base in pack.bases], dtype="string")
    points = GeoSeries.from_xy([base.x for base in pack.bases], [base.y for base in pack.bases], crs=pack.grid.crs)
    return GeoDataFrame({"name": names}, geometry=points)


def styles(pack: Pack) -> dict[str, str]:
    """Return each layer's style in QML, by name."""
    outline = {"color": "0,0,0,0", "style": "no", "outline_color": "91,94,99,255", "outline_width": "0.4"}
    base = {"name": "square", "color": "255,255,255,255", "outline_color": _INK, "size": "3.2", "outline_width": "0.6"}
    teams = '"name" || \'\\nconstables \' || "constables" || \', CSOs \' || "csos"'
    return {
        "risk": style.qml("fill", _shades(pack)),
        "wards": style.qml("fill", [style.Rule("Ward and its team", outline)], label=teams, size=7, priority=2),
        "hot_spots": style.qml("fill", _classes(pack), label='"hotspot_id"', size=9, priority=10),
        "patrols": style.qml("line", _shifts(pack), label='"unit"', size=7),
        "bases": style.qml("marker", [style.Rule("Base", base)], label='"name"'),
    }


def _shades(pack: Pack) -> list[style.Rule]:
    classes = shading(np.where(pack.study, pack.risk.to_numpy(np.float64), 0.0))
    return [
        style.Rule(
            f"{words.number(classes.low[number])} or more {pack.rank_by} a week in one cell",
            {"color": _colour(SHADES[number - 1], OPACITIES[number - 1]), "outline_style": "no"},
            f'"shade" = {number}',
        )
        for number in sorted(classes.low, reverse=True)
    ] or [style.Rule("No risk to show", {"color": "0,0,0,0", "outline_style": "no"})]


def _colour(shade: str, opacity: float) -> str:
    red, green, blue = (int(shade[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _classes(pack: Pack) -> list[style.Rule]:
    """Return three classes of equal count by what the hot spots are ranked by, the highest first."""
    column = f"expected_{pack.rank_by}"
    values = pack.hotspots[column].to_numpy(float)
    cuts = np.unique(np.quantile(values, (0, 1 / 3, 2 / 3, 1))).tolist() if len(values) else [0.0]
    steps = list(pairwise(cuts)) or [(cuts[0], cuts[0])]
    widths = _OUTLINES[-len(steps) :]
    rules = [_class(column, *step, width, lowest=step is steps[0]) for step, width in zip(steps, widths, strict=True)]
    return rules[::-1]


def _class(column: str, low: float, high: float, width: str, *, lowest: bool) -> style.Rule:
    label = f"Expected {column.removeprefix('expected_')} a week {words.number(low)} to {words.number(high)}"
    look = {"color": "255,255,255,40", "outline_color": _INK, "outline_width": width, "style": "solid"}
    above = "" if lowest else f'"{column}" > {low!r} AND '
    return style.Rule(label, look, f'{above}"{column}" <= {high!r}')


def _shifts(pack: Pack) -> list[style.Rule]:
    shifts = dict.fromkeys(pack.routes["shift"].astype(str))
    rules = [
        style.Rule(
            f"Patrol, {shift}",
            {"line_color": "0,32,77,255", "line_width": "0.5", "line_style": _DASHES[number % len(_DASHES)]},
            f'"shift" = {style.quoted(shift)}',
        )
        for number, shift in enumerate(shifts)
    ]
    return rules or [style.Rule("Patrol", {"line_color": "0,32,77,255", "line_width": "0.5"})]
