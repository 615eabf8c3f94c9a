"""What was done in the places of an intervention, beside what was planned."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.errors import InputError, NotFoundError
from service.review.intervention import Intervention


@dataclass(frozen=True)
class Delivered:
    """
    The dosage of an intervention.

    Parameters
    ----------
    planned_minutes : None where nothing was planned in minutes
    delivered_minutes : None where no record was given
    visits : recorded in the places between start and end
    """

    planned_minutes: float | None
    delivered_minutes: float | None
    visits: int | None

    @property
    def sentence(self) -> str:
        """Say what was delivered of what was planned."""
        if self.delivered_minutes is None:
            return "No record of delivery was given, so that nobody can say whether the plan or its absence was tested."
        visits = "1 visit" if self.visits == 1 else f"{self.visits:,} visits"
        done = f"{self.delivered_minutes:,.0f} minutes were delivered in {visits}"
        if self.planned_minutes is None:
            return f"{done}; none were planned in the registration."
        share = 100 * self.delivered_minutes / self.planned_minutes
        return f"{done}, {share:.0f} % of the {self.planned_minutes:,.0f} planned."


def delivered_minutes(plan: Intervention, path: Path | None) -> Delivered | None:
    """
    Return the dosage, None where nothing is known of it.

    Parameters
    ----------
    plan : the intervention
    path : CSV file with the columns hotspot_id and minutes and, where they are there, date (YYYY-MM-DD) and
        intervention (its name); None where there is none
        Rows of other places, dates and interventions are left out.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InputError
        If it lacks a column, or minutes or dates are none.
    """
    planned = None if plan.dosage is None else plan.dosage.planned_minutes
    if path is None:
        return None if planned is None else Delivered(planned, None, None)
    table = _table(path)
    minutes = pd.to_numeric(table["minutes"], errors="coerce")
    bad = int((~np.isfinite(minutes) | (minutes < 0)).sum())
    if bad:
        raise InputError(f"Delivered minutes must be numbers of at least 0; {bad} of {path.name} are not.")
    there = minutes[_theirs(table, plan, path.name)]
    return Delivered(planned, float(there.sum()), len(there))


def _table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except FileNotFoundError:
        raise NotFoundError(f"The delivered patrols must be a file, and there is none at {path}.") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError):
        raise InputError(f"The delivered patrols must be a CSV table; {path.name} is none.") from None
    missing = [name for name in ("hotspot_id", "minutes") if name not in table]
    if missing:
        raise InputError(f"The delivered patrols must have the column {missing[0]}, and {path.name} has not.")
    return table


def _theirs(table: pd.DataFrame, plan: Intervention, file: str) -> pd.Series:
    """Return True for each row of the intervention's places, days and name."""
    theirs = pd.Series(True, index=table.index)
    if plan.places.ids:
        theirs &= table["hotspot_id"].isin(plan.places.ids)
    if "intervention" in table:
        theirs &= table["intervention"] == plan.name
    if "date" in table:
        day = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
        if day.isna().any():
            raise InputError(f"Dates must be written YYYY-MM-DD; {int(day.isna().sum())} of {file} are not.")
        theirs &= day.between(pd.Timestamp(plan.start), pd.Timestamp(plan.end))
    return theirs
