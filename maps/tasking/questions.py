"""The meeting's questions, each with the layers that answer it."""

from collections.abc import Iterable, Mapping

from maps.pack import Pack
from maps.style import Shading
from maps.tasking import changed, delivered, layers, moments, suffered
from maps.tasking.facts import Patrol, shifts
from maps.tasking.switch import Question, Switch


def switches(pack: Pack, walks: tuple[Patrol, ...], classes: Shading, *, moving: bool = True) -> tuple[Switch, ...]:
    """
    Return every layer that the findings bear, in the order of the questions.

    Parameters
    ----------
    pack : one run's findings
    walks : its patrols
    classes : of the risk in each cell
    moving : whether there is a slider, which the layers of moments need
    """
    return (
        *layers.where(pack, classes),
        *suffered.switches(pack),
        *changed.switches(pack),
        *(moments.switches(pack) if moving else ()),
        *layers.who(pack, walks),
        *delivered.switches(pack),
    )


def questions(
    pack: Pack, parts: Iterable[Switch], walks: tuple[Patrol, ...], *, moving: bool = True
) -> tuple[Question, ...]:
    """
    Return the questions that can be asked; one whose answer is that the data do not bear it is asked, too.

    Parameters
    ----------
    pack : one run's findings
    parts : the layers there are
    walks : its patrols
    moving : whether there is a slider, without which nobody asks when
    """
    there = {part.name for part in parts}
    patrolled = {f"Patrols: {shift}": (f"patrols-{number}", "bases") for number, shift in enumerate(shifts(walks))}
    against = {f"Against {found.before}": (name,) for name, found in changed.compared(pack).items()}
    scales = {scale.words: (scale.name,) for scale in moments.scales(pack)} if moving else {}
    asked = [
        Question("where", "Where?", {"": ("risk", "spots", "bases")}),
        Question("suffers", "Who suffers?", {"": ("windows", "bases")} if pack.suffering else {}),
        Question("changed", "What changed?", against),
        Question("when", "When?", (scales or {"": ("spots",)}) if moving and pack.insight else {}),
        Question("goes", "Who goes?", {"Teams by ward": ("teams", "bases"), **patrolled}),
        Question("delivered", "What was delivered?", {"": ("delivered",)} if pack.past else {}),
    ]
    return tuple(_possible(question, there) for question in asked if question.choices)


def _possible(question: Question, there: set[str]) -> Question:
    kept: Mapping[str, tuple[str, ...]] = {
        words: tuple(name for name in names if name in there) for words, names in question.choices.items()
    }
    return Question(question.name, question.words, kept)
