"""Gather one run's findings into the pack that products are made from, and into a few lines to print."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame

from allocation.outturn import Outturn
from allocation.robust import Robust
from allocation.schedule import Schedule
from allocation.teams import Staffing
from geodata.fitness import Fitness
from geodata.tables import TIME_ZONE
from hotspots.sensitivity import Sensitivity
from maps.drawing.vector_tiles import lay_ground
from maps.pack import Insight, Pack
from service import manifest
from service.analysis.further import Further
from service.analysis.scene import Outlook, Scene, by_period, by_ward
from service.assumptions import analysis_assumptions, run_parameters
from service.credits import credits_of
from service.deployment.hours import Hours
from service.deployment.plan import Patrols, Teams
from service.deployment.routes import routes
from service.plain_table import records
from service.public_page import public, tiles
from service.reading.inputs import Inputs
from service.reading.sources import crimes_told


def pack(
    given: Inputs,
    scene: Scene,
    outlook: Outlook,
    *,
    hotspots: GeoDataFrame,
    teams: Teams,
    patrols: Patrols,
    fitness: Fitness,
    sensitivity: Sensitivity | None,
    insight: Insight,
    outturn: Outturn | None,
    walks: Outturn | None,
    hours: Hours | None,
    further: Further,
) -> Pack:
    """Return everything that was found, as the products need it."""
    return Pack(
        force=given.profile.force.name,
        marking=given.profile.force.marking,
        period=str(scene.periods),
        next_period=next_period(scene),
        run_id=given.run[: manifest.RUN_DIGITS],
        grid=scene.grid,
        study=scene.study,
        risk=outlook.surface,
        risk_unit=risk_unit(given),
        rank_by=given.profile.analysis.rank_by,
        sources=given.sources,
        rejects=given.crimes.rejects,
        skipped=given.crimes.skipped,
        fitness=fitness,
        wards=given.wards,
        hotspots=hotspots,
        area_share=float(hotspots["area_m2"].sum() / scene.area),
        backtest=outlook.backtest,
        sensitivity=sensitivity,
        insight=replace(insight, hits=further.hits),
        outturn=outturn,
        walks=walks,
        week=None if hours is None else hours.loop.plan,
        loop=None if hours is None else hours.loop,
        variants=patrols.variants,
        delivery=patrols.delivery,
        ward_demand=teams.demand,
        staffing=teams.staffing,
        schedule=patrols.schedule,
        bases=patrols.problem.bases,
        units=patrols.problem.units,
        routes=routes(patrols.schedule.plan, patrols.problem, hotspots, given.streets),
        streets=given.streets,
        features=given.features,
        ground=None if given.features is None else lay_ground(given.features, given.wards, hotspots),
        ward_table=_ward_table(given, scene, hotspots),
        monthly=by_period(scene),
        assumptions=(
            *analysis_assumptions(given, scene, outlook),
            *teams.notes,
            *patrols.notes,
            *(() if hours is None else hours.notes),
        ),
        parameters=run_parameters(given, scene, outlook, teams),
        credits=credits_of(given),
        versions=manifest.versions(),
        until=scene.periods.end.date(),
        change=further.change,
        suffering=further.suffering,
        past=further.past,
        standing=further.standing,
        fairness=further.fairness,
        days=further.days,
        sure=teams.sure,
        public=replace(public(given.profile), recorded=further.recorded, published=given.published),
        tiles=tiles(given.profile),
        ward_periods=teams.past.table,
    )


def figures(found: Pack) -> dict[str, Any]:
    """Return the run's main figures, for the manifest and for `--json`."""
    backtest = found.backtest.summary.astype(object).where(found.backtest.summary.notna(), None)
    return {
        "period": found.period,
        "until": None if found.until is None else found.until.isoformat(),
        "hotspots": len(found.hotspots),
        "area_share": found.area_share,
        "crimes_outside": found.fitness.outside,
        "forecast": found.backtest.best,
        "backtest": backtest.to_dict("records"),
        "staffing": _proof(found.staffing),
        "robust": None if found.sure is None else _price(found.sure),
        "schedule": {**_proof(found.schedule), "planned_minutes": found.schedule.planned_minutes},
        "held_back": {
            name: None if held is None else {"found": held.sentence, "plans": records(held.summary)}
            for name, held in (("teams", found.outturn), ("patrols", found.walks))
        },
        "debt": {} if found.delivery is None else dict(found.delivery.debt),
    }


def summary(found: Pack, out: Path, products: dict[str, Path]) -> str:
    """Return what was made and where, in a few lines."""
    patrols = found.schedule.plan["unit"].nunique()
    return "\n".join(
        (
            f"{found.force}: {found.period}, run {found.run_id}",
            f"  {crimes_told(found.sources)}; {found.fitness.outside:,} accepted crimes lie outside the areas",
            f"  {len(found.hotspots)} hot spots on {found.area_share:.2%} of the area; forecast: {found.backtest.best}",
            f"  {len(found.staffing.table)} wards staffed, gap {found.staffing.gap:.4%}; "
            f"{patrols} patrols planned, gap {found.schedule.gap:.2%}",
            f"Made in {out}:",
            *(f"  {name}" for name in products),
        )
    )


def _proof(plan: Staffing | Schedule) -> dict[str, Any]:
    alternatives = plan.alternatives.set_index("plan")["objective"].to_dict()
    return {"objective": plan.objective, "bound": plan.bound, "gap": plan.gap, "alternatives": alternatives}


def _price(sure: Robust) -> dict[str, Any]:
    return {"offered": sure.offered, "price": sure.price, "found": sure.sentence, "plans": records(sure.plans)}


def next_period(scene: Scene) -> str:
    """Return the time forecast, in words."""
    last = scene.periods.end.tz_convert(TIME_ZONE).tz_localize(None) - pd.Timedelta(days=1)
    return f"the week after {last.day} {last.month_name()} {last.year}"


def risk_unit(given: Inputs) -> str:
    """Return the unit of harm and its table: what follows "harm is counted in"."""
    if given.profile.analysis.rank_by == "crimes":
        return "crimes a week"
    return f"{given.harm.unit} a week, by the table “{given.harm.name}”"


def _ward_table(given: Inputs, scene: Scene, hotspots: GeoDataFrame) -> pd.DataFrame:
    table = pd.DataFrame(given.wards[["code", "name"]]).join(by_ward(scene, given.wards["code"]), on="code")
    spots = table["code"].map(hotspots["ward"].value_counts()).fillna(0).astype("int64")
    return table.assign(hotspots=spots)
