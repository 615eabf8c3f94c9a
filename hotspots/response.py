"""
What is due to each recent victim, by when, and which neighbours to warn.

Graded response [1]_: the more often somebody has suffered, the more is done, in three tiers. Bronze after the first
crime, silver after the second, gold after the third or later within the time looked back, each with what is due and
within how many hours. Which crimes get which response is a setting; the defaults are for burglary, domestic abuse, hate
crime and vehicle crime.

Super-cocooning [2]_: after a burglary the neighbours too are told, the nearest first, for as long as
the risk to them lasts. After domestic abuse or hate crime nobody is told: it would betray the victim.

References
----------
.. [1] Anderson, D., Chenery, S. & Pease, K. (1995). Biting back: tackling repeat burglary and car crime. Home Office
   Crime Detection and Prevention Series 58; Chenery, S., Holt, J. & Pease, K. (1997). Biting back II. Paper 82.
.. [2] Rowley, C. (2013). Super cocooning against burglary: the Trafford model. College of Policing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.errors import InputError

TIERS: Final = ("bronze", "silver", "gold")
LIST_COLUMNS: Final = (
    "tier", "response", "kind", "subject", "crime_id", "offence", "last", "previous", "due", "late", "actions",
)  # fmt: skip
COCOON_COLUMNS: Final = ("premises", "ring_m", "metres", "subject", "crime_id", "response", "last", "expires")
Kind = Literal["place", "victim"]


@dataclass(frozen=True)
class Tier:
    """What is due to a victim of one tier, and within how many hours of the crime."""

    within_hours: int
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Response:
    """
    The graded response to one sort of crime.

    Parameters
    ----------
    name : "burglary"
    offences : words; a crime is of this sort if its offence holds one of them, capitals being immaterial
    subject : "place" or "victim": whose earlier crimes count; the other where a crime does not say
    neighbours : whether the neighbours are told (super-cocooning)
    bronze, silver, gold : what is due after the first, the second, and the third or later crime
    """

    name: str
    offences: tuple[str, ...]
    subject: Kind
    neighbours: bool
    bronze: Tier
    silver: Tier
    gold: Tier

    def of(self, offences: pd.Series) -> pd.Series:
        """Tell which offences are of this sort."""
        text = offences.astype("string").str.casefold().fillna("")
        words = [word.casefold() for word in self.offences]
        return pd.Series([any(word in each for word in words) for each in text], index=offences.index, dtype=bool)


RESPONSES: Final = (
    Response(
        name="burglary",
        offences=("burglary",),
        subject="place",
        neighbours=True,
        bronze=Tier(72, ("call the victim back", "check doors and windows", "mark property", "warn neighbours")),
        silver=Tier(48, ("visit by a crime prevention officer", "better locks and lights", "patrol past the address")),
        gold=Tier(24, ("lend an alarm", "plan with housing and the council", "patrol past the address every shift")),
    ),
    Response(
        name="domestic abuse",
        offences=("domestic",),
        subject="victim",
        neighbours=False,
        bronze=Tier(24, ("assess the risk (DARA or DASH)", "agree a safety plan", "offer support services")),
        silver=Tier(24, ("assess the risk anew", "refer to an adviser (IDVA)", "mark the address as urgent")),
        gold=Tier(12, ("refer to MARAC", "supervisor reviews the safety plan", "consider protective orders")),
    ),
    Response(
        name="hate crime",
        offences=("hate", "racially", "religiously", "racist", "homophobic", "transphobic"),
        subject="victim",
        neighbours=False,
        bronze=Tier(48, ("call the victim back", "assess the risk", "offer support services")),
        silver=Tier(24, ("visit by the neighbourhood team", "name one officer for the victim")),
        gold=Tier(24, ("case review with partners", "plan agreed with the victim", "supervisor reviews the case")),
    ),
    Response(
        name="vehicle crime",
        offences=("vehicle", "theft of motor", "theft from motor"),
        subject="victim",
        neighbours=False,
        bronze=Tier(120, ("send advice on parking and keys",)),
        silver=Tier(72, ("call the victim back", "look at the place of parking", "steering lock or tracker")),
        gold=Tier(48, ("visit by a crime prevention officer", "plan for the street or car park")),
    ),
)  # fmt: skip


def response_list(
    crimes: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    responses: Sequence[Response] = RESPONSES,
    recent: float = 28,
    look_back: float = 365,
    least: str = "bronze",
) -> pd.DataFrame:
    """
    Return what is due to each recent victim, gold first, then by when it is due.

    Parameters
    ----------
    crimes : columns crime_id, offence, last (the last moment at which it can have happened), place, victim (missing
        where not known)
    as_of : the moment of the list; crimes after it are left out
    responses : graded responses, the first that fits being taken
    recent : days; victims of a crime since then are on the list
    look_back : days before the newest crime in which earlier ones count; several on one day count once
    least : the lowest tier on the list

    Returns
    -------
    table : one row a victim or place and response; the columns of `LIST_COLUMNS`, index the row of the newest crime
        `previous` is the number of earlier days, `late` whether it was due before `as_of`.

    Raises
    ------
    InputError
        If `least` is no tier.
    """
    if least not in TIERS:
        raise InputError(f"`least` must be one of {', '.join(TIERS)}, got {least}.")
    held = crimes[crimes["last"] <= as_of]
    left = pd.Series(True, index=held.index)
    rows: list[dict[str, Any]] = []
    for response in responses:
        own = left & response.of(held["offence"])
        left &= ~own
        rows += _due(held[own], response, as_of, pd.Timedelta(days=recent), pd.Timedelta(days=look_back))
    table = pd.DataFrame(rows, columns=["row", *LIST_COLUMNS])
    tier = table["tier"].map(TIERS.index).astype("int64")
    table = table[tier >= TIERS.index(least)].assign(order=-tier)
    table = table.sort_values(["order", "due", "response", "subject"], kind="stable").drop(columns="order")
    return table.set_index("row").rename_axis(None)


def cocoon(
    due: pd.DataFrame,
    at: pd.DataFrame,
    premises: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    rings: Sequence[float] = (25, 50, 100),
    expires_after: float = 42,
    responses: Sequence[Response] = RESPONSES,
) -> pd.DataFrame:
    """
    Return the neighbouring premises to warn, nearest first, each once, with the day on which the warning expires.

    Parameters
    ----------
    due : the response list
    at : x and y of each row of `due`, and the premises of the crime itself, which is no neighbour of its own
    premises : columns premises, x, y: every premises that could be told, in metres
    as_of : the moment of the list; what has expired by then is left out
    rings : metres, rising: outer edges of the rings
    expires_after : days after the crime
    responses : those of `due`; only where `neighbours` is set is anybody told

    Returns
    -------
    table : one row a neighbouring premises; the columns of `COCOON_COLUMNS`, of the nearest crime that has not expired

    Raises
    ------
    InputError
        If the rings do not rise from above 0.
    """
    edges = np.asarray(rings, dtype=np.float64)
    if len(edges) == 0 or edges[0] <= 0 or (np.diff(edges) <= 0).any():
        raise InputError(f"`rings` must rise from above 0 metres, got {', '.join(f'{edge:g}' for edge in edges)}.")
    nobody = pd.DataFrame(columns=list(COCOON_COLUMNS))
    told = {response.name for response in responses if response.neighbours}
    focus = due[due["response"].isin(told)]
    if focus.empty or premises.empty:
        return nobody
    focus = focus.assign(expires=focus["last"] + pd.Timedelta(days=expires_after))
    focus = focus[focus["expires"] >= as_of].join(at[["x", "y", "premises"]])
    if focus.empty:
        return nobody
    doors = premises.drop_duplicates("premises").sort_values("premises", ignore_index=True)
    found = cKDTree(doors[["x", "y"]]).query_ball_point(focus[["x", "y"]], edges[-1], return_sorted=True)
    row, door = np.repeat(np.arange(len(focus)), [len(each) for each in found]), np.concatenate(found).astype(np.int64)
    near = focus.iloc[row].rename(columns={"premises": "own"}).reset_index(drop=True)
    near["premises"] = doors["premises"].to_numpy()[door]
    apart = doors[["x", "y"]].to_numpy()[door] - near[["x", "y"]].to_numpy()
    near["metres"] = np.round(np.hypot(*apart.T), 1)
    near["ring_m"] = edges[np.minimum(np.searchsorted(edges, near["metres"]), len(edges) - 1)]
    near = near[(near["premises"] != near["own"].fillna("")).to_numpy()]
    near = near.sort_values(["metres", "premises", "subject"], kind="stable").drop_duplicates("premises")
    return near[list(COCOON_COLUMNS)].reset_index(drop=True)


def _due(
    held: pd.DataFrame, response: Response, as_of: pd.Timestamp, recent: pd.Timedelta, look_back: pd.Timedelta
) -> list[dict[str, Any]]:
    """Return what one response asks for, victim by victim."""
    other: Kind = "victim" if response.subject == "place" else "place"
    first, second = held[response.subject], held[other]
    kind = pd.Series(response.subject, index=held.index).where(first.notna(), other)
    subject = first.astype("string").fillna(second.astype("string"))
    known = held.assign(kind=kind, subject=subject)[subject.notna().to_numpy()]
    known = known[known.groupby(["kind", "subject"])["last"].transform("max") >= as_of - recent]
    rows = []
    ordered = known.sort_values(["last", "crime_id"], kind="stable")
    for (what, who), own in ordered.groupby(["kind", "subject"], sort=True):
        newest = own.iloc[-1]
        days = own.loc[own["last"] >= newest["last"] - look_back, "last"].dt.date.nunique()
        tier = TIERS[min(days - 1, 2)]
        step: Tier = getattr(response, tier)
        due = newest["last"] + pd.Timedelta(hours=step.within_hours)
        rows.append({
            "row": own.index[-1], "tier": tier, "response": response.name, "kind": what, "subject": who,
            "crime_id": newest["crime_id"], "offence": newest["offence"], "last": newest["last"],
            "previous": days - 1, "due": due, "late": bool(due < as_of), "actions": "; ".join(step.actions),
        })  # fmt: skip
    return rows
