"""Who goes where this shift, on a phone; what they tell at its end; and what that comes to."""

import secrets
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from geodata.errors import InputError, NotFoundError
from maps.patrols.ask import prompts
from maps.tasking.facts import shift_name
from maps.words import capital, count
from service.tasking.debriefs import LONGEST_NOTE, OLDEST_DAYS, SEEN, StopTold, debrief, received
from service.tasking.meetings import in_force, is_day, last_closed
from service.tasking.published import Tasked, Walk, find, newest
from service.tasking.shifts import OnShift, todays_shifts
from service.tasking.since import doses
from service.tasking.times import clock_of, day_of
from service.web.page import HEADERS, page
from service.web.rooms.entrance import ASSETS
from service.web.rooms.typed import Number, framed, line, number_of
from service.web.visit import CurrentVisit, Visit, tell

_WORKER: Final = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
    "Service-Worker-Allowed": "/",  # it must see who signs out, wherever that is
}
_ALWAYS: Final = (
    "/patrols",
    *(
        f"/assets/{name}"
        for name in ("govuk-frontend.css", "govuk-frontend.js", "beatplan.css", "tasking.css", "patrol.js")
    ),
)
_MOST_MAPS: Final = 12  # of a shift that a phone keeps unasked; the map of a sheet that is opened it keeps anyway
_THERE: Final = {key: words for key, words in SEEN.items() if not words.startswith("Not done")}
_NOT_THERE: Final = {key: words.removeprefix("Not done: ") for key, words in SEEN.items() if key not in _THERE}


async def _whole_form(request: Request) -> FormData:
    return await request.form()


WholeForm = Annotated[FormData, Depends(_whole_form)]


def shift_page(visit: CurrentVisit) -> Response:
    """Show the patrols of today's shifts, and which of them have been debriefed."""
    tasked = newest(visit.store, visit.account.force)
    shifts = () if tasked is None else todays_shifts(tasked, visit.store.clock())
    told = (
        [] if tasked is None else [each for each in (_shift(visit, tasked, shift) for shift in shifts) if each["walks"]]
    )
    near = [walk for shift in told if shift["now"] for walk in shift["walks"]]
    keep = [address for walk in near for address in walk["keep"][: 2 if len(near) <= _MOST_MAPS else 1]]
    return page(
        visit,
        "patrols.html",
        shifts=told,
        keep=[*keep, *_ALWAYS],
        kept_as=_kept_as(visit),
    )


def patrol_page(visit: CurrentVisit, run: Number, number: Number) -> Response:
    """Show one patrol: where to be, when, why, what to ask, and the form of its debrief."""
    return _patrol(visit, *_own(visit, run, number))


def patrol_map(visit: CurrentVisit, run: Number, number: Number) -> Response:
    """Show the map of one patrol, for a frame."""
    tasked, walk = _own(visit, run, number)
    return framed(tasked, walk.page)


def worker() -> Response:
    """Return what keeps the sheets of a shift on a phone."""
    return FileResponse(ASSETS / "patrol-worker.js", media_type="text/javascript", headers=_WORKER)


def take_debrief(visit: CurrentVisit, run: Number, number: Number, form: WholeForm) -> Response:
    """Keep what a patrol tells; what a phone sends twice counts once."""
    tasked, walk = _own(visit, run, number)
    fields = {name: str(value) for name, value in form.items()}
    if is_day(fields.get("sheet", "")):  # the stops are those that its form showed, whenever they were walked
        walk = tasked.on(walk, date.fromisoformat(fields["sheet"]))
    try:
        debrief(
            visit.store, tasked, walk, key=fields.get("key", ""), day=fields.get("day", ""),
            told=[_stop_told(stop.number, fields) for stop in walk.stops], actor=visit.account.name,
        )  # fmt: skip
    except InputError as reason:
        return _patrol(visit, tasked, walk, status=400, error=str(reason), typed=fields)
    return RedirectResponse(f"/patrols/{run}/{number}", status_code=303)


def delivery_page(visit: CurrentVisit) -> Response:
    """Show planned beside delivered minutes by hot spot, and who has not debriefed yet."""
    tasked = newest(visit.store, visit.account.force)
    if tasked is None:
        return page(visit, "delivery.html", rows=[], missing=[], planned=0.0, delivered=0.0, since="")
    today = day_of(visit.store.clock())
    near = {stop.hotspot for walk in tasked.walks if _is_own(visit, tasked, walk) for stop in walk.stops}
    found = [each for each in doses(visit.store, tasked, today) if not visit.account.areas or each.hotspot in near]
    shifts = [_shift(visit, tasked, shift) for shift in todays_shifts(tasked, visit.store.clock())]
    return page(
        visit,
        "delivery.html",
        rows=[vars(dose) for dose in found],
        planned=sum(dose.planned for dose in found),
        delivered=sum(dose.delivered for dose in found),
        since=tasked.made,
        missing=[walk for shift in shifts if shift["now"] for walk in shift["walks"] if not walk["told"]],
    )


def _shift(visit: Visit, tasked: Tasked, shift: OnShift) -> dict[str, Any]:
    with visit.store.reading() as reading:
        told = received(reading, tasked.force, tasked.number, shift.day)
    walks = []
    for walk in (each for each in shift.walks if _is_own(visit, tasked, each)):
        address, stops = _sheet(tasked, walk)[0], tasked.on(walk, date.fromisoformat(shift.day)).stops
        debriefed = clock_of(told[walk.unit]["at"]) if walk.unit in told else ""
        walks.append({"unit": walk.unit, "base": walk.base, "stops": len(stops), "address": address,
                      "told": debriefed, "keep": _sheet(tasked, walk)})  # fmt: skip
    return {
        "name": capital(shift_name(shift.name)),
        "hours": shift.hours,
        "day": shift.day,
        "now": shift.now,
        "walks": walks,
    }


def _patrol(
    visit: Visit,
    tasked: Tasked,
    walk: Walk,
    *,
    status: int = 200,
    error: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    store = visit.store
    (day,) = {s.day for s in todays_shifts(tasked, store.clock()) if s.name == walk.shift}
    sheet = (typed or {}).get("sheet", day)
    if is_day(sheet):
        walk = tasked.on(walk, date.fromisoformat(sheet))
    with store.reading() as reading:
        told = received(reading, tasked.force, tasked.number, day).get(walk.unit)
        meeting = last_closed(reading, tasked.force, run=tasked.number)
        decided = {} if meeting is None else in_force(reading, meeting["id"])
    tell(visit, "consultation", f"patrol of {tasked.force}", {"run": tasked.number, "patrol": walk.number})
    return page(
        visit,
        "patrol.html",
        status=status,
        error=error,
        run=tasked.number,
        walk=walk,
        who=count(walk.officers, walk.role),
        shift=shift_name(walk.shift),
        stops=[vars(stop) | {"decided": decided.get(stop.hotspot)} for stop in walk.stops],
        asked=list(prompts(stop.offences for stop in walk.stops)),
        day=day,
        sheet=sheet,
        told="" if told is None else clock_of(told["at"]),
        told_by="" if told is None else told["actor"],
        key=secrets.token_hex(16),
        typed=typed or {},
        there=_THERE,
        not_there=_NOT_THERE,
        longest=LONGEST_NOTE,
        oldest=OLDEST_DAYS,
        keep=[*_sheet(tasked, walk), *_ALWAYS],
        kept_as=_kept_as(visit),
    )


def _own(visit: Visit, run: int, number: int) -> tuple[Tasked, Walk]:
    """Return a run and one of its patrols, which must be of the account's areas."""
    tasked = find(visit.store, visit.account.force, run)
    walk = tasked.walk(number)
    if not _is_own(visit, tasked, walk):
        raise NotFoundError("There is no such patrol.")
    return tasked, walk


def _is_own(visit: Visit, tasked: Tasked, walk: Walk) -> bool:
    """Return whether a patrol starts from a base, or stops in a ward, to which the account is held."""
    own = visit.account.areas
    wards = {spot["hotspot_id"]: spot["ward"] for spot in tasked.spots}
    return not own or walk.base in own or any(wards.get(stop.hotspot) in own for stop in walk.stops)


def _sheet(tasked: Tasked, walk: Walk) -> list[str]:
    """Return the addresses of a patrol's page and of its map, where there is one."""
    address = f"/patrols/{tasked.number}/{walk.number}"
    return [address, *([f"{address}/map"] if walk.page else [])]


def _kept_as(visit: Visit) -> str:
    """Return what a phone keeps the sheets under: on another day it keeps others."""
    return f"{visit.account.force}-{day_of(visit.store.clock())}"


def _stop_told(stop: int, fields: dict[str, str]) -> StopTold:
    """Return what the form says of a stop; it must say whether the patrol was there."""
    there = fields.get(f"done-{stop}", "")
    if there not in ("yes", "no"):
        raise InputError(f"Say of stop {stop} whether you were there.")
    done = there == "yes"
    minutes = number_of(fields.get(f"minutes-{stop}", ""), f"Minutes at stop {stop}") if done else 0.0
    seen = fields.get(f"seen-{stop}" if done else f"why-{stop}", "")
    if seen not in (_THERE if done else _NOT_THERE):
        raise InputError(f"Choose one of the answers for stop {stop}.")
    return StopTold(stop, done, minutes, seen, line(fields.get(f"note-{stop}", "")))
