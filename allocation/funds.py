"""Who pays for a post: funds, some of which may be spent in some wards only."""

from dataclasses import dataclass

from geodata.cast import whole
from geodata.errors import InputError


@dataclass(frozen=True)
class Fund:
    """
    Posts paid for by one source; those of a role that no fund pays for are the force's own, and may go anywhere.

    Parameters
    ----------
    name : such as "Safer and Stronger Communities Fund"
    constables, csos, sergeants, inspectors : posts that it pays for, all of them filled
    wards : codes of the only wards it may pay in; None: anywhere
        A sergeant or an inspector is in such a ward where the neighbourhood holds one.
    """

    name: str
    constables: int = 0
    csos: int = 0
    sergeants: int = 0
    inspectors: int = 0
    wards: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("A fund must have a name, got none.")
        for role in ("constables", "csos", "sergeants", "inspectors"):
            whole(getattr(self, role), role)
        if self.wards is not None and not self.wards:
            raise InputError(f'The fund "{self.name}" must have a ward to be spent in, got none that is eligible.')
