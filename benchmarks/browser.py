"""
The tasking map of a whole force in Chromium: how long it takes to open, whether a pan stalls, how large it is.

    python -m benchmarks.browser [--quick] [--map out/map.html] --json FILE

The made-up force has 177 wards on its streets, 500 hot spots, the density of 160,000 crimes and 100 patrols. `--map`
measures the map of a real report in its place. A page is open when all of it has been drawn and answers; a stall is the
longest time between two frames while the map is moved about; of two rounds the better, for machines are shared, and
more says more about the neighbours. Asked for: under 3 s, under 200 ms, under 8 MB.
"""

import argparse
import importlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks._record import load, versions

ROUNDS: Final = 2
SIZE: Final = {"width": 1920, "height": 1080}
WARDS, SPOTS, PATROLS, CRIMES = 177, 500, 100, 160_000
QUICK: Final = 20  # of wards; the rest in proportion
MAP: Final = "window[Object.keys(window).find((name) => /^map_\\d+$/.test(name))]"
DRAWN: Final = (
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
)
ASK: Final = "([question, choice]) => { document.querySelector(`[value=${question}]`).click(); "
CHOOSE: Final = "document.querySelectorAll(`[name=choice-${question}]`)[choice]?.click(); }"
PAN: Final = f"""async () => {{
  const map = {MAP};
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  let last = performance.now(), longest = 0, on = true;
  const tick = (now) => {{ longest = Math.max(longest, now - last); last = now; if (on) requestAnimationFrame(tick); }};
  requestAnimationFrame((now) => {{ last = now; requestAnimationFrame(tick); }});
  for (const by of [[250, 0], [0, 250], [-400, 0], [0, -400], [150, 150]]) {{
    map.panBy(by, {{ duration: 0.5 }});
    await pause(700);
  }}
  on = false;
  return longest;
}}"""


@dataclass(frozen=True)
class Seen:
    """
    One thing done on one page.

    Parameters
    ----------
    task : what was done
    page : which map
    seconds : to open the page, or to turn to a question; the better round
    stall_ms : longest time between two frames of a pan; None where nothing was moved
    megabytes : of the page
    load : processes that ran or wanted to, the mean of the last minute
    versions : of the interpreter, the libraries and the browser
    """

    task: str
    page: str
    seconds: float
    stall_ms: float | None
    megabytes: float
    load: float = field(default_factory=load)
    versions: dict[str, str] = field(default_factory=versions)


def main() -> None:
    """Run the benchmark and write or print its rows."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--quick", action="store_true", help="a force of 20 wards, one round")
    words.add_argument("--map", type=Path, help="map.html of a real report, measured in its place")
    words.add_argument("--json", type=Path)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wards = QUICK if given.quick else WARDS
        path = given.map.resolve() if given.map else _force(Path(folder) / "map.html", wards)
        name = given.map.parent.name if given.map else f"made-up force, {wards} wards"
        rows = list(_measured(name, path, 1 if given.quick else ROUNDS))
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    for row in rows:
        stall = "" if row.stall_ms is None else f"{row.stall_ms:6.0f} ms"
        print(
            f"{row.page:<28}{row.task:<36}{row.seconds:7.2f} s  {stall:>10}  {row.megabytes:5.2f} MB  load {row.load}"
        )


def _force(path: Path, wards: int) -> Path:
    """Write the map of a made-up force and return where."""
    from dataclasses import replace

    from geodata.town import make_town
    from maps.drawing.offline import save_page
    from maps.tasking.page import tasking_map

    town, share = make_town(0, wards=wards, incidents=1_000), wards / WARDS
    sizes = {"spots": SPOTS, "patrols": PATROLS, "crimes": CRIMES}
    made: Any = importlib.import_module("tests.maps.whole_force")  # the tests' own, which mypy does not check
    pack = made.whole_force(town.areas, cell=100.0, **{name: max(1, int(size * share)) for name, size in sizes.items()})
    save_page(tasking_map(replace(pack, streets=town.streets)), path)
    return path


def _measured(name: str, path: Path, rounds: int) -> Iterator[Seen]:
    """Open the page, then ask each of its questions and move the map about."""
    from shutil import which

    from playwright.sync_api import sync_playwright

    size = path.stat().st_size / 1e6
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        known = {**versions(), "chromium": browser.version}
        opened = min(_open(browser, path)[1] for _ in range(rounds)) / 1000
        yield Seen("open", name, opened, None, size, versions=known)
        page, _ = _open(browser, path)
        for task, at in _looks(page):
            turned, moved = zip(*(_turn(page, at) for _ in range(rounds)), strict=True)
            yield Seen(task, name, min(turned) / 1000, min(moved), size, versions=known)
        browser.close()


def _open(browser: Any, path: Path) -> tuple[Any, float]:
    """Return the page and the milliseconds from asking for it until all of it is drawn and answers."""
    page = browser.new_page(viewport=SIZE)
    page.goto(path.as_uri())
    return page, float(page.evaluate(DRAWN))


def _looks(page: Any) -> list[tuple[str, tuple[str, int]]]:
    """Return every way to look at every question."""
    asked = page.evaluate("[...document.querySelectorAll('[name=question]')].map((held) => held.value)")
    ways = {name: page.locator(f"[name=choice-{name}]").count() or 1 for name in asked}
    return [
        (f"turn to {name} {number + 1}, then pan", (name, number)) for name in asked for number in range(ways[name])
    ]


def _turn(page: Any, at: tuple[str, int]) -> tuple[float, float]:
    """Return the milliseconds until the answer is drawn, and the longest between two frames of a pan."""
    page.evaluate("document.querySelector('[name=question]').click()")
    page.evaluate(DRAWN)
    started = page.evaluate("performance.now()")
    page.evaluate(ASK + CHOOSE, list(at))
    drawn = float(page.evaluate(DRAWN))
    page.wait_for_timeout(300)
    return drawn - started, float(page.evaluate(PAN))


if __name__ == "__main__":
    main()
