"""Files as bytes, plain or gzipped, with their fingerprints; every way in which one can be broken is a sentence."""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from geodata.errors import InputError

BOM: Final = b"\xef\xbb\xbf"
HEAD_BYTES: Final = 65_536
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Content:
    """
    A file's bytes, unpacked, and two fingerprints.

    Parameters
    ----------
    data : the bytes, unpacked where the file is gzipped
    sha256 : fingerprint of the file as it lies on the disk
    content_sha256 : fingerprint of `data`, by which a packed and a plain copy are known to be the same
    """

    data: bytes
    sha256: str
    content_sha256: str


def head(path: Path, name: str) -> bytes:
    """Return the first 64 kB of a file, unpacked; of a broken gzip file, what can be had."""
    with _opened(path, name) as file:
        if not _is_gzip(file):
            return file.read(HEAD_BYTES)
        return b"".join(_unpacked(file, HEAD_BYTES)[0])[:HEAD_BYTES]


def content(path: Path, name: str) -> Content:
    """
    Return all of a file, unpacked.

    Raises
    ------
    InputError
        If it cannot be read, or is a gzip file that is cut short or damaged: with the line that it reaches.
    """
    with _opened(path, name) as file:
        if not _is_gzip(file):
            data = file.read()
            digest = hashlib.sha256(data).hexdigest()
            return Content(data, digest, digest)
        packed = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        parts, whole = _unpacked(file, None)
    data = b"".join(parts)
    if not whole:
        line = data.count(b"\n") + 1
        raise InputError(f"A gzip file must be whole; `{name}` is cut short or damaged after line {line:,}.")
    return Content(data, packed, hashlib.sha256(data).hexdigest())


def require_text(data: bytes, name: str, encoding: str = "utf-8") -> None:
    """
    Refuse bytes that are not text in `encoding`.

    Raises
    ------
    InputError
        With the first line that is not.
    """
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise InputError(f"A table must be {encoding.upper()} text; `{name}` holds a zero byte on line {line:,}.")
    if data.isascii():
        return
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"A table must be {encoding.upper()} text; line {line:,} of `{name}` is not.") from None


def without_bom(data: bytes) -> bytes:
    """Return `data` less a UTF-8 byte order mark."""
    return data[len(BOM) :] if data.startswith(BOM) else data


def _opened(path: Path, name: str) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"A file must be readable; `{name}` is not: {error.strerror}.") from None


def _is_gzip(file: BufferedReader) -> bool:
    magic = file.read(2)
    file.seek(0)
    return magic == b"\x1f\x8b"


def _unpacked(file: BufferedReader, most: int | None) -> tuple[list[bytes], bool]:
    """Unpacked pieces, at least `most` bytes if there are as many, and whether the end was sound."""
    parts: list[bytes] = []
    got = 0
    packed = gzip.GzipFile(fileobj=file)
    try:
        # read1 hands over what was sound before a fault; read would lose it
        while part := packed.read1(_CHUNK):
            parts.append(part)
            got += len(part)
            if most is not None and got >= most:
                break
    except (EOFError, OSError, zlib.error):
        return parts, False
    return parts, True
