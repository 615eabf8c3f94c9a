"""
Rounds that leave nothing out, by PyVRP [1]_: where almost all fits, what counts is less which places than what order.

References
----------
.. [1] Wouda, Lan and Kool (2024). PyVRP: a high-performance VRP solver package. INFORMS Journal on Computing 36(4),
   943-955.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from allocation._solvers.orienteering_moves import Field

TRY = 3500  # of PyVRP's iterations, after which it begins anew: the unlucky ones go on for long

Stops = tuple[int, ...]


@dataclass(frozen=True)
class _Until:
    """Tells PyVRP to stop where there is no more time."""

    goes_on: Callable[[], bool]

    def __call__(self, best_cost: float) -> bool:  # noqa: ARG002
        return not self.goes_on()


def drawn_whole(ground: Field, rounds: int, *, goes_on: Callable[[], bool], seed: int) -> list[Stops]:
    """
    Return rounds that visit every place with a prize, or none where none such were found.

    Parameters
    ----------
    ground, rounds : the field, and how many rounds
    goes_on : whether there is time for another turn of its search
    seed : of its chance
    """
    if find_spec("pyvrp") is None:
        return []
    from pyvrp import Model
    from pyvrp.stop import FirstFeasible, MaxIterations, MultipleCriteria

    model, n = Model(), len(ground.prize)
    at = [model.add_location(0, 0) for _ in range(n)]
    start, end = model.add_depot(at[0]), model.add_depot(at[n - 1])
    visited = np.flatnonzero(ground.prize > 0).tolist()
    for place in visited:
        early, late = int(ground.opens[place]), int(ground.closes[place])
        model.add_client(at[place], service_duration=int(ground.service[place]), tw_early=early, tw_late=late)
    model.add_vehicle_type(
        rounds, start_depot=start, end_depot=end, tw_early=int(ground.opens[0]), tw_late=int(ground.closes[-1])
    )
    ends = [0, *visited, n - 1]
    for i, j in ((i, j) for i in ends for j in ends if i != j):
        leg = int(ground.leg[i, j])
        model.add_edge(at[i], at[j], distance=leg, duration=leg)
    while goes_on():
        stop = MultipleCriteria([_Until(goes_on), FirstFeasible(), MaxIterations(TRY)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that penalties are at their most
            result = model.solve(stop, seed=seed, display=False, collect_stats=False)
        if result.is_feasible():
            return [tuple(visited[stop.idx] for stop in route if stop.is_client()) for route in result.best.routes()]
        seed += 1
    return []
