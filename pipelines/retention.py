"""Dagster's history kept small: old runs with their events are deleted, what the UI still shows of them stays.

Ticks are purged by dagster.yaml. Runs are not, by anything in Dagster itself; and deleting the run that materialised a
partition last would make the partition look missing. Provenance does not hang on any of this: it is in the warehouse.
"""

# No deferred annotations here: Dagster reads the type of `context` when the op is defined.

import datetime as dt

from dagster import (
    AssetKey,
    AssetRecordsFilter,
    DagsterEventType,
    DagsterInstance,
    DagsterRunStatus,
    DefaultScheduleStatus,
    JobDefinition,
    OpExecutionContext,
    RunsFilter,
    ScheduleDefinition,
    in_process_executor,
    job,
    op,
)

from pipelines.partitions import TIMEZONE
from prosperity.settings import Settings

FINAL = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
#: Deleted at a time: the rest the next day.
MOST = 1000
PAGE = 200
NIGHT = "15 4 * * *"


def runs_in_use(instance: DagsterInstance) -> set[str]:
    """Runs that gave the latest materialisation of an asset or of one of its partitions."""
    found = set()
    for key in instance.all_asset_keys():
        found |= _latest_of(instance, key)
    return found


def _latest_of(instance: DagsterInstance, key: AssetKey) -> set[str]:
    by_partition = instance.event_log_storage.get_latest_storage_id_by_partition(
        key, DagsterEventType.ASSET_MATERIALIZATION
    )
    wanted = list(by_partition.values())
    found = set()
    for start in range(0, len(wanted), PAGE):
        chosen = AssetRecordsFilter(asset_key=key, storage_ids=wanted[start : start + PAGE])
        records = instance.fetch_materializations(chosen, limit=PAGE).records
        found |= {record.event_log_entry.run_id for record in records}
    last = instance.get_latest_materialization_event(key)
    return found | ({last.run_id} if last else set())


def purge(instance: DagsterInstance, before: dt.datetime, most: int = MOST) -> tuple[int, int]:
    """Delete finished runs that changed last before a moment: (deleted, kept because still shown)."""
    old = RunsFilter(statuses=FINAL, updated_before=before)
    records = instance.get_run_records(filters=old, limit=most, ascending=True)
    used = runs_in_use(instance) if records else set()
    unused = [record.dagster_run.run_id for record in records if record.dagster_run.run_id not in used]
    for identity in unused:
        instance.delete_run(identity)
    return len(unused), len(records) - len(unused)


@op(
    description="Deletes finished runs older than PROSPERITY_KEEP_RUNS_DAYS, except those that an asset or partition is shown by."
)
def purge_runs(context: OpExecutionContext) -> None:
    days = Settings.from_environment().keep_runs_days
    deleted, kept = purge(context.instance, dt.datetime.now(dt.UTC) - dt.timedelta(days=days))
    context.log.info(f"{deleted} runs older than {days} days deleted, {kept} kept")
    context.add_output_metadata({"deleted": deleted, "kept because still shown": kept})


def purge_job() -> JobDefinition:
    @job(executor_def=in_process_executor, description="Dagster's own history, kept to what is needed.")
    def purge_history() -> None:
        purge_runs()

    return purge_history


def purge_schedule(settings: Settings, purging: JobDefinition) -> ScheduleDefinition:
    return ScheduleDefinition(
        name="purge_history_schedule",
        job=purging,
        cron_schedule=NIGHT,
        execution_timezone=TIMEZONE,
        default_status=DefaultScheduleStatus.RUNNING if settings.live else DefaultScheduleStatus.STOPPED,
    )
