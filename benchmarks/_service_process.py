"""The service in a process of its own: its address and passwords, sessions in it, and its memory."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx2

from benchmarks._record import KIB_PER_MIB

PROGRAM: Final = "from service.cli import main; main()"
_COOKIE: Final = re.compile(r"(__Host-beatplan=[^;]+)")


@contextmanager
def served() -> Iterator[tuple[str, dict[str, str], subprocess.Popen[str], float]]:
    """Give a service for a look round: its address, passwords, process, and seconds until its first page."""
    command, began = [sys.executable, "-u", "-c", PROGRAM, "serve", "--demo", "--port", "0"], time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    passwords, address = {}, ""
    try:
        for line in process.stdout or ():
            if told := re.match(r"  (\w+): (\S+)$", line):
                passwords[told[1]] = told[2]
            if told := re.search(r"answers at (\S+)", line):
                address = told[1]
                break
        httpx2.get(f"{address}/log-in").raise_for_status()
        yield address, passwords, process, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(30)


def signed_in(address: str, role: str, password: str) -> str:
    """Return the cookie of a session: httpx keeps ours, which is for a safe way, to itself."""
    page = httpx2.get(f"{address}/log-in", headers={"accept": "application/json"})
    key = _cookie(page)
    form = {"name": role, "password": password, "form_token": page.headers["x-form-token"]}
    return _cookie(httpx2.post(f"{address}/log-in", data=form, headers={"cookie": key}))


def memory_mib(pid: int) -> float:
    """Return what a process holds in memory now."""
    return _status(pid, "VmRSS")


def most_memory_mib(pid: int) -> float:
    """Return the most that a process has held."""
    return _status(pid, "VmHWM")


def _cookie(answer: httpx2.Response) -> str:
    found = _COOKIE.search(answer.headers.get("set-cookie", ""))
    if found is None:
        raise RuntimeError(f"no session: {answer.status_code}")
    return found[1]


def _status(pid: int, name: str) -> float:
    held = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return round(int(held[1]) / KIB_PER_MIB, 1) if held else float("nan")
