"""The national page: a map of forces by rate or of where crime is dense, and the league, by type of crime."""

import base64
from typing import Any, Final

import folium
import numpy as np
from branca.element import MacroElement
from folium.map import Layer
from folium.template import Template
from markupsafe import Markup

from maps import words
from maps.drawing.elements import Label, Labels, image, pane, shapes
from maps.drawing.lonlat import geometry_in_lonlat, middles
from maps.drawing.offline import ASSETS, Page, asset, offline_map
from maps.drawing.surface import picture
from maps.escape import environment, json_in_script
from maps.national.nation import Nation
from maps.national.rows import COLUMNS, key_of, pairs_of, rows_of
from maps.style import CLASSES, SHARE_OF_A_SHADE, shading
from maps.tables.spreadsheet import table_text

_MAP_HERE: Final = "<!--map-->"  # data cannot hold it: `escape` leaves no angle bracket
_STYLE: Final = ("tasking/page.css", "tasking/facts.css", "tasking/map.css", "national/page.css")
_OWN: Final = (
    ("leaflet", "leaflet/leaflet.js"),
    ("drawing", "tasking/drawing.js"),
    ("national", "national/page.js"),
)
_PANES: Final = {"land": 210, "risk": 300, "names": 330}
_THIN_M: Final = 150.0


class NationalStart(MacroElement):
    """
    The last script of the page: it ties the map to the league.

    Parameters
    ----------
    densities : the picture of each type of crime, None where there is none
    settings : what `beatplan.national` is told besides
    """

    _template = Template(
        "{% macro script(this, kwargs) %}beatplan.national({{ this._parent.get_name() }}, ["
        "{% for layer in this.densities %}{{ layer.get_name() if layer else 'null' }}, {% endfor %}"
        "], {{ this.settings }});{% endmacro %}"
    )

    def __init__(self, densities: list[Layer | None], settings: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "NationalStart"
        self.densities, self.settings = densities, json_in_script(settings)


def national_map(nation: Nation) -> folium.Map:
    """
    Return the national page, ready for `save_page`.

    Everything that the map shows stands beside it in the league, which the reader sorts by any column and keeps as CSV.

    Parameters
    ----------
    nation : one national run's findings
    """
    outline = geometry_in_lonlat(nation.areas.geometry, simplify=_THIN_M)
    told = nation.areas["force"].isin(nation.league["force"]).to_numpy()
    west, south, east, north = (float(edge) for edge in (outline[told] if told.any() else outline).total_bounds)
    drawn = offline_map(location=[(south + north) / 2, (west + east) / 2], zoom_start=6, zoom_snap=0.25, max_zoom=12)
    drawn.default_js = list(_OWN)
    for name, order in _PANES.items():
        drawn.add_child(pane(name, order))
    for layer in _land(nation, outline):
        drawn.add_child(layer)
    densities = [_density(nation, offence) for offence in nation.offences]
    for picture_of in densities:
        if picture_of is not None:
            drawn.add_child(picture_of)
    types = [{"name": words.printable(offence), "rows": rows_of(nation, offence), "key": key_of(nation, offence),
              "dense": _dense_key(nation, offence)} for offence in nation.offences]  # fmt: skip
    bounds = [[south, west], [north, east]]
    drawn.add_child(NationalStart(densities, {"types": types, "bounds": bounds}))
    _framed(nation, drawn, types)
    return drawn


def _land(nation: Nation, outline: Any) -> tuple[Layer, Layer]:
    keys = [f"force-{force}" for force in nation.areas["force"]]
    looks = [{"look": "force", "tip": name, "key": key} for name, key in zip(nation.areas["name"], keys, strict=True)]
    longitude, latitude = middles(nation.areas.geometry)
    west, _, east, _ = nation.areas.bounds.to_numpy().T
    biggest = np.argsort(-nation.areas.area.to_numpy(), kind="stable")
    names = [
        Label(longitude[at], latitude[at], "ward-name", nation.areas["name"].iloc[at], room=float(east[at] - west[at]))
        for at in biggest
    ]
    return shapes(outline, looks, pane="land"), Labels(names, importance=1)


def _density(nation: Nation, offence: str) -> Layer | None:
    if offence not in nation.density:
        return None
    drawn = picture(shading(nation.density[offence]).number, nation.grid)
    return None if drawn is None else image(drawn, pane="risk", show=False)


def _dense_key(nation: Nation, offence: str) -> list[str]:
    """Return the least density of each shade, "" where no square has it."""
    low = shading(nation.density[offence]).low if offence in nation.density else {}
    return [f"\N{GREATER-THAN OR EQUAL TO} {words.number(low[number])}" if number in low else "" for number in
            range(1, CLASSES + 1)]  # fmt: skip


def _framed(nation: Nation, drawn: folium.Map, types: list[dict[str, Any]]) -> None:
    context = {
        **{name: getattr(nation, name) for name in ("marking", "period", "run_id", "notes")},
        "tiles": _tiles(nation),
        "columns": [{"name": name, "note": note, "numbers": numbers} for name, note, numbers in COLUMNS],
        "types": types,
        "cards": [_card(nation, force, name) for force, name in
                  zip(nation.areas["force"], nation.areas["name"], strict=True)],
        "pairs": pairs_of(nation),
        "side": f"{nation.grid.cell / 1000:g}",
        "part": words.percent(SHARE_OF_A_SHADE),
        "csv": _as_link(table_text(nation.league)),
        "credits": " ".join(words.sentence(credit) for credit in nation.credits),
    }  # fmt: skip
    written = environment(ASSETS).get_template("national/page.html").render(map=Markup(_MAP_HERE), **context)  # noqa: S704 - a constant of ours
    above, below = (Markup(part) for part in written.split(_MAP_HERE))  # noqa: S704 - printed by our own template
    style = "".join(asset(name) for name in _STYLE)
    Page(title=f"National map, {nation.period}", style=style, look="national", above=above, below=below).add_child(
        drawn
    )


def _tiles(nation: Nation) -> list[dict[str, str]]:
    every = nation.league[nation.league["offence"] == nation.offences[0]] if nation.offences else nation.league
    different = int(every["verdict"].isin(["above", "below"]).sum())
    return [
        {"value": words.number(len(every), 0), "words": "forces"},
        {"value": words.number(float(every["crimes"].sum()), 0), "words": "crimes"},
        {"value": words.number(different, 0), "words": "differ from their group"},
    ]


def _card(nation: Nation, force: str, name: str) -> dict[str, Any]:
    """Return what is told of one force: who is like it, and what else was found."""
    names = dict(zip(nation.areas["force"], nation.areas["name"], strict=True))
    near = nation.groups[nation.groups["force"] == force]
    similar = [
        {"name": names[other], "key": f"force-{other}", "distance": words.number(apart, 2)}
        for other, apart in zip(near["other"], near["distance"], strict=True)
    ]
    told = nation.told.get(force, ("No crimes of this force were read.",))
    return {"key": f"force-{force}", "name": name, "similar": similar, "told": told}


def _as_link(text: str) -> str:
    return f"data:text/csv;base64,{base64.b64encode(text.encode()).decode()}"
