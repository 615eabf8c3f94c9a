"""The restricted lists: what is due to recent victims, which neighbours to warn, who comes first; under pseudonyms."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from geodata import cast
from geodata.premises import pseudonyms
from hotspots.priority import priority
from hotspots.response import cocoon, response_list
from maps import words
from maps.repeats.study import RestrictedLists
from service.manifest import RUN_DIGITS
from service.repeats.scene import Scene
from service.repeats.subjects import Subjects

MOST_WARNED: Final = 0.1


def restricted_lists(scene: Scene, who: Subjects) -> RestrictedLists:
    """Return the lists, of whatever can be claimed of premises and people; empty where neither can."""
    rules = scene.profile.repeats
    rows = _rows(scene, who)
    due = response_list(rows, as_of=scene.as_of, **rules.options)
    neighbours = cocoon(
        due, rows.loc[due.index, ["x", "y", "premises"]], _doors(rows, who.listed), as_of=scene.as_of,
        rings=rules.rings, expires_after=rules.cocoon_days, responses=rules.graded,
    )  # fmt: skip
    names = _pseudonyms(rows, neighbours, scene.key)
    last = scene.as_of - pd.Timedelta(seconds=1)
    return RestrictedLists(
        force=scene.profile.force.name,
        marking=rules.marking,
        run_id=scene.run[:RUN_DIGITS],
        stamp=last.tz_localize(None).normalize(),
        as_of=f"{last.day} {last:%B %Y}",
        due=_hidden(due, names),
        neighbours=_hidden(neighbours, names),
        priority={kind: _ranked(scene, rows[kind[:-1]], names) for kind in ("places", "victims")},
        review=who.match.review,
        notes=(*_notes(scene, who), *_burden(len(neighbours), len(who.listed))),
    )


def _rows(scene: Scene, who: Subjects) -> pd.DataFrame:
    """Return the crimes as the response list takes them; those dated by month only have no day on which to act."""
    crimes = scene.crimes
    x, y = cast.coordinates(crimes, crimes.crs)
    nobody = pd.Series(pd.NA, index=crimes.index, dtype="string")
    place = who.place.who if who.place.claimed else nobody
    line = crimes["source_file"].astype("string") + ":" + crimes["source_row"].astype("string")
    columns = {
        "crime_id": crimes["crime_id"].fillna(line),
        "offence": crimes["offence"].astype("string"),
        "last": crimes["occurred_to"].clip(upper=scene.as_of),
        "place": place,
        "victim": nobody if who.victim is None else who.victim.who,
        "x": x,
        "y": y,
        "premises": who.match.premises,
    }
    dated: pd.DataFrame = pd.DataFrame(columns)[crimes["precision"] != "month"]
    return dated


def _doors(rows: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Return every premises whose position is known: those listed, else those that were victims themselves."""
    if len(listed):
        return listed
    return rows.loc[rows["premises"].notna(), ["premises", "x", "y"]].sort_values(["premises", "x", "y"])


def _pseudonyms(rows: pd.DataFrame, neighbours: pd.DataFrame, key: bytes | None) -> Mapping[str, str]:
    """Return the pseudonym of every premises; victims have theirs from the reader."""
    premises = pd.concat([rows["premises"], neighbours["premises"].astype("string")]).dropna().drop_duplicates()
    return dict(zip(premises, pseudonyms(premises, key), strict=True))


def _hidden(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    hidden: dict[str, Any] = {
        column: table[column].map(lambda name: names.get(name, name)).astype("string")
        for column in ("subject", "premises")
        if column in table
    }
    return table.assign(**hidden).reset_index(drop=True)


def _ranked(scene: Scene, who: pd.Series, names: Mapping[str, str]) -> pd.DataFrame:
    crimes = scene.crimes.loc[who.index]
    harm = scene.harm.of(crimes["offence"])
    table = priority(
        who,
        crimes["occurred_to"].clip(upper=scene.as_of),
        harm,
        as_of=scene.as_of,
        half_life=scene.profile.repeats.half_life,
    ).reset_index()
    table["victim"] = table["victim"].map(lambda name: names.get(name, name)).astype("string")
    return table.rename(columns={"victim": "subject"}).sort_values(["rank", "subject"], ignore_index=True)


def _burden(neighbours: int, listed: int) -> list[str]:
    """Say what share of all premises is to be warned, and that it is too many where it is."""
    if not listed or not neighbours:
        return []
    said = f"{words.percent(neighbours / listed)} of all {listed:,} premises are to be warned"
    return [
        f"{said}: too many to be worth a visit; narrow `rings` or `recent`."
        if neighbours > MOST_WARNED * listed
        else f"{said}."
    ]


def _notes(scene: Scene, who: Subjects) -> list[str]:
    if not who.place.claimed and who.victim is None:
        return ["The restricted lists are empty: the crimes say neither at which premises nor to whom they were done."]
    notes = [
        f"What is due, and by when, follows the {len(scene.profile.repeats.graded)} graded responses "
        f"{'of the force profile' if scene.profile.repeats.responses else 'that are built in'}."
    ]
    if not who.place.claimed:
        notes.append("No place is listed: the crimes do not say at which premises they were.")
    if who.victim is None:
        notes.append("No victim is listed: the crimes do not say to whom they were done.")
    if who.place.claimed and who.listed.empty:
        notes.append(
            "No list of premises was given: the neighbours are only those that were victims themselves (`--premises`)."
        )
    if scene.key is None and who.place.claimed:
        notes.append(
            "No key was given: premises bear numbers that mean nothing outside this run, and only the crime's "
            "reference leads back."
        )
    return notes
