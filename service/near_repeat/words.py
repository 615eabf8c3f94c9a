"""What a test of near repeat found, as JSON holds it and as a terminal shows it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from hotspots.knox import LEVEL, Knox
from hotspots.near_repeat import Reach
from hotspots.near_repeat_classes import Chains
from hotspots.open_windows import OpenWindows
from maps.repeats.near_repeat_files import NearRepeatStudy
from service.near_repeat.scene import Scene
from service.plain_table import number, plain_table

MATRICES: Final = ("observed", "expected", "ratio", "ratio_low", "ratio_high", "z", "p", "q", "few")
LABELS_ARE_WRONG: Final = (
    'The Near Repeat Calculator\'s labels are one unit too high: its "101 to 200" holds distances from 100 up to, not '
    "including, 200. They are printed for comparing with old reports only."
)
_LEAST_SHARE: Final = 0.001  # of the ground, that is told as a number


def figures(scene: Scene, study: NearRepeatStudy, notes: tuple[str, ...]) -> dict[str, Any]:
    """Return what was found, matrices by band of distance and then of time, missing numbers as None."""
    found, asked = study.knox, scene.request
    bands = found.bands
    held: dict[str, Any] = {
        "verb": "near-repeat",
        "run": scene.run,
        "events": list(found.sizes),
        "rows_read": int(scene.read.sources["rows_read"].sum()),
        "rows_rejected": len(scene.read.rejects),
        "period": [str(day.date()) for day in _ends(scene.crimes)],
        "metric": found.metric,
        "permutations": found.permutations,
        "seed": found.seed,
        "bands": {"space": _plain(bands.space), "time": _plain(bands.time), "closed": bands.closed},
        "notation": {"space": list(bands.space_labels), "time": list(bands.time_labels)},
        **{name: [_plain(row) for row in found.matrix(name).tolist()] for name in MATRICES},
        "findings": list(_findings(found)),
        "notes": [*_about(scene, found), *notes],
        "reach": None if study.reach is None else _reach(study.reach),
        "chains": None if study.chains is None else _chains(study.chains),
        "windows": None if study.windows is None else _windows(study.windows),
    }
    if asked.calculator_labels:
        space, time = bands.calculator_labels()
        held["calculator_labels"] = {"space": list(space), "time": list(time), "note": LABELS_ARE_WRONG}
    return held


def summary(held: Mapping[str, Any], out: Path | None, products: Mapping[str, Path]) -> str:
    """Return what was found as text for a terminal."""
    first, last = held["period"]
    sizes = " against ".join(f"{size:,}" for size in held["events"])
    lines = [f"Near repeat: {sizes} events, {first} to {last}, {held['metric']} distance", _table(held)]
    lines += held["findings"]
    if held["reach"]:
        lines.append(held["reach"]["sentence"])
    if held["chains"]:
        lines.append(held["chains"]["sentence"])
    if held["windows"]:
        lines.append(held["windows"]["sentence"])
    for name, test in held.get("cross_checks", {}).items():
        lines.append(f"{name.replace('_', ' ')}: {test['statistic']:.4g}, p {test['p']:.3f}")
    lines += [f"  {note}" for note in held["notes"]]
    if "calculator_labels" in held:
        lines.append(f"  {LABELS_ARE_WRONG}")
    if out is not None:
        lines += [f"Made in {out}:", *(f"  {name}" for name in products)]
    return "\n".join(lines)


def _table(held: Mapping[str, Any]) -> str:
    names = held.get("calculator_labels", held["notation"])
    cells = [(i, j) for i in range(len(names["space"])) for j in range(len(names["time"]))]

    def column(name: str, form: str) -> list[str]:
        found = (held[name][i][j] for i, j in cells)
        return [number(np.nan if value is None else float(value), form) for value in found]

    low, high = column("ratio_low", ".2f"), column("ratio_high", ".2f")
    return plain_table(
        {
            "metres": [names["space"][i] for i, _ in cells],
            "days": [names["time"][j] for _, j in cells],
            "observed": column("observed", ",.0f"),
            "expected": column("expected", ",.2f"),
            "ratio": column("ratio", ".2f"),
            "95 % interval": [f"{a} to {b}" for a, b in zip(low, high, strict=True)],
            "z": column("z", ".2f"),
            "p": column("p", ".3f"),
            "q": column("q", ".3f"),
        }
    )


def _findings(found: Knox) -> list[str]:
    more = found.table[found.more_than_chance]
    if more.empty:
        return [f"No band holds more pairs than chance (least q {number(found.table['q'].min(), '.3f')})."]
    return [_finding(row) for _, row in more.iterrows()]


def _finding(row: pd.Series) -> str:
    where = f"{row['space']} metres and {row['time']} days"
    pairs = f"{row['observed']:,} pairs where {row['expected']:,.2f} are expected"
    ends = f"{row['ratio_low']:.2f} to {row['ratio_high']:.2f} times as many"
    if row["few"]:
        return f"{where}: {pairs}, {ends}; too few for a percentage."
    return f"{where}: {pairs}, {100 * (row['ratio'] - 1):.0f} % more ({ends})."


def _about(scene: Scene, found: Knox) -> list[str]:
    crimes = scene.crimes
    points = len(np.unique(crimes.get_coordinates().to_numpy(), axis=0))
    notes = [_how_p(found), _how_dated(scene)]
    if 2 * points <= len(crimes):
        notes.append(
            f"{len(crimes):,} events lie on {points:,} positions: those on one position need not be at one address."
        )
    if found.bands.closed == "right":
        notes.append("Bands are closed on the right; the first holds its lower end too.")
    if len(scene.read.rejects):
        notes.append(f"{scene.read.tally['sentence']}.")
    by_month = int((scene.read.crimes["precision"] == "month").sum())
    if by_month:
        notes.append(f"{by_month:,} of the crimes read are dated by month only and were left out.")
    if found.left_out:
        notes.append(f"{found.left_out:,} events lie more than 100 metres from any street and were left out.")
    if found.metric == "manhattan":
        notes.append("Manhattan distance follows the axes of the map, not the streets.")
    if len(found.sizes) > 1:
        notes.append("Each pair is one event of either group; times were dealt out within each group.")
    return notes


def _how_p(found: Knox) -> str:
    if not found.permutations:
        return "p is the upper tail of a distribution of the exact mean and variance; no times were dealt out."
    least = 1 / (found.permutations + 1)
    said = f"p is from {found.permutations:,} dealings of the times (seed {found.seed}); it cannot be below {least:.2g}"
    return f"{said}, and q not below 0.05 in a single band." if least * found.table.shape[0] > LEVEL else f"{said}."


def _how_dated(scene: Scene) -> str:
    unit = "minute" if scene.request.exact_times else "calendar day"
    timed = scene.crimes[scene.crimes["precision"] == "instant"]
    moved = int((timed["occurred_to"] > timed["occurred_from"]).sum())
    if not moved:
        return f"Events are dated to the {unit}."
    return f"Events are dated to the {unit}; {moved:,} are known to a span of time and dated by its middle."


def _reach(reach: Reach) -> dict[str, Any]:
    names = ("metres", "days", "strength")
    held = {f"{name}{end}": getattr(reach, f"{name}{end}") for name in names for end in ("", "_low", "_high")}
    return {**held, "to_come": list(reach.to_come), "sentence": reach.sentence}


def _chains(chains: Chains) -> dict[str, Any]:
    counts, table = chains.counts(), chains.table
    number_of = int(table["chain"].max()) if table["chain"].notna().any() else 0
    longest = int(table["chain_size"].max()) if number_of else 0
    plural = {"originator": "originators", "repeat": "repeats", "near repeat": "near repeats"}
    parts = ", ".join(f"{count:,} {plural.get(name, name)}" for name, count in counts.items())
    sentence = f"{number_of:,} chains, the longest of {longest:,}: {parts}."
    if chains.links:
        sentence += f" Half of {chains.links:,} connections are within {chains.half_distance:.0f} metres"
        days = f"{chains.half_life:.0f} {'day' if round(chains.half_life) == 1 else 'days'}"
        sentence += f" and half within {days}."
    return {
        "counts": counts, "chains": number_of, "longest": longest, "connections": chains.links,
        "half_distance": _known(chains.half_distance), "half_life": _known(chains.half_life),
        "rules": list(chains.rules), "sentence": sentence,
    }  # fmt: skip


def _windows(windows: OpenWindows) -> dict[str, Any]:
    small = len(windows.windows) > 0 and windows.burden < _LEAST_SHARE
    share = f"less than {_LEAST_SHARE:.1%}" if small else f"{windows.burden:.1%}"
    sentence = windows.refused or f"{len(windows.windows):,} windows are open, over {share} of {windows.of}."
    return {
        "open": len(windows.windows), "burden": windows.burden, "of": windows.of, "refused": windows.refused,
        "sentence": sentence,
    }  # fmt: skip


def _ends(crimes: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    return crimes["occurred_from"].min(), crimes["occurred_from"].max()


def _plain(values: Sequence[Any]) -> list[Any]:
    return [_known(value) for value in values]


def _known(value: Any) -> Any:
    """Return a number as JSON can hold it: None where it is missing, "inf" where it has no end."""
    if isinstance(value, float) and not np.isfinite(value):
        return None if np.isnan(value) else "inf"
    return value
