"""What is asked of a national run."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from geodata.errors import InputError
from service.national.force_task import ForceSettings
from service.national.near_repeat_types import MOST_TYPES, NEAR_REPEAT

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class NationRequest:
    """
    What is asked.

    Parameters
    ----------
    forces : areas of the forces
    out : folder to write into
    crimes : folder of files as data.police.uk publishes them, a force and month each; None: what `store` holds
    people : table of the forces' people, or folder of published tables
    wards : areas of wards, for teams by ward
    first, last : months, "2024-01"; None: as far as the crimes go
    scheduler : address of a cluster
    workers : processes of this machine; 0: threads
    store : address of the database to import into; None: one in `out`
    settings : of every force's work
    near_repeat : types of crime whose near repeats are tested over the whole nation, each by itself
    marking : of the page
    """

    forces: Path
    out: Path
    crimes: Path | None = None
    people: Path | None = None
    wards: Path | None = None
    first: str | None = None
    last: str | None = None
    scheduler: str | None = None
    workers: int = 0
    store: str | None = None
    settings: ForceSettings = field(default_factory=ForceSettings)
    near_repeat: tuple[str, ...] = NEAR_REPEAT
    marking: str = "OFFICIAL"

    def __post_init__(self) -> None:
        for name, month in (("--from", self.first), ("--to", self.last)):
            if month is not None and not _MONTH.fullmatch(month):
                raise InputError(f"`{name}` must be a month such as 2024-06, got {month}.")
        if self.first and self.last and self.first > self.last:
            raise InputError(f"`--from` must not be after `--to`, got {self.first} and {self.last}.")

        if len(set(self.near_repeat)) < len(self.near_repeat) or len(self.near_repeat) > MOST_TYPES:
            raise InputError(f"`--near-repeat` must name at most {MOST_TYPES} types of crime, each once.")

    @property
    def work(self) -> Path:
        """Where the work lies that may go on another time."""
        return self.out / "work"

    def asks(self, month: str) -> bool:
        """Return whether a month is one of those asked for."""
        return (self.first or month) <= month <= (self.last or month)
