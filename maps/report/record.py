"""How it was done: parameters, assumptions, method with its sources, glossary, versions."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from maps.findings import Findings
from maps.pack import Pack
from maps.report.table import Headings, Table


@dataclass(frozen=True)
class Step:
    """One step of the method: its name, what is done in words, its formula, and what the letters mean."""

    name: str
    words: str
    formula: str = ""
    letters: str = ""


METHOD: Final = (
    Step(
        "Density",
        "Each crime is spread over the ground around it, most at its own place and none beyond the bandwidth [1]. "
        "The spread is exact: no sampling and no cut-off but the bandwidth itself.",
        "λ(s) = Σ wᵢ · 3 ⁄ (π b²) · (1 − dᵢ² ⁄ b²)²   where dᵢ < b",
        "s: a place. wᵢ: the weight of crime i, 1 or its harm. dᵢ: metres from s to crime i. b: the bandwidth.",
    ),
    Step(
        "Forecast",
        "Several methods say what to expect next; the table of the back-test names all that were tried. The raw count "
        "repeats the mean week of all periods. The last period repeats the mean week of the newest one. "
        "The density smooths the mean week over the ground. "
        "The baseline that caught most is used unless another method beats it clearly in the back-test: "
        "the 90 % interval of its gain must lie above zero [7]. "
        "With fewer than three periods to test on, the density is used and the report says so. "
        "The map is shaded by the density, whichever method chose the hot spots.",
    ),
    Step(
        "Back-test",
        "Each method is given the data up to a past date, and scored on the period that followed. "
        "Ties are broken against the method. PAI compares the share caught with the share of area [2]. "
        "PEI* compares it with the best any map could have caught on that area [3].",
        "hit rate = n ⁄ N     PAI = (n ⁄ N) ⁄ (a ⁄ A)     PEI* = n ⁄ n*",
        "n: crimes inside the cells chosen. N: all crimes. a: area chosen. A: the whole area. "
        "n*: the most that area a could hold.",
    ),
    Step(
        "Hot spots",
        "A hot spot starts at the cell where most is expected. It takes in the highest cell beside it, one at a time. "
        "It stops when it is as large as a patrol can walk, or when risk falls below half of its first cell's. "
        "Hot spots are made until they fill the stated share of the area, and those that hold most are kept. "
        "Intervals come from how much each place has varied from period to period [8].",
    ),
    Step(
        "History",
        "Each month, or four weeks, is judged by itself. "
        "A cell is hot in it if more crime lies within the bandwidth than chance would put there [9]. "
        "It is compared with all cells that had any crime, so that fields and water do not count. "
        "So many cells are tested that one in twenty of the hot ones may be chance. "
        "A hot spot is persistent, emerging, former or intermittent as most of its hot cells are [10].",
        "z = (Σ x − W x̄) ⁄ (s √((n W − W²) ⁄ (n − 1)))",
        "x: crimes a week of a cell. W: cells in the neighbourhood. x̄, s: mean and standard deviation over n cells.",
    ),
    Step(
        "How sure the order is",
        "Whole periods are drawn again a thousand times, and the hot spots ranked anew by their mean rate each time. "
        "A rank's interval holds nine in ten of the ranks so found [11]. "
        "It is about the order among these hot spots, not about whether they were the right ones.",
    ),
    Step(
        "Other settings",
        "Hot spots are grown on the density map again at two thirds and one and a half times the bandwidth and cell. "
        "The grid is moved by half a cell too. "
        "A hot spot survives a setting if at least half of its area is hot under it.",
        "area shared = |A ∩ B| ⁄ |A ∪ B|",
        "A, B: the hot spots under the settings used and under others.",
    ),
    Step(
        "What is new",
        "Circles about each place, and windows that end with the newest period, are searched. "
        "What counts is more crime than the place's total and the period's total explain. "
        "The periods of the crimes are then dealt out anew at random, "
        "hundreds of times, to see how often chance shows as much [12].",
        "E = C(place) · C(time) ⁄ C     c ln(c ⁄ E) + (C − c) ln((C − c) ⁄ (C − E))",
        "c: crimes in the circle and window. C: all crimes. E: crimes that are usual there and then.",
    ),
    Step(
        "Harm",
        "Crimes are weighted by a named harm table, because crimes differ in the harm they do [4]. "
        "Control strategy and community priorities multiply that weight where the force states them.",
    ),
    Step(
        "Teams",
        "Posts are placed where they expose the most harm to patrol. "
        "Each further post in one ward adds less than the one before. "
        "An integer programme finds the best whole numbers and a bound that no plan can pass.",
        "maximise Σ v(c, s)     v(c, s) = d · (1 − exp(−(a c + b s) ⁄ h))",
        "c, s: constables and CSOs of a ward. d: its expected harm. a, b: hours on the street of each. "
        "h: how fast gains tail off.",
    ),
    Step(
        "CSO patrols",
        "The length of a visit follows the evidence on how long one is felt [5] and a trial of CSO patrols [6]. "
        "Routes start and end at a base, within the minutes on patrol. "
        "Each further visit to one place in a shift adds less.",
    ),
    Step(
        "What is not claimed",
        "Harm exposed to patrol is the harm expected where and when a patrol is present. It is not crime prevented. "
        "Nothing here is about a person: the forecast is of places.",
    ),
)

REFERENCES: Final = (
    "Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman and Hall. Equation 4.5.",
    "Chainey, S., Tompson, L. and Uhlig, S. (2008). The utility of hotspot mapping for predicting spatial patterns of "
    "crime. Security Journal 21, 4–28.",
    "Hunt, J. M. (2016). Do crime hot spots move? Doctoral thesis, American University.",
    "Sherman, L., Neyroud, P. W. and Neyroud, E. (2016). The Cambridge Crime Harm Index. Policing 10(3), 171–183.",
    "Koper, C. S. (1995). Just enough police presence. Justice Quarterly 12(4), 649–672.",
    "Ariel, B., Weinborn, C. and Sherman, L. W. (2016). “Soft” policing at hot spots: do police community support "
    "officers work? Journal of Experimental Criminology 12, 277–317.",
    "Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman and Hall. Chapter 13.",
    "Cameron, A. C. and Trivedi, P. K. (1998). Regression Analysis of Count Data. Cambridge. Section 3.3.",
    "Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics. Geographical Analysis 27, 286–306.",
    "Ashby, M. (2024). sfhotspot: Hot-spot analysis with simple features.",
    "Goldstein, H. and Spiegelhalter, D. J. (1996). League tables and their limitations. "
    "Journal of the Royal Statistical Society A 159(3), 385–443.",
    "Kulldorff, M. et al. (2005). A space-time permutation scan statistic for disease outbreak detection. "
    "PLoS Medicine 2(3), e59.",
)

GLOSSARY: Final = (
    ("Hot spot", "A small place where crime or harm gathers, chosen for patrol."),
    ("History", "Whether a hot spot lasts, is new, comes and goes or is over, by the periods in which it was hot."),
    ("Stability", "The share of windows of half the periods in which a hot spot ranks in the first quarter."),
    ("Harm", "Crime weighted by how serious it is, in the unit of the harm table named."),
    ("Harm exposed to patrol", "Harm expected where and when a patrol is present. Not the same as crime prevented."),
    ("Forecast", "What to expect in a place in the period to come, if things go on as they did."),
    ("Back-test", "Forecasting periods already known from the data before them, and scoring the result."),
    ("Hit rate", "The share of crimes that fell inside the places chosen."),
    ("PAI", "Prediction accuracy index: hit rate over the share of area. 1 is no better than chance."),
    ("PEI*", "Prediction efficiency index: hit rate over the best any map could reach on that area. 1 is perfect."),
    ("90 % interval", "The true value should lie inside it nine times in ten."),
    ("Objective and bound", "What the plan is worth, and what no plan under the rules can pass."),
    ("Gap", "How far the plan may be from the bound, as a share of the bound."),
    ("Planned minutes", "Minutes a plan sends to hot spots. What is delivered is often about half."),
    ("Visit", "One stay of one patrol at one hot spot."),
    ("Unit", "What is sent: one or more officers who walk together."),
    ("CSO", "Community support officer. Staff say PCSO."),
    ("Base", "The station a patrol starts from and returns to."),
    ("Ward", "The area a neighbourhood team serves."),
    ("Map point", "The place that police.uk publishes in place of the exact one; at least eight addresses share it."),
    ("Status quo", "Today's posts, where the force gave them."),
)


def parameters(pack: Findings) -> Table:
    """Return the settings that the figures depend on."""
    columns: Headings = {"name": ("Setting", "text"), "value": ("Value", "text"), "meaning": ("Meaning", "text")}
    return Table.of("parameter-table", "Settings used", pack.parameters, columns, empty="No setting.", unfolded=40)


def versions(pack: Pack) -> Table:
    """Return the versions of the program and of what it computes with."""
    held = pd.DataFrame(sorted(pack.versions.items()), columns=["name", "version"])
    columns: Headings = {"name": ("Program", "text"), "version": ("Version", "text")}
    return Table.of("versions", "Versions", held, columns, empty="Not known.", unfolded=40)
