import json

from benchmarks.forecasts import main

SUMMARY = {"pai_low": 1.0, "pai_high": 3.0, "pei": 0.5, "log_score": -0.1, "jaccard": 0.9, "compactness": 0.4}
FIGURES = {
    "area": {"km2": 10.0, "cells": 400, "flagged_share": 0.01}, "best": "learned", "best_baseline": "raw count",
    "choosing_anew": {}, "crimes": {"analysed": 1234}, "not_run": {}, "run": "f", "sentence": "Learned.",
    "settings": {"from": "2024-01-01 00:00", "to": "2025-01-01 00:00", "cell": 150.0, "seed": 0}, "versions": {},
    "scores": [{"origin": "a week", "hit_rate": 0.1}],
    "summary": [{"method": name, "hit_rate": 0.02, "pai": 2.0, **SUMMARY} for name in ("raw count", "learned")],
    "differences": [
        {"measure": measure, "method": "learned", "against": "raw count", "difference": 0.5, "low_90": 0.1,
         "high_90": 1.0} for measure in ("pai", "hit_rate")
    ],
}  # fmt: skip


def test_a_back_test_is_condensed_without_its_scores(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(FIGURES))
    written = [str(tmp_path / name) for name in ("found.json", "found.md")]
    main([f"a city={tmp_path / 'run.json'}", "--json", written[0], "--table", written[1]])
    (found,) = json.loads((tmp_path / "found.json").read_text()).values()
    assert "scores" not in found
    assert found["methods"]["raw count"]["pai_beside_best_baseline"] is None
    table = (tmp_path / "found.md").read_text()
    assert table.startswith("**a city**: 1,234 crimes")
    assert "| learned (used) | 2.00% | 2.00 (1.00 to 3.00) | 0.500 | -0.10000 | +0.50 (+0.10 to +1.00) |" in table
