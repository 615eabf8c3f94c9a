"""The documents say what the program does: every command, option, setting and file named, every link alive."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from service.cli import app
from service.profile.force import Profile

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_documented(name: str) -> None:
    text = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    section = text.split(f"## `beatplan {name}`")[1].split("\n## ")[0]
    options = [option for each in commands()[name].params for option in each.opts]
    assert [option for option in options if f"`{option}`" not in section and option != "--help"] == []


def test_every_setting_of_the_profile_is_documented() -> None:
    text = (ROOT / "docs" / "reference" / "profile.md").read_text(encoding="utf-8")
    missing = []
    for section, field in Profile.model_fields.items():
        assert f"[{section}]" in text
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            missing += [f"{section}.{name}" for name in model.model_fields if f"`{name}`" not in text]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


def test_the_readme_names_every_product() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("report.html", "map.html", "hotspots.gpkg", "tables.xlsx", "plan.csv", "rejects.csv", "manifest.json"):
        assert f"`{name}`" in text


def test_the_readmes_commands_are_the_ones_that_the_checks_run() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in ("./run demo", "./run test"):
        assert f"\n    {command}\n" in readme
        assert command in checks
