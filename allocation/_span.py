"""Rule T3: floors that the posts can pay for."""

import numpy as np

from allocation.problem import Posts
from allocation.rules import TeamRules
from geodata.cast import FloatArray, IntArray


def floors(demand: FloatArray, posts: Posts, rules: TeamRules) -> tuple[IntArray, tuple[str, ...]]:
    """Return each ward's floor and, where the posts cannot pay for all, the sentence that says so."""
    total, wards = posts.constables + posts.csos, len(demand)
    floor = np.full(wards, rules.floor, dtype=np.int64)
    if rules.floor * wards <= total:
        return floor, ()
    kept = total // rules.floor
    order = np.lexsort((np.arange(wards), -demand))
    floor[order[kept:]] = 0
    return floor, (
        f"Rules T2 and T3 clash: a floor of {rules.floor} in {wards} wards needs {rules.floor * wards} posts and "
        f"there are {total}. The floor is kept in the {kept} wards of most demand and dropped in {wards - kept}.",
    )
