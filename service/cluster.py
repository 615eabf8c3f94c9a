"""
The one seam to a cluster: the same jobs by threads here, by processes of this machine, or by a scheduler elsewhere.

Whoever reaches a dask scheduler may run anything there: it must be on this machine, or known by its certificate.
"""

import ipaddress
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from geodata.errors import InputError
from service.own_workers import own_cluster
from service.work import Engine, Facts, Job, do, program_print, work_through

if TYPE_CHECKING:
    from distributed import Client, Security

__all__ = ["Certificates", "Engine", "Facts", "Job", "connected", "open_engine", "refuse_open_door", "work_through"]

ANSWER_SECONDS: Final = 20  # in which a scheduler must answer, and a first worker be there
_ENVIRONMENT: Final = {name: f"BEATPLAN_CLUSTER__{name.upper()}" for name in ("ca", "certificate", "key")}


@dataclass(frozen=True)
class Certificates:
    """
    By what a cluster and this program know each other, PEM files.

    Parameters
    ----------
    ca : who vouches for the scheduler and its workers
    certificate, key : this program's own
    """

    ca: Path
    certificate: Path
    key: Path

    @classmethod
    def of_environment(cls) -> "Certificates | None":
        """Return those that BEATPLAN_CLUSTER__CA, __CERTIFICATE and __KEY name; None unless all three do."""
        named = {name: os.environ.get(variable) for name, variable in _ENVIRONMENT.items()}
        return cls(**{name: Path(path) for name, path in named.items() if path}) if all(named.values()) else None


@contextmanager
def open_engine(
    scheduler: str | None = None, *, workers: int = 0, certificates: Certificates | None = None
) -> Iterator[Engine]:
    """
    Lend whoever does jobs.

    Parameters
    ----------
    scheduler : address of a dask scheduler that exists, "tls://cluster.example:8786"; None: this machine
    workers : processes of this machine, each of one thread; 0: threads of this process, one a processor
    certificates : for a scheduler elsewhere; None: those that the environment names

    Raises
    ------
    InputError
        If the address is neither on this machine nor tls://, its certificates are not given, or nobody answers there.
    """
    if scheduler is None and not workers:
        yield _Threads(len(os.sched_getaffinity(0)))
        return
    with ExitStack() as opened:
        if scheduler is None:
            yield _Cluster(opened.enter_context(own_cluster(workers)), "this machine")
        else:
            yield _Cluster(opened.enter_context(connected(scheduler, certificates)), scheduler, program_print())


@contextmanager
def connected(scheduler: str, certificates: Certificates | None = None) -> "Iterator[Client]":
    """
    Lend a client of a scheduler that exists.

    Raises
    ------
    InputError
        As of `open_engine`.
    """
    refuse_open_door(scheduler)
    from distributed import Client

    security = _security(scheduler, certificates or Certificates.of_environment())
    try:
        client = Client(scheduler, timeout=ANSWER_SECONDS, security=security, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(f"The scheduler must answer, and {scheduler} does not ({type(error).__name__}).") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=ANSWER_SECONDS)
        except TimeoutError:
            raise InputError(f"A cluster must have a worker, and {scheduler} has none.") from None
        yield client


def refuse_open_door(scheduler: str) -> None:
    """
    Refuse a scheduler to which anybody on the network could speak.

    Raises
    ------
    InputError
        Unless its address is on this machine, or begins with tls://.
    """
    scheme = urlsplit(scheduler).scheme if "://" in scheduler else "tcp"
    if scheme != "tls" and not (scheme == "tcp" and is_here(scheduler)):
        raise InputError(
            f"A scheduler must be on this machine or have an address that begins with tls://, got {scheduler}: "
            "without a certificate anybody could run anything there."
        )


def is_here(scheduler: str) -> bool:
    """Return whether a scheduler's address is on this machine."""
    return is_loopback(urlsplit(scheduler if "://" in scheduler else f"tcp://{scheduler}").hostname or "")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, and seen by no other."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class _Threads:
    """Threads of this process."""

    count: int

    def results(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Facts]]:
        with ThreadPoolExecutor(self.count) as pool:
            asked = {pool.submit(do, job): job for job in jobs}
            try:
                for future in as_completed(asked):
                    yield asked[future], future.result()
            finally:
                pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Cluster:
    """Workers of a scheduler: one that is lost has its jobs done again by another."""

    client: "Client"
    where: str
    program: str | None = None

    def results(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Facts]]:
        from distributed import KilledWorker
        from distributed import as_completed as ended

        futures = self.client.map(do, jobs, program=self.program, pure=False)
        asked = {future.key: job for future, job in zip(futures, jobs, strict=True)}
        try:
            for future in ended(futures, loop=self.client.loop):
                yield asked[future.key], future.result()
        except KilledWorker as killed:
            raise InputError(
                f"A job must leave its worker alive; `{asked[killed.task].name}` ended {killed.allowed_failures + 1} "
                "of them: it may be too large for their memory."
            ) from None
        except (CancelledError, OSError) as lost:
            raise InputError(
                f"A scheduler must stay until the work is done, and {self.where} was lost ({type(lost).__name__}): "
                "what is done is kept; ask again, and the rest is done."
            ) from None
        finally:
            if self.client.status == "running":
                self.client.cancel(futures, force=True)


def _security(scheduler: str, certificates: Certificates | None) -> "Security | None":
    from distributed import Security

    if not scheduler.startswith("tls://"):
        return None
    if certificates is None:
        variables = ", ".join(_ENVIRONMENT.values())
        raise InputError(f"A scheduler at tls:// must come with certificates: set {variables} to their files.")
    for name, path in vars(certificates).items():
        if not path.is_file():
            raise InputError(f"The cluster's `{name}` must be a file, and {path} is not one.")
    return Security(
        require_encryption=True, tls_ca_file=str(certificates.ca),
        tls_client_cert=str(certificates.certificate), tls_client_key=str(certificates.key),
    )  # fmt: skip
