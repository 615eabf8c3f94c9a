"""What a tasking meeting is asked to decide, each with the sentence that it is decided on."""

from datetime import date
from typing import Final

from maps import words
from maps.documents.blocks import Decision
from maps.pack import Pack
from maps.report.summary import summarise

_PROFILES: Final = 3
_LASTING: Final = ("persistent", "emerging")


def decisions(pack: Pack) -> tuple[Decision, ...]:
    """Return the decisions asked of the meeting, in the order in which they hang on each other."""
    _, teams, patrols = summarise(pack).decisions
    start = begins(pack)
    return (
        Decision(_spots(pack), _caught(pack), due=start),
        Decision(teams.question, " ".join(teams.sentences), due=start),
        Decision(patrols.question, " ".join(patrols.sentences[:3]), due=start),
        *_windows(pack),
        *_profiles(pack),
        *_overdue(pack),
        *_limits(pack),
    )


def begins(pack: Pack) -> str:
    """Return the first day of the time forecast, or nothing where it is not known."""
    return "" if pack.until is None else day(pack.until)


def day(when: date) -> str:
    """Return "1 July 2024"."""
    return f"{when.day} {when:%B} {when.year}"


def _spots(pack: Pack) -> str:
    if pack.hotspots.empty:
        return "Agree that there is no hot spot"
    return f"Agree {words.count(len(pack.hotspots), 'hot spot')} on {words.percent(pack.area_share)} of the area"


def _caught(pack: Pack) -> str:
    if pack.hotspots.empty:
        return "No place stood out from the rest."
    summary = pack.backtest.summary
    best = summary[summary["method"] == pack.backtest.best].to_dict("records")
    if not best:
        return "There are too few periods to say how much crime such places catch."
    caught = words.percent_with_interval(*(best[0][name] for name in ("hit_rate", "hit_rate_low", "hit_rate_high")))
    return f"Places chosen in this way held {caught} of the crime of the periods tested, with a 90 % interval."


def _windows(pack: Pack) -> tuple[Decision, ...]:
    held = None if pack.suffering is None else pack.suffering.windows
    if held is None or held.empty:
        return ()
    first = int((held["tier"] == 1).sum()) or len(held)
    why = "Risk is raised for a few days only, so the owner is needed today."
    return (Decision(f"Say who calls on the neighbours in {words.count(first, 'area')} of raised risk", why),)


def _profiles(pack: Pack) -> tuple[Decision, ...]:
    lasting = pack.hotspots[pack.hotspots["history"].isin(_LASTING)].head(_PROFILES)
    if lasting.empty:
        return ()
    spots = words.listing(
        f"{spot} ({history})" for spot, history in zip(lasting["hotspot_id"], lasting["history"], strict=True)
    )
    why = "Patrol alone is a short answer to a place that stays hot or has begun to be."
    return (Decision(f"Choose which hot spots get a problem profile: {spots}", why),)


def _overdue(pack: Pack) -> tuple[Decision, ...]:
    late = None if pack.past is None else pack.past.hotspots[pack.past.hotspots["overdue"]]
    if late is None or late.empty:
        return ()
    named = words.listing(late["hotspot_id"].astype(str), most=_PROFILES)
    return (Decision(f"Review or close what is overdue: {named}", "Its review date is past."),)


def _limits(pack: Pack) -> tuple[Decision, ...]:
    claims = pack.fitness.claims
    barred = int((~claims["allowed"].astype(bool)).sum()) if len(claims) else 0
    if not barred:
        return ()
    why = f"{words.capital(words.count(barred, 'claim'))} cannot be made from this data."
    return (Decision("Say which gap in the data is to be closed first", why),)
