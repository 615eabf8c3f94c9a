import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import geodata

ROOT = Path(__file__).resolve().parents[2]


def loaded_by(line):
    """The libraries that a fresh process holds after one line."""
    home = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    code = f"{line}; import sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], env=home, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_public_name_is_there_and_told_to_the_type_checker():
    tree = ast.parse((ROOT / "geodata/__init__.py").read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    told = {alias.name: node.module for node in guarded.body for alias in node.names}
    assert sorted(told) == sorted(geodata.__all__)
    for name, module in told.items():
        assert getattr(geodata, name) is getattr(sys.modules[module], name)
        assert name in dir(geodata)


def test_another_name_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = geodata.nothing


def test_an_error_class_costs_no_library():
    assert not loaded_by("from geodata.errors import InputError") & {"pandas", "numpy", "shapely", "pyogrio"}


def test_readers_load_no_slow_library():
    assert not loaded_by("from geodata import read_crimes, read_areas, assess, make_town, read_streets") & {
        "osmnx",
        "sklearn",
        "matplotlib",
        "folium",
        "networkx",
        "openpyxl",
    }
