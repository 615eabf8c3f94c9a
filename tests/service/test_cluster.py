"""The same work by threads, processes and a scheduler elsewhere; what is lost costs time, never an answer."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path

import pytest

from geodata.errors import InputError
from service import work
from service.cluster import Certificates, Job, open_engine, refuse_open_door, work_through
from tests.service.cluster_jobs import Asked, die, die_once, fail, refuse, tell, write_square

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def started(*certificates: Path) -> Iterator[str]:
    """The address of a scheduler with a worker, in one process of its own."""
    command = [sys.executable, "-m", "tests.service.cluster_jobs", work.program_print(), *map(str, certificates)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Certificates:
    """One certificate for all, which vouches for itself."""
    from distributed import Security

    made, folder = Security.temporary(), tmp_path_factory.mktemp("certificates")
    files = {"ca": made.tls_ca_file, "certificate": made.tls_client_cert, "key": made.tls_client_key}
    for name, text in files.items():
        (folder / f"{name}.pem").write_text(text)
    return Certificates(*(folder / f"{name}.pem" for name in files))


@pytest.fixture(scope="module")
def elsewhere(certificates) -> Iterator[str]:
    with started(certificates.ca, certificates.certificate, certificates.key) as address:
        yield address


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


@pytest.fixture(scope="module")
def processes():
    before = environment()
    with open_engine(workers=2) as engine:
        assert environment() == before  # what is for the workers is not left to whoever begins them
        yield engine
    assert environment() == before


def squares(out: Path, numbers=range(12)):
    out.mkdir(exist_ok=True)
    return [Job(f"square of {number}", write_square, (Asked(out, number),)) for number in numbers]


def calls(out: Path):
    return sorted(int(line) for line in (out / "calls").read_text().split())


def without_files(told):
    return {name: {key: value for key, value in facts.items() if key != "files"} for name, facts in told.items()}


def test_threads_processes_and_a_scheduler_elsewhere_tell_the_same(processes, elsewhere, certificates, tmp_path):
    told = []
    with open_engine() as threads, open_engine(elsewhere, certificates=certificates) as cluster:
        for name, engine in (("threads", threads), ("processes", processes), ("cluster", cluster)):
            jobs = squares(tmp_path / name)
            told.append(without_files(work_through(engine, jobs, tmp_path / f"ledger of {name}")))
            assert list(told[-1]) == [job.name for job in jobs]
            assert {path.name: path.read_text() for path in (tmp_path / name).glob("*.txt")} == {
                f"{number}.txt": str(number**2) for number in range(12)
            }
    assert told[0] == told[1] == told[2]


def test_a_killed_worker_costs_time_and_never_an_answer(processes, tmp_path):
    jobs = [Job("deadly", die_once, (tmp_path, 1)), *squares(tmp_path)]
    told = work_through(processes, jobs, tmp_path / "ledger")
    assert told["deadly"] == {"number": 1}
    assert [told[f"square of {number}"]["square"] for number in range(12)] == [number**2 for number in range(12)]


@pytest.mark.parametrize("lost", [1, 3])
def test_workers_lost_while_they_begin_are_begun_again_and_at_last_refused(lost, monkeypatch):
    beginnings = []

    def begin(**settings):
        beginnings.append(settings["n_workers"])
        if len(beginnings) <= lost:
            raise RuntimeError("Nanny failed to start.")
        return nullcontext("a cluster")

    monkeypatch.setattr("distributed.LocalCluster", begin)
    monkeypatch.setattr("distributed.Client", lambda cluster, **_: nullcontext(cluster))
    if lost == 1:
        with open_engine(workers=2) as engine:
            assert engine.client == "a cluster"
        assert beginnings == [2, 2]
    else:
        with pytest.raises(InputError, match="Workers must begin, and were lost"), open_engine(workers=2):
            pass


def test_a_lost_scheduler_is_a_sentence_and_the_work_goes_on_at_the_next_call(tmp_path):
    jobs, ledger = squares(tmp_path), tmp_path / "ledger"
    last = Job("last", die_once, (tmp_path, 99))  # ends scheduler and worker at once: they are one process
    with started() as address, open_engine(address) as engine:
        work_through(engine, jobs, ledger)
        with pytest.raises(InputError, match=r"must stay until the work is done, and tcp://127.* was lost .*ask again"):
            work_through(engine, [*jobs, last], ledger)
    assert {json.loads(path.read_text())["job"] for path in ledger.glob("*.json")} == {job.name for job in jobs}
    with open_engine() as engine:
        assert work_through(engine, [*jobs, last], ledger)["last"] == {"number": 99}
    assert calls(tmp_path) == list(range(12))


def test_a_job_that_always_ends_its_worker_is_told(processes, monkeypatch, tmp_path):
    monkeypatch.setattr(processes.client.cluster.scheduler, "allowed_failures", 0)
    with pytest.raises(InputError, match="`large` ended 1 of them"):
        work_through(processes, [Job("large", die, (tmp_path,))], tmp_path / "ledger")


@pytest.mark.parametrize("by", ["threads", "processes"])
def test_a_refusal_comes_out_as_it_is_and_a_failure_says_which_job(by, processes, tmp_path, request):
    with open_engine() as threads:
        engine = threads if by == "threads" else processes
        with pytest.raises(InputError, match=r"^A number must be small, got 7\.$"):
            work_through(engine, [Job("refused", refuse, (7,)), *squares(tmp_path)], tmp_path / "ledger")
        with pytest.raises(RuntimeError, match=r"the job `broken` failed: KeyError in cluster_jobs\.py, line") as told:
            work_through(engine, [Job("broken", fail, ("a row of data",))], tmp_path / "ledger")
        assert "a row of data" not in str(told.value)
        with pytest.raises(RuntimeError, match="`endless` failed: ValueError"):
            work_through(engine, [Job("endless", tell, (float("inf"),))], tmp_path / "ledger")


def test_what_is_in_the_ledger_is_not_done_again(tmp_path, monkeypatch):
    jobs, ledger = squares(tmp_path), tmp_path / "ledger"
    with open_engine() as engine:
        first = work_through(engine, jobs[:5], ledger)
        assert work_through(engine, jobs, ledger) == work_through(engine, jobs, ledger)
        assert calls(tmp_path) == list(range(12))
        assert set(first) == {job.name for job in jobs[:5]}

        (tmp_path / "3.txt").unlink()  # what a job wrote is gone
        next(path for path in ledger.glob("*.json") if '"square of 4"' in path.read_text()).write_text("{")
        work_through(engine, jobs, ledger)
        assert calls(tmp_path) == sorted([*range(12), 3, 4])
        otherwise = [Job(job.name, job.function, (*job.arguments, 3)) for job in jobs[:2]]
        assert work_through(engine, otherwise, ledger)["square of 1"]["square"] == 1
        assert calls(tmp_path) == sorted([*range(12), 0, 1, 3, 4])

        monkeypatch.setattr(work, "program_print", lambda: "another program")
        work_through(engine, jobs, ledger)
        assert calls(tmp_path) == sorted([*range(12), *range(12), 0, 1, 3, 4])
    assert not list(ledger.glob("*.draft"))


def test_jobs_are_named_apart_and_take_small_plain_arguments(tmp_path):
    with open_engine() as engine:
        with pytest.raises(ValueError, match="name of its own"):
            work_through(engine, [Job("one", tell, (1,)), Job("one", tell, (2,))], tmp_path)
        with pytest.raises(TypeError, match="small and plain, got set"):
            work_through(engine, [Job("one", tell, ({1, 2},))], tmp_path)
        day = Job("day", tell, (3,)), Job("date", tell, (date(2024, 6, 1).day,))
        assert work_through(engine, day, tmp_path) == {"day": {"found": 3}, "date": {"found": 1}}
        assert work_through(engine, [], tmp_path) == {}


@pytest.mark.parametrize(
    "address",
    ["tcp://cluster.example:8786", "10.0.0.4:8786", "cluster:8786", "ws://127.0.0.1:1", "ucx://h:1", "tcp://0.0.0.0:1"],
)
def test_a_scheduler_to_which_anybody_could_speak_is_refused(address):
    with pytest.raises(InputError, match="must be on this machine or have an address that begins with tls://"):
        refuse_open_door(address)


def test_this_machine_and_tls_are_let_in():
    for address in ("tcp://127.0.0.1:8786", "127.0.0.1:1", "localhost:8786", "tcp://[::1]:8786", "tls://far.example:1"):
        refuse_open_door(address)


def test_tls_needs_certificates_and_somebody_who_answers(elsewhere, certificates, monkeypatch, tmp_path):
    with (
        pytest.raises(InputError, match="set BEATPLAN_CLUSTER__CA, BEATPLAN_CLUSTER__CERTIFICATE"),
        open_engine(elsewhere),
    ):
        pass
    gone = Certificates(certificates.ca, certificates.certificate, tmp_path / "none.pem")
    with pytest.raises(InputError, match="`key` must be a file"), open_engine(elsewhere, certificates=gone):
        pass
    for name, path in vars(certificates).items():
        monkeypatch.setenv(f"BEATPLAN_CLUSTER__{name.upper()}", str(path))
    with open_engine(elsewhere) as engine:
        assert work_through(engine, [Job("one", tell, (1,))], tmp_path) == {"one": {"found": 1}}
    monkeypatch.setattr("service.cluster.program_print", lambda: "another program")
    with open_engine(elsewhere) as engine, pytest.raises(InputError, match="must run this same program"):
        work_through(engine, [Job("two", tell, (1,))], tmp_path)
    monkeypatch.setattr("service.cluster.ANSWER_SECONDS", 0.2)
    with pytest.raises(InputError, match=r"tls://127\.0\.0\.1:9 does not"), open_engine("tls://127.0.0.1:9"):
        pass


def test_the_command_line_does_not_load_dask():
    code = "import sys, service.cli, service.cluster; sys.exit(any(m in sys.modules for m in ('dask', 'distributed')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
