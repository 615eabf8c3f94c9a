"""Looking after the store from the command line: what is asked for, and what must come with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from geodata.errors import InputError
from service.store import Store, open_store

if TYPE_CHECKING:
    from service.web.settings import Settings

_ACTOR: Final = "command line"
_NEEDS: Final = {
    "backup": ("to",),
    "restore": ("source",),
    "retain": ("force", "before"),
    "erase": ("force",),
    "export": ("force", "to"),
}
_KINDS: Final = {"reports": "reports of intelligence", "runs": "runs' products", "extracts": "extracts that waited"}
_ALL: Final = 100_000  # jobs of one force
_OPTIONS: Final = {"to": "--to", "source": "--from", "force": "--force", "before": "--before"}


@dataclass(frozen=True)
class Upkeep:
    """
    What is asked for.

    Parameters
    ----------
    what : the act
    to, source, force, before, crime, victim : what it needs of them
    """

    what: Literal["backup", "restore", "retain", "erase", "export"]
    to: str | None = None
    source: Path | None = None
    force: str | None = None
    before: str | None = None
    crime: str | None = None
    victim: str | None = None

    def __post_init__(self) -> None:
        missing = [_OPTIONS[name] for name in _NEEDS[self.what] if getattr(self, name) is None]
        if missing:
            raise InputError(f"`store {self.what}` needs {' and '.join(missing)}.")
        if self.what == "erase" and (self.crime is None) == (self.victim is None):
            raise InputError("`store erase` needs either `--crime` or `--victim`.")


def look_after(asked: Upkeep, settings: "Settings") -> tuple[dict[str, Any], str]:
    """
    Do what is asked, and return its figures and a sentence.

    Raises
    ------
    InputError, NotFoundError
        If the store is not there (only `restore` makes one), or the act is refused.
    """
    store = open_store(settings.store, settings.folder, make=asked.what == "restore")
    try:
        return _do(asked, store)
    finally:
        store.close()


def _do(asked: Upkeep, store: Store) -> tuple[dict[str, Any], str]:
    from service.store import backup, postgis

    force = asked.force or ""
    if asked.what == "backup":
        contents = backup.back_up(store, Path(asked.to or ""))
        return {"contents": str(contents)}, f"Everything is in {contents.parent}."
    if asked.what == "restore":
        backup.restore(store, asked.source or Path())
        return {}, "The store holds what the back-up held."
    if asked.what == "export":
        rows = postgis.export_postgis(store, force, asked.to or "", actor=_ACTOR)
        return {"rows": rows}, "Written: " + ", ".join(f"{name} {count:,}" for name, count in rows.items()) + "."
    return _forget(asked, store, force)


def _forget(asked: Upkeep, store: Store, force: str) -> tuple[dict[str, Any], str]:
    """Erase, once nothing of it is on its way: an upload, or a run under way, would bring it back."""
    from service.jobs import extracts, queue
    from service.store import erasure

    if busy := sum(job.unfinished for job in queue.newest(store, force, most=_ALL)):
        raise InputError(f"To erase, no work of the force may be under way, and {busy} jobs wait or run: cancel them.")
    waiting = [] if asked.what == "retain" else extracts.undecided(store, force, most=_ALL)
    if asked.what == "retain":
        gone = erasure.forget_before(store, force, asked.before or "", actor=_ACTOR)
    elif asked.crime is not None:
        gone = erasure.forget_crime(store, force, asked.crime, actor=_ACTOR)
    else:
        gone = erasure.forget_victim(store, force, asked.victim or "", actor=_ACTOR)
    for job in waiting:
        extracts.discard(store, job)
    figures = gone.facts | ({"extracts": len(waiting)} if waiting else {})
    return figures, _said(figures)


def _said(figures: dict[str, int]) -> str:
    """Return what is gone in a sentence, and in another what can no longer be done."""
    kinds = {name: count for name, count in figures.items() if name not in ("segments", "unrepeatable")}
    parts = [f"{count:,} {_KINDS.get(name, name)}" for name, count in kinds.items()]
    said = f"Erased: {', '.join(parts)}." if parts else "There was nothing to erase."
    left = figures.get("unrepeatable", 0)
    return f"{said} Runs that can no longer be made again: {left:,}." if left else said
