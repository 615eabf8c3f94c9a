"""
The one function that every string passes on its way to a page.

folium escapes nothing; a popup's text is a JavaScript template literal, where `${...}` runs even after `html.escape`;
and branca reads what it has rendered as a jinja template once more, where `{{ ... }}` runs as Python on our own
machine. So: HTML's five characters, then the dollar, the backtick and the opening brace, everywhere.
"""

import html
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

# Control characters and halves of surrogate pairs: no page may hold them, and UTF-8 cannot write the latter.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_AFTER_HTML: Final = str.maketrans({char: f"&#{ord(char)};" for char in "$`{"})
# What ends a script element, opens a comment, or wakes a template literal.
_IN_SCRIPT: Final = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&'`$"})
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')


def escape(text: object) -> Markup:
    """
    Return `text` so that a browser shows it and never runs it, in HTML, an attribute or a template literal.

    Parameters
    ----------
    text : anything; `str` of it is taken
        What already passed (a `Markup`) is escaped again like any other text: call this once.

    Returns
    -------
    escaped : str
        A `Markup`, which jinja prints as it is. Control characters become U+FFFD.
    """
    safe = html.escape(_UNPRINTABLE.sub("\ufffd", str(text)))
    return Markup(safe.translate(_AFTER_HTML))  # noqa: S704 - this is the gate


def json_in_script(value: Any) -> Markup:
    """
    Return `value` as JSON that can stand inside a script element, with no character that ends or wakes it.

    Parameters
    ----------
    value : anything that JSON can hold; numbers must be finite

    Raises
    ------
    ValueError
        If a number is not finite: a slip of ours, for JSON has no word for it.
    """
    written = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    strings_closed = _STRING.sub(lambda found: found[0].replace("{", "\\u007b"), written)
    return Markup(strings_closed.translate(_IN_SCRIPT))  # noqa: S704 - no markup is left in it


@cache  # with its templates, which take longer to read than most pages take to write
def environment(folder: Path, **filters: Callable[..., Any]) -> jinja2.Environment:
    """
    Return a template environment in which everything printed passes `escape`, unless it did already.

    Parameters
    ----------
    folder : where the templates lie
    **filters : functions that the templates may call, by name
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        finalize=_passed,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= filters | {"json_in_script": json_in_script}
    return made


def _passed(value: object) -> Markup:
    return value if isinstance(value, Markup) else escape(value)
