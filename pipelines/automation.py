"""When assets that see all years are computed again."""

from __future__ import annotations

from dagster import AutomationCondition


def after_new_data() -> AutomationCondition:  # type: ignore[type-arg]
    """Run once upstream data really changed and nothing upstream is still under way."""
    changed = AutomationCondition.any_deps_updated().since(
        AutomationCondition.newly_requested() | AutomationCondition.newly_updated()
    )
    busy = AutomationCondition.any_deps_in_progress() | AutomationCondition.in_progress()
    return changed & ~busy
