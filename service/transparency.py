"""
The algorithmic transparency record of a run, filled in from its manifest.

The parts and their order are those of the Algorithmic Transparency Recording Standard [1]_. What only the force can
say, whom to write to and on what law it rests, stands as a question to it; all else is what the run says of itself.

References
----------
.. [1] Government Digital Service (2024). Algorithmic Transparency Recording Standard: template, version 3.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from geodata.errors import InputError, NotFoundError

OPEN: Final = "**The force says:**"
_PARTS: Final = ("run", "inputs", "settings", "figures", "versions", "products", "rows_read", "rows_accepted")


def write_record(manifest: Path, out: Path) -> Path:
    """
    Write a run's record as Markdown.

    Parameters
    ----------
    manifest : `manifest.json` of a run
    out : file to write

    Raises
    ------
    NotFoundError
        If there is no such manifest.
    InputError
        If it is no manifest.
    """
    if not manifest.is_file():
        raise NotFoundError(f"There is no manifest at {manifest}.")
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        written = record(told)
    except (ValueError, KeyError, TypeError):
        raise InputError("A record is made from a run's manifest.json, and this is none.") from None
    out.write_text(written, encoding="utf-8", newline="\n")
    return out


def record(manifest: Mapping[str, Any]) -> str:
    """Return the record of a run."""
    missing = [name for name in _PARTS if name not in manifest]
    if missing:
        raise KeyError(missing[0])
    profile = manifest["settings"]["profile"]
    sections = (
        ("Tier 1: what it is", _what(profile)),
        ("Tier 2.1: owner and responsibility", _owner(profile)),
        ("Tier 2.2: what it is for", _purpose(profile)),
        ("Tier 2.3: how decisions are made", _decisions()),
        ("Tier 2.4: how it works", _how(manifest, profile)),
        ("Tier 2.5: data", _data(manifest, profile)),
        ("Tier 2.6: risks, and what is done about them", _risks(manifest, profile)),
    )
    parts = [f"# Algorithmic transparency record: {_safe(profile['force']['name'])}", f"Run `{manifest['run'][:12]}`."]
    for title, lines in sections:
        parts += [f"## {title}", "\n".join(f"- {line}" for line in lines)]
    return "\n\n".join(parts) + "\n"


def _what(profile: Mapping[str, Any]) -> list[str]:
    return [
        "Name: Beatplan, hot spot analysis and patrol planning.",
        f"Used by: {_safe(profile['force']['name'])}.",
        "What it does: finds where recorded crime gathers, forecasts how much of it each place will see, and proposes "
        "how many officers work in each ward and which places patrols visit. It says nothing of any person.",
        f"{OPEN} web page and address for questions.",
    ]


def _owner(profile: Mapping[str, Any]) -> list[str]:
    return [
        f"Organisation: {_safe(profile['force']['name'])}.",
        f"Marking of its products: {_safe(profile['force']['marking'])}.",
        f"{OPEN} team, senior responsible owner, and role of outside suppliers.",
    ]


def _purpose(profile: Mapping[str, Any]) -> list[str]:
    by = {"harm": "harm, by a published table of harm"}.get(profile["analysis"]["rank_by"], "number of crimes")
    return [
        "Scope: places of neighbourhood size, weeks ahead. Not for people, addresses of people, or single days.",
        f"Places are ranked by {by}.",
        "Benefit: patrols of about a quarter of an hour in places of high risk reduce crime there in trials; each "
        "cycle's review measures it here.",
        "Beside it stand, in each report, the simple rules: last period's map, equal shares, shares by crime.",
        f"{OPEN} legal basis, and alternatives that were considered.",
    ]


def _decisions() -> list[str]:
    return [
        "A tasking meeting accepts, amends or declines each proposed place, with a reason, an owner and a review date; "
        "nothing is tasked without it, and what it declines stays on record.",
        "Sergeants brief each shift and change the plan where they know better; what was delivered is debriefed.",
        "Neighbourhoods say what counts for them, and a petition over a threshold goes before the meeting.",
        f"{OPEN} training, and how the public may object.",
    ]


def _how(manifest: Mapping[str, Any], profile: Mapping[str, Any]) -> list[str]:
    analysis = profile["analysis"]
    libraries = ", ".join(f"{name} {number}" for name, number in sorted(manifest["versions"].items()))
    return [
        "Methods: kernel density of recorded crime, local statistics, near repeats, forecasts that are back-tested "
        "before they are used, and mathematical programmes for teams and patrols. Each is documented with its source.",
        f"Back-test: {analysis['origins']} past moments, beside the raw count and last period's map. "
        f"Used for this run: {_safe(manifest['figures'].get('forecast', 'see the report'))}.",
        f"Seed {manifest['settings'].get('seed', analysis['seed'])}: the same inputs give the same bytes.",
        f"Versions: {libraries}.",
        f"Products: {', '.join(f'`{name}`' for name in sorted(manifest['products']))}; each with its fingerprint in "
        "the manifest.",
    ]


def _data(manifest: Mapping[str, Any], profile: Mapping[str, Any]) -> list[str]:
    excluded = ", ".join(profile["analysis"]["exclude"]) or "none"
    kinds = sorted({str(each["kind"]) for each in manifest["inputs"]})
    period = manifest["figures"].get("period", "")
    return [
        f"Crimes: {manifest['rows_read']:,} rows read, {manifest['rows_accepted']:,} accepted"
        + (f", {period}." if period else "."),
        f"Kinds of input: {', '.join(kinds)}.",
        f"Offences left out because police activity itself produces them, or as the force says: {excluded}.",
        "Victims' references are replaced by keyed pseudonyms as they are read; suspects are not read at all.",
        f"Reports of intelligence weigh {profile.get('intelligence', {'weight': 0})['weight']:g} a point.",
        f"{OPEN} retention, data sharing, and the data protection impact assessment.",
    ]


def _risks(manifest: Mapping[str, Any], profile: Mapping[str, Any]) -> list[str]:
    rejected = manifest["rows_read"] - manifest["rows_accepted"]
    return [
        "Recorded crime is not all crime: places that report less are seen less. The report says what the data can "
        "bear and refuses what it cannot.",
        "Feedback: patrols find crime where they are sent. Offences that police activity produces stay out of it.",
        f"Errors in the data: {rejected:,} rows were refused, each with its reason.",
        "Uncertainty is part of each figure: intervals of forecasts and ranks, gaps of plans.",
        f"Fairness between wards is computed with each plan; {len(profile['community_priorities'])} wards have a "
        "priority of their community.",
        "Disclosure: public figures are no finer than the open map's, and small counts are suppressed.",
        f"{OPEN} equality impact assessment, and who reviews this record and when.",
    ]


def _safe(text: str) -> str:
    """Return a force's words on one line, without anything that Markdown or HTML would take for its own."""
    plain = "".join(each if each.isprintable() else " " for each in str(text))
    for sign in "\\`*_{}[]<>#|":
        plain = plain.replace(sign, f"\\{sign}")
    return plain
