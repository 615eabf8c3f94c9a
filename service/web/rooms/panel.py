"""The neighbourhood panel: what each ward counts for and until when, and what people have signed."""

from collections.abc import Callable

from fastapi.responses import RedirectResponse, Response

from geodata.errors import InputError, NotFoundError
from geodata.tables import PRIORITIES as WEIGHTS
from service.tasking import community
from service.tasking.community import LONGEST, Petition, Priority, priorities_on
from service.tasking.published import newest
from service.tasking.times import day_of
from service.web.page import Typed, page
from service.web.rooms.typed import Number, Text, line, number_of
from service.web.visit import CurrentVisit, Visit


def panel_page(visit: CurrentVisit) -> Response:
    """Show the force's priorities and petitions."""
    return _panel(visit)


def add_priority(
    visit: CurrentVisit,
    ward: Typed = "",
    weight: Typed = "",
    reason: Text = "",
    first_day: Typed = "",
    last_day: Typed = "",
) -> Response:
    """Enter what a ward counts for."""
    store, account = visit.store, visit.account

    def enter() -> None:
        told = Priority(ward, number_of(weight, "A ward's weight"), line(reason), first_day, last_day)
        community.prioritise(store, account.force, told, wards=_wards(visit), actor=account.name)

    return _done(visit, enter)


def take_back_priority(visit: CurrentVisit, priority: Number) -> Response:
    """Take a priority back."""
    store, account = visit.store, visit.account
    return _done(
        visit,
        lambda: community.take_back(store, account.force, priority, actor=account.name, wards=account.areas),
    )


def add_petition(
    visit: CurrentVisit, ward: Typed = "", subject: Text = "", signatures: Typed = "", received: Typed = ""
) -> Response:
    """Enter a petition."""
    store, account = visit.store, visit.account

    def enter() -> None:
        count = number_of(signatures, "Signatures")
        if not count.is_integer():
            raise InputError("Signatures must be a whole number.")
        told = Petition(ward, line(subject), int(count), received)
        community.petition(store, account.force, told, wards=_wards(visit), actor=account.name)

    return _done(visit, enter)


def _done(visit: Visit, act: Callable[[], object]) -> Response:
    try:
        act()
    except NotFoundError:
        raise
    except InputError as reason:
        return _panel(visit, status=400, error=str(reason))
    return RedirectResponse("/panel", status_code=303)


def _wards(visit: Visit) -> dict[str, str]:
    """Return the wards of the newest run that the account may speak for."""
    tasked, own = newest(visit.store, visit.account.force), visit.account.areas
    wards = {} if tasked is None else tasked.wards
    return {code: name for code, name in wards.items() if not own or code in own}


def _panel(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    store, force = visit.store, visit.account.force
    tasked, today = newest(store, force), day_of(store.clock()).isoformat()
    wards, own = _wards(visit), visit.account.areas
    holds = priorities_on(store, force, today)
    with store.reading() as reading:
        entered, signed = community.priorities(reading, force), community.petitions(reading, force)
    threshold = None if tasked is None else tasked.profile.panel.petition_signatures
    return page(
        visit,
        "panel.html",
        status=status,
        error=error,
        today=today,
        wards=wards,
        weights=WEIGHTS,
        longest=LONGEST,
        threshold=threshold,
        today_holds=[
            {"ward": code, "name": wards.get(code, code), "weight": held}
            for code, held in holds.items()
            if not own or code in own
        ],
        priorities=[
            row | {"ward_name": wards.get(row["ward"], row["ward"])} for row in entered if not own or row["ward"] in own
        ],
        petitions=[
            row | {"ward_name": wards.get(row["ward"], row["ward"])} for row in signed if not own or row["ward"] in own
        ],
    )
