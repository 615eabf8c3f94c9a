"""What each kind of job does, one line each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from service.jobs.checking import check_file
from service.jobs.extracts import SHARES as READING
from service.jobs.extracts import read_extract
from service.jobs.made_up import SHARES as MAKING_UP
from service.jobs.made_up import make_up
from service.jobs.nation import SHARES as NATIONAL
from service.jobs.nation import work_through_nation
from service.jobs.planning import SHARES as PLANNING
from service.jobs.planning import plan
from service.jobs.queue import Job, Record
from service.jobs.running import SHARES as RUNNING
from service.jobs.running import run
from service.stages import Stage
from service.store import Store

_OF_WHAT_IS_LEFT: Final = 0.2  # what a stage without a share of its own is taken to be


@dataclass(frozen=True)
class Kind:
    """
    One kind of job.

    Parameters
    ----------
    words : what it is, on pages
    do : does it, and returns what writes its outcome
    quick : whether it takes seconds: quick jobs never wait behind the others
    shares : share of the work done when a stage begins
    """

    words: str
    do: Callable[[Store, Job, Stage], Record]
    quick: bool = True
    shares: Mapping[str, float] = field(default_factory=dict)

    def share(self, stage: str, before: float) -> float:
        """Return the share of the work that is done when a stage begins: "density: 4 of 9 jobs" is one of "density"."""
        known = self.shares.get(stage, self.shares.get(stage.partition(":")[0]))
        return before + (1 - before) * _OF_WHAT_IS_LEFT if known is None else known


KINDS: Final[Mapping[str, Kind]] = {
    "file": Kind("check a file", check_file),
    "extract": Kind("read an extract", read_extract, shares=READING),
    "run": Kind("run the cycle", run, quick=False, shares=RUNNING),
    "made-up": Kind("make up a force", make_up, shares=MAKING_UP),
    "national": Kind("work through the nation", work_through_nation, quick=False, shares=NATIONAL),
    "scenario": Kind("plan scenarios", plan, quick=False, shares=PLANNING),
}
QUICK: Final = frozenset(name for name, kind in KINDS.items() if kind.quick)
