"""The rules of staffing in plain words."""

from allocation.funds import Fund
from allocation.rules import TeamRules
from allocation.team_problem import RANKS, TeamProblem
from geodata.cast import FloatArray

NAMES = {"constables": "constables", "csos": "CSOs", "sergeants": "sergeants", "inspectors": "inspectors"}


def counted(number: float, things: str) -> str:
    """Return "1 ward" or "1,200 wards" for a number of things in the plural."""
    return f"{number:,.0f} {things.removesuffix('s') if number == 1 else things}"


def figure(value: FloatArray | float) -> str:
    """Return a number in at most three significant figures, or whole above 1,000."""
    number = float(value)
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def team_rules(problem: TeamProblem) -> tuple[str, ...]:
    """Return the rules of staffing that are asked for, each after its number."""
    words = ((rule, rule_words(problem, rule)) for rule in (f"T{number}" for number in range(1, 14)))
    return tuple(f"{rule} {sentence}" for rule, sentence in words if sentence)


def rule_words(problem: TeamProblem, rule: str) -> str:
    """Return one rule in plain words, or nothing where it is not asked for."""
    rules = problem.rules
    if rule in ("T2", "T4", "T6", "T7", "T12"):
        return _of_posts(problem, rule)
    if rule == "T5":
        return _value(rules)
    most = rules.largest
    largest = "" if most is None else f", at most {counted(most, 'constables')} and {counted(most, 'CSOs')}"
    words = {
        "T1": f"Every ward has one team, of whole officers{largest}.",
        "T3": f"Every ward has at least {counted(rules.floor, 'officers')}, constable or CSO; where the posts cannot "
        "pay for it, the wards of most demand come first.",
        "T8": f"No ward has more than {_or_none(rules.workload)} crimes a week for each constable or CSO.",
        "T9": f"At most {counted(rules.moves or 0, 'posts')} may leave the ward of today.",
        "T10": f"No ward loses more than {_percent(rules.loss_cap)} of its constables and CSOs of today.",
        "T11": f"A group's share of the hours on the street is within {_percent(rules.band)} of its share of the harm.",
        "T13": f"Every ward's team reaches at least {_percent(rules.least_service)} of the demand there.",
    }
    optional = {"T8": rules.workload, "T9": rules.moves, "T10": rules.loss_cap, "T11": rules.band}
    optional["T13"] = rules.least_service or None
    return words[rule] if optional.get(rule, 1) is not None else ""


def _percent(share: float | None) -> str:
    return f"{100 * (share or 0.0):.3g} %"


def _or_none(value: float | None) -> str:
    return figure(value or 0.0)


def _of_posts(problem: TeamProblem, rule: str) -> str:
    posts, rules = problem.posts, problem.rules
    if rule == "T2":
        placed = f"{counted(posts.constables, 'constables')} and {counted(posts.csos, 'CSOs')}"
        return f"All posts are placed: {placed}."
    if rule == "T4" and rules.span is None:
        return ""
    if rule == "T4":
        there = "" if posts.sergeants is None else f"; there are {posts.sergeants}"
        return (
            f"No sergeant leads more than {rules.span} constables and CSOs; a sergeant may be shared between the wards "
            f"of a neighbourhood{there}."
        )
    if rule == "T6":
        if posts.inspectors is None:
            return ""
        each = "Every neighbourhood has an inspector" if rules.inspector_each else "Inspectors share neighbourhoods"
        return f"{each}; there are {posts.inspectors}."
    if rule == "T7":
        return " ".join(_fund(fund) for fund in problem.funds)
    named = ", ".join(sorted(problem.locks))
    return f"The teams of {counted(len(problem.locks), 'wards')} are settled: {named}." if named else ""


def _fund(fund: Fund) -> str:
    posts = " and ".join(counted(getattr(fund, rank), NAMES[rank]) for rank in RANKS if getattr(fund, rank))
    where = "" if fund.wards is None else f", in {counted(len(fund.wards), 'wards')} only"
    return f"{fund.name} pays for {posts or 'nobody'}{where}."


def _value(rules: TeamRules) -> str:
    scale = f"{rules.saturation_hours:g} hours reach"
    if rules.strands:
        each = ", ".join(
            f"{kind.saturation_hours:g} for {kind.name} (weight {kind.weight:g})" for kind in rules.strands
        )
        scale = f"the hours that reach 63 % of a ward of average demand are {each}; they reach"
    return (
        f"A team is worth the weighted harm a week that is exposed to it: a constable is on the street "
        f"{rules.constable_hours:g} hours a week, a CSO {rules.cso_hours:g}, and {scale} 63 % of a ward of average "
        "demand; each further hour adds less, and a ward of four times the demand takes twice the hours."
    )
