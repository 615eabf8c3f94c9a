"""The form of a scenario: what is typed in it, as lines of the profile."""

from itertools import zip_longest
from typing import Annotated, Any

from pydantic import BaseModel, Field

from geodata.errors import InputError

Words = Annotated[str, Field(max_length=100)]
Change = Annotated[str, Field(max_length=7, pattern=r"^([+-]?\d+)?$")]
Number = Annotated[str, Field(max_length=12, pattern=r"^(\d+(\.\d+)?)?$")]
Whole = Annotated[str, Field(max_length=7, pattern=r"^\d*$")]


class ScenarioForm(BaseModel):
    """
    What a planner types; whatever is left empty stays as the run had it.

    Parameters
    ----------
    run : number of the run
    name : of the scenario
    constables, csos : "24" for so many, "+4" or "-4" for so many more or fewer
    floor, moves, loss_cap, least_service, band, workload, objective : rules of the teams
    cost_constable, cost_cso : pounds a year
    budget : pounds a year that the posts may cost together
    close : bases that are closed
    ward, ward_constables, ward_csos, ward_weight : by row, a ward's settled posts and its priority
    offence, offence_weight : by row, a crime type and what the control strategy weighs its harm by
    unit_base, unit_shift, unit_role, unit_patrols : by row, how many patrols a base sends out in a shift
    """

    run: Annotated[int, Field(ge=1, le=2**31 - 1)]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    constables: Change = ""
    csos: Change = ""
    floor: Whole = ""
    moves: Whole = ""
    loss_cap: Number = ""
    least_service: Number = ""
    band: Number = ""
    workload: Number = ""
    objective: Words = ""
    cost_constable: Whole = ""
    cost_cso: Whole = ""
    budget: Annotated[str, Field(max_length=12, pattern=r"^\d*$")] = ""
    close: Annotated[list[Words], Field(max_length=200)] = []
    ward: Annotated[list[Words], Field(max_length=20)] = []
    ward_constables: Annotated[list[Whole], Field(max_length=20)] = []
    ward_csos: Annotated[list[Whole], Field(max_length=20)] = []
    ward_weight: Annotated[list[Number], Field(max_length=20)] = []
    offence: Annotated[list[Words], Field(max_length=20)] = []
    offence_weight: Annotated[list[Number], Field(max_length=20)] = []
    unit_base: Annotated[list[Words], Field(max_length=20)] = []
    unit_shift: Annotated[list[Words], Field(max_length=20)] = []
    unit_role: Annotated[list[Words], Field(max_length=20)] = []
    unit_patrols: Annotated[list[Whole], Field(max_length=20)] = []


def lines_of(form: ScenarioForm, base: dict[str, Any]) -> dict[str, Any]:
    """
    Return a scenario as lines of the profile.

    Parameters
    ----------
    form : as typed
    base : settings of the profile that it changes

    Raises
    ------
    InputError
        If a row says something of no ward, or of no base and shift.
    """
    posts = {"constables": _change(form.constables), "csos": _change(form.csos), "floor": _whole(form.floor)}
    costs = {"constables": _whole(form.cost_constable), "csos": _whole(form.cost_cso)}
    wards = _wards(form)
    staff = {
        "moves": _whole(form.moves), "loss_cap": _number(form.loss_cap),
        "least_service": _number(form.least_service), "band": _number(form.band),
        "workload": _number(form.workload), "budget": _whole(form.budget), "objective": form.objective or None,
        "costs": _given(costs),
        "locks": {ward: locks for ward, (locks, _) in wards.items() if locks},
    }  # fmt: skip
    weights = {ward: weight for ward, (_, weight) in wards.items() if weight is not None}
    lines = {
        "posts": _given(posts), "staff": _given(staff), "community_priorities": weights,
        "control_strategy": _strategy(form), "units": _units(form, base),
    }  # fmt: skip
    own = {"name": form.name.strip(), **({"close_bases": form.close} if form.close else {})}
    return {"scenario": own, **_given(lines)}


def _wards(form: ScenarioForm) -> dict[str, tuple[dict[str, int], float | None]]:
    """Return what is settled of each ward that a row names, and its priority."""
    found: dict[str, tuple[dict[str, int], float | None]] = {}
    rows = zip_longest(form.ward, form.ward_constables, form.ward_csos, form.ward_weight, fillvalue="")
    for ward, constables, csos, weight in rows:
        if not ward and (constables or csos or weight):
            raise InputError("Posts or a priority must be those of a ward, and one row names none.")
        if ward:
            locks = _given({"constables": _whole(constables), "csos": _whole(csos)})
            found[ward] = (locks, _number(weight))
    return found


def _strategy(form: ScenarioForm) -> dict[str, float]:
    """Return what each crime type that a row names is weighed by."""
    rows = [row for row in zip_longest(form.offence, form.offence_weight, fillvalue="") if any(row)]
    if not all(map(all, rows)):
        raise InputError("What counts more or less must be a crime type and its weight, and one row lacks either.")
    return {offence: float(weight) for offence, weight in rows}


def _units(form: ScenarioForm, base: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all patrols that are sent out, those that a row names in its number; none where no row does."""
    rows = [row for row in zip_longest(form.unit_base, form.unit_shift, form.unit_role, form.unit_patrols) if row[3]]
    units = [dict(unit) for unit in base.get("units", [])]
    for home, shift, role, patrols in rows:
        if not home or not shift:
            raise InputError("Patrols must start from a base in a shift, and one row names none.")
        same = {"base": home, "shift": shift, "role": role or "CSO"}
        known = next((unit for unit in units if same.items() <= unit.items()), None)
        if known is None:
            known = same
            units.append(known)
        known["patrols"] = int(patrols)
    return units if rows else []


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, {}, [])}


def _change(text: str) -> int | str | None:
    return text if text[:1] in ("+", "-") else _whole(text)


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _number(text: str) -> float | None:
    return float(text) if text else None
