"""What changed: rises and falls as a surface and as marks, told by colour and by sign; and the same as tables."""

from typing import Any, Final

import numpy as np

from geodata.cast import FloatArray, IntArray
from maps import words
from maps.drawing.elements import Label, Labels, group, image
from maps.drawing.lonlat import middles
from maps.drawing.surface import CHANGE, picture
from maps.pack import Change, Pack
from maps.style import shading
from maps.tasking.facts import records
from maps.tasking.switch import Switch

SIGNS: Final = {"rose": "\N{BLACK UP-POINTING TRIANGLE}", "fell": "\N{BLACK DOWN-POINTING TRIANGLE}"}
STEADY: Final = "="
_LOOKS: Final = {"rose": "rose", "fell": "fell", "no clear change": "steady", "too few to say": "few"}
_FALLS: Final = (1, 2)  # classes of the surface: much less, less; then more, much more
_STRONG: Final = 4  # classes of `shading` from here on are the strong ones
_WHISKER: Final = np.log(8.0)  # the interval is drawn from an eighth to eight times as much


def switches(pack: Pack) -> tuple[Switch, ...]:
    """Return the layers: against the last period, and against a year before."""
    return tuple(
        Switch(name, f"Change against {found.before}", group(_layers(pack, found)))
        for name, found in compared(pack).items()
    )


def compared(pack: Pack) -> dict[str, Change]:
    """Return what is compared, by the name of its layer."""
    if pack.change is None:
        return {}
    year = {} if pack.change.year is None else {"change-year": pack.change.year}
    return {"change": pack.change, **year}


def facts(pack: Pack) -> list[dict[str, Any]]:
    """Return what the page says of each comparison, with its tables of hot spots, wards and offences."""
    return [
        {
            "name": name,
            "against": found.before,
            "now": found.after,
            "sentence": words.sentence(found.sentence),
            "note": words.sentence(found.note),
            "steps": _steps(pack, found),
            "tables": [
                {
                    "title": "Hot spots",
                    "rows": [_row(row, row.name, row.hotspot_id) for row in records(found.hotspots)],
                },
                {"title": "Wards", "rows": [_row(row, row.name, "") for row in records(found.wards)]},
                {"title": "Types of crime", "rows": [_row(row, row.offence, "") for row in records(found.offences)]},
            ],
        }
        for name, found in compared(pack).items()
    ]


def told(row: Any) -> str:
    """Return a row of a comparison as words: "from 20 to 44 crimes: 2.2 times as many a week (1.4 to 3.4), rose"."""
    counts = f"from {row.crimes_before} to {words.count(row.crimes_after, 'crime')}"
    if not np.isfinite(row.ratio):
        return f"{counts}: {row.verdict}"
    many = f"{words.number(row.ratio, 2)} times as many a week ({_range(row)})"
    return f"{counts}: {many}, {row.verdict}"


def whisker(row: Any) -> dict[str, str] | None:
    """Return where the ratio and its interval lie on a scale from an eighth to eight times, in percent of its width."""
    if not np.isfinite(row.ratio) or row.ratio == 0:
        return None
    ends = np.clip(np.log(np.maximum([row.low, row.ratio, row.high], 1e-9)) / _WHISKER, -1, 1) * 50 + 50
    low, middle, high = (f"{end:.1f}" for end in ends)
    return {"low": low, "middle": middle, "width": f"{float(high) - float(low):.1f}"}


def _layers(pack: Pack, found: Change) -> list[Any]:
    drawn = picture(_classes(pack, found), pack.grid, palette=CHANGE, striped=_FALLS)
    ground = [] if drawn is None else [image(drawn, pane="risk", show=True)]
    return [*ground, Labels([*_spot_marks(pack, found), *_ward_marks(pack, found)], importance=5)]


def _classes(pack: Pack, found: Change) -> IntArray:
    change = np.where(pack.study, found.cells.to_numpy(), 0.0)
    size = shading(np.abs(change)).number
    strong = size >= _STRONG
    return np.where(size == 0, 0, np.where(change < 0, np.where(strong, 1, 2), np.where(strong, 4, 3)))


def _steps(pack: Pack, found: Change) -> list[dict[str, str]]:
    """Return the key of the surface: each class with its least size."""
    change: FloatArray = np.where(pack.study, found.cells.to_numpy(), 0.0)
    classes = _classes(pack, found)
    kept = [(number, np.abs(change[classes == number])) for number in (1, 2, 3, 4) if (classes == number).any()]
    least = "\N{GREATER-THAN OR EQUAL TO}"
    return [
        {"number": str(number), "words": f"{least} {words.number(held.min())} {'fewer' if number < 3 else 'more'}"}
        for number, held in kept
    ]


def _spot_marks(pack: Pack, found: Change) -> list[Label]:
    here = pack.hotspots.merge(found.hotspots.drop(columns="name"), on="hotspot_id", how="inner")
    longitude, latitude = middles(here.geometry)
    rows = list(records(here))
    order = np.argsort(~here["verdict"].isin(SIGNS).to_numpy(), kind="stable")  # what is beyond chance goes first
    return [
        Label(longitude[at], latitude[at], f"mark {_LOOKS[rows[at].verdict]}", _sign(rows[at]), _tip(rows[at]),
              rows[at].hotspot_id)
        for at in order
    ]  # fmt: skip


def _ward_marks(pack: Pack, found: Change) -> list[Label]:
    here = pack.wards.merge(found.wards.drop(columns="name"), on="code", how="inner")
    here = here[here["verdict"].isin(SIGNS)]
    longitude, latitude = middles(here.geometry)
    return [
        Label(longitude[at], latitude[at], f"mark ward {_LOOKS[row.verdict]}", f"{SIGNS[row.verdict]} {row.name}",
              _tip(row), f"ward-{row.code}")
        for at, row in enumerate(records(here))
    ]  # fmt: skip


def _sign(row: Any) -> str:
    if row.verdict not in SIGNS:
        return STEADY
    return f"{SIGNS[row.verdict]} {words.gain(row.ratio - 1) if np.isfinite(row.ratio) else 'new'}"


def _tip(row: Any) -> str:
    return f"{row.name}: {told(row)}"


def _range(row: Any) -> str:
    return f"{words.number(row.low, 2)} to {words.number(row.high, 2)}"


def _row(row: Any, name: str, key: str) -> dict[str, Any]:
    ratio = f"{words.number(row.ratio, 2)} times" if np.isfinite(row.ratio) else words.NOT_KNOWN
    return {
        "name": name,
        "key": key,
        "before": row.crimes_before,
        "after": row.crimes_after,
        "ratio": ratio,
        "range": _range(row) if np.isfinite(row.ratio) else "",
        "verdict": row.verdict,
        "sign": SIGNS.get(row.verdict, STEADY),
        "look": _LOOKS[row.verdict],
    }
