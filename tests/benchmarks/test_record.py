import json

import numpy as np

from benchmarks._record import Row, best, measure, print_table, write_rows
from benchmarks.speed import main


def test_rows_are_written_with_all_their_fields(tmp_path):
    row = Row("density", {"n": 10}, "beatplan", 0.5, 0.4, 12.0)
    write_rows([row], tmp_path / "new" / "rows.json")
    (found,) = json.loads((tmp_path / "new" / "rows.json").read_text())
    assert list(found) == [
        "task", "parameters", "subject", "seconds", "cpu_seconds", "peak_mib", "error", "threads", "versions",
        "load",
    ]  # fmt: skip
    assert found["versions"]["numpy"] == np.__version__


def test_the_table_compares_each_subject_with_ours(capsys):
    rows = [Row("density", {"n": 10}, "beatplan", 0.5, 0.4, 12.0, 1e-15), Row("density", {"n": 10}, "peer", 2.0, 2, 1)]
    print_table(rows)
    ours, peer = capsys.readouterr().out.splitlines()[-2:]
    assert ours.split() == ["beatplan", "0.5000", "0.4000", "12", "1", "1.0e-15", "1.00", "1.00"]
    assert peer.split() == ["peer", "2.0000", "2.0000", "1", "1", "4.00", "5.00"]


def test_a_call_is_measured_with_its_result_and_its_memory():
    found = measure(lambda: np.ones(4_000_000).sum())
    assert found.result == 4_000_000
    assert found.seconds > 0
    assert not found.peak_mib < 20  # 30 MiB of ones; NaN where the system does not tell


def test_the_best_run_counts():
    runs = [measure(lambda: None) for _ in range(3)]
    assert best(best(runs[0], runs[1]), runs[2]).seconds == min(run.seconds for run in runs)


def test_the_speed_benchmark_runs_and_ours_is_exact(tmp_path):
    main(["--only", "density", "--quick", "--rounds", "0", "--json", str(tmp_path / "speed.json")])
    drawn = [str(tmp_path / name) for name in ("speed.md", "speed.png")]
    main(["--read", str(tmp_path / "speed.json"), "--table", drawn[0], "--plot", drawn[1]])
    assert "KDEpy FFTKDE" in (tmp_path / "speed.md").read_text()
    assert (tmp_path / "speed.png").stat().st_size > 5_000
    rows = json.loads((tmp_path / "speed.json").read_text())
    ours = [row for row in rows if row["subject"].startswith("beatplan")]
    assert len(ours) >= 3
    assert all(row["error"] < 1e-12 for row in ours)
    assert any(row["subject"].startswith("KDEpy") for row in rows)
