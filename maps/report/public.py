"""The public page: what was recorded in each neighbourhood, who its team is, and nothing that could point at anyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from markupsafe import Markup

from hotspots.rate_ratio import rate_ratios
from maps import words
from maps.drawing.lonlat import geometry_in_lonlat
from maps.escape import environment
from maps.pack import Neighbourhood, Pack
from maps.public.disclosure import SMALLEST_PRINTED, TOTAL
from maps.public.releases import Release, as_table, releases
from maps.report.page import TEMPLATES, policy_of
from maps.tables.spreadsheet import write_table

WEEKS: Final = 13.0  # of a quarter
PER: Final = 1_000
CLASSES: Final = 5
WITHHELD: Final = "withheld"
_THIN_M: Final = 25.0
_HIGH: Final = 620.0  # of the map, in the units of its drawing


@dataclass(frozen=True)
class Area:
    """
    What the page says of one area; every number in it is printed in a release, or worked out from such.

    Parameters
    ----------
    total : crimes of the newest release, in words
    rows : crime type and crimes of the newest release, in words
    months : month, crimes in words, and height of its bar in percent (None where withheld), oldest first
    trend, similar, patrol : each a sentence
    shade : 1 to 5 by crimes per 1,000 people (by crimes where people are not known), 0 where withheld
    path : outline on the map
    """

    code: str
    name: str
    neighbourhood: Neighbourhood | None
    total: str
    rows: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, str, float | None], ...]
    trend: str
    similar: str
    patrol: str
    shade: int
    path: str


def write_public(pack: Pack, folder: str | Path) -> tuple[Path, ...]:
    """
    Write the page, its figures as a table, and the areas with the newest figures for a map.

    Parameters
    ----------
    pack : one run's findings; what `recorded` of it holds is released quarter by quarter
    folder : there already

    Returns
    -------
    paths : `public.html`, `public.csv`, `public.geojson`
    """
    held = Path(folder)
    names = dict(zip(pack.wards["code"].astype(str), pack.wards["name"].astype(str), strict=True))
    found = _releases(pack)
    page = held / "public.html"
    page.write_text(_page(pack, found), encoding="utf-8", newline="\n")
    table = write_table(as_table(found, names), held / "public.csv")
    return page, table, _write_geojson(pack, found, held / "public.geojson")


def _releases(pack: Pack) -> tuple[Release, ...]:
    recorded, published = pack.public.recorded, pack.public.published
    return published if recorded is None else releases(recorded, published)


def _page(pack: Pack, found: tuple[Release, ...]) -> str:
    templates = environment(TEMPLATES)
    areas = _areas(pack, found)
    newest = found[-1] if found else None
    return templates.get_template("public.html.jinja").render(
        force=pack.force,
        service=words.capital(pack.force),
        public=pack.public,
        policy=policy_of(""),
        style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),  # noqa: S704 - our own style sheet
        newest="" if newest is None else newest.words,
        releases=[release.words for release in found],
        areas=areas,
        whole=_whole(newest),
        box=_box(pack.wards),
        by="per 1,000 people" if _people(pack).notna().all() else "recorded",
        smallest=SMALLEST_PRINTED,
        credits=pack.credits,
    )


def _whole(newest: Release | None) -> tuple[tuple[str, str], ...]:
    """Return the crime types of all areas together, in words."""
    if newest is None:
        return ()
    return tuple((str(name), _said(count)) for name, count in newest.by_offence.loc[TOTAL].items() if name != TOTAL)


def _areas(pack: Pack, found: tuple[Release, ...]) -> list[Area]:
    told = {each.code: each for each in pack.public.neighbourhoods}
    trends, similar, patrol = _trends(found), _similar(pack, found), _patrol(pack)
    shades, paths = _shades(pack, found), _paths(pack.wards)
    rows = zip(pack.wards["code"].astype(str), pack.wards["name"].astype(str), paths, strict=True)
    return sorted(
        (
            Area(
                code=code,
                name=name,
                neighbourhood=told.get(code),
                total=_said(_total(found[-1], code)) if found else words.NOT_KNOWN,
                rows=_types(found[-1], code) if found else (),
                months=_months(found, code),
                trend=trends.get(code, "There are no earlier figures to compare with."),
                similar=similar.get(code, ""),
                patrol=patrol.get(code, ""),
                shade=shades.get(code, 0),
                path=path,
            )
            for code, name, path in rows
        ),
        key=lambda area: (area.name, area.code),
    )


def _said(count: Any) -> str:
    return WITHHELD if pd.isna(count) else words.number(float(count), 0)


def _total(release: Release, code: str) -> Any:
    return release.totals.get(code, pd.NA)


def _types(release: Release, code: str) -> tuple[tuple[str, str], ...]:
    if code not in release.by_offence.index:
        return ()
    return tuple((str(name), _said(count)) for name, count in release.by_offence.loc[code].items() if name != TOTAL)


def _months(found: tuple[Release, ...], code: str) -> tuple[tuple[str, str, float | None], ...]:
    """Return the months of up to four releases, with a bar each."""
    tables = [release.by_month for release in found[-4:] if code in release.by_month.index]
    held = [(str(month), count) for table in tables for month, count in table.loc[code].items()]
    counts: list[tuple[str, Any]] = [(month, count) for month, count in held if month != TOTAL]
    most = max((float(count) for _, count in counts if not pd.isna(count)), default=0.0)
    return tuple(
        (f"{pd.Period(month):%B %Y}", _said(count), None if pd.isna(count) or most == 0 else 100 * float(count) / most)
        for month, count in counts
    )


def _trends(found: tuple[Release, ...]) -> dict[str, str]:
    """Return how the newest release of each area stands to the same quarter a year before, or to the one before."""
    if len(found) < 2:
        return {}
    newest, before = found[-1], next((each for each in found if each.name == found[-1].year_before), found[-2])
    pairs = pd.DataFrame({"before": before.totals, "after": newest.totals}).dropna().astype(float)
    changes = rate_ratios(pairs["before"], pairs["after"], weeks=(WEEKS, WEEKS)).set_index(pairs.index)
    withheld = dict.fromkeys(
        newest.totals.index, "One of the two totals to compare is withheld, so that no trend can be told."
    )
    return withheld | {str(code): _trend(row, newest, before) for code, row in changes.iterrows()}


def _trend(row: pd.Series, newest: Release, before: Release) -> str:
    after, earlier = (words.number(float(row[f"crimes_{when}"]), 0) for when in ("after", "before"))
    start = f"{after} crimes were recorded from {newest.words}, and {earlier} from {before.words}"
    if pd.isna(row["ratio"]) or row["verdict"] == "too few to say":
        return f"{start}: too few to say whether that is a change."
    times = f"{words.number(row['ratio'])} times as many (90 % interval {words.interval(row['low'], row['high'])})"
    if row["verdict"] != "no clear change":
        return f"{start}: {times}, so crime {row['verdict']}."
    chance = "" if row["low"] <= 1 <= row["high"] else ", since among many neighbourhoods some differ as much by chance"
    return f"{start}: {times}, no clear change{chance}."


def _people(pack: Pack) -> pd.Series:
    return pd.Series(pack.wards["population"].to_numpy(np.float64), index=pack.wards["code"].astype(str))


def _rates(pack: Pack, release: Release) -> pd.Series:
    """Return crimes of the release per 1,000 people, missing where either is not known or withheld."""
    people = _people(pack)
    totals = release.totals.astype("Float64").reindex(people.index)
    rates: pd.Series = PER * totals.to_numpy(np.float64, na_value=np.nan) / people.where(people > 0)
    return rates


def _similar(pack: Pack, found: tuple[Release, ...]) -> dict[str, str]:
    """Return how each area stands beside those it is compared with, by 1,000 people where these are known."""
    if not found:
        return {}
    by_people = bool(_people(pack).notna().all())
    places = None if by_people else 0
    held = (_rates(pack, found[-1]) if by_people else found[-1].totals.astype("Float64")).dropna().astype(float)
    unit = f" for every {PER:,} people" if by_people else " recorded crimes"
    named = {each.code: each.similar for each in pack.public.neighbourhoods if each.similar}
    said = {}
    for code, own in held.items():
        others = held.reindex([each for each in named.get(str(code), held.index) if each != code]).dropna()
        if len(others):
            kind = "similar area" if str(code) in named else "other area"
            middle = f"{words.number(float(others.median()), places)} in the middle of {words.count(len(others), kind)}"
            said[str(code)] = f"That is {words.number(own, places)}{unit}, beside {middle}."
    return said


def _patrol(pack: Pack) -> dict[str, str]:
    """Return how much patrol each area's hot spots had since the last tasking."""
    past = pack.past
    if past is None or past.hotspots["delivered_minutes"].isna().all():
        return {}
    sums = past.hotspots.groupby("ward")[["planned_minutes", "delivered_minutes"]].sum()
    return {
        str(
            code
        ): f"From {past.after}, patrols spent {words.number(row['delivered_minutes'] / 60)} hours at the places "
        f"in this area where crime gathers; {words.number(row['planned_minutes'] / 60)} hours had been planned."
        for code, row in sums.iterrows()
    }


def _shades(pack: Pack, found: tuple[Release, ...]) -> dict[str, int]:
    """Return the class of each area, equal numbers of areas in each of five; 0 where its total is withheld."""
    if not found:
        return {}
    rates = _rates(pack, found[-1])
    known = (rates if _people(pack).notna().all() else found[-1].totals.astype("Float64")).dropna().astype(float)
    order = known.rank(method="average", pct=True)
    return {str(code): int(np.ceil(CLASSES * share)) for code, share in order.items()}


def _paths(wards: GeoDataFrame) -> list[str]:
    """Return the outline of each area as a path of a drawing, thinned; the north is up."""
    west, _, _, north = wards.total_bounds
    scale = _scale(wards)
    paths = []
    for shape in wards.geometry.simplify(max(_THIN_M, 1 / scale)):
        rings = [ring for part in getattr(shape, "geoms", [shape]) for ring in (part.exterior, *part.interiors)]
        paths.append("".join(_ring(np.asarray(ring.coords), west, north, scale) for ring in rings))
    return paths


def _ring(xy: np.ndarray, west: float, north: float, scale: float) -> str:
    points = (f"{(x - west) * scale:.1f} {(north - y) * scale:.1f}" for x, y in xy[:-1, :2])
    return f"M{'L'.join(points)}Z"


def _scale(wards: GeoDataFrame) -> float:
    west, south, east, north = wards.total_bounds
    return float(_HIGH / max(north - south, (east - west) / 1.6))


def _box(wards: GeoDataFrame) -> str:
    west, south, east, north = wards.total_bounds
    return f"0 0 {(east - west) * _scale(wards):.0f} {(north - south) * _scale(wards):.0f}"


def _write_geojson(pack: Pack, found: tuple[Release, ...], path: Path) -> Path:
    """Write the areas with the totals of the newest release, longitude and latitude."""
    codes = pack.wards["code"].astype(str)
    newest = found[-1] if found else None
    table: Mapping[str, Any] = {
        "code": codes,
        "area": pack.wards["name"].astype(str),
        "release": "" if newest is None else newest.name,
        "crimes": pd.array([pd.NA if newest is None else _total(newest, code) for code in codes], dtype="Int64"),
    }
    shapes = geometry_in_lonlat(pack.wards.geometry, simplify=_THIN_M)
    GeoDataFrame(pd.DataFrame(table), geometry=shapes.to_numpy(), crs="EPSG:4326").to_file(
        path, driver="GeoJSON", engine="pyogrio", RFC7946="YES", WRITE_NAME="NO"
    )
    return path
