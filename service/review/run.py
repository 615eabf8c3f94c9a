"""Did it work: each intervention, as it was registered, held against what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.crimes import CrimeRead
from geodata.errors import InputError
from geodata.harm import read_harm
from service import manifest
from service.profile.force import read_profile
from service.reading import inputs
from service.reading.events import Events
from service.reading.given import read_given
from service.review.figures import figures_of, tally
from service.review.intervention import read_intervention
from service.review.one import Reviewed, review_one
from service.review.table import table
from service.stages import Stage, silent


@dataclass(frozen=True, kw_only=True)
class ReviewRequest:
    """
    What a review is asked.

    Parameters
    ----------
    plans : files of interventions, in TOML
    events : a table of events of any city, or None
    crimes : folders, files or globs of recorded crime, where `events` is None
    profile : force profile in TOML, for how `crimes` are read
    harm : harm table, by name or path; None to count crimes alone
    delivered : table of delivered patrols, for the dosage; None where there is none
    as_of : first day (YYYY-MM-DD) that is not yet known
    """

    plans: tuple[Path, ...]
    events: Events | None = None
    crimes: tuple[str, ...] = ()
    profile: Path | None = None
    harm: str | None = None
    delivered: Path | None = None
    as_of: str | None = None


@dataclass(frozen=True)
class ReviewOutcome:
    """All interventions reviewed, their figures as JSON can hold them, and a summary to print."""

    reviewed: tuple[Reviewed, ...]
    figures: dict[str, Any]
    summary: str


def run_review(request: ReviewRequest, *, stage: Stage = silent) -> ReviewOutcome:
    """
    Review interventions.

    Parameters
    ----------
    request : what is asked
    stage : tells of each stage

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule.
    """
    plans = [(path, read_intervention(path)) for path in request.plans]
    _refuse_twins([plan.name for _, plan in plans])
    with stage("read"):
        read = read_given(request.events, request.crimes, read_profile(request.profile))
    with stage("compare"):
        moment, harm = inputs._moment(request.as_of), None if request.harm is None else read_harm(request.harm)
        as_of = None if moment is None else moment.date()
        reviewed = tuple(
            review_one(plan, read.crimes, beside=path.parent, harm=harm, delivered=request.delivered, as_of=as_of)
            for path, plan in plans
        )
    figures = _figures(reviewed, read, request)
    told = f"{table(reviewed, figures['tally'])}\n  {figures['rows']['sentence']}"
    return ReviewOutcome(reviewed, figures, told)


def _refuse_twins(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f'Interventions must have different names, and "{twice[0]}" is used twice.')


def _figures(reviewed: Sequence[Reviewed], read: CrimeRead, request: ReviewRequest) -> dict[str, Any]:
    prints = [{"sha256": manifest.sha256_of(path)} for path in request.plans]
    return {
        "inputs": read.sources[["file", "kind", "sha256"]].astype(str).to_dict("records"),
        "rows": read.tally,
        "harm": None if request.harm is None else Path(request.harm).name,
        "interventions": [figures_of(each) | mark for each, mark in zip(reviewed, prints, strict=True)],
        "tally": tally(reviewed),
    }
