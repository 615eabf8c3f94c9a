"""The two errors a user can cause; every other exception is a slip of ours."""

import unicodedata
from typing import Final

# What a terminal, a log or a reader would take for a command, a break or another order: a file's or a column's name may
# hold it. Controls, formats, halves of characters, and the two that part lines and paragraphs.
_UNTOLD: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class _Sentence(Exception):  # noqa: N818 - what it says is named by the two below
    def __init__(self, sentence: object = "") -> None:
        super().__init__("".join(" " if unicodedata.category(each) in _UNTOLD else each for each in str(sentence)))


class InputError(_Sentence, ValueError):
    """A rule that the input breaks: one sentence, the rule first, then the finding; never a row of data."""


class NotFoundError(_Sentence, LookupError):
    """A name that is not kept: a file, a base, a run."""
