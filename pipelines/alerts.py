"""Alerts in Dagster: a sensor that tells of failed runs, and a schedule for the daily digest.

What belongs here: getting failed runs and their causes out of Dagster. What does not: what is told and how it is
delivered (``prosperity.alerts``).
"""

# No deferred annotations here: Dagster reads the type of `context` when the op is defined.

import datetime as dt
import os
from collections.abc import Callable, Sequence

from dagster import (
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Failure,
    JobDefinition,
    OpExecutionContext,
    RunFailureSensorContext,
    RunsFilter,
    ScheduleDefinition,
    SensorDefinition,
    in_process_executor,
    job,
    op,
    run_failure_sensor,
)

from pipelines.partitions import TIMEZONE
from prosperity.alerts.model import FailedRun
from prosperity.settings import Settings
from prosperity.workflow.workspace import Workspace

DIGEST_JOB = "daily_digest"
#: After the night's collecting and before the working day, Beijing time.
MORNING = "30 8 * * *"
MOST_RUNS = 500


# ------------------------------------------------------------------------------------------ failed runs


def failed_since(instance: DagsterInstance) -> Callable[[dt.datetime | None], Sequence[FailedRun]]:
    """Failed runs that changed after a moment; without one, none: the first digest begins with what comes."""

    def find(moment: dt.datetime | None) -> list[FailedRun]:
        if moment is None:
            return []
        wanted = RunsFilter(statuses=[DagsterRunStatus.FAILURE], updated_after=moment)
        records = instance.get_run_records(filters=wanted, limit=MOST_RUNS)
        return [
            failed_run(instance, record.dagster_run, record.end_time)
            for record in records
            if record.dagster_run.job_name != DIGEST_JOB
        ]

    return find


def failed_run(instance: DagsterInstance, run: DagsterRun, ended: float | None) -> FailedRun:
    """A failed run in words: its job and partition, and the first failed step's own sentence."""
    partition = run.tags.get("dagster/partition", "")
    moment = dt.datetime.fromtimestamp(ended, dt.UTC) if ended else dt.datetime.now(dt.UTC)
    return FailedRun(
        run.run_id, f"{run.job_name} {partition}".strip(), cause_of(instance, run.run_id), moment
    )


def cause_of(instance: DagsterInstance, run_id: str) -> str:
    """Why a run failed, in one line: the step's description, the innermost error, or the run's own message."""
    failures = instance.get_records_for_run(
        run_id, of_type={DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE}, limit=20
    ).records
    events = [record.event_log_entry.dagster_event for record in failures]
    for event in events:
        if event is None or not event.is_step_failure:
            continue
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            return _line(data.user_failure_data.description)
        error = data.error
        while error and error.cause:
            error = error.cause
        if error:
            return _line(error.message)
    messages = [event.message for event in events if event is not None and event.message]
    return _line(messages[-1]) if messages else "no cause was recorded"


def _line(text: str) -> str:
    return " ".join(text.split())[:1000]


# --------------------------------------------------------------------------------- sensor and schedule


def alert_sensor(settings: Settings) -> SensorDefinition:
    """Tells of a failed run when it failed; without a target it skips, and the digest tells of it."""

    @run_failure_sensor(
        name="alert_on_failure",
        default_status=DefaultSensorStatus.RUNNING if settings.live else DefaultSensorStatus.STOPPED,
        description="Tells webhook, mailbox or file of a failed run (PROSPERITY_ALERT_…); a storm of them waits for the digest.",
    )
    def alert_on_failure(context: RunFailureSensorContext) -> None:
        from prosperity.alerts.service import report_failure
        from prosperity.alerts.targets import targets_from

        run = context.dagster_run
        if run.job_name == DIGEST_JOB:
            return
        stats = context.instance.get_run_stats(run.run_id)
        found = failed_run(context.instance, run, stats.end_time)
        outcome = report_failure(Workspace(Settings.from_environment()), targets_from(os.environ), found)
        for fault in outcome.faults:
            context.log.warning(f"{fault}; the message is kept and tried again")

    return alert_on_failure


@op(
    description="Makes the digest of the day and delivers what waits; a target that is down makes it fail, the message is kept."
)
def send_digest(context: OpExecutionContext) -> None:
    from prosperity.alerts.service import daily
    from prosperity.alerts.targets import targets_from

    space = Workspace(Settings.from_environment())
    try:
        outcome = daily(space, targets_from(os.environ), failed_since(context.instance))
    finally:
        space.close()
    made = outcome.message
    context.log.info(made.text if made else "the digest of today was made before")
    context.add_output_metadata(
        {"subject": made.subject if made else "made before", "delivered": outcome.sent}
    )
    if outcome.faults:
        raise Failure(
            description="; ".join(outcome.faults) + "; kept, and tried again with the next message",
            allow_retries=False,
        )


def digest_job() -> JobDefinition:
    """The digest as a run that is seen in the UI; in one process whatever executor the steps of the sources have."""

    @job(
        name=DIGEST_JOB,
        executor_def=in_process_executor,
        description="What failed, is overdue, was rejected or changed since yesterday, and what that did to the index.",
    )
    def daily_digest() -> None:
        send_digest()

    return daily_digest


def digest_schedule(settings: Settings, digest: JobDefinition) -> ScheduleDefinition:
    return ScheduleDefinition(
        name="daily_digest_schedule",
        job=digest,
        cron_schedule=MORNING,
        execution_timezone=TIMEZONE,
        default_status=DefaultScheduleStatus.RUNNING if settings.live else DefaultScheduleStatus.STOPPED,
    )
