"""Every product of a run by name, and the writing of those asked for into one folder."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from geodata.errors import NotFoundError
from maps.drawing.offline import save_page
from maps.gis import write_file_gdb, write_geoparquet, write_gis, write_project
from maps.pack import Pack
from maps.patrols.files import write_briefing, write_days, write_geojson, write_gpx
from maps.patrols.page import write_patrol_maps
from maps.product import Asked, Product, document, files, folder
from maps.report import write_report
from maps.report.briefing import write_briefings
from maps.report.public import write_public
from maps.tables.spreadsheet import write_plan, write_rejects, write_tables
from maps.tasking.page import tasking_map
from maps.wall import write_figures

ALL: Final = "all"
DEFAULT: Final = ("report", "map", "tables", "gis", "plan")


Stage = Callable[[str], AbstractContextManager[None]]


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
    out: str | Path,
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
    out : folder, there already, and empty
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
    paths: list[Path] = []
    for name, product in products(ready(names)).items():
        with stage(f"product: {name}"):
            paths += product.write(pack, Path(out), asked or Asked())
    return {path.name: path for path in paths}


def _map(pack: Pack, folder: Path) -> tuple[Path, ...]:
    save_page(tasking_map(pack), folder / "map.html")
    return (folder / "map.html",)


def _gis(pack: Pack, folder: Path) -> tuple[Path, ...]:
    geopackage = write_gis(pack, folder / "hotspots.gpkg")
    return (geopackage, write_project(pack, geopackage, folder / "tasking.qgz"))


def _exchange(pack: Pack, folder: Path) -> tuple[Path, ...]:
    return (write_file_gdb(pack, folder / "hotspots.gdb.zip"), *write_geoparquet(pack, folder))


_PLAN: Final = {
    "plan.csv": write_plan,
    "briefing.csv": write_briefing,
    "days.csv": write_days,
    "patrols.gpx": write_gpx,
    "patrols.geojson": write_geojson,
}
_TABLES: Final = {"tables.xlsx": write_tables, "rejects.csv": write_rejects}
_LATELY: Final = ("change", "suffering", "past")
_MEETING: Final = (*_LATELY, "standing", "hits")

PRODUCTS: Final[Mapping[str, Product]] = {
    "report": Product("the tasking report, a page", files({"report.html": write_report}), _LATELY),
    "map": Product("the tasking map, a page", folder(_map), _LATELY),
    "tables": Product("every table in a workbook, and the rows refused", files(_TABLES), _LATELY),
    "gis": Product("layers for a GIS", folder(_gis), _LATELY),
    "exchange": Product("the same layers as File GDB and GeoParquet", folder(_exchange), _LATELY),
    "plan": Product("patrols for spreadsheets, handsets and maps", files(_PLAN)),
    "patrol-maps": Product("one map a patrol, for phone and paper", folder(write_patrol_maps)),
    "briefing": Product("one A4 sheet a patrol: page and PDF", folder(write_briefings), ("days",), pdf=True),
    "tactical": Product("the tactical assessment: page, Word and PDF", document("tactical"), _MEETING, pdf=True),
    "problem": Product("problem profiles of hot spots: page and Word", document("problem"), _LATELY),
    "strategic": Product("the strategic assessment: page and Word", document("strategic"), _MEETING),
    "assurance": Product("fairness, certainty and feedback: page and Word", document("assurance"), ("fairness",)),
    "slides": Product("ten slides for the meeting: PowerPoint", document("slides"), _MEETING),
    "figures": Product("the standard figures, 1920 by 1080 and SVG", folder(write_figures), _MEETING),
    "public": Product("neighbourhood figures for every household", folder(write_public), ("past", "recorded")),
}
