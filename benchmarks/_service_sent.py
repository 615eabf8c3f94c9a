"""What is sent to the service: an extract of a force's month after month, and a body far too large."""

import socket
import time
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from benchmarks._service_process import memory_mib, most_memory_mib
from geodata.town import make_town, write_town

_PIECE: Final = b"\0" * 65_536
_PAUSE_SECONDS: Final = 0.1
_ENDED: Final = ("done", "failed", "cancelled")


def sent_extract(address: str, key: str, rows: int, wait: float) -> dict[str, Any]:
    """
    Return how long an extract takes over HTTP: a force's own, zipped, from the upload to the preview and the import.

    Parameters
    ----------
    address, key : of the service, and the cookie of an analyst's session
    rows : of the made-up force's crimes
    wait : seconds that reading may take
    """
    with TemporaryDirectory() as folder, httpx2.Client(base_url=address, timeout=wait) as client:
        archive = _archive(Path(folder), rows)
        headers = {"cookie": key, "accept": "application/json"}
        headers["x-form-token"] = client.get("/imports", headers=headers).headers["x-form-token"]
        began = time.perf_counter()
        with archive.open("rb") as content:
            sent = client.post("/imports", files={"files": (archive.name, content)}, headers=headers)
        uploaded = time.perf_counter()
        number = sent.headers["location"].rsplit("/", 1)[-1]
        state = _ended(client, number, headers, wait)
        read = time.perf_counter()
        if state != "done":
            raise RuntimeError(f"the extract was not read: its job is {state}")
        preview = client.get(f"/extracts/{number}", headers=headers).json()
        shown = time.perf_counter()
        confirmed = client.post(f"/extracts/{number}/confirm", headers=headers)
        return {
            "rows": preview["rows_read"], "accepted": preview["rows_accepted"],
            "archive_mb": round(archive.stat().st_size / 1e6, 1), "confirmed": confirmed.status_code == 303,
            "upload_seconds": round(uploaded - began, 2), "preview_seconds": round(shown - began, 2),
            "read_seconds": round(read - uploaded, 2), "whole_seconds": round(time.perf_counter() - began, 2),
        }  # fmt: skip


def sent_too_much(address: str, key: str, pid: int, size: int = 1_000_000_000) -> dict[str, Any]:
    """
    Return how the service answers a body far too large, and by how much its memory grew at most meanwhile.

    Parameters
    ----------
    address, key, pid : of the service, an analyst's cookie, and its process
    size : bytes that are said to come, and that come for as long as they are taken
    """
    before, began = memory_mib(pid), time.perf_counter()
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # the most memory is counted from here on
    status, taken = _push(address, key, size)
    return {
        "bytes": size, "status": status, "bytes_taken": taken, "seconds": round(time.perf_counter() - began, 2),
        "grew_mib": round(most_memory_mib(pid) - before, 1),
    }  # fmt: skip


def _push(address: str, key: str, size: int) -> tuple[int, int]:
    """Send until the answer comes or the connection ends; return the status and how many bytes were taken."""
    place, taken = urlsplit(address), 0
    head = (
        f"POST /imports HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {key}\r\nContent-Length: {size}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nAccept: application/json\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=60) as line:
        line.sendall(head.encode("ascii"))
        line.settimeout(_PAUSE_SECONDS)
        answer = _answer(line)
        while not answer and taken < size:
            try:
                taken += line.send(_PIECE)
            except OSError:
                break
            answer = _answer(line)
        line.settimeout(60)
        answer = answer or _answer(line)
    return (int(answer.split()[1]) if answer else 0), taken


def _answer(line: socket.socket) -> bytes:
    try:
        return line.recv(4_096)
    except OSError:
        return b""


def _archive(folder: Path, rows: int) -> Path:
    """Write a made-up force's crimes as the force that is looked round in keeps them, in one archive."""
    crimes = write_town(make_town(0, wards=60, incidents=rows), folder)["crimes"]
    target = folder / "extract.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(crimes, crimes.name)
    return target


def _ended(client: httpx2.Client, number: str, headers: dict[str, str], wait: float) -> str:
    end = time.perf_counter() + wait
    while time.perf_counter() < end:
        state = str(client.get(f"/jobs/{number}", headers=headers).json()["job"]["state"])
        if state in _ENDED:
            return state
        time.sleep(_PAUSE_SECONDS)
    return "not ended"
