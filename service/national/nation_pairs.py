"""Whether crime of a type follows crime of that type over the nation, across every border of its forces."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from maps import words
from service.national.force_patterns import BANDS, PERMUTATIONS
from service.national.many_tests import by_chance, judged_together
from service.national.near_repeat import NationalKnox, NationalNearRepeat, national_near_repeat
from service.stages import Stage
from service.work import Engine


def national_pairs(
    engine: Engine,
    segments: Path,
    work: Path,
    paths: Sequence[str],
    offences: Sequence[str],
    *,
    seed: int,
    stage: Stage,
) -> tuple[pd.DataFrame, list[str]]:
    """
    Return the Knox tables of all forces whose crimes are dated by day, and what limits them, a sentence each.

    Parameters
    ----------
    engine : whoever does the jobs
    segments : folder of the segments
    work : folder of the work, with its ledger
    paths : of segments
    offences : types of crime
    seed : of the dealings
    stage : called with what begins

    Returns
    -------
    table : offence, events, forces, then as of `Knox.table`, and `q_all` over all types; empty where none has days
    notes : sentences
    """
    if not offences:
        return pd.DataFrame(), []
    folder = work / "near_repeat"
    asked = NationalKnox(segments, folder, tuple(offences), BANDS, permutations=PERMUTATIONS, seed=seed)
    found = national_near_repeat(engine, asked, paths, work / "ledger", stage=stage)
    parts = [_of_type(name, each) for name, each in found.items() if each.knox is not None]
    table = judged_together(pd.concat(parts, ignore_index=True)) if parts else pd.DataFrame()
    return table, list(_limits(found, table))


def _of_type(name: str, found: NationalNearRepeat) -> pd.DataFrame:
    table = pd.DataFrame() if found.knox is None else found.knox.table
    held = {"offence": name, "events": sum(found.events.values()), "forces": len(found.events)}
    return pd.DataFrame(held, index=table.index).join(table)


def _limits(found: Mapping[str, NationalNearRepeat], table: pd.DataFrame) -> Iterator[str]:
    untested = {name: each for name, each in found.items() if each.knox is None}
    undated = sorted(name for name, each in untested.items() if each.refused)
    if undated:
        named = words.listing(name.lower() for name in undated)
        yield f"Near repeats of {named} over the nation need days, and no force has them."
    if unknown := sorted(set(untested) - set(undated)):
        yield f"Of {words.listing(unknown)} no crimes are kept: their near repeats were not tested."
    left: dict[tuple[str, ...], list[str]] = {}
    for name, each in found.items():
        if each.knox is not None and each.refused:
            left.setdefault(tuple(sorted(each.refused)), []).append(name.lower())
    for forces, names in left.items():
        of = f"of {words.listing(names)} over the nation, for want of days"
        yield f"Not in the test of near repeats {of}: {words.listing(forces, most=6)}."
    if not table.empty:
        yield by_chance(table, "Near repeats over the nation")
