"""
The service under load on loopback: seconds to the first page, each page's times, failures, and the server's memory.

    python -m benchmarks.service [--seconds 300] [--viewers 50] [--think 1] [--wait 600] --json FILE

`beatplan serve --demo` in a process of its own; its first run is waited for, so that there are published pages. Then
each viewer asks for one page after another, at random, and reads it for `--think` seconds on average; load generator
and service share the machine. Memory is the server's own, without its workers, which have nothing to do meanwhile.
"""

import argparse
import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

from benchmarks._record import KIB_PER_MIB, load

PROGRAM: Final = "from service.cli import main; main()"
ROLES: Final = ("analyst", "planner", "tasking", "intelligence")
PUBLISHED: Final = ("/", "/runs", "/runs/{run}", "/runs/{run}/pages/map.html", "/tasking", "/tasking/{run}/map")
_COOKIE: Final = re.compile(r"(__Host-beatplan=[^;]+)")


@dataclass
class Seen:
    """What the viewers saw: seconds by page, and what failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    memory: dict[int, float] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many pages were seen."""
        return sum(map(len, self.seconds.values()))


def main() -> None:
    """Run the benchmark and write or print its figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=300)
    words.add_argument("--viewers", type=int, default=50)
    words.add_argument("--think", type=float, default=1.0)
    words.add_argument("--wait", type=float, default=600, help="seconds that the first run may take")
    words.add_argument("--json", type=Path)
    given = words.parse_args()
    with served() as (address, passwords, process, first_page):
        keys = [_signed_in(address, role, passwords[role]) for role in ROLES]
        run = _first_run(address, keys[0], given.wait)
        pages = [page.format(run=run) for page in PUBLISHED if run is not None or "{run}" not in page]
        seen = asyncio.run(_view(address, keys, pages, process.pid, given))
    figures = summary(seen, given) | {"first_page_seconds": round(first_page, 2), "load": load()}
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


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


def summary(seen: Seen, given: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of what was seen."""
    every = sorted(each for times in seen.seconds.values() for each in times)
    by_page = {page: _spread(sorted(times)) for page, times in sorted(seen.seconds.items())}
    return {
        "viewers": given.viewers, "think_seconds": given.think, "seconds": given.seconds, "pages": seen.count,
        "failed": len(seen.failures), "failures": sorted(set(seen.failures))[:5], **_spread(every),
        "by_page": by_page, "server_mib_after_pages": seen.memory,
    }  # fmt: skip


def _spread(times: list[float]) -> dict[str, float]:
    at = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}
    return {name: round(1000 * times[min(len(times) - 1, int(share * len(times)))], 1) for name, share in at.items()}


async def _view(address: str, keys: list[str], pages: list[str], pid: int, given: argparse.Namespace) -> Seen:
    seen, end = Seen(memory={0: _memory(pid)}), time.perf_counter() + given.seconds
    limits = httpx2.Limits(max_connections=given.viewers, max_keepalive_connections=given.viewers)
    async with httpx2.AsyncClient(base_url=address, timeout=30, limits=limits) as client:
        viewers = (
            _viewer(client, keys[n % len(keys)], pages, seen, pid, end, given.think, n) for n in range(given.viewers)
        )
        await asyncio.gather(*viewers)
    seen.memory[seen.count] = _memory(pid)
    return seen


async def _viewer(
    client: httpx2.AsyncClient,
    key: str,
    pages: list[str],
    seen: Seen,
    pid: int,
    end: float,
    think: float,
    number: int,
) -> None:
    rng = random.Random(number)  # noqa: S311 - of pages, not of secrets
    while time.perf_counter() < end:
        await asyncio.sleep(rng.expovariate(1 / think) if think else 0)
        page, began = rng.choice(pages), time.perf_counter()
        try:
            answer = await client.get(page, headers={"cookie": key, "accept": "text/html"})
        except httpx2.HTTPError as error:
            seen.failures.append(f"{page}: {type(error).__name__}")
            continue
        seen.seconds.setdefault(page, []).append(time.perf_counter() - began)
        if answer.status_code != 200:
            seen.failures.append(f"{page}: {answer.status_code}")
        if seen.count % 500 == 0:
            seen.memory[seen.count] = _memory(pid)


def _signed_in(address: str, role: str, password: str) -> str:
    """Return the cookie of a session: httpx keeps ours, which is for a safe way, to itself."""
    page = httpx2.get(f"{address}/log-in", headers={"accept": "application/json"})
    key = _cookie(page)
    form = {"name": role, "password": password, "form_token": page.headers["x-form-token"]}
    return _cookie(httpx2.post(f"{address}/log-in", data=form, headers={"cookie": key}))


def _cookie(answer: httpx2.Response) -> str:
    found = _COOKIE.search(answer.headers.get("set-cookie", ""))
    if found is None:
        raise RuntimeError(f"no session: {answer.status_code}")
    return found[1]


def _first_run(address: str, key: str, wait: float) -> int | None:
    """Wait for the first published run and return its number, or None where it does not come in time."""
    end = time.perf_counter() + wait
    while time.perf_counter() < end:
        told = httpx2.get(f"{address}/runs", headers={"cookie": key, "accept": "application/json"}).json()
        published = [row["id"] for row in told["rows"] if row["state"] == "published"]
        if published:
            return int(published[0])
        time.sleep(1)
    return None


def _memory(pid: int) -> float:
    held = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return round(int(held[1]) / KIB_PER_MIB, 1) if held else float("nan")


if __name__ == "__main__":
    main()
