"""The release calendar as an asset: every source and period with its state, at a glance."""

# No deferred annotations here: Dagster reads the types of the parameters when the asset is defined.

from collections.abc import Sequence

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    asset,
)

from pipelines.assets.describe import OWNER
from pipelines.assets.sources import GROUPS, loaded_key
from pipelines.automation import after_new_data, after_new_data_or_daily
from pipelines.faults import told_plainly
from pipelines.metadata import lines, version_of
from pipelines.resources import WorkspaceResource
from prosperity.catalogue import Catalogue, Source
from prosperity.workflow.status import MARKS, YearStatus, grid, problems

CALENDAR = AssetKey(["warehouse", "release_calendar"])


def calendar_asset(catalogue: Catalogue, *, daily: bool) -> AssetsDefinition:
    """Unpartitioned, downstream of every source; a period that is missing warns and stops nothing.

    ``daily``: made every morning too, because a release becomes due without anything being loaded.
    """

    @asset(
        key=CALENDAR,
        deps=[loaded_key(name) for name in catalogue.sources],
        group_name=GROUPS["loaded"],
        kinds={"python"},
        owners=[OWNER],
        automation_condition=after_new_data_or_daily() if daily else after_new_data(),
        description="Every source and period: found, due, never published, lost online or failed, as of the instance's day.",
        check_specs=[
            AssetCheckSpec("nothing_missing", asset=CALENDAR, description="No release is failed or overdue."),
            *(_overdue_spec(source) for source in catalogue.sources.values()),
        ],
    )
    @told_plainly("release calendar")
    def release_calendar(workspace: ResourceParam[WorkspaceResource]) -> MaterializeResult:  # type: ignore[type-arg]
        found, day = list(grid(workspace.space)), workspace.space.settings.today.isoformat()
        missing = [
            cell.sentence for entry in found for cell in entry.cells if cell.state in ("failed", "overdue")
        ]
        head = "| source | year | periods |\n|---|---|---|\n"
        body = "\n".join(f"| {entry.source} | {entry.year} | {entry.marks} |" for entry in found)
        legend = "\n\n" + " · ".join(f"{mark} {name}" for mark, name in MARKS.values())
        counts = {name: sum(entry.count(state) for entry in found) for state, (_, name) in MARKS.items()}
        return MaterializeResult(
            data_version=version_of(f"{entry.source} {entry.year} {entry.marks}" for entry in found),
            metadata={
                "calendar": MetadataValue.md(head + body + legend),
                **counts,
                "worth a look": lines([line for entry in found for line in problems(entry)], "nothing"),
            },
            check_results=[
                AssetCheckResult(
                    check_name="nothing_missing",
                    passed=not missing,
                    severity=AssetCheckSeverity.WARN,
                    metadata={"missing releases": len(missing), "missing": lines(missing, "none")},
                ),
                *(_overdue(source_id, found, day) for source_id in catalogue.sources),
            ],
        )

    return release_calendar


def _overdue_spec(source: Source) -> AssetCheckSpec:
    return AssetCheckSpec(
        f"{source.id}_not_overdue",
        asset=CALENDAR,
        description=f"{source.title.en}: usually out after {source.calendar.expected_days} days, overdue after {source.calendar.latest_days}.",
    )


def _overdue(source_id: str, found: Sequence[YearStatus], day: str) -> AssetCheckResult:
    """What one source owes as of the instance's day, the latest first; asks no publisher."""
    late = [
        cell.sentence
        for entry in found
        if entry.source == source_id
        for cell in entry.cells
        if cell.state == "overdue"
    ][::-1]
    return AssetCheckResult(
        check_name=f"{source_id}_not_overdue",
        passed=not late,
        severity=AssetCheckSeverity.WARN,
        description="; ".join(late[:3]) or "nothing is overdue",
        metadata={"overdue releases": len(late), "as of": day, "releases": lines(late, "none")},
    )
