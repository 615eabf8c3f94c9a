"""Jobs that the tests of the cluster have done, and a cluster of one process to do them; workers import this."""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import InputError


@dataclass(frozen=True)
class Asked:
    out: Path
    number: int


def write_square(asked: Asked, power: int = 2):
    """Write a file, at once, and tell of it."""
    target = asked.out / f"{asked.number}.txt"
    draft = target.with_suffix(f".{os.getpid()}")
    draft.write_text(str(asked.number**power))
    draft.replace(target)
    with (asked.out / "calls").open("a") as calls:
        calls.write(f"{asked.number}\n")
    return {"number": asked.number, "square": asked.number**power, "files": [str(target)]}


def die_once(folder: Path, number: int):
    """End the worker in the middle of the job, the first time."""
    try:
        (folder / f"died-{number}").touch(exist_ok=False)
    except FileExistsError:
        return {"number": number}
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes no further")


def die(_folder: Path):
    """End the worker each time."""
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(number: int):
    raise InputError(f"A number must be small, got {number}.")


def fail(row: str):
    raise KeyError(row)


def tell(what: float):
    return {"found": what}


if __name__ == "__main__":
    from distributed import LocalCluster, Security

    from service import work

    program, *certificates = sys.argv[1:]
    work.program_print = lambda: program  # as it was when the tests began, whatever is edited meanwhile
    security = None
    if certificates:
        ca, certificate, key = certificates
        security = Security(
            require_encryption=True, tls_ca_file=ca, tls_scheduler_cert=certificate, tls_scheduler_key=key,
            tls_worker_cert=certificate, tls_worker_key=key, tls_client_cert=certificate, tls_client_key=key,
        )  # fmt: skip
    scheme = "tls://" if security else "tcp://"
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol=scheme, host="127.0.0.1", security=security,
        dashboard_address=None, scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
    ) as cluster:  # fmt: skip
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
