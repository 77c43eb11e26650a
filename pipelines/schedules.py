"""One schedule per source on its release calendar: on the days a release may come out, weekly otherwise."""

import datetime as dt
from collections.abc import Iterator

from dagster import (
    DefaultScheduleStatus,
    ResourceParam,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    schedule,
)

from pipelines.jobs import collect_job_name
from pipelines.partitions import TIMEZONE
from pipelines.resources import WorkspaceResource
from prosperity.catalogue import Source
from prosperity.settings import Settings
from prosperity.workflow.watch import visit

#: Publishers of these statistics issue during working hours, Beijing time.
DAILY = "30 10 * * *"
MONDAY = 0


def source_schedule(source: Source, settings: Settings) -> ScheduleDefinition:
    """Asks for the years whose releases are expected on the instance's today and not held yet.

    Index and report follow by automation where what is loaded has changed.
    """

    @schedule(
        name=f"{source.id}_releases",
        job_name=collect_job_name(source.id),
        cron_schedule=settings.schedule_cron or DAILY,
        execution_timezone=TIMEZONE,
        default_status=DefaultScheduleStatus.RUNNING if settings.live else DefaultScheduleStatus.STOPPED,
        description=f"{source.title.en}: usually {source.calendar.expected_days} days after the period. Daily while a release is due, Mondays otherwise.",
    )
    def releases(
        context: ScheduleEvaluationContext, workspace: ResourceParam[WorkspaceResource]
    ) -> Iterator[RunRequest | SkipReason]:
        tick: dt.datetime = context.scheduled_execution_time
        weekly = settings.schedule_cron is not None or tick.weekday() == MONDAY
        wanted = visit(workspace.space, source.id, weekly=weekly)
        if not wanted.years:
            yield SkipReason(wanted.words)
        for year in wanted.years:
            yield RunRequest(
                run_key=f"{source.id} {year} {tick.isoformat()}",
                partition_key=str(year),
                tags={"prosperity/why": wanted.reason},
            )

    return releases
