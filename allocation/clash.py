"""Rules that cannot all be kept: the smallest set of them that clashes, and what each would have to give way by."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from allocation._frame import Frame
from allocation._solvers.feasible import settle
from allocation.funds import Fund
from allocation.rules import TeamRules
from allocation.team_problem import RULES, TeamProblem
from allocation.wording import NAMES, counted, figure, rule_words

GIVING_WAY = ("T13", "T11", "T9", "T10", "T8", "T3", "T6", "T4", "T12", "T7", "T1")  # the first that can, does
MOST_SETS = 300  # tried in search of a smaller clash
ROUND_OFF = 1e-9


@dataclass(frozen=True)
class Relaxation:
    """
    One way out of a clash.

    Parameters
    ----------
    rule : its number
    words : what would be changed, by as little as it can be
    problem : with the change; None: more officers would be needed than there are
    """

    rule: str
    words: str
    problem: TeamProblem | None


@dataclass(frozen=True)
class Clash:
    """
    Rules that no plan keeps all of, though any one of them could be left out.

    Parameters
    ----------
    rules : their numbers
    relaxations : by rule, the least change that lets the others be kept
    taken : number of the relaxation that the plan was made with
    sentence : all of this in words
    """

    rules: tuple[str, ...]
    relaxations: tuple[Relaxation, ...]
    taken: int
    sentence: str


def settle_clashes(problem: TeamProblem) -> tuple[TeamProblem, tuple[Clash, ...]]:
    """
    Return the problem with as little relaxed as lets a plan be made, and the clashes that asked for it.

    Raises
    ------
    RuntimeError
        If relaxing does not help, which would be a fault of the model.
    """
    clashes: list[Clash] = []
    while settle(Frame.of(problem), RULES) is None:
        clash = find_clash(problem)
        clashes.append(clash)
        relaxed = clash.relaxations[clash.taken].problem
        if relaxed is None or len(clashes) > len(RULES):
            raise RuntimeError("Rules that clash could not be relaxed.")
        problem = relaxed
    return problem, tuple(clashes)


def find_clash(problem: TeamProblem) -> Clash:
    """Return the smallest clash of a problem whose rules cannot all be kept."""
    frame = Frame.of(problem)
    rules = _smallest(frame, _irreducible(frame))
    ways = tuple(_relaxations(problem, frame, rules))
    able = [number for number, way in enumerate(ways) if way.problem is not None]
    taken = min(able, key=lambda number: GIVING_WAY.index(ways[number].rule))
    named = " and ".join([", ".join(rules[:-1]), rules[-1]] if len(rules) > 1 else rules)
    words = " ".join(rule_words(problem, rule) for rule in rules)
    outs = "; or ".join(way.words for way in ways)
    sentence = (
        f"{'Rules' if len(rules) > 1 else 'Rule'} {named} {'clash' if len(rules) > 1 else 'cannot be kept'}: {words} "
        f"The least that would help: {outs}. The plan is made with: {ways[taken].words}."
    )
    return Clash(rules, ways, taken, sentence)


def _dropped(kept: int) -> str:
    """Return in words what is left of the floor."""
    most = "ward" if kept == 1 else counted(kept, "wards")
    return f"drop the floor in all but the {most} of most demand" if kept else "drop the floor in every ward"


def floor_clash(problem: TeamProblem) -> tuple[Clash, ...]:
    """Return the clash of floors that the posts cannot pay for, which are kept in the wards of most demand; or none."""
    total, wards = problem.posts.constables + problem.posts.csos, len(problem.demand)
    floor = problem.rules.floor
    if floor * wards <= total:
        return ()
    kept, lower = total // floor, total // wards
    ways = (
        Relaxation("T2", f"have {counted(floor * wards - total, 'posts')} more", None),
        Relaxation("T3", f"lower the floor to {lower}", problem.ruled(floor=lower)),
        Relaxation("T3", _dropped(kept), problem),
    )
    outs = "; or ".join(way.words for way in ways)
    words = (
        f"Rules T2 and T3 clash: a floor of {floor} in {wards} wards needs {floor * wards} posts and there are "
        f"{total}. The least that would help: {outs}. The plan is made with: {ways[-1].words}."
    )
    return (Clash(("T2", "T3"), ways, len(ways) - 1, words),)


def _irreducible(frame: Frame) -> tuple[str, ...]:
    """Return rules that clash, none of which could be left out: by leaving out one after another."""
    kept = sorted(RULES, key=lambda rule: int(rule[1:]))
    for rule in list(kept):
        others = frozenset(kept) - {rule}
        if settle(frame, others) is None:
            kept.remove(rule)
    return tuple(kept)


def _smallest(frame: Frame, rules: tuple[str, ...]) -> tuple[str, ...]:
    """Return a clash of the fewest rules, or `rules` where none of fewer is found."""
    asked = sorted(frame.asked_for, key=lambda rule: int(rule[1:]))
    tried = 0
    for size in range(1, len(rules)):
        for some in combinations(asked, size):
            tried += 1
            if tried > MOST_SETS:
                return rules
            if settle(frame, frozenset(some)) is None:
                return some
    return rules


def _relaxations(problem: TeamProblem, frame: Frame, rules: tuple[str, ...]) -> Iterator[Relaxation]:
    for rule in rules:
        if rule in ("T4", "T6", "T13"):
            yield from _by_trial(problem, rule, frozenset(rules))
            continue
        found = settle(frame, frozenset(rules), soften=rule)
        if found is not None:
            gave = {name: amount for name, amount in found.gave.items() if amount > ROUND_OFF}
            yield _relaxed(problem, rule, gave)


def _by_trial(problem: TeamProblem, rule: str, rules: frozenset[str]) -> Iterator[Relaxation]:
    """Rules whose knob is no plain amount: try one value after another."""
    knobs = problem.rules
    if rule == "T6":
        yield Relaxation(rule, f"have {counted(len(Frame.of(problem).homes), 'inspectors')}", None)
        words = "let an inspector have more than one neighbourhood"
        yield Relaxation(rule, words, problem.ruled(inspector_each=False))
    if rule == "T4":
        yield from _span(problem, rules)
    if rule == "T13":
        for percent in range(int(100 * (knobs.least_service or 0.0) - ROUND_OFF), -1, -1):
            changed = problem.ruled(least_service=percent / 100)
            if settle(Frame.of(changed), rules) is not None:
                yield Relaxation(rule, f"let a ward's service fall to {percent} %", changed)
                return


def _span(problem: TeamProblem, rules: frozenset[str]) -> Iterator[Relaxation]:
    """Yield the sergeants that are lacking, and the least span with which those there are do, or no span at all."""
    posts, knobs = problem.posts, problem.rules
    more = settle(Frame.of(problem), rules, soften="T4")
    if more is not None:
        yield Relaxation("T4", f"have {counted(more.gave['T4'], 'sergeants')} more", None)
    for span in range((knobs.span or 0) + 1, posts.constables + posts.csos + 1):
        changed = problem.ruled(span=span)
        if settle(Frame.of(changed), rules) is not None:
            yield Relaxation("T4", f"let a sergeant lead {span}", changed)
            return
    yield Relaxation("T4", "leave the span aside", problem.ruled(span=None))


def _relaxed(problem: TeamProblem, rule: str, gave: dict[str, float]) -> Relaxation:
    amount = sum(gave.values())
    if rule == "T2":
        words = " and ".join(counted(count, NAMES[rank]) for rank, count in gave.items())
        return Relaxation(rule, f"have {words} more", None)
    if rule == "T7":
        funds = {int(name.split()[0]) for name in gave}
        named = " and ".join(f'"{problem.funds[fund].name}"' for fund in sorted(funds))
        opened = tuple(_open(fund) if number in funds else fund for number, fund in enumerate(problem.funds))
        words = f"let {counted(amount, 'posts')} of {named} go outside its wards"
        return Relaxation(rule, words, replace(problem, funds=opened))
    if rule == "T12":
        locks = {ward: lock for ward, lock in problem.locks.items() if ward not in gave}
        return Relaxation(rule, f"unlock {', '.join(sorted(gave))}", replace(problem, locks=locks))
    knob, value, words = _knob(problem.rules, rule, amount)
    return Relaxation(rule, words, problem.ruled(**{knob: value}))


def _knob(rules: TeamRules, rule: str, amount: float) -> tuple[str, float | int | None, str]:
    """Return the knob of a rule, its value once it has given way by `amount`, and that in words."""
    if rule == "T1":
        most = round((rules.largest or 0) + amount)
        return "largest", most, f"let a ward have {most} of a role"
    if rule == "T3":
        floor = round(rules.floor - amount)
        return "floor", floor, f"lower the floor to {floor}"
    if rule == "T8" and amount > 1 - ROUND_OFF:
        return "workload", None, "leave the workload aside"
    if rule == "T8":
        load = (rules.workload or 0.0) / (1 - amount) * (1 + ROUND_OFF)
        return "workload", load, f"let an officer have {figure(load)} crimes a week"
    if rule == "T9":
        moves = round((rules.moves or 0) + amount)
        return "moves", moves, f"let {counted(moves, 'posts')} leave their wards"
    if rule == "T10":
        cap = min(1.0, 1 - (1 - (rules.loss_cap or 0.0)) * (1 - amount) + ROUND_OFF)
        return "loss_cap", cap, f"let a ward lose {100 * cap:.3g} % of its officers"
    band = (rules.band or 0.0) + amount * (1 + ROUND_OFF) + ROUND_OFF
    return "band", band, f"widen the band to {100 * band:.3g} %"


def _open(fund: Fund) -> Fund:
    return replace(fund, wards=None)
