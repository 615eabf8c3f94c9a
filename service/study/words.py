"""What a study says in sentences, and its tables beside those of the cells."""

from typing import Final

import pandas as pd

from hotspots.vulnerable_localities import VulnerableLocalities
from maps.study.study import Study
from service.analysis import scene as analysis
from service.analysis.places import Chosen
from service.analysis.scene import Scene
from service.study.cells import DIGITS
from service.study.options import Options

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def hotspots_made_how(chosen: Chosen, options: Options) -> str:
    """Say how the hot spots were made, and what the streets and the rules did to them."""
    said = "Hot spots grow on the forecast from the cell where most is expected."
    if chosen.least is not None and options.rules.clusters is not None:
        least = f"{chosen.least:,.3g}" + (" places" if options.rules.clusters == "HDBSCAN" else " in weight")
        said = f"Hot spots are clusters of crimes by {options.rules.clusters}, of at least {least}."
    if chosen.parted:
        said += f" {chosen.parted} of them were parted where the walk across is a long way round."
    if options.rules.apart:
        said += f" They lie at least {options.rules.apart:g} m apart."
    if options.rules.most_street is not None:
        said += f" None holds over {options.rules.most_street:,.0f} m of street."
    return said


def notes(study: Study, scene: Scene) -> tuple[str, ...]:
    """Return what a reader must know, each a sentence."""
    week = "" if study.insight.week is not None else study.insight.week_note
    told = (
        study.smoothing.sentence if study.smoothing.curve is not None else "",
        study.hotspot_note,
        "" if study.sensitivity is None else study.sensitivity.sentence,
        study.street_note,
        week,
        "" if study.space_time is None else study.space_time.sentence,
        "" if study.beside is None else study.beside.sentence,
        localities_told(study.localities),
        *analysis.too_coarse(scene),
    )
    return tuple(sentence for sentence in told if sentence)


def localities_told(found: VulnerableLocalities | None) -> str:
    """Say how many areas are priorities, and which inputs are missing."""
    if found is None:
        return ""
    if found.missing:
        return f"No Vulnerable Localities Index: its inputs lack {'; '.join(found.missing)}."
    priority, without = int(found.table["priority"].fillna(value=False).sum()), int(found.table["vli"].isna().sum())
    said = f"Vulnerable Localities Index: {priority} of {len(found.table)} areas are above 200, twice the mean"
    return f"{said}; without an index for want of an input: {without}." if without else f"{said}."


def further_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Return the tables that are written as CSV beside those of the cells."""
    insight = study.insight
    found = {"concentration": insight.concentration, "lorenz": insight.curve}
    if study.sensitivity is not None:
        found["sensitivity"] = study.sensitivity.settings
    if study.smoothing.curve is not None:
        found["bandwidth"] = study.smoothing.curve
    if insight.hours is not None:
        found["patrol_hours"] = insight.hours
    if insight.scan is not None:
        found["scan"] = pd.DataFrame(insight.scan.clusters.drop(columns="geometry"))
        found["scan_maxima"] = pd.DataFrame({"llr": insight.scan.maxima})
    if insight.week is not None:
        hours = [f"{day} {hour:02d}" for day in DAYS for hour in range(24)]
        found["week"] = insight.week.profiles.set_axis(hours, axis=1).rename_axis("hotspot_id").reset_index()
    if study.space_time is not None:
        found["space_time"] = study.space_time.peaks
    if study.localities is not None:
        found["vulnerable_localities"] = study.localities.table.rename_axis("code").reset_index()
    return {name: table.round(DIGITS) for name, table in found.items()}
