"""A document as one page that opens from disk, asks no server for anything, and prints as it should."""

from pathlib import Path
from typing import Final

from maps import words
from maps.documents import blocks
from maps.documents.blocks import Document
from maps.escape import environment
from maps.report.page import TEMPLATES, policy_of, style_of

_KINDS: Final = {
    blocks.Heading: "heading",
    blocks.Paragraph: "paragraph",
    blocks.Bullets: "bullets",
    blocks.Note: "note",
    blocks.Facts: "facts",
    blocks.TableBlock: "table",
    blocks.Figure: "figure",
    blocks.DecisionList: "decisions",
}


def render(document: Document) -> str:
    """Return the page of `document`; every string in it passes the one escaping function."""
    templates = environment(TEMPLATES, kind=_kind, number=words.number, percent=words.percent)
    return templates.get_template("document.html.jinja").render(
        document=document,
        edition=document.edition,
        language=blocks.LANGUAGE,
        made=document.edition.made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        policy=policy_of(""),
        style=style_of(document.edition),
    )


def _kind(block: blocks.Block) -> str:
    return _KINDS[type(block)]


def write_html(document: Document, path: str | Path) -> Path:
    """
    Write a document as a page.

    Parameters
    ----------
    document : what it says
    path : the file to write

    Returns
    -------
    path : as given
    """
    held = Path(path)
    held.write_text(render(document), encoding="utf-8", newline="\n")
    return held
