"""The release calendar as an asset: every source and period with its state, at a glance."""

# No deferred annotations here: Dagster reads the types of the parameters when the asset is defined.

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

from pipelines.assets.sources import GROUPS, loaded_key
from pipelines.automation import after_new_data
from pipelines.metadata import lines, version_of
from pipelines.resources import WorkspaceResource
from prosperity.catalogue import Catalogue
from prosperity.workflow.status import MARKS, grid, problems

CALENDAR = AssetKey(["warehouse", "release_calendar"])


def calendar_asset(catalogue: Catalogue) -> AssetsDefinition:
    """Unpartitioned, downstream of every source; a period that is missing warns and stops nothing."""

    @asset(
        key=CALENDAR,
        deps=[loaded_key(name) for name in catalogue.sources],
        group_name=GROUPS["loaded"],
        kinds={"python"},
        automation_condition=after_new_data(),
        description="Every source and period: found, due, never published, lost online or failed, as of the instance's day.",
        check_specs=[
            AssetCheckSpec("nothing_missing", asset=CALENDAR, description="No release is failed or overdue.")
        ],
    )
    def release_calendar(workspace: ResourceParam[WorkspaceResource]) -> MaterializeResult:  # type: ignore[type-arg]
        found = list(grid(workspace.space))
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
                    metadata={"missing": lines(missing, "none")},
                )
            ],
        )

    return release_calendar
