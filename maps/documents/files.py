"""The documents of a run as files, by their names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from maps.documents.docx import write_docx
from maps.documents.html import write_html
from maps.documents.pdf import write_pdf
from maps.documents.pptx import write_pptx
from maps.pack import Pack
from maps.product import Asked, Write
from maps.report.assurance import assurance
from maps.report.problem import chosen, problem
from maps.report.slides import slides
from maps.report.strategic import strategic
from maps.report.tactical import tactical


def write_tactical(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    """Write the tactical assessment as a page, for Word and as a tagged PDF."""
    said, name = tactical(pack), folder / "tactical"
    return (
        write_html(said, name.with_suffix(".html")),
        write_docx(said, name.with_suffix(".docx")),
        write_pdf(said, name.with_suffix(".pdf")),
    )


def write_problems(pack: Pack, folder: Path, asked: Asked) -> tuple[Path, ...]:
    """
    Write a problem profile of each hot spot asked for, or of the first three, as a page and for Word.

    Raises
    ------
    NotFoundError
        If one asked for is not a hot spot of this run.
    """
    paths = []
    for spot in chosen(pack, asked.hotspots):
        said, name = problem(pack, spot, asked.reviews), f"problem-{spot}"
        paths += [write_html(said, folder / f"{name}.html"), write_docx(said, folder / f"{name}.docx")]
    return tuple(paths)


def write_strategic(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    """Write the strategic assessment as a page and for Word."""
    said = strategic(pack)
    return (write_html(said, folder / "strategic.html"), write_docx(said, folder / "strategic.docx"))


def write_assurance(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    """Write the page on fairness and feedback, as a page and for Word."""
    said = assurance(pack)
    return (write_html(said, folder / "assurance.html"), write_docx(said, folder / "assurance.docx"))


def write_slides(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    """Write the slides of the meeting."""
    return (write_pptx(slides(pack), folder / "slides.pptx"),)


WRITERS: Final[Mapping[str, Write]] = {
    "tactical": write_tactical,
    "problem": write_problems,
    "strategic": write_strategic,
    "assurance": write_assurance,
    "slides": write_slides,
}
