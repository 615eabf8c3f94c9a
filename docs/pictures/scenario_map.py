"""
Take the pictures of the scenario map for planners, from the made-up force; needs Chromium.

    python docs/pictures/scenario_map.py
"""

import shutil
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from geodata.town import make_town, write_police_uk, write_town
from service.deployment.scenarios import ScenarioRequest, compare

FOLDER: Final = Path(__file__).parent
WIDTH: Final = 1280
PROFILE: Final = """
[force]
name = "A made-up force"
[posts]
constables = 16
csos = 14
[[bases]]
name = "{0}"
easting = {1}
northing = {2}
[[bases]]
name = "{3}"
easting = {4}
northing = {5}
"""
CLOSED: Final = '[scenario]\nname = "East closed"\nclose_bases = ["East"]\n'
MORE: Final = '[scenario]\nname = "Eight more CSOs"\n[posts]\ncsos = "+8"\n'


def main() -> None:
    """Compare, and photograph the page for each scenario."""
    town = make_town(3, wards=8, months=8, incidents=3000, hotspots=4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_town(town, folder / "town")
        write_police_uk(town, folder / "crimes")
        west, south, east, north = town.areas.total_bounds
        ends = [
            (what, west + share * (east - west), (south + north) / 2) for what, share in (("West", 0.3), ("East", 0.7))
        ]
        (folder / "base.toml").write_text(PROFILE.format(*ends[0], *ends[1]), encoding="utf-8")
        (folder / "closed.toml").write_text(CLOSED, encoding="utf-8")
        (folder / "more.toml").write_text(MORE, encoding="utf-8")
        request = ScenarioRequest(
            folder / "base.toml", (folder / "closed.toml", folder / "more.toml"), wards=files["areas"],
            crimes=(str(folder / "crimes"),), streets=files["streets"], out=folder / "side",
        )  # fmt: skip
        print(compare(request, stage=lambda _name: nullcontext()).summary)
        _photograph(folder / "side" / "scenario.html")


def _photograph(page: Path) -> None:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        seen = chromium.new_page(reduced_motion="reduce")
        seen.goto(page.as_uri())
        seen.locator("[data-switch=routes]").check()
        for number, (name, height) in enumerate((("closed", 790), ("more", 1215))):
            seen.locator("[name=scenario]").nth(number).check(force=True)
            seen.set_viewport_size({"width": WIDTH, "height": height})
            seen.locator("[data-whole]").first.click()
            seen.wait_for_timeout(1_000)
            seen.screenshot(path=FOLDER / f"scenario-{name}.png")
        chromium.close()


if __name__ == "__main__":
    main()
