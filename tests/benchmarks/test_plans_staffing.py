"""Staffing instances: made up from a seed, read, planned, checked and solved again."""

import json
from pathlib import Path

import pytest

from benchmarks._plans_staffing import made_up, problem_of, run


def test_an_instance_is_planned_checked_and_solved_again(tmp_path: Path) -> None:
    (tmp_path / "small.json").write_text(json.dumps(made_up(30, 1)), encoding="utf-8")
    (tmp_path / "other.json").write_text("[1, 2]", encoding="utf-8")
    (row,) = run(tmp_path, 1.0)
    assert (row.instance, row.verdict) == ("small", "clean")
    assert row.value <= row.bound <= row.value * (1 + 1e-6)
    assert row.extra["value_in_millionths"] == pytest.approx(1e6 * row.value, abs=30)
    assert row.extra["again"]["value"] > row.value


def test_toml_and_locks_are_read(tmp_path: Path) -> None:
    text = (
        'family = "staffing"\nposts = { constables = 1, csos = 3 }\n'
        'wards = [{ code = "a", harm = 5.0 }, { code = "b", harm = 1.0 }]\nlocks = { b = { csos = [2, 2] } }\n'
    )
    (tmp_path / "two.toml").write_text(text, encoding="utf-8")
    (row,) = run(tmp_path, 1.0)
    assert row.verdict == "clean"
    assert row.size == {"wards": 2, "neighbourhoods": 1, "funds": 1}


def test_the_same_seed_makes_the_same_force() -> None:
    assert made_up(20, 3) == made_up(20, 3)
    assert problem_of(made_up(20, 3)).posts.csos == 32
