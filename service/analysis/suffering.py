"""Who suffers again among the crimes analysed, as far as the data bear it; where risk is raised: `raised_risk`."""

from typing import Final

import pandas as pd

from geodata.fitness import Fitness
from hotspots.repeats import repeat_table, repeats
from maps.pack import Suffering
from maps.repeats.study import EVERY
from service.analysis.raised_risk import raised_risk
from service.analysis.scene import Scene
from service.reading.inputs import Inputs
from service.repeats.subjects import Subject, subjects

PLACES: Final = "Repeat victimisation of premises"
PEOPLE: Final = "Repeat victimisation of people"
_COLUMNS: Final = ["kind", "offence", "crimes", "number", "repeats", "share", "share_low", "share_high"]


def who_suffers(given: Inputs, scene: Scene, fitness: Fitness) -> Suffering:
    """
    Return repeats and near repeats among the crimes analysed.

    Parameters
    ----------
    given : what the run works from
    scene : the crimes analysed
    fitness : what the data can bear; its reasons stand where nothing is claimed
    """
    place, victim = _subjects(scene)
    people = given.wards["population"]
    targets = float(people.sum()) if people.notna().all() else None
    risk = raised_risk(given, scene, fitness)
    parts = [_by_offence(scene, each) for each in (place, victim) if each is not None]
    return Suffering(
        places=_times(scene, place, None),
        places_note=_reason(fitness, PLACES) if place is None else place.reason,
        victims=_times(scene, victim, targets),
        victims_note=_reason(fitness, PEOPLE) if victim is None else victim.reason,
        offences=pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS),
        bands=risk.bands,
        bands_note=risk.bands_note,
        windows=risk.windows,
        windows_note=risk.windows_note,
    )


def _subjects(scene: Scene) -> tuple[Subject | None, Subject | None]:
    """Return places and people, each only where repeats of it are claimed."""
    crimes = scene.crimes
    if not (crimes["place_kind"] == "premises").any() and crimes["victim_id"].isna().all():
        return None, None
    found = subjects(crimes, None)
    return found.place if found.place.claimed else None, found.victim


def _reason(fitness: Fitness, claim: str) -> str:
    return str(fitness.claims.set_index("claim").loc[claim, "reason"])


def _times(scene: Scene, subject: Subject | None, targets: float | None) -> pd.DataFrame | None:
    if subject is None:
        return None
    held = subject.who[subject.counted(scene.crimes["offence"])]
    return repeat_table(held, targets).reset_index().rename(columns={"victims": "number"})


def _by_offence(scene: Scene, subject: Subject) -> pd.DataFrame:
    rows = subject.counted(scene.crimes["offence"])
    held, offence = subject.who[rows], scene.crimes.loc[rows, "offence"].astype("string")
    every = repeats(held).rename({"all": EVERY})
    each = repeats(held, by=offence).sort_values("crimes", ascending=False, kind="stable")
    table = pd.concat([every, each]).rename_axis("offence").reset_index().rename(columns={"victims": "number"})
    return table.assign(kind=subject.kind)[_COLUMNS]
