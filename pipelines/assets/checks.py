"""Reconciliation as an asset: after everything loaded, figures are checked against each other."""

# No deferred annotations here: Dagster reads the types of the parameters when the asset is defined.

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    ResourceParam,
    asset,
)

from pipelines.assets.describe import OWNER, warehouse_schema
from pipelines.assets.sources import GROUPS, loaded_key
from pipelines.automation import after_new_data
from pipelines.faults import told_plainly
from pipelines.metadata import table, version_of
from pipelines.resources import WorkspaceResource
from prosperity.catalogue import Catalogue
from prosperity.checks.model import KINDS, CheckKind, CheckResult
from prosperity.checks.run import NAMED, shown, worst

RECONCILIATION = AssetKey(["warehouse", "reconciliation"])

DESCRIPTIONS: dict[CheckKind, str] = {
    "rate_against_levels": "Published year-on-year rates agree with the ratio of the levels within 2 points.",
    "cumulative_fall": "Year-to-date figures do not fall inside a year.",
    "pace_within_year": "No month stands out from those before it in its year.",
    "parts_within_whole": "Parts do not exceed their whole.",
    "twins": "Figures that tell of one thing agree within the bounds of the catalogue.",
}


def reconciliation_asset(catalogue: Catalogue) -> AssetsDefinition:
    """Unpartitioned, downstream of every source's loaded figures. A check that strikes warns; it stops nothing."""

    @asset(
        key=RECONCILIATION,
        deps=[loaded_key(name) for name in catalogue.sources],
        group_name=GROUPS["loaded"],
        kinds={"sqlalchemy", "python"},
        owners=[OWNER],
        metadata={"dagster/column_schema": warehouse_schema("check_result")},
        automation_condition=after_new_data(),
        description="Growth rates against the levels beside them, falls, jumps, parts and twins: what the publishers' figures say of each other.",
        check_specs=[
            AssetCheckSpec(kind, asset=RECONCILIATION, description=DESCRIPTIONS[kind]) for kind in KINDS
        ],
    )
    @told_plainly("reconciliation")
    def reconciliation(workspace: ResourceParam[WorkspaceResource]) -> MaterializeResult:  # type: ignore[type-arg]
        from prosperity.workflow.checking import reconcile, summary_rows

        found = reconcile(workspace.space)
        results = shown(found.results)
        return MaterializeResult(
            data_version=version_of(repr(row) for row in found.results),
            metadata={
                "results": found.saved.total,
                "added": found.saved.added,
                "removed": found.saved.removed,
                "counts": table(summary_rows(results)),
            },
            check_results=[_check_result(kind, results) for kind in KINDS],
        )

    return reconciliation


def _check_result(kind: CheckKind, results: list[CheckResult]) -> AssetCheckResult:
    """Passed unless something warns; the heaviest are named with their gaps and sentences."""
    own = [row for row in results if row.check == kind]
    heaviest = [
        {"series": row.series, "period": row.period, "gap": row.gap, "why": row.explanation}
        for row in worst(own, kind, NAMED)
    ]
    return AssetCheckResult(
        check_name=kind,
        passed=all(row.severity != "warn" for row in own),
        severity=AssetCheckSeverity.WARN,
        metadata={
            "compared": sum(row.gap is not None for row in own),
            "without a counterpart": sum(row.gap is None for row in own),
            "notes": sum(row.severity == "note" for row in own),
            "warnings": sum(row.severity == "warn" for row in own),
            "worst": table(heaviest),
        },
    )
