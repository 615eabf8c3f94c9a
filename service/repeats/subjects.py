"""
Who or what can suffer again in these data: premises and people, or, where rows do not say, only something coarser.

A claim is made crime type by crime type, and only where most crimes of the type say at which premises, or to whom. If
none does, the claim is refused, and what the rows do name (a street block, a map point, a position) is counted under
its own name.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.premises import PremisesMatch, match_premises
from maps import words

MOST: Final = 0.5
_COARSE: Final = ("street block", "map point", "recorded position", "street")
_INSTEAD: Final = {
    "street block": "Repeats are counted by street block, and are named so: many addresses share a block.",
    "map point": "Repeats are counted by map point, and are named so: each stands for several addresses or none.",
    "recorded position": "Repeats are counted by recorded position, and are named so: it may stand for many addresses.",
    "street": "Repeats are counted by street, and are named so.",
}
_CLAIMS: Final = {"place": "Repeat victimisation of premises", "victim": "Repeat victimisation of people"}
_NAMED: Final = {"place": "at which premises they were", "victim": "who the victim was"}


@dataclass(frozen=True, eq=False)
class Subject:
    """
    What is counted again.

    Parameters
    ----------
    kind : "place" or "victim"
    level : "premises" or "victim", or, where these cannot be claimed, what rows do name
    claimed : whether repeat victimisation of premises, or of people, is claimed
    reason : why, or why not, and what is counted instead, in sentences
    who : one a crime; missing where not known, or of a crime type of which too few say
    left_out : crime types of which too few crimes say
    """

    kind: Literal["place", "victim"]
    level: str
    claimed: bool
    reason: str
    who: pd.Series
    left_out: tuple[str, ...]

    def counted(self, offence: pd.Series) -> pd.Series:
        """Tell which crimes are of a type that is counted."""
        return ~offence.astype("string").isin(self.left_out)

    @property
    def claim(self) -> str:
        """The claim in words."""
        return _CLAIMS[self.kind]


@dataclass(frozen=True, eq=False)
class Subjects:
    """Places, victims (None where no row says who), how addresses were matched, and the listed premises by name."""

    place: Subject
    victim: Subject | None
    match: PremisesMatch
    listed: pd.DataFrame
    refusals: tuple[tuple[str, str], ...]

    @property
    def found(self) -> tuple[Subject, ...]:
        """All there are."""
        return (self.place,) if self.victim is None else (self.place, self.victim)


def subjects(crimes: GeoDataFrame, premises: pd.DataFrame | None) -> Subjects:
    """
    Return places and victims.

    Parameters
    ----------
    crimes : table of crimes
    premises : list of premises, as `read_premises` gives, or None
    """
    match, listed = _matched(crimes, premises)
    place = _place(crimes, match)
    victim = _claimed("victim", "victim", crimes["offence"], crimes["victim_id"])
    refusals = [(subject.claim, subject.reason) for subject in (place, victim) if not subject.claimed]
    return Subjects(place, victim if victim.claimed else None, match, listed, tuple(refusals))


def _matched(crimes: GeoDataFrame, premises: pd.DataFrame | None) -> tuple[PremisesMatch, pd.DataFrame]:
    """Match crimes and listed premises together, so that one premises has one name in both."""
    x, y = cast.coordinates(crimes, crimes.crs)
    given = crimes["place_id"].astype("string").where(crimes["place_kind"] == "premises")
    typed = crimes["location"].astype("string")
    if premises is None:
        return match_premises(given, typed, x=x, y=y), pd.DataFrame(columns=["premises", "x", "y"])
    both = [pd.concat([own, listed.astype("string")], ignore_index=True) for own, listed in
            ((given, premises["identifier"]), (typed, premises["address"]))]  # fmt: skip
    found = match_premises(*both, x=np.append(x, premises["x"]), y=np.append(y, premises["y"]))
    count = len(crimes)
    listed = premises[["x", "y"]].assign(premises=found.premises.to_numpy()[count:])
    parts = {name: getattr(found, name)[:count].set_axis(crimes.index) for name in
             ("premises", "basis", "level", "place")}  # fmt: skip
    return PremisesMatch(**parts, review=found.review), listed.dropna().drop_duplicates("premises", ignore_index=True)


def _place(crimes: GeoDataFrame, match: PremisesMatch) -> Subject:
    claimed = _claimed("place", "premises", crimes["offence"], match.premises)
    if claimed.claimed:
        return claimed
    level, place = _coarse(crimes, match)
    counts = level.value_counts()
    commonest = max(_COARSE, key=lambda name: (int(counts.get(name, 0)), -_COARSE.index(name)))
    who = place.where(level == commonest)
    share = words.percent(float(who.notna().mean()) if len(who) else 0.0)
    reason = f"{claimed.reason} {_INSTEAD[commonest]} {share} of crimes name one."
    return Subject("place", commonest, False, reason, who, ())


def _coarse(crimes: GeoDataFrame, match: PremisesMatch) -> tuple[pd.Series, pd.Series]:
    """Return what each row names and at which level: as it was typed, else its map point, else its position."""
    point = crimes["place_id"].astype("string").where(crimes["place_kind"] == "map point")
    x, y = cast.coordinates(crimes, crimes.crs)
    codes, places = pd.factorize(np.round(x, 1) + 1j * np.round(y, 1))
    texts = np.array([f"{at.real:.1f}, {at.imag:.1f}" for at in places] or [""], dtype=object)
    position = pd.Series(texts[codes] if len(codes) else [], index=crimes.index, dtype="string")
    typed = match.level.isin(["street block"]) | ((match.level == "street") & (crimes["place_kind"] == "premises"))
    level = match.level.where(typed, point.notna().map({True: "map point", False: "recorded position"}))
    return level, match.place.where(typed, point.fillna(position))


def _claimed(kind: Literal["place", "victim"], level: str, offence: pd.Series, who: pd.Series) -> Subject:
    """Return the subject with the crime types of which most crimes say; none claimed where there is no such type."""
    share = who.notna().groupby(offence.astype("string"), sort=True).mean()
    enough = share.index[share >= MOST]
    said = words.percent(float(who.notna().mean()) if len(who) else 0.0)
    left_out = tuple(str(name) for name in share.index[share < MOST])
    reason = f"{said} of crimes say {_NAMED[kind]}." if who.notna().any() else f"No row says {_NAMED[kind]}."
    if len(enough) and left_out:
        reason += f" Left out, because most of their crimes do not: {words.listing(left_out, most=6)}."
    held = who.where(offence.astype("string").isin(enough))
    return Subject(kind, level, len(enough) > 0, reason, held, left_out)
