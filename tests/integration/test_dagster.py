"""Dagster for real: runs recorded in an instance, a killed run taken up again, a backfill, a schedule that fires."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from pipelines.definitions import build_defs
from pipelines.instance import prepare
from pipelines.partitions import partitions_of
from pipelines.resources import WorkspaceResource
from pipelines.servers import Dagster, dagster_servers
from prosperity import sample
from prosperity.settings import Settings
from prosperity.warehouse import Warehouse
from prosperity.workflow import stages
from prosperity.workflow.indexing import compute_index
from prosperity.workflow.workspace import Workspace

PROSPERITY = str(Path(sys.executable).parent / "prosperity")
TABLES = ("reading", "observation", "evidence", "rejection", "release", "document")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An instance for commands; its sample publishers are stopped whatever happens."""
    yield tmp_path
    sample.stop(tmp_path / "data" / "sample")


def environment(home: Path, **more: str) -> dict[str, str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PROSPERITY_", "DAGSTER_"))
    }
    return {**clean, "PROSPERITY_HOME": str(home), **more}


def prosperity(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROSPERITY, *arguments],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def wait_for_a_run_in_progress(home: Path) -> None:
    going = RunsFilter(statuses=[DagsterRunStatus.STARTED])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with DagsterInstance.from_config(str(home / "data" / "dagster")) as instance:
            if instance.get_runs(filters=going):
                return
    raise AssertionError("no run was ever in progress")


def dumps(home: Path) -> dict[str, list[tuple[object, ...]]]:
    with Warehouse(Settings(home=home).warehouse) as warehouse:
        return {table: warehouse.dump(table) for table in TABLES}


# ------------------------------------------------------------------------------------------- definitions


def test_definitions_need_neither_network_nor_environment() -> None:
    repository = build_defs().get_repository_def()
    jobs = {job.name for job in repository.get_all_jobs()}
    keys = {key.to_user_string() for key in repository.asset_graph.get_all_asset_keys()}
    for source_id in ("miit_internet", "cnnic_report", "nbs_income", "caict_prosperity"):
        assert {f"collect_{source_id}", f"update_{source_id}"} <= jobs
        assert {f"{source_id}/documents", f"{source_id}/tables", f"{source_id}/observations"} <= keys
        assert f"warehouse/{source_id}" in keys
        assert repository.has_schedule_def(f"{source_id}_releases")
    assert {
        "indicators/quarterly",
        "index/composite",
        "index/published_comparison",
        "index/analysis",
        "report/site",
    } <= keys


def test_partitions_are_the_years_of_the_source(tmp_path: Path) -> None:
    from prosperity import catalogue

    sources = catalogue.load().sources
    settings = Settings(home=tmp_path, today_override=dt.date(2022, 3, 31))
    assert partitions_of(sources["miit_internet"], settings).get_partition_keys() == [
        str(y) for y in range(2017, 2023)
    ]
    assert partitions_of(sources["caict_prosperity"], settings).get_partition_keys() == [
        str(y) for y in range(2016, 2022)
    ]
    live = partitions_of(sources["miit_internet"], Settings(home=tmp_path, live=True)).get_partition_keys()
    assert live[0] == "2017"
    assert live[-1] == str(dt.date.today().year), "the present year has releases too"


# ------------------------------------------------------------------------------------------ the main job


def test_second_run_transfers_nothing_and_adds_nothing(home: Path) -> None:
    arguments = (
        "run",
        "--years",
        "2018-2019",
        "--source",
        "nbs_income",
        "--source",
        "cnnic_report",
        "--json",
    )
    first = prosperity(home, *arguments)
    assert first.returncode == 0, first.stderr[-2000:]
    found = json.loads(first.stdout)
    assert found["transferred"] > 0
    assert found["rows_changed"] > 0
    assert found["notice"] == "sample publishers: documents rebuilt from published figures"
    before = dumps(home)
    second = prosperity(home, *arguments)
    assert second.returncode == 0, second.stderr[-2000:]
    found = json.loads(second.stdout)
    assert (found["transferred"], found["rows_changed"]) == (0, 0)
    assert dumps(home) == before
    log = [json.loads(line) for line in (home / "data/sample/requests.jsonl").read_text().splitlines()]
    bodies = [entry["path"] for entry in log if entry["status"] == 200]
    assert len(bodies) == len(set(bodies)), "by the servers' own log no body went twice"


def test_kill_in_the_middle_then_run_again(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    arguments = ["run", "--years", "2016-2018", "--source", "nbs_income", "--source", "cnnic_report"]
    child = subprocess.Popen(
        [PROSPERITY, *arguments],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    for line in child.stdout:
        if "done" in line and "nbs_income 2017" in line:
            break
    wait_for_a_run_in_progress(home)
    os.kill(child.pid, signal.SIGKILL)
    child.wait(30)
    again = prosperity(home, *arguments)
    assert again.returncode == 0, again.stdout[-2000:] + again.stderr[-2000:]
    assert "runs of a killed process closed" in again.stdout
    undisturbed = tmp_path_factory.mktemp("undisturbed")
    try:
        assert prosperity(undisturbed, *arguments).returncode == 0
        assert dumps(home) == dumps(undisturbed)
    finally:
        sample.stop(undisturbed / "data" / "sample")


def test_unreachable_publisher_fails_its_years_alone(space: Workspace) -> None:
    """In-process: the list cannot be had, the partition fails with cause and place; the other source is fine."""
    prepare(space.settings)
    broken = Workspace(
        space.settings, hosts={**dict(space.publishers()), "www.cnnic.net.cn": "http://127.0.0.1:9"}
    )
    repository = build_defs({"workspace": WorkspaceResource(broken)}, space.settings).get_repository_def()
    with DagsterInstance.ephemeral() as instance:
        bad = repository.get_job("collect_cnnic_report").execute_in_process(
            partition_key="2019", instance=instance, raise_on_error=False
        )
        good = repository.get_job("collect_nbs_income").execute_in_process(
            partition_key="2019", instance=instance
        )
    assert not bad.success
    failed = next(event for event in bad.all_events if event.is_step_failure)
    description = failed.step_failure_data.user_failure_data.description  # type: ignore[union-attr]
    assert "cnnic_report 2019: nothing could be had" in str(description)
    assert "www.cnnic.net.cn" in str(description)
    assert good.success
    broken.close()


def test_quiet_day_is_green(tmp_path: Path) -> None:
    """On 5 November 2021 the October release is not out yet: success, with the expected date."""
    settings = Settings(home=tmp_path, today_override=dt.date(2021, 11, 5))
    with sample.SamplePublishers(until=settings.today) as publishers:
        quiet = Workspace(settings, hosts=publishers.hosts)
        prepare(settings)
        repository = build_defs({"workspace": WorkspaceResource(quiet)}, settings).get_repository_def()
        with DagsterInstance.ephemeral() as instance:
            result = repository.get_job("collect_nbs_income").execute_in_process(
                partition_key="2021", instance=instance
            )
        quiet.close()
    assert result.success
    materialized = result.asset_materializations_for_node("nbs_income__documents")[0]
    text = materialized.metadata["not out yet"].value
    assert "nbs_income, 2021-12: not out yet, expected by 2022-01-18" in str(text)
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert checks["complete"].passed


# -------------------------------------------------------------------------------- webserver and daemon


def test_backfill_by_command(home: Path) -> None:
    ended = prosperity(home, "backfill", "--years", "2018-2019", "--source", "nbs_income", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]
    found = json.loads(ended.stdout)
    assert found["success"] and found["runs"] == 2 and not found["failed"]
    with Warehouse(Settings(home=home).warehouse) as warehouse:
        periods = {row.period for row in warehouse.observations(["nbs_disp_income_cum"])}
    assert {"2018-06", "2018-12", "2019-06", "2019-12"} <= periods
    dagster_home = home / "data" / "dagster"
    kept = {path.stem for path in (dagster_home / "server-logs").iterdir()}
    assert kept == {"webserver", "daemon"}, "the servers' own words must outlive them"
    queue = dagster_home / ".logs_queue"
    assert not queue.exists() or not any(queue.iterdir()), "nothing of ours is queued for telemetry"


_SCHEDULE = """
mutation Start($selector: ScheduleSelector!) {
  startSchedule(scheduleSelector: $selector) { __typename ... on PythonError { message } }
}
"""

_RUNS = """
query { runsOrError(limit: 20) { ... on Runs { results { jobName status tags { key value } } } } }
"""


def start_schedule(dagster: Dagster, name: str) -> None:
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": "pipelines.definitions",
        "scheduleName": name,
    }
    # The webserver answers before it has loaded the code location.
    deadline = time.monotonic() + 60
    while True:
        answer = dagster.graphql(_SCHEDULE, {"selector": selector})["startSchedule"]
        if answer["__typename"] == "ScheduleStateResult":
            return
        assert time.monotonic() < deadline, answer
        time.sleep(1)


def runs(dagster: Dagster) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dagster.graphql(_RUNS)["runsOrError"]["results"]
    return found


def test_schedule_fires_and_reaches_a_new_index_value(home: Path) -> None:
    """MIIT's January to September 2021 came out on 2021-11-04. The day before, 2021-Q3 cannot be computed; then the
    release appears at the publisher, the schedule's own tick collects it, and the index has the quarter."""
    eve, day = dt.date(2021, 11, 3), dt.date(2021, 11, 5)
    settings = Settings(home=home, today_override=eve)
    state = settings.sample_state
    state.mkdir(parents=True)
    (state / "until").write_text(eve.isoformat(), encoding="utf-8")
    space = Workspace(settings)
    needed = {
        space.catalogue.series[indicator.series].source
        for indicator in space.catalogue.index.indicators
        if indicator.group == "coincident"
    }
    for source_id in sorted(needed):
        for year in stages.years_of(space, source_id, 2013, 2021):
            stages.run_year(space, source_id, year)
    points = [point for point in compute_index(space).result.points if point.group == "coincident"]
    before = {point.period: point for point in points}
    assert before["2021-Q2"].value is not None
    assert "2021-Q3" not in before or before["2021-Q3"].value is None
    space.close()

    (state / "until").write_text(day.isoformat(), encoding="utf-8")
    later = Settings(home=home, today_override=day, schedule_cron="* * * * *")
    prepare(later)
    with dagster_servers(later) as dagster:
        start_schedule(dagster, "miit_internet_releases")
        deadline = time.monotonic() + 200
        while time.monotonic() < deadline:
            done = [run for run in runs(dagster) if run["jobName"] == "update_miit_internet"]
            finished = [run for run in done if run["status"] in ("SUCCESS", "FAILURE")]
            if finished:
                break
            time.sleep(2)
        assert finished, "the schedule did not fire"
        tags = {tag["key"]: tag["value"] for tag in finished[0]["tags"]}
        assert finished[0]["status"] == "SUCCESS"
        assert tags["dagster/schedule_name"] == "miit_internet_releases"
        assert tags["dagster/partition"] == "2021"
    with Warehouse(later.warehouse) as warehouse:
        latest = warehouse.latest_run()
        assert latest is not None
        values = {value.period: value.value for value in latest.values if value.group == "coincident"}
    assert values["2021-Q3"] is not None
    assert latest.as_of == day
