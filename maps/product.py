"""What a product is: what it is called, how it is written, which parts of the findings it shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from maps.pack import Pack
from maps.report.reviews import Review


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


def files(written: Mapping[str, Callable[[Pack, Path], Path]]) -> Write:
    """Return what writes single files, by their names."""

    def write(pack: Pack, folder: Path, _: Asked) -> tuple[Path, ...]:
        return tuple(each(pack, folder / name) for name, each in written.items())

    return write


def folder(write: Callable[[Pack, Path], Iterable[Path]]) -> Write:
    """Return what writes files into a folder by itself and needs nothing else."""
    return lambda pack, folder, _: write(pack, folder)


def document(name: str) -> Write:
    """Return a writer of `maps.documents.files`, whose libraries are loaded only where one is asked for."""

    def write(pack: Pack, folder: Path, asked: Asked) -> Iterable[Path]:
        from maps.documents.files import WRITERS

        return WRITERS[name](pack, folder, asked)

    return write
