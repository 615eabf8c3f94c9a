"""
Harm by offence: named, versioned tables of weights, each in one unit and each weight with its basis.

Two published scales exist and must never be mixed: the Cambridge Crime Harm Index [1]_, days of imprisonment at the
sentencing starting point for a first offender (homicide 5,475, rape 2,555, robbery 365, residential burglary 273.5,
shoplifting 1), and the Office for National Statistics' Crime Severity Score [2]_ (murder 7,979, robbery 746). A table
here holds weights of one of them, and says which.

References
----------
.. [1] Sherman, Neyroud & Neyroud (2016). The Cambridge Crime Harm Index. Policing 10(3), 171-183.
.. [2] Office for National Statistics (2016). Research outputs: developing a Crime Severity Score for England and Wales.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from geodata._files import content, require_text, without_bom
from geodata.errors import InputError

DEFAULT_HARM: Final = "police_uk_judged"
POLICE_GENERATED: Final = ("Drugs", "Possession of weapons")
_NOTE: Final = re.compile(r"#\s*(\w+)\s*:\s*(.*?)\s*$")


@dataclass(frozen=True)
class HarmTable:
    """
    Weights by offence.

    Parameters
    ----------
    name, edition : which table this is
    unit : of every weight in it, in words
    weights : weight of each offence, above 0
    basis : where each weight comes from
    unlisted : weight of an offence that the table does not list
    """

    name: str
    edition: str
    unit: str
    weights: Mapping[str, float]
    basis: Mapping[str, str]
    unlisted: float

    def __post_init__(self) -> None:
        bad = [offence for offence, weight in self.weights.items() if not (np.isfinite(weight) and weight > 0)]
        if bad:
            raise InputError(f"Weights must be above 0; {len(bad)} of `{self.name}` are not, such as that of {bad[0]}.")
        if not (np.isfinite(self.unlisted) and self.unlisted > 0):
            raise InputError(f"The weight of unlisted offences must be above 0, got {self.unlisted}.")
        if set(self.basis) != set(self.weights) or not self.weights:
            raise InputError(f"Each offence of `{self.name}` must have a weight and a basis, and there must be one.")

    def of(self, offences: pd.Series) -> pd.Series:
        """
        Return the harm of each offence.

        Parameters
        ----------
        offences : text or categories
            Capitals, spaces around and "&" for "and" are immaterial.

        Returns
        -------
        harm : in `unit`
            Indexed as `offences`; `unlisted` where the table does not list the offence.
        """
        listed = {_plain(offence): weight for offence, weight in self.weights.items()}
        return _by_text(offences, lambda text: listed.get(_plain(text), self.unlisted), "float64").rename("harm")

    def unlisted_among(self, offences: pd.Series) -> pd.Series:
        """Return the offences that the table does not list, with how many rows are of each, by name."""
        counts = offences.astype("str").value_counts().sort_index()
        listed = {_plain(offence) for offence in self.weights}
        return counts[[_plain(str(text)) not in listed for text in counts.index]].rename("rows")


def harm_tables() -> list[str]:
    """Return the names of the tables that come with the program."""
    folder = resources.files("geodata") / "harm_tables"
    return sorted(entry.name.removesuffix(".csv") for entry in folder.iterdir() if entry.name.endswith(".csv"))


def read_harm(name_or_path: str | Path = DEFAULT_HARM) -> HarmTable:
    """
    Return a harm table: one that comes with the program, by name, or a force's own, by path.

    A table is a CSV file with the columns offence, weight and, if need be, basis. Lines before the first row may say
    `# name: ...`, `# edition: ...`, `# unit: ...` and `# unlisted: ...` (the weight of offences not listed; 1 if not
    said).

    Parameters
    ----------
    name_or_path : one of `harm_tables()`, or the path of a CSV file

    Returns
    -------
    table : checked

    Raises
    ------
    InputError
        If there is no such table or file, a column or a unit is missing, an offence stands twice, or a weight is not
        a number above 0: with the line.
    """
    if str(name_or_path) in harm_tables():
        data = (resources.files("geodata") / "harm_tables" / f"{name_or_path}.csv").read_bytes()
        return _parsed(data, f"{name_or_path}.csv")
    path = Path(name_or_path)
    if not path.is_file():
        raise InputError(f"A harm table must be one of {', '.join(harm_tables())} or a file; `{path}` is neither.")
    return _parsed(content(path, path.name).data, path.name)


def police_generated(offences: pd.Series) -> pd.Series:
    """
    Return True for each offence that comes to notice mostly because police looked for it.

    Drugs and possession of weapons are found where officers search: counted as risk, they would send patrols where
    patrols had been, and prove themselves right [1]_. They are left out of the risk surface unless a force asks for
    them. Public order, "Public disorder and weapons" (one category until 2013) and "Other crime" stay in: most of what
    they lump together is reported by victims. Anti-social behaviour stays in, for people call about it. Stop and search
    is never read.

    Parameters
    ----------
    offences : text or categories, as police.uk names them

    Returns
    -------
    police_generated : boolean
        Indexed as `offences`.

    References
    ----------
    .. [1] Ensign, Friedler, Neville, Scheidegger & Venkatasubramanian (2018). Runaway feedback loops in predictive
       policing. Proceedings of Machine Learning Research 81, 160-171.
    """
    own = {_plain(offence) for offence in POLICE_GENERATED}
    return _by_text(offences, lambda text: _plain(text) in own, "bool").rename("police_generated")


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("&", " and ").split())


def _by_text(values: pd.Series, find: Callable[[str], float | bool], dtype: str) -> pd.Series:
    """Look each distinct text up once."""
    codes, texts = pd.factorize(values, use_na_sentinel=False)
    found = np.array([find("" if pd.isna(text) else str(text)) for text in texts], dtype=dtype)
    return pd.Series(found[codes], index=values.index)


def _parsed(data: bytes, file: str) -> HarmTable:
    require_text(data, file)
    lines = without_bom(data).decode("utf-8").splitlines(keepends=True)
    start = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    notes = {found.group(1).casefold(): found.group(2) for line in lines[:start] if (found := _NOTE.match(line))}
    weights: dict[str, float] = {}
    basis: dict[str, str] = {}
    for line, row in _rows("".join(lines[start:]), start, file):
        offence = (row["offence"] or "").strip()
        if not offence or _plain(offence) in {_plain(known) for known in weights}:
            raise InputError(f"An offence must be named, and once; line {line} of `{file}` breaks this.")
        weights[offence] = _weight(row["weight"], f"line {line} of `{file}`")
        basis[offence] = (row.get("basis") or "").strip() or "as the force gives it"
    if not weights:
        raise InputError(f"A harm table must list at least one offence; `{file}` lists none.")
    if "unit" not in notes:
        raise InputError(f"A harm table must say its unit in a line `# unit: ...` before its rows; `{file}` does not.")
    unlisted = _weight(notes.get("unlisted", "1"), f"`unlisted` of `{file}`")
    name, edition = notes.get("name", Path(file).stem), notes.get("edition", "not stated")
    return HarmTable(name, edition, notes["unit"], weights, basis, unlisted)


def _rows(text: str, before: int, file: str) -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        yield from _numbered(text, before, file)
    except csv.Error:
        raise InputError(f"A harm table must have fields of less than 131,072 characters; `{file}` has not.") from None


def _numbered(text: str, before: int, file: str) -> Iterator[tuple[int, dict[str, str | None]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="more")
    reader.fieldnames = [name.strip().casefold() for name in reader.fieldnames or []]
    missing = [name for name in ("offence", "weight") if name not in reader.fieldnames]
    if missing:
        raise InputError(
            f"A harm table must have the columns offence and weight; `{file}` lacks {' and '.join(missing)}."
        )
    for row in reader:
        line = before + reader.line_num
        if "more" in row or None in row.values():
            raise InputError(f"Rows must have as many fields as there are columns; line {line} of `{file}` has not.")
        yield line, row


def _weight(text: str | None, where: str) -> float:
    try:
        weight = float(text or "")
    except ValueError:
        weight = float("nan")
    if not (np.isfinite(weight) and weight > 0):
        raise InputError(f"A weight must be a number above 0; that on {where} is not.")
    return weight
