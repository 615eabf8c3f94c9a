"""What of a page that is open stands in somebody's way, as axe finds it."""

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LEVELS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# Neither what passed is brought back, which takes longer than the look itself, nor are frames asked, where nobody
# answers: axe is in the page alone, and would wait half a second for each of them.
_OPTIONS: Final = {"runOnly": LEVELS, "resultTypes": ["violations"], "iframes": False}
_LOOK: Final = """options => axe.run(options).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html.slice(0, 120))]))"""


def barriers(page: Page) -> list[list[Any]]:
    """
    Return what breaks a rule of WCAG 2.2 up to level AA: the name of each rule, and the elements that break it.

    Parameters
    ----------
    page : as it stands; its frames are pages of their own
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[list[Any]] = page.evaluate(_LOOK, _OPTIONS)
    return found
