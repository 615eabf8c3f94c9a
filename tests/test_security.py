"""The threat model names tests that there are, exceptions to rules on safety are argued, and the bill is the lock's."""

import ast
import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from cyclonedx.output.json import JsonV1Dot6

ROOT = Path(__file__).resolve().parents[1]
THREATS = (ROOT / "docs" / "security" / "threats.md").read_text(encoding="utf-8")
ROWS = [line for line in THREATS.splitlines() if re.match(r"\| \d+ \|", line)]
BORDERS = {"doors", "store", "jobs", "maps", "exports", "cluster", "supply"}
ARGUED = re.compile(r"# (?:noqa: (?:[A-Z]+\d+, )*[A-Z]+\d+|nosec \w+) - \S")


def defined_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_threat_has_its_measure_and_tests_that_there_are(row: str) -> None:
    _, _, border, kinds, threat, measure, tests, _ = (cell.strip() for cell in row.split("|"))
    assert border in BORDERS
    assert set(kinds.split(", ")) <= set("STRIDE")
    assert threat
    assert measure
    named = re.findall(r"`([^`:]+)::(\w+)`", tests)
    assert named
    assert [f"{path}::{name}" for path, name in named if name not in defined_in(path)] == []


def test_every_border_and_every_kind_of_threat_is_thought_of() -> None:
    cells = [[cell.strip() for cell in row.split("|")] for row in ROWS]
    assert {row[2] for row in cells} == BORDERS
    assert {kind for row in cells for kind in row[3].split(", ")} == set("STRIDE")
    assert [int(row[1]) for row in cells] == list(range(1, len(ROWS) + 1))


def test_every_exception_to_the_rules_on_safety_is_argued() -> None:
    packages = ("geodata", "hotspots", "allocation", "maps", "service", "benchmarks", "docs", "tests")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py") if path != Path(__file__)]
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    excepted = [line.strip() for line in lines if re.search(r"# (noqa: .*\bS\d{3}|nosec)", line)]
    assert excepted
    assert [line for line in excepted if not ARGUED.search(line)] == []


def bill_maker() -> ModuleType:
    found = importlib.util.spec_from_file_location("sbom", ROOT / "docs" / "security" / "sbom.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_bill_of_materials_is_the_locks_and_keeps_its_schema() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    maker = bill_maker()
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator  # three seconds, which not every worker should spend

    written = JsonV1Dot6(maker.bill(lock)).output_as_string()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None
    parts = json.loads(written)["components"]
    assert {(part["name"], part["version"]) for part in parts} == set(re.findall(r"^([\w.-]+)==(\S+)", lock, re.M))
    assert sum(len(part["hashes"]) for part in parts) == lock.count("--hash=sha256:")
    assert len([part for part in parts if part.get("licenses")]) > 0.9 * len(parts)
    assert JsonV1Dot6(maker.bill(lock)).output_as_string() == written


def test_a_library_for_another_system_and_one_that_is_not_installed_stand_in_the_bill() -> None:
    lock = "nobody-has-this==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:" + "a" * 64 + "\n"
    (part,) = json.loads(JsonV1Dot6(bill_maker().bill(lock)).output_as_string())["components"]
    assert part["purl"] == "pkg:pypi/nobody-has-this@1.0"
    assert part["properties"] == [{"name": "beatplan:where", "value": "sys_platform == 'win32'"}]
    assert "licenses" not in part
