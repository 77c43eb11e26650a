"""Dagster for real: runs recorded in an instance, a killed run taken up again, a backfill, a schedule that fires."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from pipelines.backfill import failed_now, launch, wait
from pipelines.definitions import build_defs
from pipelines.instance import prepare
from pipelines.partitions import partitions_of
from pipelines.resources import WorkspaceResource
from pipelines.servers import Dagster, dagster_servers
from prosperity import sample
from prosperity.sample import SamplePublishers
from prosperity.sample.server import Fault
from prosperity.settings import Settings
from prosperity.warehouse import Warehouse
from prosperity.workflow import stages
from prosperity.workflow.indexing import compute_index
from prosperity.workflow.workspace import Workspace

PROSPERITY = str(Path(sys.executable).parent / "prosperity")
NBS = "www.stats.gov.cn"
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
        assert f"collect_{source_id}" in jobs
        assert {f"{source_id}/documents", f"{source_id}/tables", f"{source_id}/observations"} <= keys
        assert f"warehouse/{source_id}" in keys
        assert repository.has_schedule_def(f"{source_id}_releases")
        assert repository.has_sensor_def(f"{source_id}_new_releases")
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
        "2019",
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
    """Afterwards the warehouse holds what the library alone gives undisturbed."""
    arguments = ["run", "--years", "2017-2018", "--source", "nbs_income", "--source", "cnnic_report"]
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
    with SamplePublishers() as publishers:
        space = Workspace(Settings(home=undisturbed), hosts=publishers.hosts)
        for source_id in ("nbs_income", "cnnic_report"):
            for year in (2017, 2018):
                stages.run_year(space, source_id, year)
        space.close()
    assert dumps(home) == dumps(undisturbed)


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
    assert "cnnic_report 2019, documents: nothing could be had" in str(description)
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
    materialized = next(
        found
        for found in result.asset_materializations_for_node("nbs_income")
        if found.asset_key.path[-1] == "documents"
    )
    text = materialized.metadata["not out yet"].value
    assert "nbs_income, 2021-12: not out yet, expected by 2022-01-18" in str(text)
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert checks["complete"].passed


def collected(space: Workspace, instance: DagsterInstance, source_id: str, first: int, last: int) -> Any:
    """A run over a range of years, as a backfill launches it, in this process."""
    repository = build_defs({"workspace": WorkspaceResource(space)}, space.settings).get_repository_def()
    return repository.get_job(f"collect_{source_id}").execute_in_process(
        instance=instance,
        raise_on_error=False,
        tags={
            "dagster/asset_partition_range_start": str(first),
            "dagster/asset_partition_range_end": str(last),
        },
    )


def test_one_bad_year_leaves_the_others_and_is_relaunched_alone(tmp_path: Path) -> None:
    """The pages on 2018 answer 404: 2017 and 2019 are materialised by the same run, 2018 stands failed with cause and
    place; run again alone it is mended, and nothing of the other years is asked for but the list."""
    settings = Settings(home=tmp_path, today_override=dt.date(2022, 3, 31))
    with SamplePublishers(until=settings.today) as publishers, DagsterInstance.ephemeral() as instance:
        space = Workspace(settings, hosts=publishers.hosts)
        prepare(settings)
        partitions = {"nbs_income": partitions_of(space.source("nbs_income"), settings)}
        publishers.faults[NBS] = [Fault(path="sample2018", status=404)]
        found = collected(space, instance, "nbs_income", 2017, 2019)
        assert not found.success
        failed = failed_now(instance, partitions)
        assert [(entry.source, entry.year, entry.step) for entry in failed] == [
            ("nbs_income", 2018, "documents")
        ]
        assert "nothing could be had" in failed[0].reason and "404" in failed[0].reason
        assert "https://www.stats.gov.cn/" in failed[0].reason
        made = {e.partition for e in found.all_events if e.is_step_materialization}
        assert made == {"2017", "2019"}
        tables = next(
            event.step_materialization_data.materialization
            for event in found.all_events
            if event.is_step_materialization and event.asset_key.path == ["nbs_income", "tables"]
        )
        assert tables.tags["dagster/input_event_pointer/nbs_income/documents"].isdigit(), (
            "else shown out of date"
        )
        publishers.faults.clear()
        asked = len(publishers.log)
        assert collected(space, instance, "nbs_income", 2018, 2018).success
        assert failed_now(instance, partitions) == []
        again = [entry["path"] for entry in publishers.log[asked:] if "sample20" in entry["path"]]
        assert len(again) == 4 and all("sample2018" in path for path in again)
        space.close()


# -------------------------------------------------------------------------------- webserver and daemon


@pytest.fixture(scope="module")
def up(
    tmp_path_factory: pytest.TempPathFactory, filled_home: Callable[[Path], Path]
) -> Iterator[tuple[Dagster, Settings]]:
    """Webserver, daemon and code server on one instance, for all tests that need them; its today is 2021-11-05.

    It holds what the coincident index rests on, as of the day before MIIT's January to September 2021 came out
    (2021-11-04). Documents are read already (copied), so that only their figures are loaded.
    """
    home = filled_home(tmp_path_factory.mktemp("served") / "home")
    (home / "data" / "warehouse.sqlite").unlink()
    for left in home.glob("data/warehouse.sqlite-*"):
        left.unlink()
    eve, day = dt.date(2021, 11, 3), dt.date(2021, 11, 5)
    with SamplePublishers(until=eve) as publishers:
        space = Workspace(Settings(home=home, today_override=eve), hosts=publishers.hosts)
        needed = {
            space.catalogue.series[indicator.series].source
            for indicator in space.catalogue.index.indicators
            if indicator.group == "coincident"
        }
        for source_id in sorted(needed):
            for year in stages.years_of(space, source_id, 2013, 2021):
                stages.run_year(space, source_id, year)
        points = [point for point in compute_index(space).result.points if point.group == "coincident"]
        space.close()
    before = {point.period: point for point in points}
    assert before["2021-Q2"].value is not None
    assert "2021-Q3" not in before or before["2021-Q3"].value is None
    settings = Settings(home=home, today_override=day, schedule_cron="* * * * *")
    settings.sample_state.mkdir(parents=True, exist_ok=True)
    (settings.sample_state / "until").write_text(day.isoformat(), encoding="utf-8")
    kept = dict(os.environ)
    prepare(settings)
    try:
        with dagster_servers(settings) as dagster:
            yield dagster, settings
    finally:
        sample.stop(settings.sample_state)
        os.environ.clear()
        os.environ.update(kept)


_SCHEDULE = """
mutation Start($selector: ScheduleSelector!) {
  startSchedule(scheduleSelector: $selector) {
    __typename ... on ScheduleStateResult { scheduleState { id } } ... on PythonError { message }
  }
}
"""
_STOP = """
mutation Stop($id: String!) { stopRunningSchedule(id: $id) { __typename ... on PythonError { message } } }
"""
_RUNS = """
query { runsOrError(limit: 20) { ... on Runs { results { jobName status tags { key value } } } } }
"""


def start_schedule(dagster: Dagster, name: str) -> str:
    """Its id."""
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": "pipelines.definitions",
        "scheduleName": name,
    }
    answer = dagster.graphql(_SCHEDULE, {"selector": selector})["startSchedule"]
    assert answer["__typename"] == "ScheduleStateResult", answer
    return str(answer["scheduleState"]["id"])


def stop_schedule(dagster: Dagster, identity: str) -> None:
    answer = dagster.graphql(_STOP, {"id": identity})["stopRunningSchedule"]
    assert answer["__typename"] == "ScheduleStateResult", answer


def until(settled: Callable[[], Any], what: str, seconds: float = 240) -> Any:
    """What ``settled`` gives once it is something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = settled()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


def runs(dagster: Dagster) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dagster.graphql(_RUNS)["runsOrError"]["results"]
    return found


def coincident(settings: Settings) -> dict[str, float | None]:
    with Warehouse(settings.warehouse) as warehouse:
        latest = warehouse.latest_run()
    if latest is None or latest.as_of != settings.today:
        return {}
    return {value.period: value.value for value in latest.values if value.group == "coincident"}


def test_backfill_by_command(home: Path) -> None:
    ended = prosperity(home, "backfill", "--years", "2018", "--source", "nbs_income", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]
    found = json.loads(ended.stdout)
    assert found["success"] and found["runs"] == 1 and not found["failed"]
    with Warehouse(Settings(home=home).warehouse) as warehouse:
        periods = {row.period for row in warehouse.observations(["nbs_disp_income_cum"])}
    assert {"2018-06", "2018-12"} <= periods
    dagster_home = home / "data" / "dagster"
    kept = {path.stem for path in (dagster_home / "server-logs").iterdir()}
    assert {"webserver", "daemon"} <= kept, "the servers' own words must outlive them"
    queue = dagster_home / ".logs_queue"
    assert not queue.exists() or not any(queue.iterdir()), "nothing of ours is queued for telemetry"


@pytest.mark.drill
def test_schedule_two_backfills_and_automation_at_once(up: tuple[Dagster, Settings], tmp_path: Path) -> None:
    """A schedule fires by its own tick while two backfills of the same years are going on.

    Each year of each source is loaded once, as by the library alone; the release of 2021-11-04 is collected, and since
    what is loaded has changed, the index follows by itself and has 2021-Q3.
    """
    dagster, settings = up
    going = start_schedule(dagster, "miit_internet_releases")
    chosen = {"nbs_gdp": [2018, 2019], "cgigc_games": [2020, 2021]}
    one, other = launch(dagster, chosen), launch(dagster, chosen)
    command = prosperity(
        settings.home,
        "backfill",
        "--years",
        "2019",
        "--source",
        "nbs_gdp",
        "--json",
        **settings.environment(),
    )
    assert command.returncode == 0, command.stdout + command.stderr[-2000:]
    told = json.loads(command.stdout)
    assert told["success"] and told["runs"] == 1 and told["failed"] == [], told
    for backfill in (one, other):
        outcome = wait(dagster, backfill, seconds=240)
        assert outcome.success and outcome.runs == 2, outcome

    def scheduled() -> list[dict[str, Any]]:
        mine = [run for run in runs(dagster) if run["jobName"] == "collect_miit_internet"]
        return [run for run in mine if run["status"] in ("SUCCESS", "FAILURE")]

    fired = until(scheduled, "the schedule fires")[-1]
    stop_schedule(dagster, going)
    tags = {tag["key"]: tag["value"] for tag in fired["tags"]}
    assert fired["status"] == "SUCCESS"
    assert tags["dagster/schedule_name"] == "miit_internet_releases"
    assert tags["dagster/partition"] == "2021"
    assert until(lambda: coincident(settings).get("2021-Q3"), "the index follows the new release")

    with SamplePublishers(until=settings.today) as publishers:
        alone = Workspace(
            Settings(home=tmp_path / "alone", today_override=settings.today), hosts=publishers.hosts
        )
        for source_id, years in chosen.items():
            for year in years:
                stages.run_year(alone, source_id, year)
        names = [name for name, series in alone.catalogue.series.items() if series.source in chosen]
        expected = {
            (row.series, row.period, row.known_from): row.value for row in alone.warehouse.changes(names)
        }
        alone.close()
    with Warehouse(settings.warehouse) as warehouse:
        rows = warehouse.changes(names)
    assert {(row.series, row.period, row.known_from): row.value for row in rows} == expected
    assert len(rows) == len(expected) > 20
