"""
The service on loopback: seconds to the first page, each page's times under load, an upload, a body far too large.

    python -m benchmarks.service [--seconds 300] [--viewers 50] [--think 1] [--rows 160000] [--wait 600] --json FILE

`beatplan serve --demo` in a process of its own; its first run is waited for, so that there are published pages. Then
each viewer, of one role each, asks for one after another of all the pages that its role is shown, at random, and reads
it for `--think` seconds on average; load generator and service share the machine. Afterwards an extract of `--rows`
rows is uploaded, read and confirmed (0 leaves it out), and a body of a gigabyte is sent. Memory is the server's own,
without its workers.
"""

import argparse
import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

from benchmarks._record import load
from benchmarks._service_process import memory_mib, served, signed_in
from benchmarks._service_sent import sent_extract, sent_too_much

ROLES: Final = ("analyst", "planner", "tasking", "intelligence", "patrol")
SHOWN: Final = ("/", "/runs", "/runs/{run}", "/tasking", "/tasking/last", "/meetings", "/intelligence")
MARK: Final = 500  # pages between two looks at the server's memory
FLAT_OVER: Final = 2_000  # pages over which memory must not grow


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
    words.add_argument("--rows", type=int, default=160_000, help="of the extract that is uploaded")
    words.add_argument("--wait", type=float, default=600, help="seconds that the first run may take")
    words.add_argument("--json", type=Path)
    given = words.parse_args()
    with served() as (address, passwords, process, first_page):
        figures: dict[str, Any] = {"first_page_seconds": round(first_page, 2)}
        keys = {role: signed_in(address, role, passwords[role]) for role in ROLES}
        run = _first_run(address, keys["analyst"], given.wait)
        pages = {role: pages_of(address, key, run, role) for role, key in keys.items()}
        seen = asyncio.run(_view(address, keys, pages, process.pid, given))
        figures |= summary(seen, given)
        if given.rows:
            figures["upload"] = sent_extract(address, keys["analyst"], given.rows, given.wait)
        figures["gigabyte"] = sent_too_much(address, keys["analyst"], process.pid)
        figures["load"] = load()
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


def pages_of(address: str, key: str, run: int, role: str) -> list[str]:
    """Return every page that a role is shown of a published run."""
    asked = {"cookie": key, "accept": "application/json"}
    if role == "patrol":
        told = httpx2.get(f"{address}/patrols", headers=asked).json()
        sheets = [walk["address"] for shift in told["shifts"] for walk in shift["walks"]]
        return ["/patrols", "/patrols/delivery", *sheets, *(f"{sheet}/map" for sheet in sheets)]
    products = httpx2.get(f"{address}/runs/{run}", headers=asked).json()["products"]
    made = [name for name in products if name.endswith(".html")]
    ways = [f"/runs/{run}/{way}/{name}" for name in made for way in ("see", "pages")]
    return [page.format(run=run) for page in SHOWN] + ways


def summary(seen: Seen, given: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of what was seen."""
    every = sorted(each for times in seen.seconds.values() for each in times)
    by_page = {page: _spread(sorted(times)) for page, times in sorted(seen.seconds.items())}
    return {
        "viewers": given.viewers, "think_seconds": given.think, "seconds": given.seconds, "pages": seen.count,
        "failed": len(seen.failures), "failures": sorted(set(seen.failures))[:5], **_spread(every),
        "by_page": by_page, "server_mib_after_pages": seen.memory, "grew_mib_over_last_2000": _grown(seen.memory),
    }  # fmt: skip


def _grown(memory: dict[int, float]) -> float | None:
    """Return by how much the memory grew over the last 2,000 pages; None where there were not so many."""
    last = max(memory)
    before = [count for count in memory if 0 < count <= last - FLAT_OVER]
    return round(memory[last] - memory[max(before)], 1) if before else None


def _spread(times: list[float]) -> dict[str, float]:
    at = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}
    return {name: round(1000 * times[min(len(times) - 1, int(share * len(times)))], 1) for name, share in at.items()}


async def _view(
    address: str, keys: dict[str, str], pages: dict[str, list[str]], pid: int, given: argparse.Namespace
) -> Seen:
    seen, end = Seen(memory={0: memory_mib(pid)}), time.perf_counter() + given.seconds
    limits = httpx2.Limits(max_connections=given.viewers, max_keepalive_connections=given.viewers)
    async with httpx2.AsyncClient(base_url=address, timeout=30, limits=limits) as client:

        async def view(number: int) -> None:
            rng = random.Random(number)  # noqa: S311 - of pages, not of secrets
            role = ROLES[number % len(ROLES)]
            while time.perf_counter() < end:
                await asyncio.sleep(rng.expovariate(1 / given.think) if given.think else 0)
                await _see(client, keys[role], rng.choice(pages[role]), seen)
                if seen.count % MARK == 0:
                    seen.memory[seen.count] = memory_mib(pid)

        await asyncio.gather(*(view(number) for number in range(given.viewers)))
    seen.memory[seen.count] = memory_mib(pid)
    return seen


async def _see(client: httpx2.AsyncClient, key: str, page: str, seen: Seen) -> None:
    began = time.perf_counter()
    try:
        answer = await client.get(page, headers={"cookie": key, "accept": "text/html"})
    except httpx2.HTTPError as error:
        seen.failures.append(f"{page}: {type(error).__name__}")
        return
    seen.seconds.setdefault(page, []).append(time.perf_counter() - began)
    if answer.status_code != 200:
        seen.failures.append(f"{page}: {answer.status_code}")


def _first_run(address: str, key: str, wait: float) -> int:
    """Wait for the first published run and return its number."""
    end = time.perf_counter() + wait
    while time.perf_counter() < end:
        told = httpx2.get(f"{address}/runs", headers={"cookie": key, "accept": "application/json"}).json()
        published = [row["id"] for row in told["rows"] if row["state"] == "published"]
        if published:
            return int(published[0])
        time.sleep(1)
    raise RuntimeError(f"no run was published within {wait:g} seconds")


if __name__ == "__main__":
    main()
