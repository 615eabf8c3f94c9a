"""Starting the service: its store, its first account, and, for a look round, a force that does not exist."""

import secrets
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn

from geodata.errors import InputError
from service.cluster import Certificates, is_loopback
from service.jobs import queue
from service.jobs.elsewhere import ClusterWorkers
from service.jobs.extracts import clear_up
from service.jobs.local import LocalWorkers, Workforce
from service.store import Store, open_store
from service.store.retention import take_away
from service.tasking.since import get_ready
from service.web.accounts import create_account, list_accounts
from service.web.app import create_app
from service.web.roles import ROLES
from service.web.settings import Settings
from service.web.watch import written_log

MADE_UP: Final = "made-up"
_SECONDS_TO_FINISH: Final = 10


@contextmanager
def service_store(settings: Settings, *, demo: bool) -> Iterator[tuple[Store, dict[str, str]]]:
    """
    Open the store, with an administrator where it has no account yet, or one for a look round that is gone afterwards.

    Parameters
    ----------
    settings : where the store is
    demo : whether to fill a store of its own with a made-up force and an account of every role

    Returns
    -------
    store, passwords : the passwords of the accounts just made, by name; they are kept nowhere
    """
    if not demo:
        store = open_store(settings.store, settings.folder)
        try:
            yield store, {} if list_accounts(store) else _first_account(store)
        finally:
            store.close()
        return
    with TemporaryDirectory(prefix="beatplan-") as folder:
        store = open_store(f"sqlite:///{folder}/store.db", Path(folder) / "kept")
        try:
            yield store, _look_round(store)
        finally:
            store.close()


def serve(settings: Settings, *, host: str, port: int, demo: bool) -> None:
    """
    Answer until somebody says stop; what is under way then is finished.

    Raises
    ------
    InputError
        If `demo` is to be seen from elsewhere, or the store's address is not understood.
    """
    if demo and not is_loopback(host):
        raise InputError(f"`--demo` is for this machine alone: `--host` must be 127.0.0.1, got {host}.")
    # uvicorn finishes and then asks again to be ended: it is to be an end that still tidies up
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with service_store(settings, demo=demo) as (store, passwords):
        for name, password in passwords.items():
            print(f"  {name}: {password}")
        config = uvicorn.Config(
            create_app(settings, store, log=written_log()),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whom to believe about them is our setting, not uvicorn's
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )
        clear_up(store)
        take_away(store)
        spool_in(store)
        workers = _workforce(store, settings)
        try:
            _Server(config, workers, store).run()
        finally:
            workers.stop()


class _Server(uvicorn.Server):
    """Tells where it answers once it does, and has the work begin then."""

    def __init__(self, config: uvicorn.Config, workers: Workforce, store: Store) -> None:
        super().__init__(config)
        self._workers, self._store = workers, store

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._workers.start()
            threading.Thread(target=get_ready, args=(self._store,), name="look back", daemon=True).start()
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"Beatplan answers at http://{host}:{port} - stop it with Ctrl-C.", flush=True)


def spool_in(store: Store) -> None:
    """Have whatever is sent lie in the store's own folder while it is read: it is police data, and may be large."""
    spool = store.folder / "spool"
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir()
    tempfile.tempdir = str(spool)


def _workforce(store: Store, settings: Settings) -> Workforce:
    """Processes of this machine, or places on the workers of the scheduler that is set."""
    if settings.scheduler is None:
        return LocalWorkers(store, settings.workers)
    certificates = Certificates(**vars(settings.cluster)) if settings.cluster else None
    return ClusterWorkers(store, settings.scheduler, settings.workers, certificates)


def _first_account(store: Store) -> dict[str, str]:
    password = secrets.token_urlsafe(12)
    try:
        create_account(store, "admin", role="admin", force="force", password=password, actor="system")
    except InputError:  # another service, which begins on this store at the same moment, has made it
        return {}
    return {"admin": password}


def _look_round(store: Store) -> dict[str, str]:
    """Ask a worker to make up a force, so that nobody waits for it before the first page."""
    queue.ask(store, MADE_UP, "made-up", {}, actor="system")
    passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
    for role, password in passwords.items():
        create_account(store, role, role=role, force=MADE_UP, password=password, actor="system")
    return passwords
