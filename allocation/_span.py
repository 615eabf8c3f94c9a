"""Rule T3: floors that the posts can pay for."""

import numpy as np

from allocation.problem import Posts
from allocation.rules import TeamRules
from geodata.cast import FloatArray, IntArray


def floors(demand: FloatArray, posts: Posts, rules: TeamRules) -> IntArray:
    """Return each ward's floor; where the posts cannot pay for all, it is kept in the wards of most demand."""
    total, wards = posts.constables + posts.csos, len(demand)
    floor = np.full(wards, rules.floor, dtype=np.int64)
    if rules.floor * wards > total:
        order = np.lexsort((np.arange(wards), -demand))
        floor[order[total // rules.floor :]] = 0
    return floor
