"""When assets that see all years are computed again: once what they rest on has really changed."""

from __future__ import annotations

from dagster import (
    AssetSelection,
    AutomationCondition,
    AutomationConditionSensorDefinition,
    DefaultSensorStatus,
)

from pipelines.partitions import TIMEZONE

#: Dues pass without any new data: once a day, before the schedules.
MORNING = "0 9 * * *"


def after_new_data() -> AutomationCondition:  # type: ignore[type-arg]
    """Run once the content of something upstream has changed and nothing upstream is still under way.

    Contents are compared by data version, a hash: a year collected again without a change starts nothing. What is
    requested takes everything behind it into the same run, rather than one run a step with a wait between them. What was
    never computed is, as soon as something upstream is there.
    """
    changed = AutomationCondition.any_deps_match(
        AutomationCondition.data_version_changed() | AutomationCondition.will_be_requested()
    ).with_label("content upstream changed")
    first = (
        (AutomationCondition.missing() & AutomationCondition.any_deps_match(~AutomationCondition.missing()))
        .newly_true()
        .with_label("never computed")
    )
    handled = AutomationCondition.newly_requested() | AutomationCondition.newly_updated()
    busy = AutomationCondition.any_deps_in_progress() | AutomationCondition.in_progress()
    return (changed | first).since(handled) & ~busy


def after_new_data_or_daily() -> AutomationCondition:  # type: ignore[type-arg]
    """The same, and every morning: for what depends on the day."""
    handled = AutomationCondition.newly_requested() | AutomationCondition.newly_updated()
    daily = AutomationCondition.cron_tick_passed(MORNING, TIMEZONE).since(handled)
    return after_new_data() | (daily & ~AutomationCondition.in_progress())


def index_sensor(downstream: AssetSelection) -> AutomationConditionSensorDefinition:
    """Always on: it asks no publisher."""
    return AutomationConditionSensorDefinition(
        "index_follows_data",
        target=downstream,
        default_status=DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        description="Recomputes checks, index and report once newly loaded data differ from what they were made of.",
    )
