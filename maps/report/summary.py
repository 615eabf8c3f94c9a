"""The first page: what the meeting has to decide, in short sentences, each number from the findings."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from maps import words
from maps.pack import Pack
from maps.report.table import Column, Table

OURS: Final = "this plan"
_TOP: Final = 3
_PROVEN_GAP: Final = 1e-6


@dataclass(frozen=True)
class Fact:
    """One number large enough to read across a room: what it is, the number, and what it means."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Decision:
    """What the meeting is asked: the question, the sentences it is decided on, a list, and where to read more."""

    question: str
    sentences: tuple[str, ...]
    items: tuple[str, ...]
    anchor: str


@dataclass(frozen=True)
class Summary:
    """The first page's content, in the order it is read."""

    lead: tuple[str, ...]
    facts: tuple[Fact, ...]
    decisions: tuple[Decision, ...]
    warnings: tuple[str, ...]
    gains: Table


def summarise(pack: Pack) -> Summary:
    """Return the first page of `pack`."""
    return Summary(
        _lead(pack), _facts(pack), (_places(pack), _teams(pack), _patrols(pack)), _warnings(pack), gains(pack)
    )


def share_of_harm(pack: Pack) -> float:
    """Return the share of the force's expected harm that the hot spots hold, NaN where none is expected."""
    whole = float(pack.risk.sum())
    return float(pack.hotspots["expected_harm"].sum()) / whole if whole > 0 else float("nan")


def gain_over(alternatives: pd.DataFrame) -> pd.Series:
    """Return how much more harm this plan exposes to patrol than each other plan, as a share of the other's."""
    value = alternatives.set_index("plan")["objective"].astype(float)
    others = value.drop(OURS, errors="ignore")
    ours = float(value.get(OURS, float("nan")))
    return (ours / others.where(others > 0) - 1).rename("gain")


def gains(pack: Pack) -> Table:
    """Return this plan's gain over each simple rule, for teams and patrols; a loss has a minus sign."""
    both = {"Teams": gain_over(pack.staffing.alternatives), "CSO patrols": gain_over(pack.schedule.alternatives)}
    plans = list(dict.fromkeys(plan for gain in both.values() for plan in gain.index))
    columns = [
        Column(
            f"{name}: more harm exposed to patrol", [float(gain.get(plan, float("nan"))) for plan in plans], "percent"
        )
        for name, gain in both.items()
    ]
    return Table(
        "gains",
        "What this plan gains over simple rules",
        (Column("Compared with", plans), *columns),
        empty="No other plan was compared.",
        note="A minus sign means that the simple rule does better.",
    )


def proof(gap: float, objective: float, bound: float) -> str:
    """Say how far a plan may be from the best there is under its rules."""
    if not gap > _PROVEN_GAP:
        return "No plan under these rules can do better: that is proven."
    ends = f"{words.number(objective)} against {words.number(bound)}"
    return f"A better plan may exist, but it could add at most {words.percent(gap)} ({ends})."


def _lead(pack: Pack) -> tuple[str, ...]:
    crimes = words.count(float(pack.monthly["crimes"].sum()), "recorded crime")
    return (
        f"This report covers {crimes}, {pack.period}.",
        f"It forecasts {pack.next_period}.",
        f"Harm is counted in {pack.risk_unit}.",
    )


def _facts(pack: Pack) -> tuple[Fact, ...]:
    plan, best = pack.schedule.plan, pack.backtest.summary.set_index("method")
    caught = Fact("Crime caught in the back-test", words.NOT_KNOWN, "no forecast could be scored")
    if pack.backtest.best in best.index:
        row = best.loc[pack.backtest.best]
        interval = f"{words.percent(row['hit_rate_low'])} to {words.percent(row['hit_rate_high'])}"
        caught = Fact("Crime caught in the back-test", words.percent(row["hit_rate"]), f"90 % interval {interval}")
    return (
        Fact("Hot spots", words.number(len(pack.hotspots), 0), f"on {words.percent(pack.area_share)} of the area"),
        Fact("Expected harm inside them", words.percent(share_of_harm(pack)), "of the harm expected in a week"),
        caught,
        Fact("CSO patrols", words.number(plan["unit"].nunique(), 0), f"{words.count(len(plan), 'visit')} a day"),
    )


def _places(pack: Pack) -> Decision:
    spots = pack.hotspots
    if spots.empty:
        return Decision("Agree that there is no hot spot", ("No place stood out from the rest.",), (), "hot-spots")
    names = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    top = spots.head(_TOP).to_dict("records")
    items = tuple(
        f"{row['hotspot_id']} {row['name']}, {names.get(row['ward'], 'ward not known')}: "
        f"{words.with_interval(row['expected_crimes'], row['expected_crimes_low'], row['expected_crimes_high'])} "
        f"crimes expected a week; trend: {row['trend']}"
        for row in top
    )
    sentences = (
        f"We propose {words.count(len(spots), 'hot spot')} on {words.percent(pack.area_share)} of the area.",
        f"We expect {words.percent(share_of_harm(pack))} of the week's harm inside, if the forecast holds.",
        f"Ranked by {pack.rank_by}, the first {'is' if len(top) == 1 else 'are'}:",
    )
    return Decision("Agree the hot spots", sentences, items, "hot-spots")


def _teams(pack: Pack) -> Decision:
    table, found = pack.staffing.table, pack.staffing
    posts = words.listing(
        (words.count(int(table["constables"].sum()), "constable"), words.count(int(table["csos"].sum()), "CSO"))
    )
    sentences = [f"The plan places {posts} in {words.count(len(table), 'ward')}."]
    sentences += _best_rival(found.alternatives)
    sentences.append(proof(found.gap, found.objective, found.bound))
    return Decision("Agree the teams", tuple(sentences), tuple(found.unmet), "teams")


def _patrols(pack: Pack) -> Decision:
    found = pack.schedule
    if found.plan.empty:
        return Decision("Decide what to do without CSO patrols", ("No patrol could be planned.",), (), "patrols")
    made = words.count(found.plan["unit"].nunique(), "patrol")
    visits, places = words.count(len(found.plan), "visit"), found.plan["hotspot_id"].nunique()
    sentences = [
        f"{words.sentence(made)[:-1]} would make {visits} a day, to {words.count(places, 'hot spot')}.",
        f"That is {words.count(found.planned_minutes, 'planned minute')} at hot spots.",
        *_best_rival(found.alternatives),
        proof(found.gap, found.objective, found.bound),
        f"{words.sentence(words.count(len(found.unmet), 'demand'))[:-1]} for a visit would go unmet.",
    ]
    return Decision("Agree the CSO patrols", tuple(sentences), (), "patrols")


def _best_rival(alternatives: pd.DataFrame) -> list[str]:
    gain = gain_over(alternatives).dropna()
    if gain.empty:
        return []
    rival, share = str(gain.idxmin()), float(gain.min())
    if share < 0:
        return [f"It exposes {words.percent(-share)} less harm to patrol than “{rival}”, which does better."]
    return [f"It exposes {words.percent(share)} more harm to patrol than the best simple rule, “{rival}”."]


def _warnings(pack: Pack) -> tuple[str, ...]:
    read, refused = int(pack.sources["rows_read"].sum()), len(pack.rejects)
    found = []
    if refused:
        found.append(f"{words.number(refused, 0)} of {words.count(read, 'row')} read were refused.")
    if pack.fitness.outside:
        found.append(f"{words.count(pack.fitness.outside, 'accepted crime')} lie outside every ward.")
    if pack.fitness.gaps:
        found.append(f"Crimes are missing for {words.listing(pack.fitness.gaps, most=4)}.")
    barred = pack.fitness.claims.loc[~pack.fitness.claims["allowed"].astype(bool)]
    found += [f"This data cannot bear: {row.claim}. {words.sentence(str(row.reason))}" for row in barred.itertuples()]
    return (*(words.sentence(warning) for warning in pack.fitness.warnings), *found)
