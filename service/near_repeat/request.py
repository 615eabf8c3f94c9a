"""What a test of near repeat is asked, as the command line gives it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from geodata.errors import InputError
from hotspots.bands import Bands, Closed
from hotspots.nearness import Metric
from service.reading.events import Events


@dataclass(frozen=True, kw_only=True)
class NearRepeatRequest:
    """
    What is asked.

    Parameters
    ----------
    bands : Bands
    events : table of events, or None
    crimes : folders, files or globs of recorded crime, in place of events
    profile : force profile, for the mapping and the CRS of recorded crime
    offence, against : offences of the one group, and of the other in a test between two; by default the one is all that
        is not the other
    metric : how distance is measured; streets : file, for the metric "network"
    exact_times : to the minute
    permutations, seed : of the dealings
    calculator_labels : whether to print the Near Repeat Calculator's labels too
    cross_checks : whether to ask Mantel's, Baker's and Jacquez's tests too
    areas, premises : files, for the burden of open windows
    as_of : day on which windows are open; the day after the last event if not given
    out : folder of the products, or None
    """

    bands: Bands
    events: Events | None = None
    crimes: tuple[str, ...] = ()
    profile: Path | None = None
    offence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    metric: Metric = "euclidean"
    streets: Path | None = None
    exact_times: bool = False
    permutations: int = 999
    seed: int = 0
    calculator_labels: bool = False
    cross_checks: bool = False
    areas: Path | None = None
    premises: Path | None = None
    as_of: str | None = None
    out: Path | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """Everything but the inputs' contents on which the products depend, as JSON can hold it."""
        bands = self.bands
        return {
            "verb": "near-repeat",
            "space": [str(edge) for edge in bands.space],
            "time": [str(edge) for edge in bands.time],
            "closed": bands.closed,
            "metric": self.metric,
            "offence": list(self.offence),
            "against": list(self.against),
            "exact_times": self.exact_times,
            "permutations": self.permutations,
            "seed": self.seed,
            "calculator_labels": self.calculator_labels,
            "cross_checks": self.cross_checks,
            "as_of": self.as_of,
        }


def bands_of(space: str, time: str, closed: str) -> Bands:
    """
    Return bands from edges parted by commas, such as "0,100,inf".

    Raises
    ------
    InputError
        If an edge is no number, or the edges make no bands.
    """
    held: Closed = "right" if closed == "right" else "left"
    if closed not in ("left", "right"):
        raise InputError(f"`--closed` must be left or right, got {closed}.")
    return Bands(_edges(space, "--space"), _edges(time, "--time"), held)


def metric_of(name: str, streets: Path | None) -> Metric:
    """
    Return the metric of that name.

    Raises
    ------
    InputError
        If there is none, or streets and the metric "network" are not given together.
    """
    known: dict[str, Metric] = {metric: metric for metric in get_args(Metric)}
    if name not in known:
        raise InputError(f"`--metric` must be one of {', '.join(known)}, got {name}.")
    if (name == "network") != (streets is not None):
        found = "`--streets` alone" if streets is not None else "the metric alone"
        raise InputError(f"`--metric network` and `--streets` must be given together, got {found}.")
    return known[name]


def _edges(text: str, name: str) -> tuple[float, ...]:
    try:
        return tuple(float(edge) for edge in text.split(","))
    except ValueError:
        raise InputError(f"`{name}` must be numbers parted by commas, such as 0,100,inf, got {text}.") from None
