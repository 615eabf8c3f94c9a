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
    from service.store import backup, erasure, postgis

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
    if asked.what == "retain":
        gone = erasure.forget_before(store, force, asked.before or "", actor=_ACTOR)
    elif asked.crime is not None:
        gone = erasure.forget_crime(store, force, asked.crime, actor=_ACTOR)
    else:
        gone = erasure.forget_victim(store, force, asked.victim or "", actor=_ACTOR)
    return vars(gone), f"Erased: {gone.crimes:,} crimes of {gone.segments:,} months as they were kept."
