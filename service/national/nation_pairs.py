"""Whether burglary follows burglary over the nation as a whole, across every border of its forces."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from maps import words
from service.national.force_patterns import BANDS, PERMUTATIONS
from service.national.near_repeat import NationalKnox, national_near_repeat
from service.stages import Stage
from service.work import Engine

OFFENCE: Final = "Burglary"


def national_pairs(
    engine: Engine, segments: Path, work: Path, paths: Sequence[str], *, seed: int, stage: Stage
) -> tuple[pd.DataFrame, list[str]]:
    """
    Return the Knox table of all forces whose crimes are dated by day, and a sentence on those that are not in it.

    Parameters
    ----------
    engine : whoever does the jobs
    segments : folder of the segments
    work : folder of the work, with its ledger
    paths : of segments
    seed : of the dealings
    stage : called with what begins
    """
    asked = NationalKnox(segments, work / "near_repeat", OFFENCE, BANDS, permutations=PERMUTATIONS, seed=seed)
    found = national_near_repeat(engine, asked, paths, work / "ledger", stage=stage)
    if found.knox is None:
        return pd.DataFrame(), [f"Near repeats of {OFFENCE.lower()} over the nation need days, and no force has them."]
    left = sorted(found.refused)
    said = f"Not in the test of near repeats over the nation, for want of days: {words.listing(left, most=6)}."
    return found.knox.table, [said] if left else []
