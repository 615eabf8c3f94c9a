"""
What a report of intelligence is worth, and who may have it: 3x5x2, and 5x5x5 read for older ones.

3x5x2 [1]_ says of a report how reliable its source is (1 to 3), how the source knows (A to E), and whether it may be
shared (P) or shared under conditions (C). 5x5x5 [2]_, before it, had five steps of each. An older grading is kept as
it was given, beside the newer one that it maps to. Where the older says less than the newer asks, the more careful is
taken: an untested source is not a reliable one, and every handling code but the first is shared under conditions.

References
----------
.. [1] College of Policing. Authorised Professional Practice: intelligence report (3x5x2).
.. [2] ACPO (2010). Guidance on the Management of Police Information, second edition, appendix on 5x5x5.
"""

import re
from dataclasses import dataclass
from typing import Final

from geodata.errors import InputError

SOURCES: Final = {"1": "Reliable", "2": "Untested", "3": "Not reliable"}
ASSESSMENTS: Final = {
    "A": "Known directly",
    "B": "Known indirectly, but corroborated",
    "C": "Known indirectly",
    "D": "Not known",
    "E": "Suspected to be false",
}
HANDLING: Final = {"P": "Lawful sharing permitted", "C": "Lawful sharing permitted with conditions"}
_OLD: Final = re.compile(r"[A-E][1-5][1-5]")
_NEW: Final = re.compile(r"[1-3][A-E][PC]")
_OLD_SOURCES: Final = {"A": "1", "B": "1", "C": "2", "D": "3", "E": "2"}
_OLD_ASSESSMENTS: Final = {"1": "A", "2": "A", "3": "B", "4": "D", "5": "E"}
# What a report may weigh, by source and assessment: untested counts half, and what may be false nothing.
_SOURCE_POINTS: Final = {"1": 1.0, "2": 0.5, "3": 0.0}
_ASSESSMENT_POINTS: Final = {"A": 1.0, "B": 0.75, "C": 0.5, "D": 0.25, "E": 0.0}


@dataclass(frozen=True)
class Grading:
    """
    A report's grading.

    Parameters
    ----------
    code : 3x5x2, "1AP"
    original : as it was given: the same, or 5x5x5, "B24"
    """

    code: str
    original: str

    @property
    def shared(self) -> bool:
        """Whether it may be shared without conditions."""
        return self.code[2] == "P"

    @property
    def points(self) -> float:
        """What it may weigh: from 0, nothing, to 1, known directly to a reliable source."""
        return _SOURCE_POINTS[self.code[0]] * _ASSESSMENT_POINTS[self.code[1]]


def read_grading(written: str) -> Grading:
    """
    Return the grading that somebody wrote, in either system.

    Raises
    ------
    InputError
        If it is a grading of neither.
    """
    code = re.sub(r"[\s/-]", "", written).upper()
    if _NEW.fullmatch(code):
        return Grading(code, code)
    if _OLD.fullmatch(code):
        handling = "P" if code[2] == "1" else "C"
        return Grading(_OLD_SOURCES[code[0]] + _OLD_ASSESSMENTS[code[1]] + handling, code)
    raise InputError("A grading must be of 3x5x2, such as 2CP, or of 5x5x5, such as B24.")
