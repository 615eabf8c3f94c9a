"""What the jobs told, put together: one table a finding for the whole nation, and a few sentences a force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from allocation.compare import THIS_PLAN
from geodata.cast import FloatArray
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from hotspots.emerging import EMERGING_CLASSES
from hotspots.forecast.methods import BASELINE
from maps import words
from service.national.force_jobs import FINDINGS, job_name
from service.national.force_tally import SQUARE_M
from service.national.force_task import ForceTask
from service.national.league import ALL
from service.national.many_tests import by_chance, judged_together
from service.work import Facts

SMOOTH: Final = "density"
_STACKED: Final = ("local", "concentration", "repeats", "near repeats", "forecasts", "staffing")


@dataclass(frozen=True)
class Found:
    """
    What was found of every force.

    Parameters
    ----------
    tasks : what was asked
    facts : finding to force to what its job told
    """

    tasks: tuple[ForceTask, ...]
    facts: Mapping[str, Mapping[str, Facts]]

    @classmethod
    def of(cls, tasks: Sequence[ForceTask], told: Mapping[str, Facts]) -> "Found":
        """Return the findings by what the jobs told, by name."""
        facts = {kind: {task.force: told[job_name(kind, task.force)] for task in tasks} for kind in FINDINGS}
        return cls(tuple(sorted(tasks, key=lambda task: task.force)), facts)

    def counts(self) -> pd.DataFrame:
        """Return crimes, forces by types."""
        rows = {task.force: self.facts["tally"][task.force].get("counts", {}) for task in self.tasks}
        return pd.DataFrame.from_dict(rows, orient="index").fillna(0).astype("int64").sort_index(axis=1)

    def months(self) -> pd.Series:
        """Return how many months were looked at, by force."""
        return pd.Series({task.force: len(task.months) for task in self.tasks}, dtype="int64")

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return each finding's tables one below the other, with the force before them, and what was refused."""
        held = {kind.replace(" ", "_"): self._stacked(kind) for kind in _STACKED}
        held = {name: table for name, table in held.items() if len(table)}
        if "near_repeats" in held:
            held["near_repeats"] = judged_together(held["near_repeats"])
        if "local" in held:
            held["cells"] = held.pop("local")
        return held | {"refused": self._refused()}

    def notes(self) -> Iterator[str]:
        """Return how many of many tests chance alone would call findings."""
        if not (table := self.tables().get("near_repeats", pd.DataFrame())).empty:
            yield by_chance(table, "Near repeats within forces, type by type")

    def density(self, grid: Grid) -> dict[str, FloatArray]:
        """Return crimes a square kilometre and year in each square of `grid`, by type and all together."""
        parts = []
        for task in self.tasks:
            for path in self.facts["tally"][task.force].get("files", ()):
                part = pd.read_csv(path, dtype={"offence": "string"}, keep_default_na=False)
                parts.append(part.assign(a_year=part["crimes"] * (12 / len(task.months))))
        held = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["offence", "east", "a_year"])
        if held.empty:
            return {}
        cell = grid.cell_of((held["east"] + 0.5) * SQUARE_M, (held["north"] + 0.5) * SQUARE_M)
        held = held.assign(cell=cell)[cell >= 0]
        groups = [(ALL, held), *((str(name), part) for name, part in held.groupby("offence", sort=True))]
        per = grid.cell_area / SQUARE_METRES_PER_KM2
        return {name: np.bincount(part["cell"], weights=part["a_year"], minlength=grid.size) / per
                for name, part in groups}  # fmt: skip

    def _stacked(self, kind: str) -> pd.DataFrame:
        parts = [
            pd.read_csv(path, keep_default_na=False, na_values=[""]).assign(force=task.force)
            for task in self.tasks
            for path in self.facts[kind][task.force].get("files", ())
        ]
        if not any(map(len, parts)):
            return pd.DataFrame()
        whole = pd.concat([part for part in parts if len(part)], ignore_index=True)
        return whole[["force", *whole.columns.drop("force")]]

    def _refused(self) -> pd.DataFrame:
        rows = [
            (task.force, kind, self.facts[kind][task.force]["refused"])
            for task in self.tasks
            for kind in FINDINGS
            if self.facts[kind][task.force].get("refused")
        ]
        return pd.DataFrame(rows, columns=["force", "finding", "reason"])


def forces_table(found: Found, figures: pd.DataFrame) -> pd.DataFrame:
    """Return one row a force: who lives there, and the main figure of every finding."""
    rows = []
    for task in found.tasks:
        of = {kind: found.facts[kind][task.force] for kind in FINDINGS}
        local, gathered, record = of["local"], of["concentration"], of["forecasts"].get("methods", {})
        rows.append(
            {
                "force": task.force,
                "first_month": task.months[0],
                "last_month": task.months[-1],
                "crimes": sum(of["tally"].get("counts", {}).values()),
                "cells": local.get("cells"),
                "hot_cells": local.get("hot"),
                "crimes_in_hot_cells": local.get("crimes_in_hot"),
                "new_hot_cells": local.get("classes", {}).get("new hot spot"),
                "persistent_hot_cells": local.get("classes", {}).get("persistent hot spot"),
                "in_densest_cells": gathered.get("cell", {}).get("densest"),
                "in_densest_points": gathered.get("point", {}).get("densest"),
                "gini_points": gathered.get("point", {}).get("gini"),
                **{f"hit_rate_{name.replace(' ', '_')}": record.get(name, {}).get("hit_rate") for name in
                   (BASELINE, SMOOTH)},
                "pai_density": record.get(SMOOTH, {}).get("pai"),
                **{f"{name}_density": record.get(SMOOTH, {}).get(name) for name in ("gain", "gain_low", "gain_high")},
                "teams": of["staffing"].get("areas"),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows).merge(figures, left_on="force", right_index=True, how="left")
    return table[["force", *figures.columns, *table.columns.drop(["force", *figures.columns])]]


def told(found: Found) -> dict[str, tuple[str, ...]]:
    """Return what was found of each force, a sentence each."""
    return {task.force: tuple(_told(task, {kind: found.facts[kind][task.force] for kind in FINDINGS}))
            for task in found.tasks}  # fmt: skip


def _told(task: ForceTask, of: Mapping[str, Facts]) -> Iterator[str]:
    crimes = sum(of["tally"].get("counts", {}).values())
    yield f"{crimes:,} located crimes of {task.periods}."
    if beside := len(task.neighbours):
        yield f"At the border the crimes of {words.count(beside, 'neighbour')} count as neighbours, not as its own."
    yield from _about_cells(task, of["local"])
    for kind, what in (("cell", "squares of the map"), ("point", "map points in use")):
        if densest := of["concentration"].get(kind, {}).get("densest"):
            yield f"The densest 5 % of {what} hold {words.percent(densest)} of its crime."
    if sentence := of["forecasts"].get("sentence"):
        yield sentence
    if best := of["staffing"].get("beside"):
        others = ", ".join(f"{name} {words.percent(best[name])}" for name in sorted(best) if name != THIS_PLAN)
        yield f"Teams for {of['staffing']['areas']} areas; of what they are worth, simpler plans reach: {others}."
    yield from (str(of[kind][word]) for kind in FINDINGS for word in ("refused", "note") if of[kind].get(word))


def _about_cells(task: ForceTask, local: Mapping[str, Any]) -> Iterator[str]:
    if not local.get("cells"):
        return
    share = local["crimes_in_hot"] / max(1, local["crimes"])
    yield (
        f"{local['hot']:,} of {local['cells']:,} squares of {task.settings.cell:g} m are hot and hold "
        f"{words.percent(share)} of the crime."
    )
    counts = local.get("classes", {})
    named = [f"{counts[name]:,} {name.removesuffix(' hot spot')}" for name in EMERGING_CLASSES if
             counts.get(name) and name.endswith(" hot spot")]  # fmt: skip
    if named:
        yield f"By how they came to be: {words.listing(named)}."
