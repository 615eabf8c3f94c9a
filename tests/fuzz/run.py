"""
Fuzz the readers with atheris (libFuzzer), one target after the other, and write down what came of it.

    python -m tests.fuzz.run [--seconds 60] [--target csv] [--found FOLDER] [--json FILE]

What covers something new is kept in FOLDER, and a crash beside it; the stored corpus is where it begins, and is not
written to. FILE adds up over several runs. `python -m tests.fuzz.run --one TARGET FOLDER ...` is one target under
libFuzzer, with libFuzzer's own options.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

CORPUS: Final = Path(__file__).parent / "corpus"
NAMES: Final = ("csv", "extract", "jsonl", "profile", "place")
LONGEST: Final = 4_096
_DONE: Final = re.compile(r"Done (\d+) runs in (\d+) second")
_AT: Final = re.compile(r"#(\d+)\s.*cov: (\d+) ft: (\d+) corp: (\d+)/")


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
        return
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=int, default=60, help="for each target")
    words.add_argument("--target", choices=NAMES, action="append")
    words.add_argument("--found", type=Path)
    words.add_argument("--json", type=Path)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        for name in given.target or NAMES:
            row = fuzz(name, (given.found or Path(scratch)) / name, given.seconds)
            print(" ".join(f"{key}={value}" for key, value in row.items()), flush=True)
            if given.json:
                record(given.json, row)


def one(name: str, options: list[str]) -> None:
    """Hand a target to libFuzzer, with the readers' own branches watched; never returns."""
    import atheris

    with atheris.instrument_imports(include=["geodata", "service.profile", "hotspots.naming", "tomllib"]):
        from tests.fuzz.targets import answer

    atheris.Setup([f"fuzz-{name}", *options], lambda data: (answer(name, data), None)[1])
    atheris.Fuzz()


def fuzz(name: str, found: Path, seconds: int) -> dict[str, Any]:
    """Fuzz one target in a process of its own, and return the figures."""
    found.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=30", f"-artifact_prefix={found.parent}/"]
    command = [sys.executable, "-m", "tests.fuzz.run", "--one", name, str(found), str(CORPUS / name), *options]
    began = time.monotonic()
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    (found.parent / f"{name}.log").write_text(said.stdout, encoding="utf-8")
    return figures(name, said.stdout, crashed=said.returncode != 0, seconds=round(time.monotonic() - began))


def figures(name: str, said: str, *, crashed: bool, seconds: int) -> dict[str, Any]:
    """Return what libFuzzer said: executions, seconds (where it crashed, those given), edges, inputs covering them."""
    done, last = _DONE.search(said), _AT.findall(said)
    executions, covered, _, corpus = map(int, last[-1]) if last else (0, 0, 0, 0)
    runs, seconds = map(int, done.groups()) if done else (executions, seconds)
    return {
        "target": name, "runs": 1, "executions": runs, "seconds": seconds, "per_second": round(runs / max(seconds, 1)),
        "crashes": int(crashed), "edges_covered": covered, "corpus": corpus,
    }  # fmt: skip


def record(path: Path, row: dict[str, Any]) -> None:
    """Add a run to what earlier ones wrote down."""
    rows = json.loads(path.read_text("utf-8")) if path.is_file() else []
    before = next((each for each in rows if each["target"] == row["target"]), None)
    if before is None:
        rows.append(row)
    else:
        for key in ("runs", "executions", "seconds", "crashes"):
            before[key] += row[key]
        before["per_second"] = round(before["executions"] / max(before["seconds"], 1))
        before |= {key: max(before[key], row[key]) for key in ("edges_covered", "corpus")}
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
