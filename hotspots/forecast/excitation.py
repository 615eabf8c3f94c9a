"""What every self-exciting model shares: what is to come of it, how sure its branching ratio is, whether it fits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import stdtrit

from geodata.cast import FloatArray
from hotspots._kernels.etas import held_at

START: Final = (0.5, 1.0)  # theta, and omega a day
# Omega, a day. Slower than two months it is not triggering that is fitted but how one place differs from another.
SLOWEST: Final = 1.0 / 60.0
FASTEST: Final = 48.0
MOST_OFFSPRING: Final = 0.99  # at 1 a single event would set off events for ever
FEWEST_OFFSPRING: Final = 1e-4  # below this there is no triggering
MOST_STEPS: Final = 300
ENOUGH: Final = 1e-5  # greatest change, in a step, of the logarithm of a parameter or of any event's chances
LEVEL: Final = 0.90
GROUPS: Final = 20  # of places, left out in turn

Improve = Callable[[FloatArray], FloatArray]
Expect = Callable[[FloatArray], FloatArray]  # from the weight of each crime to what is expected in each cell and week


@dataclass(frozen=True)
class Residuals:
    """
    How well a fitted process tells when events come, by the random time change [1]_.

    If the model holds, the expected numbers of events between one event and the next are exponential with mean 1.

    Parameters
    ----------
    gap : greatest gap between their distribution and the exponential one (Kolmogorov and Smirnov)
    p : chance of one as great if the model holds; a little too great, for the parameters come from the same events
    events : number of them

    References
    ----------
    .. [1] Ogata, Y. (1988). Statistical models for earthquake occurrences and residual analysis for point processes.
       Journal of the American Statistical Association 83(401), 9-27.
    """

    gap: float
    p: float
    events: int


def expected_rate(
    background: FloatArray, excited: FloatArray, *, theta: float, omega: float, horizon: float
) -> FloatArray:
    """
    Return the mean number a day over the next days, all generations of offspring among them.

    From now on the mean rate m of the process goes by m(0) = mu + S and m' = omega (mu - (1 - theta) m), so that over
    h days, with k = omega (1 - theta) and g = (1 - exp(-k h)) / k, there come mu h / (1 - theta) + (mu + S -
    mu / (1 - theta)) g events [1]_. Later generations are put where the first one is.

    Parameters
    ----------
    background : mu, a day
    excited : S, what events so far add to the rate now, a day
    theta, omega : offspring of one event, and decay a day
    horizon : h, days

    References
    ----------
    .. [1] Dassios, A. & Zhao, H. (2011). A dynamic contagion process. Advances in Applied Probability 43(3), 814-846,
       theorem 3.6 on the mean of the intensity.
    """
    rate = omega * (1.0 - theta)
    settling = -np.expm1(-rate * horizon) / rate
    lasting = background / (1.0 - theta)
    return np.asarray(lasting + (background + excited - lasting) * (settling / horizon))


def fixed_point(improve: Improve, start: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, int]:
    """
    Return where expectation and maximisation comes to rest, and after how many steps; `MOST_STEPS` if it did not.

    Every two steps are followed by a leap along the way they went (SQUAREM, scheme S3 [1]_), kept within bounds: some
    fifty steps in place of five hundred.

    References
    ----------
    .. [1] Varadhan, R. & Roland, C. (2008). Simple and globally convergent methods for accelerating the convergence of
       any EM algorithm. Scandinavian Journal of Statistics 35(2), 335-353.
    """
    state = start
    for steps in range(3, MOST_STEPS + 1, 3):
        one = improve(state)
        two = improve(one)
        first, second = one - state, two - 2.0 * one + state
        if np.abs(two - one).max(initial=0.0) <= ENOUGH:
            return two, steps - 1
        way, bend = (float(np.square(part).sum()) for part in (first, second))
        leap = max(1.0, float(np.sqrt(way / bend))) if bend > 0 else 1.0
        state = improve(np.clip(state + 2.0 * leap * first + leap * leap * second, low, high))
    return state, MOST_STEPS


def jackknife_interval(theta: float, without: FloatArray) -> tuple[float, float]:
    """
    Return the 90 % interval of theta from its values when each of some groups of places is left out [1]_.

    Parameters
    ----------
    theta : with every group
    without : theta with one group left out, one per group; fewer than two give no interval

    References
    ----------
    .. [1] Shao, J. & Tu, D. (1995). The Jackknife and Bootstrap. Springer, section 2.3 on leaving out groups.
    """
    groups = without.size
    if groups < 2:
        return float("nan"), float("nan")
    error = float(np.sqrt((groups - 1) / groups * ((without - without.mean()) ** 2).sum()))
    reach = float(stdtrit(groups - 1, 0.5 + LEVEL / 2.0)) * error
    return max(0.0, theta - reach), min(1.0, theta + reach)


def residuals(compensator: FloatArray) -> Residuals:
    """Return how far the steps of the expected number of events, one event to the next, are from exponential."""
    steps = np.diff(compensator, prepend=0.0)
    if steps.size < 2:
        return Residuals(float("nan"), float("nan"), steps.size)
    from scipy.stats import kstest  # a third of a second to import, and few runs need it

    found = kstest(-np.expm1(-steps), "uniform")
    return Residuals(float(found.statistic), float(found.pvalue), steps.size)


def spread_ties(time: FloatArray, seed: int) -> FloatArray:
    """Return the times in order; where they are whole days, each at a random moment of its day."""
    if time.size and (time == np.floor(time)).all():
        time = time + np.random.default_rng(seed).uniform(0.0, 1.0, time.size)
    return np.sort(time)


def offspring_so_far(time: FloatArray, omega: float, cut: float = np.inf) -> FloatArray:
    """Return, before each event, the sum over earlier ones of 1 - exp(-omega age), no age above `cut` days."""
    before = np.searchsorted(time, time, side="left").astype(np.float64)
    found = before - held_at(time, time, omega)
    if np.isfinite(cut):
        aged = np.searchsorted(time, time - cut, side="left")
        found += np.exp(-omega * cut) * (held_at(time - cut, time, omega) - aged)
    return found
