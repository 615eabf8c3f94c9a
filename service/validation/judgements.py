"""Published values of what is judged: forecasts, interventions, repeats, and many tests at once."""

from collections.abc import Iterator

import pandas as pd

from hotspots import predictive_accuracy_index, predictive_efficiency_index
from hotspots.evaluate import recapture_rate_index
from hotspots.impact import poisson_e_test, weighted_displacement_difference
from hotspots.repeats import repeats
from hotspots.significance import benjamini_hochberg
from service.validation.value import Value, values


def of_accuracy() -> Iterator[Value]:
    """Three places alike in size: 6, 3 and 0 crimes where 3, 2 and 1 were forecast."""
    observed, predicted = [6, 3, 0], [3, 2, 1]
    indices = {
        "PAI": (predictive_accuracy_index, ("2", "1.5", "1")),
        "PEI*": (predictive_efficiency_index, ("1", "1", "1")),
        "RRI": (recapture_rate_index, ("0.50", "0.56", "0.67")),
    }
    rows = [
        (f"{name} of {places} of 3 places", published[places - 1], index(predicted, observed, share=places / 3))
        for name, (index, published) in indices.items()
        for places in (1, 2, 3)
    ]
    yield from values("Accuracy of a forecast", "Chainey, Tompson & Uhlig (2008), three places by hand", rows)


def of_displacement() -> Iterator[Value]:
    """Two worked examples of the weighted displacement difference."""
    one = weighted_displacement_difference([20, 10], [20, 20]).total
    low, high = one.interval(0.9)
    two = weighted_displacement_difference([207, 110], [308, 318], displaced=[178, 157], displaced_control=[150, 140])
    ends = two.total.interval(0.95)
    rows = [
        ("first example: WDD", "-10", one.change), ("its standard error", "8.3666", one.error),
        ("its z", "-1.195229", one.z), ("lower end, 90 %", "-23.761833", low), ("upper end, 90 %", "3.761833", high),
        ("second example: local", "-107", two.local.change), ("its standard error", "30.708", two.local.error),
        ("displacement", "-11", two.displacement.change), ("its standard error", "25.0", two.displacement.error),
        ("total", "-118", two.total.change), ("lower end, 95 %", "-196", ends[0]), ("upper end, 95 %", "-40", ends[1]),
    ]  # fmt: skip
    yield from values("Weighted displacement difference", "Wheeler & Ratcliffe (2018)", rows)


def of_the_e_test() -> Iterator[Value]:
    """Three events against none."""
    rows = [("p of 3 against 0", "0.0884", poisson_e_test(3, 0))]
    yield from values("Poisson E-test", "Krishnamoorthy & Thomson (2004)", rows)


def of_many_tests() -> Iterator[Value]:
    """Fifteen p values, of which four are findings at 5 %."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    q = benjamini_hochberg(p)
    rows = [("findings of 15 at 5 %", "4", (q <= 0.05).sum()), ("q of the least p", "0.0015", q[0])]
    yield from values("False discovery rate", "Benjamini & Hochberg (1995), section 3.2", rows)


def of_repeats() -> Iterator[Value]:
    """459 crimes against 250 victims."""
    victims = pd.Series([f"V{n}" for n in range(250)] + [f"V{n % 100}" for n in range(209)])
    found = repeats(victims)
    count, share = found["repeats"].loc["all"], found["share"].loc["all"]
    rows = [("repeats", "209", count), ("share of crimes that are repeats", "0.46", share)]
    yield from values("Repeat victimisation", "Home Office (2004), repeat victimisation toolkit", rows)
