"""What keeps a deployment in order by itself: dead runs are noticed, old ones purged, wrong settings refused."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from dagster import AssetKey, DagsterInstance, DagsterRunStatus, job
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

from pipelines.definitions import build_defs
from pipelines.instance import prepare
from pipelines.launcher import PROCESS_TAG, LocalRunLauncher, alive
from pipelines.resources import WorkspaceResource
from pipelines.retention import purge, purge_job
from prosperity.cli import cli
from prosperity.settings import Settings, SettingsError
from prosperity.workflow.workspace import Workspace


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(30)
    return child.pid


def test_a_process_is_alive_only_if_it_is_the_same_one(dead: int) -> None:
    assert alive(os.getpid())
    assert not alive(dead)
    assert not alive(os.getpid(), since=0.0), "numbers are used again: this process did not run in 1970"
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert not alive(zombie.pid), "ended, though nobody has asked how"
    zombie.wait(30)


def test_the_launcher_tells_of_a_run_whose_process_is_gone(tmp_path: Path, dead: int) -> None:
    """By the configuration that every instance gets, on a run that claims to be going on."""
    settings = Settings(home=tmp_path)
    prepare(settings)

    @job
    def sleeping() -> None:
        pass

    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        launcher = instance.run_launcher
        assert isinstance(launcher, LocalRunLauncher) and launcher.supports_check_run_worker_health

        def health(**tags: str) -> WorkerStatus:
            run = instance.create_run_for_job(sleeping, tags=tags, status=DagsterRunStatus.STARTED)
            if "process" in tags:
                instance.report_engine_event(
                    f"Started process for run (pid: {tags['process']}).",
                    run,
                    _in_process(int(tags["process"])),
                )
            return launcher.check_run_worker_health(run).status

        here = json.dumps({"host": "localhost", "socket": "/somewhere"})
        assert health(**{GRPC_INFO_TAG: here, "process": str(dead)}) == WorkerStatus.FAILED
        assert health(**{GRPC_INFO_TAG: here, "process": str(os.getpid())}) == WorkerStatus.RUNNING
        assert health(**{GRPC_INFO_TAG: here}) == WorkerStatus.RUNNING, "it has not said its process yet"
        there = json.dumps({"host": "other.institute.example", "port": 4000})
        assert health(**{GRPC_INFO_TAG: there, "process": str(dead)}) == WorkerStatus.RUNNING
        assert health(**{PROCESS_TAG: str(dead)}) == WorkerStatus.FAILED, "a command that was killed"
        assert health(**{PROCESS_TAG: str(os.getpid())}) == WorkerStatus.RUNNING


def _in_process(pid: int):  # type: ignore[no-untyped-def]
    from dagster._core.events import EngineEventData

    return EngineEventData.in_process(pid)


def test_old_runs_go_and_what_is_shown_stays(space: Workspace) -> None:
    """Three runs of two years: the one that the UI shows nothing of any more is deleted."""
    prepare(space.settings)
    definitions = build_defs({"workspace": WorkspaceResource(space)}, space.settings)
    collect = definitions.resolve_job_def("collect_nbs_income")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    with DagsterInstance.from_config(str(space.settings.dagster_home)) as instance:
        runs = [
            collect.execute_in_process(partition_key=year, instance=instance).run_id
            for year in ("2018", "2019", "2019")
        ]
        assert purge(instance, later - dt.timedelta(days=2)) == (0, 0), "nothing is that old"
        assert purge(instance, later) == (1, 2)
        assert {run.run_id for run in instance.get_runs()} == {runs[0], runs[2]}
        assert instance.all_logs(runs[1]) == []
        for name in ("documents", "tables", "observations"):
            key = AssetKey(["nbs_income", name])
            assert instance.get_materialized_partitions(key) == {"2018", "2019"}
        assert purge(instance, later) == (0, 2)
        assert purge_job().execute_in_process(instance=instance).success


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROSPERITY_EXECUTOR", "spark"),
        ("PROSPERITY_KEEP_RUNS_DAYS", "never"),
        ("PROSPERITY_KEEP_RUNS_DAYS", "0"),
        ("PROSPERITY_DAGSTER_CONFIG", "/nowhere/dagster.yaml"),
    ],
)
def test_settings_that_cannot_be_understood(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROSPERITY_HOME", str(tmp_path))
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        prepare(Settings.from_environment())


def test_health_checks_say_what_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROSPERITY_HOME", str(tmp_path))
    monkeypatch.setenv("PROSPERITY_CELERY_BROKER", "redis://:T0PSECRET@127.0.0.1:9/0")
    monkeypatch.setenv("PROSPERITY_CELERY_RESULTS", "redis://:T0PSECRET@127.0.0.1:9/1")
    for what, words in (
        (["webserver", "--port", "9"], "webserver on port 9: ConnectionError"),
        (["daemon"], "no heartbeat of"),
        (["worker"], "the broker does not answer"),
    ):
        ended = CliRunner().invoke(cli, ["serve", "check", *what])
        assert ended.exit_code == 1 and words in ended.output and "T0PSECRET" not in ended.output, (
            ended.output
        )
