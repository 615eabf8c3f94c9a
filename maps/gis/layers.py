"""The findings as a GeoPackage that QGIS opens styled."""

from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from maps import words
from maps.gis import qgis_style as style
from maps.gis.geopackage import write_layers
from maps.pack import Pack
from maps.stamp import moment

_INK, _CIVIDIS = "11,12,12,255", ("0,32,77,215", "124,123,120,215", "255,234,70,215")
_DASHES: Final = ("solid", "dash", "dot", "dash dot")


def write_gis(pack: Pack, path: str | Path) -> Path:
    """
    Write the hot spots, wards with their teams, patrols and bases as layers with styles.

    Parameters
    ----------
    pack : one run's findings
    path : a GeoPackage that is not there yet

    Returns
    -------
    path : as given
    """
    about = f"{pack.force}, {pack.marking}, run {pack.run_id}"
    return write_layers(_layers(pack), path, styles=_styles(pack), about=about, stamp=moment(pack))


def _layers(pack: Pack) -> dict[str, tuple[GeoDataFrame, str]]:
    names = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    hotspots = pack.hotspots.assign(ward_name=pack.hotspots["ward"].map(names).astype("string"))
    return {
        "wards": (_wards(pack), "MultiPolygon"),
        "hot_spots": (hotspots, "MultiPolygon"),
        "patrols": (pack.routes.assign(timetable=_timetables(pack)), "LineString"),
        "bases": (_bases(pack), "Point"),
    }


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


def _styles(pack: Pack) -> dict[str, str]:
    outline = {"color": "0,0,0,0", "style": "no", "outline_color": "91,94,99,255", "outline_width": "0.4"}
    base = {"name": "square", "color": "255,255,255,255", "outline_color": _INK, "size": "3.2", "outline_width": "0.6"}
    teams = '"name" || \'\\nconstables \' || "constables" || \', CSOs \' || "csos"'
    return {
        "wards": style.qml("fill", [style.Rule("Ward and its team", outline)], label=teams, size=7, priority=2),
        "hot_spots": style.qml("fill", _classes(pack), label='"hotspot_id"', size=9, priority=10),
        "patrols": style.qml("line", _shifts(pack), label='"unit"', size=7),
        "bases": style.qml("marker", [style.Rule("Base", base)], label='"name"'),
    }


def _classes(pack: Pack) -> list[style.Rule]:
    """Return three classes of equal count by what the hot spots are ranked by, the highest first."""
    column = f"expected_{pack.rank_by}"
    values = pack.hotspots[column].to_numpy(float)
    cuts = np.unique(np.quantile(values, (0, 1 / 3, 2 / 3, 1))).tolist() if len(values) else [0.0]
    steps = list(pairwise(cuts)) or [(cuts[0], cuts[0])]
    fills = _CIVIDIS[-len(steps) :]
    rules = [_class(column, *step, fill, lowest=step is steps[0]) for step, fill in zip(steps, fills, strict=True)]
    return rules[::-1]


def _class(column: str, low: float, high: float, fill: str, *, lowest: bool) -> style.Rule:
    label = f"Expected {column.removeprefix('expected_')} a week {words.number(low)} to {words.number(high)}"
    look = {"color": fill, "outline_color": _INK, "outline_width": "0.6", "style": "solid"}
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
