"""
folium without other people's servers: one file, no request, the same bytes for the same map.

folium links ten files on four content networks and gives each element a random name. Here the links must name files
that lie in `assets/` (anything else is refused), their text is put into the page, elements are numbered in the order of
the page, and a content policy tells the browser to run the scripts of this page and to ask nobody for anything.
"""

import base64
import copy
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, Link
from folium.utilities import get_and_assert_figure_root
from jinja2 import Template
from markupsafe import Markup

from geodata.drafts import written_whole
from maps.escape import escape

ASSETS: Final = Path(__file__).parents[1] / "assets"
_OWN: Final = ("drawing", "timeline", "questions", "stories", "when", "patrols", "search", "kinds", "start")
_LINKED: Final = frozenset(
    {
        "leaflet/leaflet.js",
        "leaflet/leaflet.css",
        "protomaps/protomaps-leaflet.js",
        "basemap.js",
        "patrol.js",
        "pair.js",
        "national/page.js",
    }
    | {f"tasking/{name}.js" for name in _OWN}
)
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Leaflet's style sheet names pictures of controls that no page of ours shows; a browser would ask for them.
_PICTURE: Final = re.compile(r"url\([^)]*\)")
_SOURCE_MAP: Final = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
# folium forbids the reader to enlarge the page, which WCAG 1.4.4 forbids us.
_VIEWPORT: Final = re.compile(r'<meta name="viewport"[^>]*user-scalable=no[^>]*>')


class Page(Figure):
    """
    The document round one map: language, policy, title, what stands above and below the map.

    Parameters
    ----------
    title : text, escaped here
    style : rules of our own style sheet
    look : classes of the style sheet for the whole page
    above, below : markup that has passed `escape`, before and after the map
    """

    _template = Template(
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{{ this.title }}</title>\n{{ this.header.render(**kwargs) }}\n"
        "<style>\n{{ this.style }}</style>\n</head>\n"
        '<body class="{{ this.look }}">\n{{ this.above }}{{ this.html.render(**kwargs) }}{{ this.below }}\n'
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, *, title: str, style: str, look: str, above: Markup, below: Markup) -> None:
        super().__init__(title=escape(title))
        self.header._children.clear()  # the character set stands in the template
        self.style, self.look, self.above, self.below = style, look, above, below


def offline_map(**options: Any) -> folium.Map:
    """
    Return a folium map that links nothing but our own copies, without tiles and without Leaflet's advertisement.

    Parameters
    ----------
    options : what `folium.Map` takes
    """
    made = folium.Map(tiles=None, attribution_control=False, **options)
    made.default_js = [("leaflet", "leaflet/leaflet.js"), *((name, f"tasking/{name}.js") for name in _OWN)]
    made.default_css = [("leaflet_css", "leaflet/leaflet.css")]
    return made


def page_html(drawn: folium.Map) -> str:
    """
    Return the whole page of `drawn` as one text that needs no other file; `drawn` stays as it was.

    Raises
    ------
    RuntimeError
        If the map links a file that does not lie in `assets/`.
    """
    page = get_and_assert_figure_root(copy.deepcopy(drawn))  # rendering adds to the tree and numbering renames it
    _number(page)
    for child in list(page._children.values()):
        child.render()
    for link in _links(page):
        link.code = _linked(link.url)  # type: ignore[assignment]  # bytes would be printed as b'...'
    html = page._template.render(this=page, kwargs={"embedded": True}).replace("\r", "")
    html = _VIEWPORT.sub("", html)
    return html.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{_policy(html, _servers(page))}', 1)


def save_page(drawn: folium.Map, path: str | Path) -> str:
    """
    Write the page of `drawn` to `path`, whole or not at all, and return its text.

    Raises
    ------
    RuntimeError
        If the map links a file that does not lie in `assets/`.
    """
    html, target = page_html(drawn), Path(path)
    with written_whole(target) as draft:
        draft.write_text(html, encoding="utf-8", newline="\n")
    return html


def asset(name: str) -> str:
    """Return the text of a file in `assets/`, without what would make a browser ask for another file."""
    text = (ASSETS / name).read_text(encoding="utf-8")
    return _PICTURE.sub("none", text) if name.endswith(".css") else _SOURCE_MAP.sub("", text)


def script_hashes(html: str) -> tuple[str, ...]:
    """Return the sources that a page's policy must allow for the scripts written in `html`, in their order."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _SCRIPT.findall(html))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _servers(page: Figure) -> list[str]:
    """Return the tile servers that layers of the map ask: none, unless a force has named its own."""
    return sorted({element.server for element in _walk(page) if hasattr(element, "server")})


def _policy(html: str, servers: list[str]) -> str:
    rules = (
        "default-src 'none'",
        f"script-src {' '.join(script_hashes(html))}",
        "style-src 'unsafe-inline'",
        " ".join(("img-src data:", *servers)),
        "base-uri 'none'",
        "form-action 'none'",
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'


def _linked(url: str) -> str:
    if url not in _LINKED:
        raise RuntimeError(f"A page must link files in maps/assets only, got {url}.")
    return asset(url)


def _links(page: Figure) -> Iterator[Link]:
    return (child for child in page.header._children.values() if isinstance(child, JavascriptLink | CssLink))


def _number(page: Figure) -> None:
    """Name every element by its place in the page instead of by chance."""
    for number, element in enumerate(_walk(page)):
        element._id = str(number)


def _walk(element: Element) -> Iterator[Element]:
    yield element
    parts = (element.header, element.html, element.script) if isinstance(element, Figure) else ()
    for child in (*parts, *element._children.values()):
        yield from _walk(child)
