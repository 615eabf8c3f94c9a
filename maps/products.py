"""Every product of a run by name, and the writing of those asked for into one folder."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from geodata.errors import NotFoundError
from maps.gis import write_file_gdb, write_geoparquet, write_gis, write_project
from maps.offline import save_page
from maps.pack import Pack
from maps.report import write_report
from maps.report.public import write_public
from maps.report.reviews import Review
from maps.route_files import write_briefing, write_geojson, write_gpx
from maps.spreadsheet import write_plan, write_rejects, write_tables
from maps.tasking import tasking_map
from maps.wall import write_figures

ALL: Final = "all"
DEFAULT: Final = ("report", "map", "tables", "gis", "plan")


@dataclass(frozen=True)
class Asked:
    """
    What is asked of products beyond their names.

    Parameters
    ----------
    hotspots : ids of the hot spots to profile; empty for the first three
    reviews : the force's own reviews, for what worked elsewhere
    """

    hotspots: tuple[str, ...] = ()
    reviews: tuple[Review, ...] = ()


Write = Callable[[Pack, Path, Asked], Iterable[Path]]
Stage = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Product:
    """
    One product.

    Parameters
    ----------
    what : what it is, in a few words
    write : writes it into a folder and returns its files
    parts : parts that a pack may do without and that this product shows, by their names in a `Pack`
    pdf : whether one of its files is a PDF
    """

    what: str
    write: Write
    parts: tuple[str, ...] = ()
    pdf: bool = field(default=False, kw_only=True)


def products(names: Iterable[str] = DEFAULT) -> dict[str, Product]:
    """
    Return the products named, in the order in which they are known; `all` names every one.

    Raises
    ------
    NotFoundError
        If a name is not that of a product.
    """
    wanted = set(names)
    unknown = sorted(wanted - {*PRODUCTS, ALL})
    if unknown:
        known = ", ".join((*PRODUCTS, ALL))
        raise NotFoundError(f"A product must be one of {known}; {unknown[0]} is not.")
    return {name: product for name, product in PRODUCTS.items() if ALL in wanted or name in wanted}


def ready(names: Iterable[str] = DEFAULT) -> tuple[str, ...]:
    """
    Return the names of the products asked for, once each, if all of them can be made here.

    Raises
    ------
    NotFoundError
        If a name is not that of a product.
    InputError
        If one of them is a PDF, and what makes PDFs is not there.
    """
    wanted = products(names)
    if any(product.pdf for product in wanted.values()):
        from maps.documents.pdf import require

        require()
    return tuple(wanted)


def parts_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of a pack that the products named show, in the order of their names."""
    return tuple(sorted({part for product in products(names).values() for part in product.parts}))


def write_products(
    pack: Pack,
    folder: str | Path,
    names: Sequence[str] = DEFAULT,
    *,
    asked: Asked | None = None,
    stage: Stage = lambda _name: nullcontext(),
) -> dict[str, Path]:
    """
    Write the products named.

    Parameters
    ----------
    pack : one run's findings
    folder : there already, and empty
    names : of products
    asked : what is asked of them beyond their names
    stage : called with each product's name as it begins; the product is written inside what it returns

    Returns
    -------
    products : name of the file to its path

    Raises
    ------
    NotFoundError
        If a name is not that of a product, or a hot spot asked for is not one of this run's.
    InputError
        If a PDF is asked for, and what makes PDFs is not there.
    """
    held = Path(folder)
    paths: list[Path] = []
    for name, product in products(ready(names)).items():
        with stage(f"product: {name}"):
            paths += product.write(pack, held, asked or Asked())
    return {path.name: path for path in paths}


def _report(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    return (write_report(pack, folder / "report.html"),)


def _map(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    save_page(tasking_map(pack), folder / "map.html")
    return (folder / "map.html",)


def _tables(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    return (write_tables(pack, folder / "tables.xlsx"), write_rejects(pack, folder / "rejects.csv"))


def _gis(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    geopackage = write_gis(pack, folder / "hotspots.gpkg")
    return (geopackage, write_project(pack, geopackage, folder / "tasking.qgz"))


def _exchange(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    return (write_file_gdb(pack, folder / "hotspots.gdb.zip"), *write_geoparquet(pack, folder))


def _plan(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    return (
        write_plan(pack, folder / "plan.csv"),
        write_briefing(pack, folder / "briefing.csv"),
        write_gpx(pack, folder / "patrols.gpx"),
        write_geojson(pack, folder / "patrols.geojson"),
    )


def _public(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    return write_public(pack, folder)


def _figures(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    return write_figures(pack, folder)


# The libraries of office files and PDFs are loaded only where one is asked for.
def _tactical(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    from maps.documents.files import write_tactical

    return write_tactical(pack, folder)


def _problem(pack: Pack, folder: Path, asked: Asked) -> tuple[Path, ...]:
    from maps.documents.files import write_problems

    return write_problems(pack, folder, asked.hotspots, asked.reviews)


def _strategic(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    from maps.documents.files import write_strategic

    return write_strategic(pack, folder)


def _slides(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
    from maps.documents.files import write_slides

    return write_slides(pack, folder)


_ALL_PARTS: Final = ("change", "suffering", "past", "standing")

PRODUCTS: Final[Mapping[str, Product]] = {
    "report": Product("the tasking report, a page", _report, ("change", "suffering", "past")),
    "map": Product("the tasking map, a page", _map, ("change", "suffering", "past")),
    "tables": Product("every table in a workbook, and the rows refused", _tables, ("change", "suffering", "past")),
    "gis": Product("layers for a GIS", _gis, ("change", "suffering", "past")),
    "exchange": Product("the same layers as File GDB and GeoParquet", _exchange),
    "plan": Product("patrols for spreadsheets, handsets and maps", _plan),
    "tactical": Product("the tactical assessment: page, Word and PDF", _tactical, _ALL_PARTS, pdf=True),
    "problem": Product("problem profiles of hot spots: page and Word", _problem, _ALL_PARTS),
    "strategic": Product("the strategic assessment: page and Word", _strategic, _ALL_PARTS),
    "slides": Product("ten slides for the meeting: PowerPoint", _slides, _ALL_PARTS),
    "figures": Product("the standard figures, 1920 by 1080 and SVG", _figures, (*_ALL_PARTS, "hits")),
    "public": Product("neighbourhood figures for every household", _public, ("past", "recorded")),
}
