"""One schedule per source on its release calendar: daily around the days a release is expected, weekly otherwise."""

import datetime as dt
from collections.abc import Iterator

from dagster import (
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    schedule,
)

from pipelines.jobs import update_job_name
from pipelines.partitions import TIMEZONE
from prosperity.catalogue import Source
from prosperity.collect.calendar import partitions_due, release_window
from prosperity.settings import Settings

#: Publishers of these statistics issue during working hours, Beijing time.
DAILY = "30 10 * * *"
MONDAY = 0


def source_schedule(source: Source, settings: Settings) -> ScheduleDefinition:
    """Asks for the years whose releases are expected around the instance's today."""

    @schedule(
        name=f"{source.id}_releases",
        job_name=update_job_name(source.id),
        cron_schedule=settings.schedule_cron or DAILY,
        execution_timezone=TIMEZONE,
        default_status=DefaultScheduleStatus.RUNNING if settings.live else DefaultScheduleStatus.STOPPED,
        description=f"{source.title.en}: usually {source.calendar.expected_days} days after the period. Daily while a release is due, Mondays otherwise.",
    )
    def releases(context: ScheduleEvaluationContext) -> Iterator[RunRequest | SkipReason]:
        today = Settings.from_environment().today
        years = partitions_due(source, today)
        if not years:
            yield SkipReason(
                f"{source.id} reports on no year around {today}: {source.first_year} to {source.last_year}"
            )
            return
        weekly = settings.schedule_cron is not None or _weekday(context) == MONDAY
        window = release_window(source, today)
        if window is None and not weekly:
            yield SkipReason(f"{today}: no release of {source.id} is due; the next weekly look is on Monday")
            return
        tick = context.scheduled_execution_time
        for year in years:
            yield RunRequest(
                run_key=f"{source.id} {year} {tick.isoformat()}",
                partition_key=str(year),
                tags={"prosperity/due": window or "weekly look"},
            )

    return releases


def _weekday(context: ScheduleEvaluationContext) -> int:
    moment: dt.datetime = context.scheduled_execution_time
    return moment.weekday()
