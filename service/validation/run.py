"""All published values worked out here and now, and how many agree to their last digit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from geodata.errors import NotFoundError
from maps.report.validation import Agreement, write_validation
from service import manifest
from service.plain_table import plain_table
from service.stages import Stage, silent
from service.validation import judgements, places
from service.validation.pairs import FILES, of_near_repeat
from service.validation.value import Value

VALUES: Final[dict[str, Callable[[], Iterator[Value]]]] = {
    "density": places.of_density,
    "network density": places.of_network_density,
    "Gi*": places.of_gistar,
    "space-time scan": places.of_the_scan,
    "concentration": places.of_concentration,
    "aoristic weights": places.of_aoristic_weights,
    "accuracy": judgements.of_accuracy,
    "displacement": judgements.of_displacement,
    "E-test": judgements.of_the_e_test,
    "many tests": judgements.of_many_tests,
    "repeats": judgements.of_repeats,
}


@dataclass(frozen=True)
class Validation:
    """
    Published values beside ours.

    Parameters
    ----------
    values : every one
    lacking : files of crimes that further tables were published of, and that were not given
    """

    values: tuple[Value, ...]
    lacking: tuple[str, ...]

    @property
    def agreeing(self) -> int:
        """How many agree to the last digit published."""
        return sum(value.agrees for value in self.values)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say how many agree, and what was not worked out."""
        told = f"{self.agreeing} of {len(self.values)} published values come out the same to the last digit published."
        return (
            told,
            *(f"Not worked out: the tables published of {name}, which was not given." for name in self.lacking),
        )

    @property
    def figures(self) -> dict[str, Any]:
        """What was found, as JSON can hold it."""
        rows = [
            {"method": each.method, "source": each.source, "what": each.what, "published": each.published,
             "found": each.found, "agrees": each.agrees}
            for each in self.values
        ]  # fmt: skip
        return {
            "verb": "validate", "values": rows, "agreeing": self.agreeing, "lacking": list(self.lacking),
            "versions": manifest.versions(),
        }  # fmt: skip


def validate(incidents: Path | None = None, *, out: Path | None = None, stage: Stage = silent) -> Validation:
    """
    Work out every published value.

    Parameters
    ----------
    incidents : folder of the published files of crimes, for the tables that were published of them
    out : folder for `validation.html` and `validation.docx`
    stage : called with each stage's name

    Raises
    ------
    NotFoundError
        If `incidents` is no folder.
    """
    if incidents is not None and not incidents.is_dir():
        raise NotFoundError(f"Published crimes must lie in a folder, and there is none at {incidents}.")
    found: list[Value] = []
    for name, worked_out in VALUES.items():
        with stage(name):
            found += worked_out()
    lacking = tuple(name for name in FILES if incidents is None or not (incidents / name).is_file())
    if incidents is not None:
        with stage("near repeat"):
            found += of_near_repeat(incidents)
    validation = Validation(tuple(found), lacking)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        rows = tuple(Agreement(v.method, v.source, v.what, v.published, _shown(v), v.agrees) for v in found)
        write_validation(out, rows, validation.sentences, manifest.versions())
    return validation


def summary(found: Validation) -> str:
    """Return the agreement by method as text for a terminal, and each value that does not agree."""
    parts = {
        method: (len(each := list(group)), sum(value.agrees for value in each))
        for method, group in groupby(sorted(found.values, key=_method), _method)
    }
    columns = {
        "method": list(parts),
        "values": [str(total) for total, _ in parts.values()],
        "the same": [str(same) for _, same in parts.values()],
    }
    apart = [
        f"{v.method}: {v.what} was published as {v.published} and is {_shown(v)} ({v.source})."
        for v in found.values
        if not v.agrees
    ]
    return "\n".join([plain_table(columns), *apart, *found.sentences])


def _method(value: Value) -> str:
    return value.method


def _shown(value: Value) -> str:
    """Our number with two digits more than were published."""
    return f"{value.found:.{value.digits + 2 if value.digits else 0}f}"
