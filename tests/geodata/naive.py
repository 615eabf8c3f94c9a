"""Slow, obviously right twins of the readers: one row, one point, one moment at a time."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def delimited(text, width, *, header=True):
    """Line and fields of each row, and line and count of each row of another width; blank lines are no rows."""
    good, ragged, before = [], [], 0
    reader = csv.reader(io.StringIO(text, newline=""))
    for number, fields in enumerate(reader):
        line, before = before + 1, reader.line_num
        if not fields or (header and number == 0):
            continue
        if len(fields) == width:
            good.append((line, fields))
        else:
            ragged.append((line, len(fields)))
    return good, ragged


def first_area(x, y, areas):
    """The lowest code of the areas that hold or touch a point, by ray and by edge; None outside."""
    return min((code for code, ring in areas.items() if touches(x, y, ring) or holds(x, y, ring)), default=None)


def holds(x, y, ring):
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def touches(x, y, ring):
    return any(
        (bx - ax) * (y - ay) == (by - ay) * (x - ax)
        and min(ax, bx) <= x <= max(ax, bx)
        and min(ay, by) <= y <= max(ay, by)
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True)
    )


def london(text, pattern):
    """Seconds since 1970 UTC of a wall-clock text; the first of two, and forward out of a gap."""
    local = datetime.strptime(text, pattern).replace(tzinfo=LONDON, fold=0)
    there_and_back = local.astimezone(ZoneInfo("UTC")).astimezone(LONDON)
    while there_and_back.replace(tzinfo=None) != local.replace(tzinfo=None):
        local += timedelta(minutes=1)
        there_and_back = local.astimezone(ZoneInfo("UTC")).astimezone(LONDON)
    return int(local.timestamp())


def month_start(text):
    return int(datetime(int(text[:4]), int(text[5:]), 1, tzinfo=LONDON).timestamp())
