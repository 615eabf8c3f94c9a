"""The sample with nothing in it: no hot spot, no patrol, no row refused, no forecast scored, no plan compared."""

from dataclasses import replace

import pandas as pd
from geopandas import GeoDataFrame

from geodata.tables import HOTSPOTS, PLAN, REJECTS, WORKING_CRS, empty
from maps.pack import Pack, Public
from tests.maps.sample import sample_pack


def bare_pack() -> Pack:
    """Return a pack in which every table that may be empty is."""
    full = sample_pack()
    plan, alternatives = empty(PLAN), full.schedule.alternatives.iloc[:0]
    return replace(
        full,
        hotspots=GeoDataFrame(empty(HOTSPOTS), geometry="geometry", crs=WORKING_CRS),
        area_share=0.0,
        rejects=empty(REJECTS),
        skipped=(),
        risk=full.risk * 0.0,
        fitness=_nothing_known(full),
        backtest=_untested(full),
        sensitivity=None,
        insight=None,
        until=None,
        change=None,
        suffering=None,
        past=None,
        standing=None,
        public=Public(),
        staffing=replace(full.staffing, alternatives=alternatives, unmet=(), rules=(), plus_one=_none("role", "gain")),
        schedule=replace(
            full.schedule,
            plan=plan,
            objective=0.0,
            bound=0.0,
            gap=0.0,
            unmet=full.schedule.unmet.iloc[:0],
            plus_one=_none("base", "shift", "gain"),
            alternatives=alternatives,
            rules=(),
            planned_minutes=0,
        ),
        routes=full.routes.iloc[:0],
        bases=(),
        units=(),
        monthly=full.monthly.iloc[:1],
        assumptions=(),
        credits=(),
    )


def _nothing_known(full: Pack):
    held = full.fitness
    return replace(
        held,
        facts=held.facts.iloc[:0],
        reasons=held.reasons.iloc[:0],
        claims=held.claims.iloc[:0],
        warnings=(),
        outside=0,
        gaps=(),
    )


def _untested(full: Pack):
    held = full.backtest
    return replace(held, scores=held.scores.iloc[:0], summary=held.summary.iloc[:0], sentence="No forecast.", note="")


def _none(*columns: str) -> pd.DataFrame:
    return pd.DataFrame(
        {column: pd.Series([], dtype="float64" if column == "gain" else "string") for column in columns}
    )
