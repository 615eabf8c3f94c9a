"""The tasking meeting: the map beside the places that it recommends, and what is decided of each."""

from typing import Annotated, Any, Final

from fastapi import Path as InPath
from fastapi.responses import RedirectResponse, Response

from geodata.errors import InputError, NotFoundError
from service.tasking import community, meetings
from service.tasking.meetings import LONGEST_REASON, ChangedMeanwhileError, Ruling
from service.tasking.published import MAP, Tasked, find, newest
from service.web.page import Typed, page
from service.web.roles import may
from service.web.rooms.typed import Number, Text, line
from service.web.visit import CurrentVisit, Visit

HotSpot = Annotated[str, InPath(max_length=64)]
_NOTHING: Final = {"decision": "", "reason": "", "owner": "", "review_date": "", "version": 0}


def tasking_room(visit: CurrentVisit) -> Response:
    """Show what the newest published run recommends, and what its meeting has decided so far."""
    return _room(visit)


def begin_meeting(visit: CurrentVisit, run: Number, present: Text = "") -> Response:
    """Begin a meeting on a published run."""
    tasked = find(visit.store, visit.account.force, run)
    return _done(
        visit,
        lambda: meetings.begin(
            visit.store, tasked.force, tasked.number, present=line(present), actor=visit.account.name
        ),
    )


def take_chair(visit: CurrentVisit, meeting: Number) -> Response:
    """Put who asks in the chair."""
    force = visit.account.force
    return _done(visit, lambda: meetings.take_chair(visit.store, force, meeting, actor=visit.account.name))


def close_meeting(visit: CurrentVisit, meeting: Number) -> Response:
    """Close the meeting: what it decided is fixed."""
    return _done(visit, lambda: meetings.close(visit.store, visit.account.force, meeting, actor=visit.account.name))


def answer_petition(visit: CurrentVisit, meeting: Number, petition: Number, answer: Text = "") -> Response:
    """Record what the meeting answers to a petition."""
    force, actor = visit.account.force, visit.account.name
    return _done(visit, lambda: community.answer(visit.store, force, meeting, petition, line(answer), actor=actor))


def decide(
    visit: CurrentVisit,
    meeting: Number,
    hotspot: HotSpot,
    decision: Typed = "",
    reason: Text = "",
    owner: Typed = "",
    review_date: Typed = "",
    saw: Typed = "0",
) -> Response:
    """Decide on a hot spot; whoever was second sees what the first said, beside what they typed themselves."""
    typed = {"decision": decision, "reason": line(reason), "owner": line(owner), "review_date": review_date}
    store, force = visit.store, visit.account.force
    with store.reading() as reading:
        tasked = find(store, force, meetings.find(reading, force, meeting)["run_id"])
    seen = int(saw) if saw.isdecimal() and len(saw) < len("1000000") else 0
    try:
        meetings.decide(
            store, force, meeting, hotspot, Ruling(**typed), saw=seen, known=tasked.known, actor=visit.account.name
        )
    except ChangedMeanwhileError as told:
        now = typed | {"version": told.now["version"]}
        return _room(visit, status=409, error=str(told), typed={hotspot: now})
    except InputError as reason_why:
        return _room(visit, status=400, error=str(reason_why), typed={hotspot: typed | {"version": seen}})
    return RedirectResponse(f"/tasking#{hotspot}", status_code=303)


def _done(visit: Visit, act: Any) -> Response:
    """Do something to a meeting, and show the room: after it, or with what stood in its way."""
    try:
        act()
    except NotFoundError:
        raise
    except InputError as reason:
        return _room(visit, status=400, error=str(reason))
    return RedirectResponse("/tasking", status_code=303)


def _room(
    visit: Visit, *, status: int = 200, error: str = "", typed: dict[str, dict[str, Any]] | None = None
) -> Response:
    store, account = visit.store, visit.account
    tasked = newest(store, account.force)
    if tasked is None:
        return page(visit, "tasking.html", status=status, error=error, run=None, spots=[], petitions=[], meeting=None)
    with store.reading() as reading:
        open_now = meetings.still_open(reading, account.force)
        meeting = meetings.newest_of(reading, account.force, tasked.number)
        kept = [] if meeting is None else meetings.history(reading, meeting["id"])
        waiting = community.waiting(reading, account.force, tasked.profile.panel.petition_signatures)
    return page(
        visit,
        "tasking.html",
        status=status,
        error=error,
        run=_about(tasked),
        meeting=meeting,
        elsewhere=open_now if open_now and open_now["run_id"] != tasked.number else None,
        may_decide=may(account.role, "decide"),
        may_prioritise=may(account.role, "prioritise"),
        longest=LONGEST_REASON,
        spots=_spots(tasked, kept, typed or {}),
        petitions=[row | {"ward_name": tasked.wards.get(row["ward"], row["ward"])} for row in waiting],
    )


def _about(tasked: Tasked) -> dict[str, Any]:
    return {
        "number": tasked.number,
        "run": tasked.last.run,
        "made": tasked.made,
        "period": tasked.period,
        "map": MAP in tasked.products,
    }


def _spots(tasked: Tasked, kept: list[dict[str, Any]], typed: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each hot spot with the decision in force, those before it, and what its form shows."""
    found = []
    for spot in tasked.spots:
        own = [row for row in kept if row["hotspot_id"] == spot["hotspot_id"]]
        now = own[-1] if own else None
        form = typed.get(spot["hotspot_id"], now or _NOTHING)
        found.append(spot | {"now": now, "before": own[:-1], "form": form, "is_open": spot["hotspot_id"] in typed})
    return found
