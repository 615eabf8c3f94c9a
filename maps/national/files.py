"""The files of a national run: the page, and every table as CSV."""

from pathlib import Path

from maps.drawing.offline import save_page
from maps.national.nation import Nation
from maps.national.page import national_map
from maps.tables.spreadsheet import write_table


def write_national(nation: Nation, folder: str | Path) -> dict[str, Path]:
    """
    Write the page and the tables of a national run.

    Parameters
    ----------
    nation : its findings
    folder : there already, and empty

    Returns
    -------
    products : name of the file to its path: `national.html`, `league.csv`, `groups.csv` and one `.csv` a further table
    """
    held = Path(folder)
    page = held / "national.html"
    save_page(national_map(nation), page)
    tables = {"league": nation.league, "groups": nation.groups, **nation.tables}
    paths = [page, *(write_table(table, held / f"{name}.csv") for name, table in tables.items())]
    return {path.name: path for path in paths}
