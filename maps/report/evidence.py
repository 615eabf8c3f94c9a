"""What the report rests on: the data, the places, the record of the forecast."""

from typing import Final

import numpy as np
import pandas as pd

from maps import words
from maps.findings import Findings
from maps.pack import Pack
from maps.report.table import Column, Headings, Kind, Table
from maps.tasking import dates

BASELINES: Final = ("raw count", "last period")
TOO_FEW: Final = "too few to say"
HISTORIES: Final = {
    "persistent": "hot in at least four of five periods",
    "emerging": "hot of late and not before",
    "intermittent": "hot now and then",
    "former": "hot before and not of late",
    "none": "hot in hardly any period",
}
ROWS: Final = {"rows_read": "Rows read", "rows_accepted": "Rows accepted", "rows_rejected": "Rows refused"}


def sources(pack: Findings) -> Table:
    """Return the files read, with rows read, accepted and refused."""
    held = pack.sources.astype(dict.fromkeys(ROWS, "float64"))
    held = held.assign(**{name: held[name].where(held["rows_read"] > 0) for name in ROWS})
    counts = zip(ROWS.values(), (held[name].tolist() for name in ROWS), strict=True)
    columns = (
        Column("File", held["file"].tolist()),
        Column("Kind", held["kind"].tolist()),
        *(Column(heading, values, "whole", missing="–") for heading, values in counts),
    )
    note = (
        "Rows accepted and rows refused add up to rows read, in every file. A dash: rows of crimes alone are counted."
    )
    return Table("sources", "Files read", columns, empty="No file was read.", note=note)


def rejections(pack: Pack) -> Table:
    """Return how many rows were refused, by reason."""
    columns: Headings = {"reason": ("Reason", "text"), "rows": ("Rows", "whole")}
    note = "The file rejects.csv names every file and line."
    empty = "No row was refused."
    return Table.of("rejections", "Rows refused, by reason", pack.fitness.reasons, columns, empty=empty, note=note)


def facts(pack: Pack) -> Table:
    """Return what is known of the data."""
    columns: Headings = {"fact": ("Fact", "text"), "value": ("Value", "text")}
    return Table.of(
        "facts", "What the data is", pack.fitness.facts, columns, empty="Nothing is known of the data.", unfolded=40
    )


def claims(pack: Findings) -> Table:
    """Return what may and what may not be claimed from the data, with the reason."""
    held = pack.fitness.claims
    verdict = ["Yes" if allowed else "No" for allowed in held["allowed"]]
    columns = (
        Column("Claim", held["claim"].tolist()),
        Column("Can be made", verdict),
        Column("Why", held["reason"].tolist()),
    )
    return Table("claims", "What this data can and cannot bear", columns, empty="No claim was examined.")


def hot_spots(pack: Findings) -> Table:
    """Return the hot spots in order of rank, with what is expected and why each was chosen."""
    held, names = pack.hotspots, dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    places = [
        (f"{row['hotspot_id']} {row['name']}", str(names.get(row["ward"], "")), f"{row['area_m2'] / 1e4:.1f} hectares")
        for row in held.to_dict("records")
    ]
    columns = (
        Column("Place", places, "lines"),
        Column("Rank", ranks(held)),
        Column("Trend, history", (held["trend"] + ", " + held["history"]).tolist()),
        Column("Crimes recorded", held["crimes"].tolist(), "whole"),
        expected(held, "crimes"),
        expected(held, "harm"),
        Column("Offence mix", held["offence_mix"].tolist()),
        Column("Why this place", held["reason"].tolist()),
    )
    return Table(
        "hot-spot-table",
        f"Hot spots ranked by expected {pack.rank_by}, {pack.next_period}",
        columns,
        empty="No hot spot was found: no place stood out from the rest.",
        note="After each rank and below each expected number: its 90 % interval.",
    )


def ranks(held: pd.DataFrame) -> list[str]:
    """Return each rank and, where it is known, its interval: "3 (1 to 7)"."""
    rows = zip(held["rank"], held["rank_low"], held["rank_high"], strict=True)
    return [
        f"{rank}"
        if pd.isna(low)
        else f"{rank} ({low:.0f} to {high:.0f})".replace(" to ", f"{words.SPACE}to{words.SPACE}")
        for rank, low, high in rows
    ]


def order(pack: Findings) -> tuple[str, ...]:
    """Say how sure the order of the hot spots is."""
    held = pack.hotspots.dropna(subset=["rank_low"])
    if held.empty:
        return ()
    low, high = (float(held[f"rank_{end}"].iloc[0]) for end in ("low", "high"))
    width = float((held["rank_high"] - held["rank_low"]).median())
    first = (
        "is the first whichever periods count" if low == high else f"may be anywhere from rank {low:.0f} to {high:.0f}"
    )
    steady = int((held["stability"] == 1).sum())
    return (
        f"The hot spot ranked first {first}; a typical interval runs over {words.count(width + 1, 'rank')}.",
        f"{words.capital(words.count(steady, 'hot spot'))} stayed in the first quarter whichever half of the time is "
        "looked at.",
        "Hot spots whose intervals overlap much may be taken in any order.",
    )


def expected(held: pd.DataFrame, what: str) -> Column:
    """Return what is expected a week, "crimes" or "harm", with its interval."""
    name = f"expected_{what}"
    low, high = held[f"{name}_low"].tolist(), held[f"{name}_high"].tolist()
    return Column(f"{what.capitalize()} expected a week", held[name].tolist(), "real", low, high)


def history(pack: Findings) -> tuple[str, ...]:
    """Say how many hot spots last, are emerging, come and go, or are over, and what that means."""
    found = pack.hotspots["history"].value_counts()
    if found.empty:
        return ()
    if TOO_FEW in found.index:
        return ("There are too few periods to say which hot spots last and which are new.",)
    known = [name for name in HISTORIES if name in found.index]
    counted = words.listing(f"{found[name]} {'with no history' if name == 'none' else name}" for name in known)
    return (
        f"Of {words.count(len(pack.hotspots), 'hot spot')}, {counted}.",
        *(f"{words.capital(name)}: {HISTORIES[name]}." for name in known if name != "none"),
        "A place was hot in a period if more crime lay about it than chance would put there.",
    )


def trend(pack: Pack) -> tuple[str, ...]:
    """Say how the newest period stands beside those before it, without a claim about chance."""
    monthly = pack.monthly
    if len(monthly) < 2:
        return ("There are too few whole periods to speak of a trend.",)
    newest, earlier = monthly.iloc[-1], monthly["crimes"].iloc[:-1]
    low, high, now = float(earlier.min()), float(earlier.max()), float(newest["crimes"])
    place = "above that range" if now > high else "below that range" if now < low else "inside that range"
    return (
        f"The newest period, {dates.period(str(newest['period']))}, has {words.count(now, 'recorded crime')}.",
        f"The {words.count(len(earlier), 'period')} before it ranged from {words.number(low, 0)} to "
        f"{words.number(high, 0)}.",
        f"The newest is {place}.",
    )


def back_test(pack: Pack) -> Table:
    """Return every method's score, with how often it beat the two baselines."""
    held, scores = pack.backtest.summary, pack.backtest.scores
    judged = "harm_hit_rate" if scores["harm_hit_rate"].notna().any() else "hit_rate"
    what = "harm" if judged == "harm_hit_rate" else "crime"
    columns = (
        Column("Method", held["method"].tolist()),
        _score(held, "hit_rate", "Crime caught (hit rate)", "percent"),
        _score(held, "pai", "PAI", "real"),
        Column("PEI*", held["pei"].tolist(), "real"),
        Column("Harm caught", held["harm_hit_rate"].tolist(), "percent"),
        _score(held, "gain", f"More {what} caught than by the raw count, points", "points"),
        *(Column(f"Against {base}", against(scores, held["method"], base, judged)) for base in BASELINES),
    )
    return Table(
        "back-test-table",
        f"How each forecast would have done on {words.percent(pack.backtest.share)} of the area",
        columns,
        empty="No forecast could be scored: there are too few whole periods.",
        note=f"Below a score: its 90 % interval. Against a baseline: periods won, drawn and lost by {what} caught.",
    )


def _score(held: pd.DataFrame, name: str, heading: str, kind: Kind) -> Column:
    return Column(heading, held[name].tolist(), kind, held[f"{name}_low"].tolist(), held[f"{name}_high"].tolist())


def against(scores: pd.DataFrame, methods: pd.Series, baseline: str, measure: str) -> list[str]:
    """Return each method's periods won, drawn and lost against `baseline` by `measure`, in words."""
    rates = scores.pivot_table(index="origin", columns="method", values=measure, observed=True)
    return [_won_and_lost(rates, str(method), baseline) for method in methods]


def _won_and_lost(rates: pd.DataFrame, method: str, baseline: str) -> str:
    if method == baseline or not {method, baseline} <= set(rates.columns):
        return "–"
    gap = (rates[method] - rates[baseline]).dropna().to_numpy()
    won, lost = int((gap > 0).sum()), int((gap < 0).sum())
    drawn = int(np.size(gap)) - won - lost
    return f"won {won}, drew {drawn}, lost {lost}"
