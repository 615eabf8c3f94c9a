"""What a process does until it is killed, and what must hold of the store afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from benchmarks._chaos_base import Act
from benchmarks._chaos_imports import IMPORT
from benchmarks._chaos_runs import RUN
from benchmarks._chaos_said import DEBRIEF, DECISION
from benchmarks._chaos_tables import MIGRATION
from service.store import audit, open_store

ACTS: Final[Mapping[str, Act]] = {
    "import": IMPORT, "run": RUN, "decision": DECISION, "debrief": DEBRIEF, "migration": MIGRATION
}  # fmt: skip
_ENOUGH: Final = 3


def child(name: str, url: str, folder: Path, seed: int, pipe: Any) -> None:
    """Open the store and do an act until the end comes; opening it is the act where tables are made."""
    act = ACTS[name]
    for each in act.before(url, seed):
        pipe.send(each)
    if act is MIGRATION:
        pipe.send("begun")
    act.go(open_store(url, folder), pipe.send, seed)


def warm(name: str, url: str, folder: Path) -> None:
    """Do an act a few times in this process, so that its copies have everything at hand."""
    told: list[Any] = []

    def tell(said: Any) -> None:
        told.append(said)
        if len(told) > _ENOUGH:
            raise InterruptedError

    with closing(open_store(url, folder)) as store, suppress(InterruptedError):
        ACTS[name].go(store, tell, 0)


def wrong(name: str, url: str, folder: Path, told: list[Any]) -> list[str]:
    """Open what a killed process left, and return what does not hold."""
    return list(_wrong(ACTS[name], url, folder, told))


def _wrong(act: Act, url: str, folder: Path, told: list[Any]) -> Iterator[str]:
    with closing(open_store(url, folder)) as store:
        with store.reading() as reading:
            if audit.verify(reading).broken is not None:
                yield "the chain is broken"
        yield from act.wrong(store, told)
