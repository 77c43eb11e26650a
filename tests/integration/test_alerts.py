"""Alerts on real instances: what a day's digest says, that nothing comes twice, and that nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from dagster import DagsterInstance, build_run_status_sensor_context
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipelines.alerts import DIGEST_JOB, alert_sensor, digest_job, failed_since
from pipelines.definitions import build_defs
from pipelines.resources import WorkspaceResource
from prosperity.alerts import service
from prosperity.alerts.model import FailedRun
from prosperity.alerts.targets import File, Webhook
from prosperity.cli import cli
from prosperity.sample import Fault, SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.indexing import compute_index
from prosperity.workflow.workspace import Workspace

DAY = dt.timedelta(days=1)


def nothing(_moment: dt.datetime | None) -> Sequence[FailedRun]:
    return []


def messages(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> File:
    return File(tmp_path / "alerts.jsonl")


@pytest.fixture
def quiet_space(tmp_path: Path) -> Iterator[Workspace]:
    """An instance that holds nothing and asks nobody."""
    made = Workspace(Settings(home=tmp_path), hosts={})
    yield made
    made.close()


# --------------------------------------------------------------------------------------- what is told


def test_a_revision_after_a_census_is_told_once(tmp_path: Path, log: File) -> None:
    """The value of 2021 as first released on 2022-01-17, and as revised after the fifth census."""
    with SamplePublishers(until=dt.date(2026, 5, 1)) as publishers:
        before = Workspace(
            Settings(home=tmp_path, today_override=dt.date(2026, 5, 1)), hosts=publishers.hosts
        )
        for year in (2021, 2023):
            stages.run_year(before, "nbs_gdp", year)
        start = dt.datetime.now(dt.UTC)
        first = service.daily(before, [log], nothing, now=start)
        assert first.message is not None and "The first digest" in first.message.text
        assert "nbs_gdp_cum" not in first.message.text, "what was there before is no news"
        before.close()

        publishers.until = dt.date(2026, 6, 30)
        space = Workspace(
            Settings(home=tmp_path, today_override=dt.date(2026, 6, 30)), hosts=publishers.hosts
        )
        stages.run_year(space, "nbs_gdp", 2023)
    again = service.daily(space, [log], nothing, now=start + DAY)
    assert again.message is not None
    line = next(line for line in again.message.text.splitlines() if "nbs_gdp_cum 2021-12" in line)
    assert line.startswith(
        "- nbs_gdp_cum 2021-12: 1143669.7 -> 1173823.0, by another document, known from 2026-05-31"
    )
    count = len(messages(log.path)[1]["content"]["digest"]["revised"])
    assert f"{count} past figures changed" in again.message.subject and count > 1

    # The span that is looked at overlaps: what was told is not told again.
    third = service.daily(space, [log], nothing, now=start + 2 * DAY)
    assert third.message is not None and third.message.subject.endswith("nothing new")
    assert [entry["id"] for entry in messages(log.path)] == [
        service.compose.digest_id((start + days * DAY).astimezone(service.TIMEZONE).date())
        for days in range(3)
    ]
    space.close()


def test_a_refused_document_is_told_with_cause_and_place_then_mended(tmp_path: Path, log: File) -> None:
    start = dt.datetime.now(dt.UTC)
    with SamplePublishers() as publishers:
        space = Workspace(Settings(home=tmp_path), hosts=publishers.hosts)
        service.daily(space, [log], nothing, now=start)
        publishers.faults["www.stats.gov.cn"] = [Fault(path="/sj/zxfb/", status=404)]
        stages.collect_year(space, "nbs_income", 2019)
        bad = service.daily(space, [log], nothing, now=start + DAY)
        assert bad.message is not None
        assert "1 rejected" in bad.message.subject
        assert "nbs_income, collect: list of releases: HTTP status 404 (http" in bad.message.text
        publishers.faults.clear()
        space.lists.forget()
        stages.collect_year(space, "nbs_income", 2019)
        good = service.daily(space, [log], nothing, now=start + 2 * DAY)
        assert good.message is not None
        assert good.message.subject.endswith("nothing new") and "Rejections mended: 1." in good.message.text
        space.close()


def test_a_release_that_becomes_overdue_is_told_on_its_day_only(tmp_path: Path, log: File) -> None:
    """NBS publishes incomes 18 days after the quarter: that of 2022-Q2 would be overdue once the latest day has passed."""

    def live(today: dt.date) -> Workspace:
        return Workspace(Settings(home=tmp_path, live=True, today_override=today), hosts={})

    source = live(dt.date(2022, 7, 1)).source("nbs_income")
    last = dt.date(2022, 6, 30) + dt.timedelta(days=source.calendar.latest_days)
    start = dt.datetime(2023, 9, 1, tzinfo=dt.UTC)
    found = []
    for number, today in enumerate((last, last + DAY, last + 2 * DAY)):
        space = live(today)
        made = service.daily(space, [log], nothing, now=start + number * DAY).message
        assert made is not None
        found.append([line for line in made.text.splitlines() if line.startswith("- nbs_income, 2022-Q2")])
        space.close()
    late = (last + DAY - dt.date(2022, 7, 18)).days
    assert found == [
        [],
        [
            "- nbs_income, 2022-Q2: expected by 18 days after the period (2022-07-18), not found, "
            f"{late} days overdue"
        ],
        [],
    ]


def test_the_index_and_why_it_changed(tmp_path: Path, filled_home: Callable[[Path], Path], log: File) -> None:
    """MIIT's January to September 2021 came out on 2021-11-04: the day after, the coincident index has 2021-Q3."""
    home = filled_home(tmp_path)

    def at(day: dt.date) -> Workspace:
        space = Workspace(Settings(home=home, today_override=day), hosts={})
        compute_index(space)
        return space

    start = dt.datetime.now(dt.UTC)
    eve = at(dt.date(2021, 11, 3))
    service.daily(eve, [log], nothing, now=start)
    eve.close()
    space = at(dt.date(2021, 11, 5))
    made = service.daily(space, [log], nothing, now=start + DAY).message
    assert made is not None and "coincident 2021-Q3" in made.subject
    [coincident] = [
        change
        for change in messages(log.path)[1]["content"]["digest"]["index"]
        if change["group"] == "coincident"
    ]
    assert (coincident["compared"], coincident["quarter"]) == ("2021-Q2", "2021-Q3")
    kept = {
        value.period: value.value
        for value in space.warehouse.latest_run().values
        if value.group == "coincident"
    }  # type: ignore[union-attr]
    assert coincident["after"] == kept["2021-Q2"] and coincident["value"] == kept["2021-Q3"]
    assert math.isclose(
        math.fsum(coincident["parts"].values()), coincident["after"] - coincident["before"], abs_tol=1e-9
    )
    if coincident["before"] != coincident["after"]:
        assert coincident["series"], "whose contribution differs is named"
    same = service.daily(space, [log], nothing, now=start + 2 * DAY).message
    assert same is not None and same.subject.endswith("nothing new")
    assert "coincident 2021-Q3" in same.text, "where the index stands is said on quiet days too"
    space.close()


# ------------------------------------------------------------------------------------- nothing is lost


def test_a_target_that_is_down_gets_everything_later_and_the_other_nothing_twice(
    quiet_space: Workspace, log: File, httpserver: HTTPServer
) -> None:
    received: list[str] = []
    status = 503

    def answer(request: Request) -> Response:
        if status == 204:
            received.append(request.headers["Idempotency-Key"])
        return Response(status=status)

    httpserver.expect_request("/hook").respond_with_handler(answer)
    targets = [Webhook(httpserver.url_for("/hook")), log]
    start = dt.datetime(2023, 9, 1, 1, tzinfo=dt.UTC)
    first = service.daily(quiet_space, targets, nothing, now=start)
    assert first.sent == 1 and len(first.faults) == 1 and "HTTP status 503" in first.faults[0]
    second = service.daily(quiet_space, targets, nothing, now=start + DAY)
    assert second.message is not None and "Messages wait for: webhook." in second.message.text
    waiting = service.standing(quiet_space, targets)["waiting"]
    assert [row["for"]["webhook"]["attempts"] for row in waiting] == [2, 0], (
        "a target that is down is asked once a call"
    )

    status = 204
    third = service.daily(quiet_space, targets, nothing, now=start + DAY)
    assert third.message is None, "one digest a day"
    assert received == ["digest-2023-09-01", "digest-2023-09-02"]
    assert [entry["id"] for entry in messages(log.path)] == received
    assert service.daily(quiet_space, targets, nothing, now=start + DAY).sent == 0
    assert service.standing(quiet_space, targets)["waiting"] == []


def test_killed_between_sending_and_crossing_off(quiet_space: Workspace, log: File) -> None:
    """The message comes again with the same id: the file knows it, a webhook's receiver can."""

    class Killed(BaseException):
        pass

    class Dying(File):
        def send(self, message: Any) -> None:
            super().send(message)
            raise Killed

    start = dt.datetime(2023, 9, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(Killed):
        service.daily(quiet_space, [Dying(log.path)], nothing, now=start)
    after = service.daily(quiet_space, [log], nothing, now=start)
    assert after.message is None and after.sent == 1
    assert len(messages(log.path)) == 1


def test_many_failures_wait_for_the_digest_and_none_is_lost(quiet_space: Workspace, log: File) -> None:
    start = dt.datetime(2023, 9, 1, 1, tzinfo=dt.UTC)
    service.daily(quiet_space, [log], nothing, now=start)
    runs = [FailedRun(f"run-{n}", f"collect_x {2000 + n}", f"cause {n}", start) for n in range(8)]
    for run in (*runs, *runs):
        service.report_failure(quiet_space, [log], run, now=start + dt.timedelta(hours=1))
    own = [entry["id"] for entry in messages(log.path)[1:]]
    assert own == [f"failure-run-{n}" for n in range(service.FAILURES_AN_HOUR)]
    digest = service.daily(quiet_space, [log], lambda _: runs, now=start + DAY).message
    assert digest is not None and "8 failed" in digest.subject
    for number in range(service.FAILURES_AN_HOUR, 8):
        assert f"- collect_x {2000 + number}: cause {number}" in digest.text
    assert "5 that a message of its own told of" in digest.text
    quiet = service.daily(quiet_space, [log], lambda _: runs, now=start + 2 * DAY).message
    assert quiet is not None and quiet.subject.endswith("nothing new")


# --------------------------------------------------------------------------------------------- Dagster


def test_a_failed_run_is_told_with_its_cause_by_sensor_and_digest(
    tmp_path: Path, log: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path)
    for name, value in {**settings.environment(), "PROSPERITY_ALERT_FILE": str(log.path)}.items():
        monkeypatch.setenv(name, value)
    with SamplePublishers() as publishers, DagsterInstance.ephemeral() as instance:
        hosts = {**publishers.hosts, "www.stats.gov.cn": "http://127.0.0.1:9"}
        space = Workspace(settings, hosts=hosts)
        service.daily(space, [], nothing, now=dt.datetime.now(dt.UTC) - DAY)
        definitions = build_defs({"workspace": WorkspaceResource(space)}, settings)
        job = definitions.resolve_job_def("collect_nbs_income")
        ended = job.execute_in_process(partition_key="2019", instance=instance, raise_on_error=False)
        assert not ended.success
        event = ended.get_run_failure_event()
        context = build_run_status_sensor_context("alert_on_failure", event, instance, ended.dagster_run)
        alert_sensor(settings)(context.for_run_failure())
        space.close()
        [told] = messages(log.path)
        assert told["subject"] == "Prosperity: collect_nbs_income 2019 failed"
        assert (
            "nbs_income 2019, documents: nothing could be had" in told["text"]
            and "www.stats.gov.cn" in told["text"]
        )

        assert digest_job().execute_in_process(instance=instance).success
        digest = messages(log.path)[1]
        assert "1 failed" in digest["subject"] and digest["content"]["digest"]["told_already"] == 1

        monkeypatch.setenv("PROSPERITY_ALERT_FILE", str(tmp_path / "alerts.jsonl" / "impossible"))
        (tmp_path / "data" / "alerts" / "done" / f"{digest['id']}.json").unlink()
        failed = digest_job().execute_in_process(instance=instance, raise_on_error=False)
        assert not failed.success, "a target that is down is seen in the UI"
        found = failed_since(instance)(dt.datetime.now(dt.UTC) - DAY)
        assert [run.what for run in found] == ["collect_nbs_income 2019"]
        assert failed.dagster_run.job_name == DIGEST_JOB


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: File) -> None:
    monkeypatch.setenv("PROSPERITY_HOME", str(tmp_path))
    monkeypatch.setenv("PROSPERITY_ALERT_FILE", str(log.path))

    def asked(*options: str, status: int = 0) -> Any:
        ended = CliRunner().invoke(cli, ["alerts", *options, "--json"])
        assert ended.exit_code == status, ended.output
        return json.loads(ended.stdout)

    assert asked()["last_digest"] is None
    assert asked("--dry-run")["kind"] == "digest" and not log.path.exists()
    assert asked("--test") == {"file": "ok"}
    assert asked("--send")["sent"] == 1
    assert asked("--send")["made"] is None
    assert asked()["waiting"] == []
    assert [entry["kind"] for entry in messages(log.path)] == ["test", "digest"]
    monkeypatch.setenv("PROSPERITY_ALERT_FILE", str(log.path / "impossible"))
    assert asked("--test", status=1)["file"].startswith("file ")
