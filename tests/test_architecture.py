"""The shape of the project: what imports what, and what may stand in its files."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = {"geodata": 0, "hotspots": 1, "allocation": 1, "maps": 2, "service": 3}
LONGEST_FUNCTION = 60
# Solvers and servers' libraries are seen in one place each; the library does not know that it is served.
ONLY_IN = {"highspy": "allocation/_solvers", "pyvrp": "allocation/_solvers", "folium": "maps", "typer": "service"}


def modules() -> list[Path]:
    return sorted(path for package in LAYERS for path in (ROOT / package).rglob("*.py"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """The full names that a module imports, wherever in it the import stands."""
    return tuple(_imported(ast.parse(path.read_text(encoding="utf-8"))))


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0]
    for name in imports(path):
        other = name.split(".")[0]
        if other in LAYERS and other != own:
            assert LAYERS[other] < LAYERS[own], f"{own} must not import {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_private_modules_stay_inside_their_package(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0]
    for name in imports(path):
        parts = name.split(".")
        if parts[0] in LAYERS and parts[0] != own:
            assert not any(part.startswith("_") for part in parts), f"{name} is private to {parts[0]}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_some_libraries_are_seen_in_one_place_only(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    for name in imports(path):
        home = ONLY_IN.get(name.split(".")[0])
        assert home is None or place.startswith(home), f"{name} belongs in {home}"


def test_no_function_is_longer_than_a_page() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > LONGEST_FUNCTION
    ]
    assert long == []


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_tracked_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    hosts = re.compile(
        r"py[p]i\.|python[h]osted|registry\.npm[j]s|deb\.[d]ebian|index-[u]rl|find-[l]inks", re.IGNORECASE
    )
    paths = re.compile(r"(^|[^\w.~-])/(w[o]rk|f[a]rm|r[o]ot|h[o]me)/")
    allowed = {"--no-emit-index-" + "url"}
    found = []
    for path in tracked():
        text = text_of(path)
        for word in allowed:
            text = text.replace(word, "")
        if hosts.search(text) or paths.search(text):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_locks_hold_a_hash_for_every_package() -> None:
    for lock in (ROOT / "requirements.lock", ROOT / "requirements-dev.lock"):
        entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
        assert len(entries) > 20
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_wheel_ships_every_package_there_is() -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(settings["tool"]["setuptools"]["packages"])
    present = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for package in LAYERS
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert listed == present


def is_compiled(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        ast.unparse(kind) == "inner" or "njit" in ast.unparse(kind) for kind in node.decorator_list
    )


def named(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def named_by_python(path: Path) -> set[str]:
    """The full names that stand in a file outside its compiled functions."""
    tree, own = ast.parse(path.read_text(encoding="utf-8")), named(path)
    full = {node.name: f"{own}.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            full |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    found, left = set(), list[ast.AST]([tree])
    while left:
        node = left.pop()
        if isinstance(node, ast.Name):
            found.add(full.get(node.id, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{full.get(node.value.id, node.value.id)}.{node.attr}")
        left += [child for child in ast.iter_child_nodes(node) if not is_compiled(child)]
    return found


def test_what_has_no_door_from_python_is_called_by_compiled_code_only() -> None:
    everywhere = [*modules(), *(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))]
    text = {path: path.read_text(encoding="utf-8") for path in everywhere}
    doorless = {
        f"{named(path)}.{node.name}"
        for path in text
        if "@inner" in text[path] and path != Path(__file__)
        for node in ast.parse(text[path]).body
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(kind) == "inner" for kind in node.decorator_list)
    }
    packages = {name.rsplit(".", 2)[0] for name in doorless}
    near = [path for path in text if any(each in f"{named(path)} {text[path]}" for each in packages)]
    assert len(doorless) > 100
    assert {str(path): met for path in near if (met := named_by_python(path) & doorless)} == {}
