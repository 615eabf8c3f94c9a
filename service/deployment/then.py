"""What would have been planned at an earlier moment: what was known then, the hot spots chosen, the visits asked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from allocation.credible import credible_share
from allocation.problem import Base, Problem, Shift, Unit
from allocation.times import fell_into, shift_shares
from allocation.units import csos_by_base
from geodata.cast import coordinates
from geodata.errors import InputError
from geodata.periods import Periods
from hotspots.choose import choose
from hotspots.forecast import SLOW, forecast
from hotspots.forecast.methods import BASELINE
from hotspots.shape import SMOOTH
from hotspots.spots import Spots
from hotspots.walkable import split_by_walking
from service.analysis.scene import Outlook, Scene
from service.deployment.patrol_setup import patrol_rules, units_of
from service.deployment.staffing import current_posts
from service.reading.inputs import Inputs


@dataclass(frozen=True)
class Crew:
    """Who patrols, from where and when."""

    units: tuple[Unit, ...]
    bases: tuple[Base, ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class Places:
    """
    Hot spots of then, and what is asked for there.

    Parameters
    ----------
    spots : their cells
    names : of each, by rank
    problem : the visits that they ask for, and who goes there
    crimes : recorded in each until then
    """

    spots: Spots
    names: tuple[str, ...]
    problem: Problem
    crimes: dict[str, float]


def known_at(scene: Scene, moment: pd.Timestamp) -> Scene:
    """Return the scene as it was known at a moment: whole periods before it, and no crime that began in a later one."""
    return _of(scene, Periods(scene.periods.edges[scene.periods.edges <= moment], scene.periods.unit))


def in_period(scene: Scene, periods: Periods, number: int) -> Scene:
    """Return the scene of one of some periods alone."""
    return _of(scene, Periods(periods.edges[number : number + 2], periods.unit))


def units_of_today(given: Inputs, crew: Crew) -> tuple[Unit, ...]:
    """Return the patrols that today's CSOs make; none where today's posts are not known, or units are given."""
    current = current_posts(given.profile)
    if current is None or given.profile.units:
        return ()
    csos = csos_by_base(current, given.wards, crew.bases)
    try:
        return units_of(given.profile, csos, crew.shifts, patrol_rules(given.profile))[0]
    except InputError:  # too few for the rules of the patrols
        return ()


def places_then(
    given: Inputs, known: Scene, outlook: Outlook, crew: Crew, *, method: str | None = None
) -> Places | None:
    """
    Return the hot spots that would have been chosen then, by the methods of now, with the visits they ask for.

    Parameters
    ----------
    given : of this run
    known : what was known then
    outlook : the rules of hot spots, and the methods
    crew : who goes there
    method : forecast to choose by, and to grow on; None for the outlook's

    Returns
    -------
    places : None where nothing was known that makes a hot spot
    """
    spots = _spots(given, known, outlook, method)
    if not len(spots.table):
        return None
    names = tuple(f"H{rank:02d}" for rank in spots.table["rank"])
    hotspot = hotspot_of(known, spots)
    shares = shift_shares(known.crimes, crew.shifts, hotspot=hotspot, hotspots=names, weight=known.harm).table
    worth = spots.table["expected"].to_numpy(dtype=np.float64)
    if given.profile.analysis.rank_by == "harm":
        worth = worth * credible_share(known.harm, hotspot, names)
    visits = pd.concat(_visits(given, spots, names, shares.mul(worth, axis="index")), ignore_index=True)
    problem = Problem.of(
        crew.units, crew.bases, crew.shifts, visits=visits, streets=given.streets, rules=patrol_rules(given.profile)
    )
    crimes = hotspot.value_counts().reindex(list(names), fill_value=0).astype("float64").to_dict()
    return Places(spots, names, problem, {str(name): float(count) for name, count in crimes.items()})


def weight_of(given: Inputs, scene: Scene) -> pd.Series:
    """Return what each crime counts: its harm, or 1 where hot spots are ranked by crimes."""
    return scene.harm if given.profile.analysis.rank_by == "harm" else pd.Series(1.0, index=scene.crimes.index)


def fell(scene: Scene, places: Places, times: tuple[Shift, ...], weight: pd.Series) -> pd.DataFrame:
    """Return what fell into each hot spot and each of these times, by what each crime of the scene counts."""
    hotspot = hotspot_of(scene, places.spots)
    return fell_into(scene.crimes, times, hotspot=hotspot, hotspots=places.names, weight=weight)


def hotspot_of(scene: Scene, spots: Spots) -> pd.Series:
    """Return the hot spot that holds each crime, by its cell, or missing."""
    cell = scene.grid.cell_of(*coordinates(scene.crimes, scene.grid.crs))
    rank = spots.cells.reindex(cell)
    names = [pd.NA if pd.isna(each) else f"H{int(each):02d}" for each in rank]
    return pd.Series(names, index=scene.crimes.index, dtype="string")


def _of(scene: Scene, periods: Periods) -> Scene:
    """Return the scene of the crimes of some periods alone."""
    crimes = periods.within(scene.crimes)
    return replace(
        scene, crimes=crimes, ward=scene.ward.loc[crimes.index], harm=scene.harm.loc[crimes.index], periods=periods
    )


def _spots(given: Inputs, known: Scene, outlook: Outlook, own: str | None) -> Spots:
    best = BASELINE if outlook.backtest.best in SLOW else outlook.backtest.best
    method = own or best
    weights = known.harm if given.profile.analysis.rank_by == "harm" else None

    def expected(name: str) -> pd.Series:
        return forecast(
            known.crimes, known.grid, known.periods, method=name, bandwidth=known.bandwidth, weights=weights,
            study=known.study,
        )  # fmt: skip

    risk = expected(method)
    height = expected(SMOOTH) if own is None and outlook.shape.best == SMOOTH and method != SMOOTH else risk
    found = choose(risk, known.grid, study=known.study, shaped_by=height, **outlook.rules)
    if given.streets is None:
        return found
    return split_by_walking(found, risk, known.grid, given.streets, least_area=given.profile.analysis.smallest_hotspot)


def _visits(given: Inputs, spots: Spots, names: tuple[str, ...], worth: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the visits asked for in each shift, as `allocation.demand.visit_demand` values them."""
    points, settings = spots.table.geometry.representative_point(), given.profile.patrol
    for shift in map(str, worth.columns):
        yield pd.DataFrame(
            {
                "hotspot_id": pd.array(names, dtype="string"),
                "shift": pd.array([shift] * len(names), dtype="string"),
                "x": points.x.to_numpy(dtype=np.float64),
                "y": points.y.to_numpy(dtype=np.float64),
                "minutes": settings.visit_minutes,
                "most": settings.most_visits,
                "value": worth[shift].to_numpy(dtype=np.float64),
            }
        )
