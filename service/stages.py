"""How a run tells of its stages: whoever calls may print them, or not."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Stage = Callable[[str], AbstractContextManager[None]]
"""Called with each stage's name as it begins; the stage runs inside what it returns."""


def silent(_name: str) -> AbstractContextManager[None]:
    """Tell nothing of a stage."""
    return nullcontext()
