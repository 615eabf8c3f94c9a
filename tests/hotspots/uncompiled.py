"""The same lines run compiled, here, and in a process that compiles nothing."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def both(lines: str, shown: str) -> tuple[str, str]:
    """Return what an expression shows after some lines, compiled and not."""
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102 - lines of our own tests
    uncompiled = subprocess.run(
        [sys.executable, "-c", f"{lines}\nprint({shown})"],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )
    return str(eval(shown, names)), uncompiled.stdout.strip()  # noqa: S307 - an expression of our own tests
