import sys

import pytest

from benchmarks._national_plan import Law, fill, laws
from benchmarks._national_plot import draw, draw_beyond
from benchmarks._national_rows import NationalRow, keep, read_national
from benchmarks._national_watch import watched
from geodata.errors import InputError

MIB = 1 << 20
PARENT = """
import multiprocessing, sys, time
def child(file):
    held = bytearray(60 << 20)
    with open(file, "rb") as opened:
        opened.read()
    while time.process_time() < 0.6:
        pass
    time.sleep(0.6)
if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=child, args=(sys.argv[1],))
    process.start()
    process.join()
    print("ended", process.exitcode)
"""


def row(task, *, workers=1, seconds=1.0, **facts):
    return NationalRow(task, {"forces": 2}, f"beatplan, {workers} workers", seconds, seconds, 100.0, threads=workers,
                       versions={}, load=0.0, facts=facts)  # fmt: skip


@pytest.fixture
def program(tmp_path):
    (tmp_path / "data").write_bytes(bytes(8 * MIB))
    (tmp_path / "parent.py").write_text(PARENT, encoding="utf-8")
    return [sys.executable, str(tmp_path / "parent.py"), str(tmp_path / "data")]


def test_a_command_is_watched_with_the_processes_it_starts(program):
    seen = watched(program)
    assert (seen.code, seen.output, seen.killed) == (0, "ended 0\n", 0)
    assert seen.cpu_seconds >= 0.6
    assert seen.peak_mib > 60
    assert seen.read_bytes >= 8 * MIB
    assert seen.seconds >= 1.2


def test_a_worker_is_killed_and_not_the_program(program):
    seen = watched(program, kill_every=0.5)
    assert seen.killed >= 1
    assert (seen.code, seen.output) == (0, "ended -9\n")


def test_what_a_failing_command_says_is_kept():
    seen = watched([sys.executable, "-c", "import sys; sys.exit('no such thing')"])
    assert (seen.code, seen.errors.strip()) == (1, "no such thing")


def test_rows_of_a_part_stand_beside_those_of_earlier_parts_and_in_place_of_its_own(tmp_path):
    file = tmp_path / "rows.json"
    keep([row("import", seconds=5), row("density", seconds=3)], file)
    keep([row("import", seconds=4)], file)
    assert [(each.task, each.seconds) for each in read_national(file)] == [("import", 4), ("density", 3)]
    assert read_national(tmp_path / "nothing.json") == []


@pytest.mark.parametrize("serial", [0.0, 2.0, 10.0])
def test_the_part_that_no_worker_shortens_is_found_again_from_two_times(serial):
    law = Law("step", serial + 8, serial + 4, 10)
    assert law.serial == pytest.approx(serial)
    assert law.seconds(1) == pytest.approx(law.one)
    assert law.seconds(2) == pytest.approx(law.two)
    assert law.seconds(8) == pytest.approx(serial + 1)
    assert law.most == (pytest.approx((serial + 8) / serial) if serial else float("inf"))
    assert (law.enough is None) == (serial == 0)


def test_two_workers_more_than_twice_as_fast_leave_no_time_below_nought():
    assert Law("step", 10, 4, 1).serial == 0


def test_a_page_is_filled_from_the_rows_between_its_marks_and_again_to_the_same_bytes(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nAfter.\n", encoding="utf-8")
    rows = [row(f"strong scaling: {step}", workers=workers, seconds=seconds, force_months=100)
            for step, workers, seconds in (("import", 1, 10.0), ("import", 2, 6.0), ("alone", 1, 3.0))]  # fmt: skip
    rows.append(row("weak scaling: import", workers=2, seconds=5.0, rows=1_000, force_months=100))
    assert [law.step for law in laws(rows)] == ["import"]
    fill(page, rows)
    first = page.read_text(encoding="utf-8")
    assert first.startswith("Before.\n<!-- measured: begin -->\n| step")
    assert first.endswith("<!-- measured: end -->\nAfter.\n")
    assert "old" not in first
    assert "| import | 10.0 | 6.0 | 2.0 | 5.0 |" in first
    assert "| import | 6.0 | 4.0 | 3.0 | 2.5 | 2.2 |" in first
    assert "| import | 2 | 1,000 | 5.0 | 100 |" in first
    fill(page, rows)
    assert page.read_text(encoding="utf-8") == first


def test_what_more_workers_took_stands_beside_what_one_and_two_foretold(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- measured: begin -->\n<!-- measured: end -->\n", encoding="utf-8")
    rows = [row("strong scaling: import", workers=workers, seconds=seconds, force_months=100)
            for workers, seconds in ((1, 10.0), (2, 6.0), (4, 4.5), (8, 4.0))]  # fmt: skip
    fill(page, rows)
    told = page.read_text(encoding="utf-8")
    assert "| import | 4 | 4.0 | 4.5 | 2.2 |\n| import | 8 | 3.0 | 4.0 | 2.5 |" in told
    draw_beyond(rows, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="1, 2 and more workers"):
        draw_beyond(rows[:2], tmp_path / "b.png")


def test_a_page_without_marks_and_rows_without_two_workers_are_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Nothing.\n", encoding="utf-8")
    with pytest.raises(InputError, match="must have the marks"):
        fill(page, [])
    page.write_text("<!-- measured: begin -->\n<!-- measured: end -->\n", encoding="utf-8")
    with pytest.raises(InputError, match="on one worker and on two"):
        fill(page, [row("strong scaling: import", force_months=1)])


def test_scaling_is_drawn_of_steps_measured_on_one_worker_and_on_two_and_the_same_bytes_again(tmp_path):
    rows = [row(f"{kind} scaling: import", workers=workers, seconds=5.0 * workers, force_months=100)
            for kind in ("strong", "weak") for workers in (1, 2)]  # fmt: skip
    draw(rows, tmp_path / "a.png")
    draw(rows, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with pytest.raises(InputError, match="on one worker and on two"):
        draw(rows[:1], tmp_path / "c.png")
    assert not (tmp_path / "c.png").exists()
