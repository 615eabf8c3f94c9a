"""A review as text for a terminal: a row per intervention, what may be said of each, and how many fell."""

from collections.abc import Mapping, Sequence
from typing import Any

from hotspots.impact import Effect
from service.plain_table import number, plain_table
from service.review.one import Reviewed
from service.review.words import change, comparison, ends, percent
from service.review.zones import TREATED


def table(reviewed: Sequence[Reviewed], tally: Mapping[str, Any]) -> str:
    """Return a row per intervention, what may be said of each, and how many fell."""
    columns: dict[str, list[str]] = {
        "Intervention": [each.plan.name for each in reviewed],
        "before": [f"{each.counts.of(TREATED)[0]:,}" for each in reviewed],
        "after": [f"{each.counts.of(TREATED)[1]:,}" for each in reviewed],
        "change": [change(each.counts, TREATED, each.spans) for each in reviewed],
        "comparison": [change(each.counts, comparison(each.plan), each.spans) for each in reviewed],
        "beside it": [percent(each.judged.effect) for each in reviewed],
        "90 % interval": [ends(each.judged.effect) for each in reviewed],
        "WDD": [f"{each.difference.total.change:+,.1f}" for each in reviewed],
        "95 % interval": [_count_ends(each.difference.total) for each in reviewed],
        "E-test p": [number(each.e_test, ".4f") for each in reviewed],
        "verdict": [each.judged.verdict for each in reviewed],
    }
    told = [plain_table(columns), ""]
    for each in reviewed:
        told += [f"{each.plan.name}. {each.judged.sentence}", *(f"  {note}" for note in each.judged.notes)]
    if len(reviewed) > 1:
        told.append(tally_sentence(tally))
    return "\n".join(told)


def tally_sentence(tally: Mapping[str, Any]) -> str:
    """Say how many of several interventions fell beside their comparison."""
    if not tally["compared"]:
        return "None of the interventions could be compared."
    return (
        f"{tally['down']} of {tally['compared']} interventions fell beside their comparison, {tally['surely_down']} of "
        f"them surely; were none of any use, as uneven a count would come with a chance of {tally['p']:.2g}."
    )


def _count_ends(effect: Effect) -> str:
    low, high = effect.interval(0.95)
    return f"{low:+,.1f} to {high:+,.1f}"
