"""Documents to test with: every product of the sample, made once, and a small one with a block of every kind."""

import contextlib
import io
import re
import subprocess
import zlib
from functools import cache
from pathlib import Path

import pandas as pd
from PIL import Image

from maps import words
from maps.documents import blocks
from maps.documents.blocks import Decision, Document, Edition, Section
from maps.documents.deck import Deck
from maps.figures.base import Picture
from maps.report.problem import problem
from maps.report.reviews import Review
from maps.report.slides import slides
from maps.report.strategic import strategic
from maps.report.summary import Fact
from maps.report.table import Column, Table
from maps.report.tactical import tactical
from tests.maps.sample import sample_pack

HOSTILE = "<script>alert(1)</script>\"'&${alert(1)}`{{7*7}}"
REVIEWS = (
    Review("Late patrols", "2023-01-02", "2023-03-31", ("Burglary",), "cannot tell", "Nothing can be concluded."),
    Review("Alley gates", "2023-05-01", "2023-09-30", ("Burglary",), "probably fell", "It fell by 20 % (2 to 36 %)."),
    Review("Bus station", "2022-05-01", "2022-09-30", (), "rose", "It rose by 9 % (1 to 17 %).", retrospective=True),
)


@cache
def documents() -> dict[str, Document]:
    pack = sample_pack()
    return {"tactical": tactical(pack), "strategic": strategic(pack), "problem": problem(pack, "H01", REVIEWS)}


@cache
def deck() -> Deck:
    return slides(sample_pack())


def edition(hostile: str = "") -> Edition:
    """As `Edition.of` makes it of a pack."""
    clean = words.printable(hostile)
    made = pd.Timestamp("2024-06-01")
    return Edition("Sample Police" + clean, "OFFICIAL" + clean, "June 2024", "0123456789ab", made)


def small(hostile: str = "") -> Document:
    """A document with one block of every kind."""
    rows = [f"place {number}{hostile}" for number in range(14)]
    table = Table(
        "counts", "Crimes by place" + hostile,
        (Column("Place", rows), Column("Crimes", [float(number) for number in range(14)], "whole")),
        empty="None.", note="A note.",
    )  # fmt: skip
    first = Section("first", "First" + hostile, (
        blocks.Paragraph(("It starts here." + hostile,), "lead"),
        blocks.Facts((Fact("Crimes" + hostile, "91", "in June"),)),
        blocks.Note("Read this" + hostile, ("It matters." + hostile,)),
        blocks.DecisionList("asked", (Decision("Agree" + hostile, "Because." + hostile, due="1 July 2024"),)),
    ))  # fmt: skip
    second = Section("second", "Second", (
        blocks.Heading("More" + hostile),
        blocks.Bullets(("One." + hostile, "Two.")),
        blocks.TableBlock(table),
        blocks.Figure(picture(hostile), "A caption." + hostile),
    ))  # fmt: skip
    return Document("Sample", "A title" + hostile, edition(hostile), (first, second))


def picture(hostile: str = "") -> Picture:
    held = io.BytesIO()
    Image.new("RGB", (160, 90), "#0b4f94").save(held, format="png")
    return Picture("A picture" + hostile, "It is blue." + hostile, "image/png", held.getvalue())


def as_pdfs(paths: list[Path], folder: Path) -> dict[str, list[str]]:
    """The words of each page that LibreOffice, with a profile of its own, makes of office files."""
    home = (folder / "office").as_uri()
    command = ["soffice", f"-env:UserInstallation={home}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=180)
    return {path.stem: pages(folder / f"{path.stem}.pdf") for path in paths}


def unpacked(path: Path) -> bytes:
    """Everything that a PDF's compressed streams hold."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    held = []
    for stream in streams:
        with contextlib.suppress(zlib.error):
            held.append(zlib.decompress(stream))
    return b"\n".join([path.read_bytes(), *held])


def pages(path: Path) -> list[str]:
    """The words of each page of a PDF."""
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return [re.sub(r"\s+", " ", page) for page in text.split("\f")[:-1]]
