"""Published tables of near repeat, from the files that they are of, where somebody has them."""

from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Final

from hotspots import Bands
from hotspots.knox import Knox, knox
from service.reading.events import Events, read_events
from service.validation.value import Value, values

BURGLARY: Final = "chicago_burglary_2016-01.csv"
ARSON: Final = "chicago_arson_2016.csv"
FILES: Final = (BURGLARY, ARSON)
_VIGNETTE: Final = "NearRepeat for R, its vignette: Chicago burglary, January 2016"
_CALCULATOR: Final = "The Near Repeat Calculator on the same crimes"
_FIRES: Final = "The Near Repeat Calculator: Chicago arson, 2016"
_RATIOS: Final = "1.8032 0.4016 0.6163 1.4133 0.8625 0.5180 1.0151 0.9529 1.0446 0.9737 0.9837 1.0066"
_PAIRS: Final = "28 5 5 141 69 27 186 140 100 237 192 128"
_CALCULATED: Final = "28 5 5 2 44 13 8 4 97 56 19 16 77 67 45 20 182194 146149 95237 45879"
_ARSON_PAIRS: Final = "0 2 0 8 9 1 1 46 4 0 0 141 6 0 0 234 393 710 770 133656"


def of_near_repeat(folder: Path) -> Iterator[Value]:
    """The published tables of those files that lie in a folder: easting, northing and date, no header."""
    if (folder / BURGLARY).is_file():
        found = _knox(folder / BURGLARY, Bands((0, 0.1, 200, 400, 600), (0, 7, 14, 21)))
        yield from values("Knox test", _VIGNETTE, _cells(found, "observed", _PAIRS))
        yield from values("Knox test", "The same, its ratios worked out exactly", _cells(found, "ratio", _RATIOS))
        found = _knox(folder / BURGLARY, Bands((0, 1, 100, 200, 300, inf), (0, 7, 14, 21, inf)))
        yield from values("Knox test", _CALCULATOR, _cells(found, "observed", _CALCULATED))
    if (folder / ARSON).is_file():
        found = _knox(folder / ARSON, Bands((0, 0.01, 201, 401, 601, inf), (0, 1, 2, 3, inf)))
        yield from values("Knox test", _FIRES, _cells(found, "observed", _ARSON_PAIRS))
        nine = found.table.iloc[4]
        rows = [("ratio of its nine pairs", "52.11", nine["ratio"]), ("expected", "0.1727", nine["expected"])]
        yield from values("Knox test", "The same, worked out exactly", rows)


def _knox(path: Path, bands: Bands) -> Knox:
    events = Events(paths=(str(path),), x="0", y="1", date="2", crs="EPSG:26971")
    return knox(read_events(events).crimes, bands, metric="manhattan", permutations=0)


def _cells(found: Knox, column: str, published: str) -> list[tuple[str, str, float]]:
    where = (f"{column}, {row.space} m and {row.time} days" for row in found.table.itertuples())
    return list(zip(where, published.split(), found.table[column], strict=True))
