"""The first page: what the meeting has to decide, in short sentences, each number from the findings."""

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd

from allocation.compare import THIS_PLAN
from allocation.robust import EXPECTED
from maps import words
from maps.pack import Pack
from maps.report.closer import news
from maps.report.table import Column, Table

_TOP: Final = 5
_NEWS: Final = 2
_WARNINGS: Final = 5
_PROVEN_GAP: Final = 1e-6
_AS_GOOD: Final = 0.00005


@dataclass(frozen=True)
class Fact:
    """One number large enough to read across a room: what it is, the number, and what it means."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Decision:
    """What the meeting is asked: the question, the sentences it is decided on, and where to read more."""

    question: str
    sentences: tuple[str, ...]
    anchor: str
    items: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Summary:
    """The first page's content, in the order it is read."""

    lead: tuple[str, ...]
    facts: tuple[Fact, ...]
    decisions: tuple[Decision, ...]
    warnings: tuple[str, ...]
    more_warnings: int
    gains: Table


def summarise(pack: Pack) -> Summary:
    """Return the first page of `pack`."""
    decisions, said = (_places(pack), _teams(pack), _patrols(pack)), warnings(pack)
    return Summary(_lead(pack), _facts(pack), decisions, said[:_WARNINGS], len(said[_WARNINGS:]), gains(pack))


def share_inside(pack: Pack) -> float:
    """Return the share of the wards' expected harm (or crimes, as ranked by) that hot spots hold; NaN of nothing."""
    column = f"expected_{pack.rank_by}"
    whole = float(pack.ward_table[column].sum())
    return float(pack.hotspots[column].sum()) / whole if whole > 0 else float("nan")


def gain_over(alternatives: pd.DataFrame) -> pd.Series:
    """Return how much more harm this plan exposes to patrol than each other plan, as a share of the other's."""
    value = alternatives.set_index("plan")["objective"].astype(float)
    others = value.drop(THIS_PLAN, errors="ignore")
    ours = float(value.get(THIS_PLAN, float("nan")))
    return (ours / others.where(others > 0) - 1).rename("gain")


def gains(pack: Pack) -> Table:
    """Return this plan's gain over each simple rule, for teams and patrols; a loss has a minus sign."""
    both = {"Teams": gain_over(pack.staffing.alternatives), "CSO patrols": gain_over(pack.schedule.alternatives)}
    plans = list(dict.fromkeys(plan for gain in both.values() for plan in gain.index))
    columns = [
        Column(name, [float(gain.get(plan, float("nan"))) for plan in plans], "gain", missing="–")
        for name, gain in both.items()
    ]
    return Table(
        "gains",
        "How much more harm this plan exposes to patrol than other plans do",
        (Column("Compared with", plans), *columns),
        empty="No other plan was compared.",
        note="A minus sign means that the other plan does better.",
    )


def proof(gap: float, objective: float, bound: float) -> str:
    """Say how far a plan may be from the best there is under its rules."""
    if not math.isfinite(gap):
        return "How far it is from the best plan is not known."
    if gap <= _PROVEN_GAP:
        return "No plan that keeps the rules can do better: that is proven."
    above = bound / objective - 1 if objective > 0 else gap
    ends = f"{words.number(objective)} against {words.number(bound)}"
    return f"A better plan may exist, but it could add at most {words.percent(above)} ({ends})."


def _lead(pack: Pack) -> tuple[str, ...]:
    crimes = words.count(float(pack.monthly["crimes"].sum()), "recorded crime")
    unit = (f"Harm is counted in {pack.risk_unit}.",) if pack.rank_by == "harm" else ()
    return (f"This report covers {crimes}, {pack.period}.", f"It forecasts {pack.next_period}.", *unit)


def _facts(pack: Pack) -> tuple[Fact, ...]:
    plan, what = pack.schedule.plan, words.what_gathers(pack.rank_by)
    return (
        Fact("Hot spots", words.number(len(pack.hotspots), 0), f"on {words.percent(pack.area_share)} of the area"),
        Fact(f"Expected {what} inside them", words.percent(share_inside(pack)), f"of all {what} expected in a week"),
        _caught(pack),
        Fact("CSO patrols", words.number(plan["unit"].nunique(), 0), f"{words.count(len(plan), 'visit')} a day"),
    )


def _caught(pack: Pack) -> Fact:
    label, summary = "Crime caught in the back-test", pack.backtest.summary
    area = words.percent(pack.backtest.share)
    best = summary[summary["method"] == pack.backtest.best].to_dict("records")
    if not best:
        return Fact(label, words.NOT_KNOWN, "no forecast could be scored")
    rate, low, high = (float(best[0][name]) for name in ("hit_rate", "hit_rate_low", "hit_rate_high"))
    return Fact(
        label,
        words.percent(rate),
        f"on {area} of the area; 90 % interval: {words.percent(low)} to {words.percent(high)}",
    )


def _places(pack: Pack) -> Decision:
    spots = pack.hotspots
    if spots.empty:
        return Decision("Agree that there is no hot spot", ("No place stood out from the rest.",), "hot-spots")
    what = words.what_gathers(pack.rank_by)
    sentences = (
        f"We propose {words.count(len(spots), 'hot spot')} on {words.percent(pack.area_share)} of the area.",
        f"We expect {words.percent(share_inside(pack))} of the week's {what} inside, if the forecast holds.",
    )
    return Decision("Agree the hot spots", sentences, "hot-spots", items=news(pack)[:_NEWS], table=_top(pack))


def _top(pack: Pack) -> Table:
    held, names = pack.hotspots.head(_TOP), dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    rank_by = f"expected_{pack.rank_by}"
    columns = (
        Column("Place", (held["hotspot_id"] + " " + held["name"]).tolist()),
        Column("Ward", held["ward"].map(names).tolist()),
        Column(
            f"{pack.rank_by.capitalize()} expected a week",
            *(held[rank_by].tolist(), "real", held[f"{rank_by}_low"].tolist(), held[f"{rank_by}_high"].tolist()),
        ),
        Column("Trend", held["trend"].tolist()),
        Column("History", held["history"].tolist()),
    )
    first = "The first" if len(held) < len(pack.hotspots) else "All"
    return Table(
        "top-hot-spots",
        f"{first} {words.count(len(held), 'hot spot')}, ranked by {pack.rank_by}, with 90{words.SPACE}% intervals",
        columns,
        empty="",
    )


def _teams(pack: Pack) -> Decision:
    table, found = pack.staffing.table, pack.staffing
    posts = words.listing(
        (words.count(int(table["constables"].sum()), "constable"), words.count(int(table["csos"].sum()), "CSO"))
    )
    sentences = [f"The plan places {posts} in {words.count(len(table), 'ward')}."]
    sentences += _best_rival(found.alternatives) + _given_up(found.alternatives)
    sentences.append(proof(found.gap, found.objective, found.bound))
    return Decision("Agree the teams", tuple(sentences), "teams", items=tuple(found.unmet))


def _patrols(pack: Pack) -> Decision:
    found = pack.schedule
    if found.plan.empty:
        return Decision("Decide what to do without CSO patrols", ("No patrol could be planned.",), "patrols")
    made = words.count(found.plan["unit"].nunique(), "patrol")
    visits, places = words.count(len(found.plan), "visit"), found.plan["hotspot_id"].nunique()
    sentences = [
        f"{words.sentence(made)[:-1]} would make {visits} a day, to {words.count(places, 'hot spot')}.",
        f"That is {words.count(found.planned_minutes, 'planned minute')} at hot spots.",
        *_best_rival(found.alternatives),
        proof(found.gap, found.objective, found.bound),
        _left_out(found.unmet),
    ]
    return Decision("Agree the CSO patrols", tuple(sentences), "patrols")


def _left_out(unmet: pd.DataFrame) -> str:
    if unmet.empty:
        return "Every visit asked for is planned."
    spots = words.count(unmet["hotspot_id"].nunique(), "hot spot")
    return f"At {spots}, some or all visits asked for in a shift do not fit."


def _best_rival(alternatives: pd.DataFrame) -> list[str]:
    gain = gain_over(alternatives).drop(EXPECTED, errors="ignore").dropna()
    if gain.empty:
        return []
    rival, share = str(gain.idxmin()), float(gain.min())
    if abs(share) < _AS_GOOD:
        return [f"It exposes as much harm to patrol as the best simple rule, “{rival}”."]
    if share < 0:
        return [f"It exposes {words.percent(-share)} less harm to patrol than “{rival}”, which does better."]
    return [f"It exposes {words.percent(share)} more harm to patrol than the best simple rule, “{rival}”."]


def _given_up(alternatives: pd.DataFrame) -> list[str]:
    """Say what the teams give up of what is expected, where those are offered that stand other demand better."""
    share = float(gain_over(alternatives).get(EXPECTED, 0.0))
    if not share < 0:
        return []
    return [f"It gives up {words.percent(-share)} of what is expected, to do better should demand turn out otherwise."]


def warnings(pack: Pack) -> tuple[str, ...]:
    """Return what the meeting must know of the data before it decides, each a sentence."""
    read, refused = int(pack.sources["rows_read"].sum()), len(pack.rejects)
    claims = pack.fitness.claims
    barred = claims.loc[~claims["allowed"].astype(bool), "claim"].tolist()
    found = []
    if refused:
        found.append(f"{words.number(refused, 0)} of {words.count(read, 'row')} read were refused.")
    if barred:
        many = words.count(len(claims), "claim")
        found.append(f"{len(barred)} of {many} cannot be made from this data, such as “{barred[0]}”.")
    return (*found, *(words.sentence(warning) for warning in pack.fitness.warnings))
