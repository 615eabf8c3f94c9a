"""Every product of a run, written into one folder."""

from pathlib import Path

from maps.gis import write_gis
from maps.offline import save_page
from maps.pack import Pack
from maps.report import write_report
from maps.route_files import write_briefing, write_geojson, write_gpx
from maps.spreadsheet import write_plan, write_rejects, write_tables
from maps.tasking import tasking_map


def write_products(pack: Pack, folder: str | Path) -> dict[str, Path]:
    """
    Write the report, the map and the tables.

    Parameters
    ----------
    pack : one run's findings
    folder : there already, and empty

    Returns
    -------
    products : name of the file to its path
        `map.html`, `report.html`, `hotspots.gpkg`, `tables.xlsx`, `plan.csv`, `briefing.csv`, `patrols.gpx`,
        `patrols.geojson`, `rejects.csv`
    """
    held = Path(folder)
    save_page(tasking_map(pack), held / "map.html")
    paths = (
        held / "map.html",
        write_report(pack, held / "report.html"),
        write_gis(pack, held / "hotspots.gpkg"),
        write_tables(pack, held / "tables.xlsx"),
        write_plan(pack, held / "plan.csv"),
        write_briefing(pack, held / "briefing.csv"),
        write_gpx(pack, held / "patrols.gpx"),
        write_geojson(pack, held / "patrols.geojson"),
        write_rejects(pack, held / "rejects.csv"),
    )
    return {path.name: path for path in paths}
