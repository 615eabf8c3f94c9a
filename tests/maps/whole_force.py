"""The sample's findings, spread over the wards of a whole force: its size is what is tested, not its figures."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.cast import FloatArray
from geodata.grid import Grid
from hotspots.density import kernel_density
from hotspots.time_of_week import TimeOfWeek
from maps.pack import Pack
from tests.maps.sample import sample_pack

COMPARED = ["crimes_before", "crimes_after", "before", "after", "ratio", "low", "high", "p", "q", "verdict"]
WEEKS = 52
HALF_SIDE_M = 150.0


def whole_force(
    wards: GeoDataFrame, *, spots: int, patrols: int = 0, crimes: int = 20_000, cell: float = 200.0
) -> Pack:
    """
    Return a pack of a force's size.

    Parameters
    ----------
    wards : table of areas
    spots, patrols, crimes : how many; crimes lie about the middles of the wards and make the density
    cell : metres
    """
    pack, source = sample_pack(), np.random.default_rng(5)
    grid, at = Grid.over(wards, cell), _gathered(wards, crimes, source)
    points = GeoDataFrame(geometry=shapely.points(at), crs=wards.crs)
    risk = kernel_density(points, grid, bandwidth=2 * cell)
    hotspots = _hotspots(pack, wards, at[:spots], risk, grid)
    names = {"code": wards["code"], "name": wards["name"]}
    table = pd.DataFrame(names).assign(crimes=10, expected_crimes=1.0, expected_harm=2.0, hotspots=0)
    teams = pd.DataFrame({"ward": wards["code"], "name": wards["name"]})
    teams = teams.assign(sergeants=0.5, constables=3, csos=2, value=1.0, reason="held at the floor")
    larger = replace(
        pack, wards=wards, grid=grid, study=grid.mask(wards), risk=risk, hotspots=hotspots, ward_table=table,
        staffing=replace(pack.staffing, table=teams),
    )  # fmt: skip
    return _patrolled(_looked_at(larger, risk, source), patrols)


def _gathered(wards: GeoDataFrame, crimes: int, source: np.random.Generator) -> FloatArray:
    """Return places of crimes: in every ward, most in few of them, gathered about some of their points."""
    inside = wards.geometry.sample_points(3, rng=np.random.default_rng(2)).explode(index_parts=False)
    centres = np.column_stack((inside.x, inside.y))
    share = source.pareto(1.2, len(centres))
    chosen = source.choice(len(centres), size=crimes, p=share / share.sum())
    return centres[chosen] + source.normal(0.0, 400.0, (crimes, 2))


def _hotspots(pack: Pack, wards: GeoDataFrame, at: FloatArray, risk: pd.Series, grid: Grid) -> GeoDataFrame:
    order = np.argsort(-risk.to_numpy()[np.maximum(grid.cell_of(*at.T), 0)], kind="stable")
    boxes = [shapely.box(x - HALF_SIDE_M, y - HALF_SIDE_M, x + HALF_SIDE_M, y + HALF_SIDE_M) for x, y in at[order]]
    held = pd.concat([pack.hotspots] * (len(at) // len(pack.hotspots) + 1), ignore_index=True).iloc[: len(at)]
    held = held.set_geometry(boxes, crs=wards.crs)
    held["rank"] = np.arange(1, len(at) + 1)
    held["hotspot_id"] = pd.Series([f"H{rank:03d}" for rank in held["rank"]], dtype="string")
    _, ward = shapely.STRtree(wards.geometry.to_numpy()).query_nearest(held.geometry.centroid, all_matches=False)
    return held.assign(ward=pd.Series(wards["code"].to_numpy()[ward], dtype="string"))


def _looked_at(pack: Pack, risk: pd.Series, source: np.random.Generator) -> Pack:
    """Return `pack` with what changed, who suffers, when and what was delivered for all its hot spots and wards."""
    assert pack.insight is not None
    assert pack.change is not None
    assert pack.suffering is not None
    assert pack.past is not None
    spots, wards = pd.Index(pack.hotspots["hotspot_id"]), pd.Index(pack.wards["code"], name="code")
    hours = pd.DataFrame(source.gamma(1.0, 1.0, (len(spots), 168)), index=spots, columns=pd.RangeIndex(168))
    weeks = [str(day.date()) for day in pd.date_range("2023-01-02", periods=WEEKS, freq="7D")]
    week = pack.insight.week
    assert week is not None
    change = replace(
        pack.change,
        wards=_compared(pack.wards[["code", "name"]], pack.change.wards),
        hotspots=_compared(pack.hotspots[["hotspot_id", "name"]], pack.change.hotspots),
        cells=risk * np.where(np.arange(len(risk)) % 7 < 3, 1.0, -1.0),
        year=None,
    )
    held = pack.suffering.windows
    every = pd.concat([held] * (len(spots) // 9), ignore_index=True) if held is not None else None
    windows = None if every is None else every.set_geometry(pack.hotspots.geometry.iloc[: len(every)].buffer(200).array)
    past = _repeated(pack.past.hotspots, len(spots)).set_geometry(pack.hotspots.geometry.array)
    past = past.assign(hotspot_id=pack.hotspots["hotspot_id"].array, rank=pack.hotspots["rank"].array)
    return replace(
        pack,
        insight=replace(
            pack.insight,
            week=TimeOfWeek(hours, week.known, 0, week.note),
            spots_by_period=pd.DataFrame(source.poisson(3, (len(spots), WEEKS)), index=spots, columns=weeks),
            wards_by_period=pd.DataFrame(source.poisson(15, (len(wards), WEEKS)), index=wards, columns=weeks),
        ),
        change=change,
        suffering=replace(pack.suffering, windows=windows),
        past=replace(pack.past, hotspots=past),
    )


def _repeated(table: Any, size: int) -> Any:
    return pd.concat([table] * (size // len(table) + 1), ignore_index=True).iloc[:size]


def _compared(names: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    more = _repeated(sample[COMPARED], len(names))
    return pd.concat([names.reset_index(drop=True), more.reset_index(drop=True)], axis=1)


def _patrolled(pack: Pack, patrols: int) -> Pack:
    """Return `pack` with so many patrols of five stops, in two shifts, each from near its first hot spot."""
    if not patrols:
        return replace(pack, routes=pack.routes.iloc[:0], schedule=replace(pack.schedule, plan=pack.schedule.plan[:0]))
    at = shapely.get_coordinates(pack.hotspots.geometry.centroid)
    near = [np.argsort(np.hypot(*(at - at[5 * number % len(at)]).T))[:5] for number in range(patrols)]
    names = [f"CSO {number + 1}" for number in range(patrols)]
    shift = ["day" if number % 2 == 0 else "late" for number in range(patrols)]
    rows = [
        (names[n], "CSO", "Central", shift[n], stop + 1, f"H{spot + 1:03d}", f"{9 + n % 2 * 8 + stop:02d}:{n % 45:02d}",
         f"{9 + n % 2 * 8 + stop:02d}:{n % 45 + 14:02d}", 15, 0.0 if stop == 3 else 400.0, 1.0)
        for n in range(patrols) for stop, spot in enumerate(near[n])
    ]  # fmt: skip
    plan = pd.DataFrame(rows, columns=pack.schedule.plan.columns).astype(pack.schedule.plan.dtypes.to_dict())
    lines = [shapely.LineString([at[spots[0]] + 300.0, *at[spots], at[spots[0]] + 300.0]) for spots in near]
    table = {"unit": names, "role": "CSO", "base": "Central", "shift": shift, "stops": 5, "metres": 2_000.0}
    table["driven_back"] = False
    routes = GeoDataFrame(table, geometry=lines, crs=pack.wards.crs)
    return replace(pack, routes=routes, schedule=replace(pack.schedule, plan=plan))
