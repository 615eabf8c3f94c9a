"""Plans to be laid side by side: the base first, then what if."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame

from allocation.scenario import Comparison
from geodata.errors import InputError
from maps import words
from maps.pack import Pack

TEAMS_ALONE: Final = "Teams are compared; hot spots and routes are not, since a scenario of teams plans no patrols."


@dataclass(frozen=True, eq=False)
class Walked:
    """
    What patrols do on the ground.

    Parameters
    ----------
    visited : hot spots that they visit
    routes : columns unit, shift, stops, geometry, or None where nobody patrols
    """

    visited: frozenset[str]
    routes: GeoDataFrame | None


@dataclass(frozen=True, eq=False)
class Side:
    """
    One plan.

    Parameters
    ----------
    name : shown above its map
    teams : columns ward, constables, csos
    visited : hot spots that its patrols visit, or None where no patrols were planned
    routes : columns unit, shift, stops, geometry, or None likewise
    unmet : rules that it cannot keep, in words
    """

    name: str
    teams: pd.DataFrame
    visited: frozenset[str] | None = None
    routes: GeoDataFrame | None = None
    unmet: str = ""


@dataclass(frozen=True, eq=False)
class Sides:
    """
    Plans side by side.

    Parameters
    ----------
    force, marking : shown above them
    wards : table of areas
    sides : two or more, the base first
    hotspots : table of hot spots, or None
    summary : one row a plan, as `allocation.scenario.Comparison` has it, or None
    notes : each a sentence that a reader must know
    credits : attribution of the data

    Raises
    ------
    InputError
        If there are fewer than two plans.
    """

    force: str
    marking: str
    wards: GeoDataFrame
    sides: tuple[Side, ...]
    hotspots: GeoDataFrame | None = None
    summary: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.sides) < 2:
            raise InputError(f"Plans are compared two or more at a time, got {len(self.sides)}.")

    def more(self, side: Side) -> pd.DataFrame:
        """
        Return how the teams of a plan differ from the base, one row a ward in the order of the wards.

        Returns
        -------
        more : columns ward, name, constables, csos, more (of the base's), constables_before, csos_before
        """
        now, before = (self._posts(each) for each in (side, self.sides[0]))
        table = pd.DataFrame({"ward": self.wards["code"].to_numpy(), "name": self.wards["name"].to_numpy()})
        for role in ("constables", "csos"):
            table[role] = (now[role] - before[role]).to_numpy()
            table[f"{role}_before"] = before[role].to_numpy()
        return table.assign(more=table["constables"] + table["csos"])

    def visits(self, side: Side) -> pd.DataFrame:
        """
        Return which hot spots a plan visits beside the base, by rank.

        Returns
        -------
        visits : columns hotspot_id, rank, name, look ("both", "new", "gone", "neither"), words, sign
        """
        if self.hotspots is None or side.visited is None:
            raise InputError("Visits can be compared only where hot spots and patrols were planned.")
        first = self.sides[0].visited or frozenset()
        told = {
            (True, True): ("both", "visited in both plans", ""),
            (False, True): ("new", "newly visited", "+"),
            (True, False): ("gone", "no longer visited", words.MINUS),
            (False, False): ("neither", "visited in neither plan", ""),
        }
        found = [told[spot in first, spot in side.visited] for spot in self.hotspots["hotspot_id"]]
        table = pd.DataFrame(found, columns=["look", "words", "sign"])
        kept = pd.DataFrame(self.hotspots[["hotspot_id", "rank", "name"]]).reset_index(drop=True)
        return kept.join(table)

    def sentence(self, side: Side) -> str:
        """Return in words how the teams differ from the base."""
        more = self.more(side)
        gained, lost = int((more["more"] > 0).sum()), int((more["more"] < 0).sum())
        swapped = int(((more["more"] == 0) & (more["constables"] != 0)).sum())
        parts = [f"{words.count(gained, 'ward gains', 'wards gain')} posts"]
        parts += [f"{words.count(lost, 'ward loses', 'wards lose')} posts"]
        parts += [f"{words.count(swapped, 'ward has', 'wards have')} as many, of other roles"] if swapped else []
        total = int(more["more"].sum())
        return words.sentence(f"{words.listing(parts)}; {changed(total, 'post')} in all. {side.unmet}")

    def summary_rows(self) -> list[dict[str, Any]]:
        """Return the summary, one row a plan, in words; empty without one."""
        if self.summary is None:
            return []
        return [
            {
                "name": row["scenario"],
                "worth": words.number(row["value"]),
                "covered": words.percent(row["covered"]),
                "posts": f"{row['constables']} + {row['csos']}",
                "moved": words.number(row["moved"], 0),
                "cost": "" if pd.isna(row["cost"]) else f"£{row['cost']:,.0f}",
                "gap": words.percent(row["gap"]) if row["gap"] else "0",
                "patrols": _patrols_in_words(row) if "exposed" in row else None,
            }
            for row in self.summary.to_dict("records")
        ]

    def _posts(self, side: Side) -> pd.DataFrame:
        table = side.teams.set_index("ward").reindex(self.wards["code"])
        return table[["constables", "csos"]].fillna(0).astype("int64")


def _with_sign(value: float) -> str:
    return f"{'+' if value > 0 else ''}{words.number(value)}"


def _patrols_in_words(row: dict[Any, Any]) -> dict[str, str]:
    """Return what patrols come to: harm exposed, its change beside the base, visits, unmet, walked, driven and gap."""
    more, ends = row["exposed_more"], (row["more_low"], row["more_high"])
    known = not any(pd.isna(end) for end in ends) and more != 0
    return {
        "exposed": words.number(row["exposed"]),
        "more": _with_sign(more) + (f" ({' to '.join(map(_with_sign, ends))})" if known else ""),
        "share": words.percent(row["exposed_share"]),
        "visits": words.number(row["visits"], 0),
        "unmet": words.number(row["unmet_visits"], 0),
        "walked": f"{words.number(row['walked_km'])} km",
        "driven": f"{words.number(row['driving_minutes'], 0)} min",
        "gap": words.percent(row["patrol_gap"]) if row["patrol_gap"] else "0",
    }


def signed(number: int) -> str:
    """Return "+2", "−1" or "±0"."""
    return f"+{number}" if number > 0 else f"{words.MINUS}{-number}" if number < 0 else "±0"


def changed(number: int, noun: str) -> str:
    """Return "2 CSOs more", "1 constable fewer" or "as many CSOs"."""
    return f"{words.count(abs(number), noun)} {'more' if number > 0 else 'fewer'}" if number else f"as many {noun}s"


def sides_of_comparison(
    comparison: Comparison,
    wards: GeoDataFrame,
    *,
    force: str,
    marking: str,
    sources: Sequence[str] = (),
    summary: pd.DataFrame | None = None,
    notes: Sequence[str] = (),
    hotspots: GeoDataFrame | None = None,
    walked: Mapping[str, Walked] | None = None,
) -> Sides:
    """
    Return the scenarios of a comparison side by side.

    Parameters
    ----------
    comparison : what `allocation.scenario.compare_scenarios` returns
    wards : table of areas, of the same wards
    force, marking, sources : as the profile has them, the last for credits
    summary : one row a plan, with what patrols come to where these are compared; None: the comparison's own
    notes : each a sentence
    hotspots : table of hot spots, or None where teams alone are compared
    walked : by scenario, likewise
    """
    own, walks = comparison.summary.set_index("scenario")["unmet"].to_dict(), walked or {}
    sides = []
    for name, rows in comparison.wards.groupby("scenario", sort=False):
        walk = walks.get(str(name), Walked(frozenset(), None))
        visited = walk.visited if walks else None
        teams = rows[["ward", "constables", "csos"]]
        sides.append(Side(str(name), teams, visited, walk.routes, unmet=str(own.get(name, ""))))
    told = () if walks else (TEAMS_ALONE,)
    return Sides(
        force, marking, wards, tuple(sides), hotspots=hotspots if walks else None,
        summary=comparison.summary if summary is None else summary, notes=(*told, *notes), credits=tuple(sources),
    )  # fmt: skip


def sides_of_packs(packs: Sequence[Pack], names: Sequence[str]) -> Sides:
    """
    Return the plans of several runs of one force side by side: teams, hot spots visited, routes.

    Parameters
    ----------
    packs : findings of runs, the base first; wards and hot spots are taken from the base
    names : of each
    """
    base = packs[0]
    sides = tuple(
        Side(
            name,
            pack.staffing.table[["ward", "constables", "csos"]],
            frozenset(pack.schedule.plan["hotspot_id"]),
            pack.routes,
            " ".join(pack.staffing.unmet),
        )
        for pack, name in zip(packs, names, strict=True)
    )
    return Sides(base.force, base.marking, base.wards, sides, hotspots=base.hotspots, credits=base.credits)
