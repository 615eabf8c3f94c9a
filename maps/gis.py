"""
The findings as a GeoPackage that QGIS opens styled.

The styles lie in a `layer_styles` table that is registered among the contents, which is where QGIS looks for them.
Same findings, same bytes: the moments that SQLite and GDAL would take from the clock are set from the findings.
"""

import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from maps import qgis_style as style
from maps import words
from maps.pack import Pack
from maps.stamp import moment

_INK, _CIVIDIS = "11,12,12,255", ("0,32,77,215", "124,123,120,215", "255,234,70,215")
_DASHES: Final = ("solid", "dash", "dot", "dash dot")

_STYLE_TABLE: Final = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
    description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""
_REGISTER: Final = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
VALUES ('layer_styles', 'attributes', 'layer_styles', 'Styles for QGIS', ?, 0)"""
_KEEP: Final = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
                          styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', NULL, ?)"""


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
    held = Path(path)
    with TemporaryDirectory(dir=held.parent, prefix=f".{held.name}-") as workshop:
        draft = Path(workshop) / "draft.gpkg"
        for name, (table, shape) in _layers(pack).items():
            options = {"geometry_type": shape, "promote_to_multi": shape.startswith("Multi"), "VERSION": "1.2"}
            table.to_file(draft, layer=name, driver="GPKG", engine="pyogrio", **options)
        with closing(sqlite3.connect(draft, isolation_level=None)) as file:
            _add_styles(file, pack, moment(pack).strftime("%Y-%m-%dT00:00:00.000Z"))
            # GDAL's count of its own transactions depends on the second it began in; a file made afresh has none.
            file.execute("VACUUM INTO ?", (str(held),))
    return held


def _add_styles(file: sqlite3.Connection, pack: Pack, stamp: str) -> None:
    file.execute("BEGIN")
    file.execute(_STYLE_TABLE)
    for name, qml in _styles(pack).items():
        file.execute(_KEEP, (name, name, qml, f"{pack.force}, {pack.marking}, run {pack.run_id}", stamp))
    file.execute(_REGISTER, (stamp,))
    file.execute("UPDATE gpkg_contents SET last_change = ?", (stamp,))
    file.execute("COMMIT")


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
