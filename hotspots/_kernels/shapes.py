"""The shapes of a crime's spread, by number, with how far each goes and what it adds up to."""

import math
from typing import Final

QUARTIC: Final = 0
EPANECHNIKOV: Final = 1
TRIANGULAR: Final = 2
UNIFORM: Final = 3
GAUSSIAN: Final = 4
# The Gaussian is cut off where it falls below exp(-18) = 1.5e-8 of its height; the others end by themselves.
DEVIATIONS: Final = 6.0
DECAY: Final = DEVIATIONS * DEVIATIONS / 2.0
VOLUMES: Final = (math.pi / 3.0, math.pi / 2.0, math.pi / 3.0, math.pi, math.pi / DECAY)  # height and reach 1


def peak(shape: int, reach: float) -> float:
    """Return the height in the middle of one point of weight 1, whose spread goes as far as `reach`."""
    return 1.0 / (VOLUMES[shape] * reach * reach)
