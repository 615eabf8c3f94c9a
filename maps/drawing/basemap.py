"""
The ground of a map: what the street extract shows, drawn by protomaps-leaflet from archives in the page.

No server is asked, unless the force's profile names a tile server of its own; then a page may ask that one for pictures
and nobody else for anything.
"""

import base64
import re
from typing import Final

from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from geodata.errors import InputError
from maps.drawing.vector_tiles import FAR_ZOOMS, NEAR_ZOOM
from maps.escape import json_in_script
from maps.pack import Ground, Pack, Tiles
from maps.style import GROUND, WAYS

_ADDRESS: Final = re.compile(r"(https?://[A-Za-z0-9.-]+(?::\d{1,5})?)/[^\s\"'<>`\\]*")


class GroundLayer(JSCSSMixin, Layer):
    """
    A base map as a layer of a folium map.

    Parameters
    ----------
    ground : its tiles
    pane, names : panes of the map, for streets and for names
    """

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = "
        "basemap.ground({{ this.archives }}, {{ this.settings }});{% endmacro %}"
    )
    default_js = [  # noqa: RUF012 - as folium has it
        ("protomaps", "protomaps/protomaps-leaflet.js"),
        ("basemap", "basemap.js"),
    ]

    def __init__(self, ground: Ground, *, pane: str, names: str) -> None:
        super().__init__(name="ground", overlay=True, control=False)
        self._name = "Ground"
        kept = {"far": (ground.far, FAR_ZOOMS[1], 1), "near": (ground.near, NEAR_ZOOM, 0)}
        self.archives = json_in_script(
            {
                name: {"data": base64.b64encode(tiles).decode(), "zoom": zoom, "lift": lift}
                for name, (tiles, zoom, lift) in kept.items()
                if tiles
            }
        )
        south, west, north, east = ground.bounds
        look = {"areas": GROUND, "ways": WAYS}
        bounds = [[south, west], [north, east]]
        self.settings = json_in_script({"pane": pane, "names": names, "bounds": bounds, **look})


class TileServer(Layer):
    """
    A force's own tile server as the ground of a map: the only other computer that a page may ask for anything.

    Parameters
    ----------
    tiles : its address and attribution
    pane : of the map
    """

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = "
        "L.tileLayer({{ this.address }}, {{ this.settings }});{% endmacro %}"
    )

    def __init__(self, tiles: Tiles, *, pane: str) -> None:
        super().__init__(name="tiles", overlay=True, control=False)
        self._name = "Tiles"
        self.server = server_of(tiles.template)
        self.address = json_in_script(tiles.template)
        self.settings = json_in_script({"pane": pane, "maxZoom": 20, "maxNativeZoom": 19, "alt": ""})


def server_of(template: str) -> str:
    """
    Return the scheme and host that a page's policy must name for tiles of `template`.

    Raises
    ------
    InputError
        If it is not an address on one host with {z}, {x} and {y}.
    """
    held = _ADDRESS.fullmatch(template)
    if held is None or any(part not in template for part in ("{z}", "{x}", "{y}")):
        raise InputError("A tile server's address must be http or https, one host, then a path with {z}, {x} and {y}.")
    return held[1]


def ground_layers(pack: Pack) -> tuple[tuple[Layer, ...], float | None] | None:
    """
    Return the ground of a run's maps and how far from a hot spot it draws the smallest streets, or None without one.

    A force's own tile server comes first, then the street extract. The map must have panes "streets" and "names".

    Parameters
    ----------
    pack : one run's findings
    """
    if pack.tiles is not None:
        return (TileServer(pack.tiles, pane="streets"),), None
    if pack.ground is None:
        return None
    return (GroundLayer(pack.ground, pane="streets", names="names"),), pack.ground.within_m
