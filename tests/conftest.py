"""Fixtures that more than one package's tests need: real data, and Chromium, watched."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SHARED = Path(__file__).resolve().parents[2] / "shared"
SERVICE = Path(__file__).resolve().parent / "service"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real open data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return SHARED


OWN = ("file:", "data:", "blob:", "about:")


@dataclass
class Visit:
    """A page that is open, with what it asked of others and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def is_quiet(self) -> bool:
        return not self.asked and not self.complaints


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; playwright's own cannot be installed where there is no internet."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Open a page's text from a file, at a size, and watch it."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(10_000)

    def opened(html: str, *, width: int = 1366, height: int = 768) -> Visit:
        file = tmp_path / f"page-{len(context.pages)}.html"
        file.write_text(html, encoding="utf-8")
        seen = Visit(context.new_page())
        seen.page.set_viewport_size({"width": width, "height": height})
        seen.page.on("request", lambda asked: None if asked.url.startswith(OWN) else seen.asked.append(asked.url))
        seen.page.on("requestfailed", lambda asked: seen.asked.append(asked.url))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("console", lambda said: seen.complaints.append(said.text) if said.type != "log" else None)
        seen.page.on("dialog", lambda dialog: (seen.complaints.append(dialog.message), dialog.dismiss()))
        seen.page.goto(file.as_uri())
        return seen

    yield opened
    context.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the service's tests, which make whole packs: else one core waits for the last of them."""
    items.sort(key=lambda item: SERVICE not in item.path.parents)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where skips are forbidden (`BEATPLAN_NO_SKIPS`, as in CI) and a test was skipped."""
    if not os.environ.get("BEATPLAN_NO_SKIPS"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped:
        reporter.write_line(f"{skipped} tests were skipped, and none may be here.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
