"""What a run takes for granted: its assumptions, a sentence each, and the settings that it depends on."""

import pandas as pd

from geodata.streets import covers
from hotspots.forecast import SLOW
from maps import words
from service.analysis.scene import Outlook, Scene, too_coarse
from service.deployment.plan import Teams
from service.reading.inputs import Inputs


def analysis_assumptions(given: Inputs, scene: Scene, outlook: Outlook) -> tuple[str, ...]:
    """Return what the analysis takes for granted."""
    notes = [_counted(given, scene)]
    notes.append(f"Harm is weighed by the table {given.harm.name}, edition {given.harm.edition}, in {given.harm.unit}.")
    notes.append(_shape_note(outlook))
    if given.profile.analysis.forecasts == "quick":
        notes.append(f"Forecasts that take minutes ({' and '.join(SLOW)}) were not tried, since the profile asks so.")
    notes.extend(too_coarse(scene))
    if given.streets is not None:
        reach = covers(given.streets, given.wards)
        notes.append(f"The streets reach over {reach:.0%} of the areas. {given.streets.note}")
    if not given.profile.control_strategy:
        notes.append("No control strategy was given: every crime type counts by its harm alone.")
    notes.append(priorities_note(given))
    return tuple(notes)


def _counted(given: Inputs, scene: Scene) -> str:
    """Return how the crimes accepted become those analysed: what is said adds up."""
    accepted, analysed = len(given.crimes.crimes), len(scene.crimes)
    told = [f"Of {words.count(accepted, 'crime')} accepted {analysed:,} are analysed."]
    if scene.excluded:
        told.append(
            f"{scene.excluded:,} of {', '.join(given.profile.analysis.exclude)} are out of the risk surface: "
            "where they are recorded follows where police look."
        )
    if rest := accepted - analysed - scene.excluded:
        told.append(f"{rest:,} lie outside the areas, or before or after the whole {scene.periods.unit}s.")
    return " ".join(told)


def priorities_note(given: Inputs) -> str:
    """Return which wards count for more or less than others."""
    asked = given.profile.community_priorities
    if not asked:
        return "No community priorities were given: every ward counts alike."
    names = dict(zip(given.wards["code"], given.wards["name"], strict=True))
    told = [f"{names[code]} {weight:g} times" for code, weight in sorted(asked.items())]
    return f"By community priority, wards count more or less than others: {words.listing(told)}."


def _shape_note(outlook: Outlook) -> str:
    shape = outlook.shape
    if not shape.tests:
        return f"Hot spots grow on the {shape.best} map: there are too few periods to test another way."
    once = shape.tests == 1
    held = {
        name: words.percent(share) if once else words.percent_with_interval(share, *shape.ends[name])
        for name, share in shape.caught.items()
    }
    record = " and ".join(f"{share} grown on the {name} map" for name, share in held.items())
    tests = "the last period" if once else f"each of the last {shape.tests} periods"
    ends = "" if once else ", on average and from the least to the most,"
    return (
        f"Hot spots grow on the {shape.best} map. Chosen before {tests} by the same rules, they would have held{ends} "
        f"{record}."
    )


def analysis_parameters(given: Inputs, scene: Scene, outlook: Outlook) -> pd.DataFrame:
    """Return the settings that the hot spots depend on: name, value, meaning."""
    settings = given.profile.analysis
    rows = [
        ("cell", f"{scene.grid.cell:g} m", "side of the square cells"),
        ("bandwidth", f"{scene.bandwidth:g} m", "reach of one crime in the density"),
        ("area share", f"{outlook.rules['share']:.3%}", "share of the study area that hot spots may take up"),
        (
            "hot spot size",
            f"{settings.smallest_hotspot:,.0f} to {settings.largest_hotspot:,.0f} m²",
            "patrollable area",
        ),
        ("ranked by", settings.rank_by, "what makes a hot spot"),
        ("excluded offences", ", ".join(settings.exclude) or "none", "left out of the risk surface"),
        ("forecast", outlook.backtest.best, "method chosen by its back-test"),
        ("periods", f"{scene.periods.size} {scene.periods.unit}s", "what the forecast is made from"),
        ("seed", str(given.seed), "of everything random"),
    ]
    return pd.DataFrame(rows, columns=["name", "value", "meaning"])


def run_parameters(given: Inputs, scene: Scene, outlook: Outlook, teams: Teams) -> pd.DataFrame:
    """Return all of a run's settings: name, value, meaning."""
    patrol = given.profile.patrol
    rows = [
        ("share on patrol", f"{patrol.share_on_patrol:.0%}", "of a shift's hours"),
        ("visit", f"{patrol.visit_minutes} min", "length of one visit"),
        ("most visits", str(patrol.most_visits), "to one hot spot in one shift"),
        ("walking speed", f"{patrol.walking_kmh:g} km/h", "on patrol"),
        ("floor", str(given.profile.posts.floor), "officers that every ward has at least"),
        ("constables, CSOs", f"{teams.posts.constables:,}, {teams.posts.csos:,}", "posts shared out between wards"),
    ]
    more = pd.DataFrame(rows, columns=["name", "value", "meaning"])
    return pd.concat([analysis_parameters(given, scene, outlook), more], ignore_index=True)
