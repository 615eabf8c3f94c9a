"""Each method that decides where people are sent has a card, whose figures are those that were measured."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parents[1] / "docs" / "models"
CARDS = sorted(HERE.glob("*.md"))
TOLD = ("**Purpose.**", "**Data.**", "**Not for.**", "## Measured", "**Fairness.**", "**Limits.**")


@pytest.fixture(scope="module")
def measured() -> ModuleType:
    found = importlib.util.spec_from_file_location("measured", HERE / "measured.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_every_method_on_which_people_are_sent_has_a_card() -> None:
    assert {card.stem for card in CARDS} == {
        "density", "self-exciting", "self-exciting-by-cell", "learned-forecast", "near-repeat", "open-windows",
        "teams-and-patrols",
    }  # fmt: skip


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_a_card_says_everything_in_order_and_points_at_its_method(card: Path) -> None:
    text = card.read_text(encoding="utf-8")
    assert text.startswith("# Model card: ")
    places = [text.find(each) for each in TOLD]
    assert min(places) > 0
    assert places == sorted(places)
    assert "[Method](../method/" in text


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_the_figures_of_a_card_are_those_of_the_results(card: Path, measured: ModuleType) -> None:
    text = card.read_text(encoding="utf-8")
    assert measured.with_tables(text) == text
    assert "<!-- measured:" in text or "Not measured by a benchmark of this program" in text


def test_a_figure_that_was_retyped_is_put_right(measured: ModuleType) -> None:
    card = (HERE / "density.md").read_text(encoding="utf-8")
    wrong = re.sub(r"\d(?= \(\d)", "*", card, count=1)
    assert wrong != card
    assert measured.with_tables(wrong) == card


def test_every_table_has_a_card_that_shows_it(measured: ModuleType) -> None:
    shown = "".join(card.read_text(encoding="utf-8") for card in CARDS)
    assert [name for name in measured.TABLES if f"<!-- measured: {name} -->" not in shown] == []
