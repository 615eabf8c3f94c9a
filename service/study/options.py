"""What a study is asked beyond what a report is, as given on the command line and checked."""

import difflib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

import pandas as pd

from geodata import cast
from geodata.errors import InputError
from geodata.tables import SOURCES, TIME_ZONE, check
from hotspots.density import KERNELS, Kernel
from hotspots.dual import MEASURES
from hotspots.edge import EDGES, Edge
from service import manifest
from service.analysis.places import Rules
from service.reading.inputs import Inputs
from service.study.streets import Along

Choice = Literal["auto", "normal", "likelihood", "least-squares"]
CHOICES: Final[tuple[Choice, ...]] = get_args(Choice)
CLUSTERS: Final = {"dbscan": "DBSCAN", "hdbscan": "HDBSCAN"}
AGAINST: Final = ("before:YYYY-MM-DD", "offence:NAME", "population", "column:NAME")


@dataclass(frozen=True)
class Against:
    """
    What crime is held against.

    Parameters
    ----------
    kind : "before", "offence", "population" or "column"
    value : a day, an offence, nothing, or the name of a column of the areas
    """

    kind: Literal["before", "offence", "population", "column"]
    value: str = ""

    @classmethod
    def of(cls, text: str) -> "Against":
        """
        Return what `--against` names.

        Raises
        ------
        InputError
            If it is none of the four, or the day is none.
        """
        if text == "population":
            return cls("population")
        kind, _, value = text.partition(":")
        if not value:
            raise InputError(f"`--against` must be one of {', '.join(AGAINST)}, got {text}.")
        if kind == "before":
            return cls("before", str(day_of(value).date()))
        if kind == "offence":
            return cls("offence", value)
        if kind == "column":
            return cls("column", value)
        raise InputError(f"`--against` must be one of {', '.join(AGAINST)}, got {text}.")


@dataclass(frozen=True)
class Options:
    """
    What a study is asked beyond what a report is.

    Parameters
    ----------
    cell : metres, in place of the profile's
    bandwidth : metres in place of the profile's, or how to choose it
    kernel : shape of a crime's spread in the density surfaces
    edge : how the border of the areas is made up for in them, None for not at all
    adaptive : whether they are narrow where crime is dense and wide where it is thin
    along : how to work out the density along the streets too, None for not at all
    space_time : days before and after a crime that it reaches in a density over space and time, None for none
    against : what crime is held against, None for nothing
    measure : how, one of `hotspots.dual.MEASURES`
    rules : what else is asked of hot spots
    offences : those analysed; by default all but those that the profile leaves out
    localities : table of the inputs of the Vulnerable Localities Index
    """

    cell: float | None = None
    bandwidth: float | Choice | None = None
    kernel: Kernel = "quartic"
    edge: Edge | None = None
    adaptive: bool = False
    along: Along | None = None
    space_time: float | None = None
    against: Against | None = None
    measure: str = "relative risk"
    rules: Rules = field(default_factory=Rules)
    offences: tuple[str, ...] = ()
    localities: Path | None = None

    @property
    def asked(self) -> dict[str, Any]:
        """Everything that is not in the profile, as JSON can hold it."""
        against = None if self.against is None else f"{self.against.kind}:{self.against.value}"
        return {
            "verb": "hotspots",
            "kernel": self.kernel,
            "edge": self.edge,
            "adaptive": self.adaptive,
            "along_streets": None if self.along is None else asdict(self.along),
            "space_time": self.space_time,
            "against": against,
            "measure": self.measure if against else None,
            "clusters": self.rules.clusters,
            "apart": self.rules.apart,
            "most_street": self.rules.most_street,
            "bandwidth_by": self.bandwidth if isinstance(self.bandwidth, str) else None,
        }


def options_of(
    *,
    cell: float | None = None,
    bandwidth: str | None = None,
    kernel: str = "quartic",
    edge: str = "none",
    adaptive: bool = False,
    network: bool = False,
    spread: str | None = None,
    lixel: float | None = None,
    streets: bool = False,
    space_time: float | None = None,
    against: str | None = None,
    measure: str | None = None,
    clusters: str | None = None,
    apart: float = 0.0,
    most_street: float | None = None,
    offences: Sequence[str] = (),
    localities: Path | None = None,
) -> Options:
    """
    Return the options as given on the command line.

    Raises
    ------
    InputError
        If one breaks its rule, or two do not go together.
    """
    if (network or most_street is not None) and not streets:
        raise InputError(f"`{'--network' if network else '--most-street'}` needs `--streets`, and none are given.")
    if adaptive and (kernel != "quartic" or edge != "none"):
        raise InputError("`--adaptive` has a quartic kernel and no edge correction: leave out `--kernel` and `--edge`.")
    if measure is not None and against is None:
        raise InputError("`--measure` says how crime is held against something: give `--against` too.")
    return Options(
        cell=None if cell is None else cast.above_zero(cell, "--cell", "metres"),
        bandwidth=_bandwidth(bandwidth),
        kernel=_named(kernel, KERNELS, "--kernel"),
        edge=None if edge == "none" else _named(edge, EDGES, "--edge", also=("none",)),
        adaptive=adaptive,
        along=Along.of(spread, lixel, network=network),
        space_time=None if space_time is None else cast.above_zero(space_time, "--space-time", "days"),
        against=None if against is None else Against.of(against),
        measure="relative risk" if measure is None else _named(measure, MEASURES, "--measure"),
        rules=Rules(
            None if clusters is None else CLUSTERS[_named(clusters, tuple(CLUSTERS), "--clusters")],
            cast.within(apart, "--apart", 0, 1e6),
            None if most_street is None else cast.above_zero(most_street, "--most-street", "metres"),
        ),
        offences=tuple(dict.fromkeys(offences)),
        localities=localities,
    )


def day_of(text: str) -> pd.Timestamp:
    """Return the midnight at which a day begins, in Europe/London."""
    try:
        return pd.to_datetime(text, format="%Y-%m-%d").tz_localize(TIME_ZONE)
    except ValueError:
        raise InputError(f"A day must be written YYYY-MM-DD, got {text}.") from None


def with_options(given: Inputs, options: Options) -> Inputs:
    """
    Put the sizes and offences asked for in place of the profile's, and everything asked for into the fingerprint.

    Raises
    ------
    InputError
        If an offence named is not among the crimes.
    """
    size = options.bandwidth if isinstance(options.bandwidth, float) else None
    settings: dict[str, Any] = {name: value for name, value in (("cell", options.cell), ("bandwidth", size)) if value}
    known = given.crimes.crimes["offence"].cat.categories.astype(str)
    for name in (*options.offences, *_compared(options)):
        _refuse_unknown(name, list(known))
    if options.offences:
        settings["exclude"] = tuple(sorted(set(known) - set(options.offences)))
    profile = given.profile.model_copy(update={"analysis": given.profile.analysis.model_copy(update=settings)})
    return replace(given, profile=profile, options=options.asked, sources=_sources(given, options.localities))


def _compared(options: Options) -> tuple[str, ...]:
    against = options.against
    return (against.value,) if against is not None and against.kind == "offence" else ()


def _refuse_unknown(name: str, known: list[str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    more = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(sorted(known)) or 'none'}"
    raise InputError(f"An offence named must be among the crimes; `{name}` is not ({more}).")


def _sources(given: Inputs, localities: Path | None) -> pd.DataFrame:
    if localities is None or not localities.is_file():
        return given.sources
    row = {"file": localities.name, "kind": "vulnerable localities", "sha256": manifest.sha256_of(localities)}
    counts = {"rows_read": 0, "rows_accepted": 0, "rows_rejected": 0}
    more = pd.DataFrame([row]).astype("string").assign(**counts)
    return check(pd.concat([given.sources, more], ignore_index=True), SOURCES)


def _bandwidth(text: str | None) -> float | Choice | None:
    if text is None:
        return None
    chosen: dict[str, Choice] = {str(each): each for each in CHOICES}
    if text in chosen:
        return chosen[text]
    try:
        return cast.above_zero(float(text), "--bandwidth", "metres")
    except ValueError:
        words = ", ".join(CHOICES)
        raise InputError(f"`--bandwidth` must be above 0 metres or one of {words}, got {text}.") from None


def _named(text: str, names: Sequence[Any], option: str, *, also: Sequence[str] = ()) -> Any:
    if text not in names:
        raise InputError(f"`{option}` must be one of {', '.join((*also, *names))}, got {text}.")
    return text
