"""Answers of the data.police.uk API: their records as rows of text, in the words of the street-level CSV files."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeGuard

import numpy as np
import pyarrow as pa

from geodata._files import Content, require_text, without_bom
from geodata._rows import Batch
from geodata.cast import IntArray
from geodata.errors import InputError

API_ANSWER: Final = "police.uk API"
NOT_A_RECORD: Final = "not a crime record"

# The API calls some of its categories otherwise than the CSV files do; the others differ only in hyphens.
_CATEGORIES: Final = {
    "anti-social-behaviour": "Anti-social behaviour",
    "violent-crime": "Violence and sexual offences",
    "criminal-damage-arson": "Criminal damage and arson",
    "public-disorder-weapons": "Public disorder and weapons",
}


def find_record_key(head: bytes, record_key: str | None) -> str | None:
    """
    Return the key under which the records of an API answer lie, "" where they lie bare, None where it is no answer.

    Parameters
    ----------
    head : beginning of the file
    record_key : the key to expect, or None to look for it
    """
    text = without_bom(head).decode("utf-8", errors="replace").strip()
    if not text.startswith(("[", "{")):
        return None
    first = _first_object(text)
    broken = first is None and '"category"' in text and '"location' in text and '"FeatureCollection"' not in text
    if text == "[]" or broken:
        return record_key or ""  # no crimes, or an answer cut short: reading it will say where
    if not isinstance(first, dict):
        return None
    if record_key is not None:
        return record_key if _is_record(first.get(record_key)) else None
    if _is_record(first):
        return ""
    return next((key for key, value in first.items() if _is_record(value)), None)


def read_api(content: Content, name: str, record_key: str) -> Batch:
    """
    Return the records of one API answer: a JSON array, or one JSON object a line.

    Parameters
    ----------
    record_key : the key under which each record lies, "" if it lies bare

    Raises
    ------
    InputError
        If the bytes are not text or the JSON is broken: with the line.
    """
    data = without_bom(content.data)
    require_text(data, name)
    entries, line = _entries(data.decode("utf-8"), name)
    records = [entry.get(record_key) if record_key and isinstance(entry, dict) else entry for entry in entries]
    sound = np.fromiter((_is_record(record) for record in records), dtype=np.bool_, count=len(records))
    broken = tuple((int(at), NOT_A_RECORD) for at in line[~sound])
    table = _api_table([record for record in records if _is_record(record)])
    return Batch(name, API_ANSWER, content.sha256, table, line[sound], broken)


def _category(slug: str) -> str:
    """The CSV files' name of an API category; an unknown one in the same manner."""
    return _CATEGORIES.get(slug, slug.replace("-", " ").capitalize())


def _is_record(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping) and "category" in value and "month" in value and "location" in value


def _first_object(text: str) -> Any:
    """The first object of an array or of JSON lines; None where there is none, or it does not end in `text`."""
    start = text.lstrip("[ \t\r\n")
    try:
        return json.JSONDecoder().raw_decode(start)[0]
    except (ValueError, RecursionError):
        return None


def _entries(text: str, name: str) -> tuple[list[Any], IntArray]:
    """All entries, with the number of each in an array or its line."""
    if text.lstrip().startswith("["):
        array = _parsed(text, name, 0)
        return array, np.arange(1, len(array) + 1, dtype=np.int64)
    lines = text.split("\n")
    kept = [number for number, line in enumerate(lines) if line.strip()]
    try:
        # one call for all lines: twice as fast as a call each
        entries = json.loads("[" + ",".join(lines[number] for number in kept) + "]")
    except (ValueError, RecursionError):
        entries = []
    if len(entries) != len(kept):
        entries = [_parsed(lines[number], name, number) for number in kept]
    return entries, np.array(kept, dtype=np.int64) + 1


def _parsed(text: str, name: str, before: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"JSON must be whole; `{name}` breaks off or goes wrong on line {before + error.lineno:,}."
        ) from None
    except RecursionError:
        raise InputError(f"JSON must not be nested without end; `{name}` is.") from None
    except ValueError:  # the interpreter's own limit on the digits of a whole number
        raise InputError(f"JSON must hold numbers of at most 4,300 digits; `{name}` holds a longer one.") from None


def _api_table(records: Sequence[Mapping[str, Any]]) -> pa.Table:
    places = [_inside(record, "location") for record in records]
    columns = {
        "month": [record["month"] for record in records],
        "longitude": [place.get("longitude") for place in places],
        "latitude": [place.get("latitude") for place in places],
        "location": [_inside(place, "street").get("name") for place in places],
        "lsoa": [None] * len(records),
        "offence": [_category(str(record["category"] or "")) for record in records],
    }
    coded = {name: _texts(values).dictionary_encode() for name, values in columns.items()}
    identifiers = _texts([record.get("persistent_id") for record in records])
    return pa.table({**coded, "crime_id": identifiers, "record_id": _texts([record.get("id") for record in records])})


def _texts(values: Sequence[Any]) -> pa.Array:
    texts = [None if value is None else str(value) for value in values]
    try:
        return pa.array(texts, type=pa.string())
    except UnicodeEncodeError:  # half a character, which JSON can write and no text can hold
        whole = [None if text is None else text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        return pa.array(whole, type=pa.string())


def _inside(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}
