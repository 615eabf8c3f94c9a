"""Which claims the data allow, and why not: one row a claim, in words for a meeting."""

from typing import Final

import pandas as pd

from geodata._survey import Survey

FEWEST_CRIMES: Final = 100
# Six periods to score a forecast on, and two to learn from before the first of them.
FEWEST_PERIODS: Final = 8
TWO_YEARS: Final = 2 * 52 * 7  # days: two years of whole weeks
# A claim about days, places or people stands on most of the crimes, or not at all.
MOST: Final = 0.5

Claim = tuple[str, bool, str]


def claims(found: Survey) -> pd.DataFrame:
    """Return columns claim, allowed and reason."""
    rows = [
        _hotspots(found),
        _addresses(found),
        _weekdays(found),
        _hours(found),
        _near_repeats(found),
        _premises(found),
        _victims(found),
        _backtest(found),
        _seasons(found),
        _rates(found),
    ]
    table = pd.DataFrame(rows, columns=["claim", "allowed", "reason"])
    return table.astype({"claim": "string", "allowed": "bool", "reason": "string"})


def share(part: int, whole: int) -> str:
    """Return a share in words: "8.4 %"."""
    return f"{100 * part / max(1, whole):.1f} %"


def _hotspots(found: Survey) -> Claim:
    inside = found.crimes - found.outside
    claim = "Where crime gathers, street by street"
    if inside < FEWEST_CRIMES:
        return (
            claim,
            False,
            f"Only {inside:,} crimes lie in the areas; with fewer than {FEWEST_CRIMES} chance alone makes hot spots.",
        )
    return claim, True, f"{inside:,} crimes lie in the areas."


def _addresses(found: Survey) -> Claim:
    claim = "Differences within a street, or between buildings"
    if found.crimes == 0 or found.map_points > MOST * found.crimes:
        points = f"{found.points:,} point" + ("s" if found.points != 1 else "")
        return (
            claim,
            False,
            f"Positions are map points: {found.crimes:,} crimes lie on {points}, each standing for a street.",
        )
    return (
        claim,
        True,
        f"{share(found.crimes - found.map_points, found.crimes)} of crimes have a position of their own.",
    )


def _weekdays(found: Survey) -> Claim:
    claim, dated = "Days of the week", found.crimes - found.precisions.get("month", 0)
    if found.crimes == 0 or dated < MOST * found.crimes:
        return (
            claim,
            False,
            f"{share(found.precisions.get('month', 0), found.crimes)} of crimes are dated by month only.",
        )
    return claim, True, f"{share(dated, found.crimes)} of crimes have a day."


def _hours(found: Survey) -> Claim:
    claim, known = (
        "Time of day",
        f"{share(found.within_shift, found.crimes)} of crimes are known to within eight hours.",
    )
    return claim, found.crimes > 0 and found.within_shift >= MOST * found.crimes, known


def _near_repeats(found: Survey) -> Claim:
    claim, dated = (
        "Near repeats: more crime nearby in the days that follow",
        found.crimes - found.precisions.get("month", 0),
    )
    if found.crimes == 0 or dated < MOST * found.crimes:
        return claim, False, "Most crimes are dated by month only, so that nothing can be said in days."
    if found.map_points > MOST * found.crimes:
        return claim, True, f"{share(dated, found.crimes)} of crimes have a day; distances below a street mean nothing."
    return claim, True, f"{share(dated, found.crimes)} of crimes have a day."


def _premises(found: Survey) -> Claim:
    claim = "Repeat victimisation of premises"
    if found.map_points > MOST * found.crimes:
        return claim, False, "Positions are map points: two crimes on one point are not at one address."
    if found.crimes == 0 or found.premises < MOST * found.crimes:
        return claim, False, f"Only {share(found.premises, found.crimes)} of crimes say at which premises they were."
    return claim, True, f"{share(found.premises, found.crimes)} of crimes say at which premises they were."


def _victims(found: Survey) -> Claim:
    claim = "Repeat victimisation of people"
    if found.victims == 0:
        return claim, False, "No row says who the victim was."
    said = f"{share(found.victims, found.crimes)} of crimes have a victim's pseudonym."
    return claim, found.victims >= MOST * found.crimes, said


def _backtest(found: Survey) -> Claim:
    claim = "How well a forecast would have done"
    if found.periods is None:
        return claim, False, "The crimes do not fill one whole week or month."
    cover = f"The crimes cover {found.periods.size} whole {found.periods.unit}{'s' if found.periods.size != 1 else ''}"
    if found.periods.size < FEWEST_PERIODS:
        return claim, False, f"{cover}; at least {FEWEST_PERIODS} are needed, to learn from some and score others."
    return claim, True, f"{cover}."


def _seasons(found: Survey) -> Claim:
    claim = "Seasons: this month against the same month of last year"
    days = 0 if found.periods is None else (found.periods.end - found.periods.start).days
    if days < TWO_YEARS:
        return claim, False, f"The crimes cover {days:,} days; two whole years are needed."
    return claim, True, f"The crimes cover {days:,} days."


def _rates(found: Survey) -> Claim:
    claim = "Crimes for each thousand residents"
    if found.populated == 0:
        return claim, False, "No population was given for the areas."
    return (
        claim,
        found.populated >= MOST * found.areas,
        f"{found.populated:,} of {found.areas:,} areas have a population.",
    )
