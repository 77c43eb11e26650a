"""When something is run by itself: schedules, sensors and automation, each asked in this process what it would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetKey,
    AssetMaterialization,
    DagsterInstance,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    RunRequest,
    SkipReason,
    build_schedule_context,
    build_sensor_context,
    evaluate_automation_conditions,
    materialize,
)

from pipelines.assets.calendar import CALENDAR
from pipelines.assets.checks import RECONCILIATION
from pipelines.assets.index import ANALYSIS, COMPARISON, INDEX, INDICATORS, SITE
from pipelines.assets.sources import loaded_key
from pipelines.definitions import build_defs
from pipelines.instance import prepare
from pipelines.resources import WorkspaceResource
from prosperity import catalogue
from prosperity.collect.calendar import revisits
from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.watch import visit
from prosperity.workflow.workspace import Workspace

#: Ticks are the wall clock's: 10:30 in Beijing on a Friday, and on the Monday after. The instance has its own today.
FRIDAY = dt.datetime(2026, 11, 20, 2, 30, tzinfo=dt.UTC)
MONDAY = FRIDAY + dt.timedelta(days=3)


@pytest.fixture
def friday(tmp_path: Path) -> Iterator[tuple[Workspace, SamplePublishers]]:
    """An instance whose today is 2021-11-05, with the releases that were out by then."""
    settings = Settings(home=tmp_path, today_override=dt.date(2021, 11, 5))
    with SamplePublishers(until=settings.today) as publishers:
        space = Workspace(settings, hosts=publishers.hosts)
        prepare(settings)
        yield space, publishers
        space.close()


def tick(space: Workspace, source_id: str, moment: dt.datetime) -> list[RunRequest | SkipReason]:
    repository = build_defs({"workspace": WorkspaceResource(space)}, space.settings).get_repository_def()
    context = build_schedule_context(
        scheduled_execution_time=moment,
        resources={"workspace": WorkspaceResource(space)},
        repository_def=repository,
    )
    found: Any = repository.get_schedule_def(f"{source_id}_releases").evaluate_tick(context)
    return list(found.run_requests or []) or [SkipReason(found.skip_message)]


def test_schedule_asks_while_a_release_is_due_and_else_on_mondays(
    friday: tuple[Workspace, SamplePublishers],
) -> None:
    """MIIT gives a month about 30 days after its end: on 5 November September is due. Not held, it is asked for on a
    Friday; once held, the next Friday says what comes next and Monday looks for late changes all the same."""
    space, _ = friday
    due = tick(space, "miit_internet", FRIDAY)
    assert [request.partition_key for request in due if isinstance(request, RunRequest)] == ["2021"]
    stages.collect_year(space, "miit_internet", 2021)
    quiet = tick(space, "miit_internet", FRIDAY)
    assert isinstance(quiet[0], SkipReason)
    assert quiet[0].skip_message == (
        "2021-11-05: no release of miit_internet is due. Next: 2021-10, expected by 2021-11-30; "
        "the next weekly look is on 2021-11-08"
    )
    assert isinstance(tick(space, "miit_internet", MONDAY)[0], RunRequest)
    ended = visit(space, "caict_prosperity", dt.date(2026, 6, 29), weekly=True)
    assert (ended.years, ended.reason) == ((), "nothing")
    assert ended.words == "caict_prosperity reports no more since 2021-12: nothing is expected"


def test_every_year_of_an_interface_is_asked_again_in_its_turn(
    friday: tuple[Workspace, SamplePublishers],
) -> None:
    """nbs_data revises figures of any year under the same address; in 28 days each year has had its turn."""
    space, _ = friday
    source = space.source("nbs_data")
    years = range(2012, 2022)
    turns = [revisits(source, dt.date(2021, 11, 5) + dt.timedelta(days=n), years) for n in range(28)]
    assert sorted(year for turn in turns for year in turn) == list(years)
    assert max(map(len, turns)) == 1, "never all at once"
    assert revisits(space.source("nbs_gdp"), dt.date(2021, 11, 5), years) == []


def test_sensor_asks_for_the_years_of_new_releases_only(
    friday: tuple[Workspace, SamplePublishers],
) -> None:
    """Everything of MIIT up to September is held but the release of 4 November: one look at the list, one run."""
    space, publishers = friday
    publishers.until = dt.date(2021, 11, 3)
    for year in range(2019, 2022):
        stages.collect_year(space, "miit_internet", year)
    publishers.until = dt.date(2021, 11, 5)
    space.lists.forget()
    repository = build_defs({"workspace": WorkspaceResource(space)}, space.settings).get_repository_def()
    sensor = repository.get_sensor_def("miit_internet_new_releases")
    asked = len(publishers.log)

    def look(cursor: str | None) -> Any:
        context = build_sensor_context(
            cursor=cursor, resources={"workspace": WorkspaceResource(space)}, repository_def=repository
        )
        return sensor.evaluate_tick(context)

    first = look(None)
    assert [request.partition_key for request in first.run_requests] == ["2021"]
    assert first.run_requests[0].tags["prosperity/new_releases"] == "1"
    sent = publishers.log[asked:]
    assert all("sample" not in entry["path"] for entry in sent), "pages of lists only, no document"
    assert len(sent) <= 3
    again = look(first.cursor)
    assert not again.run_requests and "nothing new" in again.skip_message


def test_default_states_follow_the_instance(tmp_path: Path) -> None:
    for live, schedule, sensor in (
        (True, DefaultScheduleStatus.RUNNING, DefaultSensorStatus.RUNNING),
        (False, DefaultScheduleStatus.STOPPED, DefaultSensorStatus.STOPPED),
    ):
        found = build_defs(settings=Settings(home=tmp_path, live=live)).get_repository_def()
        looks = [one for one in found.sensor_defs if one.name.endswith("_new_releases")]
        releases = [one for one in found.schedule_defs if one.name.endswith("_releases")]
        assert len(looks) == len(releases) == len(catalogue.load().sources)
        assert {one.default_status for one in releases} == {schedule}
        assert {one.default_status for one in looks} == {sensor}
        assert found.get_sensor_def("index_follows_data").default_status == DefaultSensorStatus.RUNNING


def test_index_and_report_follow_changed_content_and_nothing_else(tmp_path: Path) -> None:
    """The same content again requests nothing; other content requests everything behind it, once."""
    settings = Settings(home=tmp_path, today_override=dt.date(2021, 11, 5))
    definitions = build_defs(settings=settings)
    behind = {RECONCILIATION, CALENDAR, INDICATORS, INDEX, COMPARISON, ANALYSIS, SITE}
    with DagsterInstance.ephemeral() as instance:

        def materialised(key: AssetKey, version: str, partition: str | None = None) -> None:
            instance.report_runless_asset_event(
                AssetMaterialization(key, partition=partition, tags={"dagster/data_version": version})
            )

        income, games = loaded_key("nbs_income"), loaded_key("cgigc_games")
        materialised(income, "one", "2020")
        state = evaluate_automation_conditions(definitions, instance=instance)
        requested = {key for key in behind if state.get_requested_partitions(key)}
        assert requested == behind, "what was never computed is, once something is loaded"
        for key in behind:
            materialised(key, "first")

        def next_tick() -> set[AssetKey]:
            nonlocal state
            state = evaluate_automation_conditions(definitions, instance=instance, cursor=state.cursor)
            return {key for key in behind if state.get_requested_partitions(key)}

        assert next_tick() == set()
        materialised(income, "one", "2020")
        assert next_tick() == set(), "loaded again without a change"
        materialised(income, "two", "2020")
        assert next_tick() == behind
        for key in behind:
            materialised(key, "second")
        assert next_tick() == set()
        materialised(games, "one", "2021")
        assert next_tick() == {RECONCILIATION, CALENDAR, SITE}, "no indicator rests on games"


def test_overdue_names_source_period_and_days(tmp_path: Path) -> None:
    """A live instance of 2023-09-08 that holds nothing: NBS gives a quarter 18 days after its end, so that the second
    quarter of 2023, expected on 18 July, is 52 days overdue; payments may take 130 days and are not yet."""
    settings = Settings(home=tmp_path, live=True, today_override=dt.date(2023, 9, 8))
    space = Workspace(settings, hosts={})
    repository = build_defs({"workspace": WorkspaceResource(space)}, settings).get_repository_def()
    asset = repository.assets_defs_by_key[CALENDAR]
    with DagsterInstance.ephemeral() as instance:
        result = materialize([asset], instance=instance)
    space.close()
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    gdp = checks["nbs_gdp_not_overdue"]
    assert not gdp.passed
    assert str(gdp.description).startswith(
        "nbs_gdp, 2023-Q2: expected by 18 days after the period (2023-07-18), not found, 52 days overdue"
    )
    assert "2023-Q2" not in str(checks["pboc_payment_not_overdue"].description)
