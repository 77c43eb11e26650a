"""Assets that see all years: quarterly indicators, index, comparison with published values, analysis, report."""

# No deferred annotations here: Dagster reads the types of the parameters when the asset is defined.

from collections.abc import Sequence
from typing import Any

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

from pipelines.assets.checks import RECONCILIATION
from pipelines.assets.describe import INDICATOR_COLUMNS, OWNER, from_columns, warehouse_schema
from pipelines.assets.sources import loaded_key
from pipelines.automation import after_new_data
from pipelines.faults import told_plainly
from pipelines.metadata import lines, row_count_all, table, version_of, wordy
from pipelines.resources import WorkspaceResource
from prosperity.catalogue import Catalogue
from prosperity.index.model import IndexPoint
from prosperity.workflow.last_run import QuarterChange, changes_since

INDICATORS = AssetKey(["indicators", "quarterly"])
INDEX = AssetKey(["index", "composite"])
COMPARISON = AssetKey(["index", "published_comparison"])
ANALYSIS = AssetKey(["index", "analysis"])
SITE = AssetKey(["report", "site"])
#: Points by which a past quarter may change without a person looking at it.
MOST_CHANGE = 1.0


def _against_last_run(before: str, since: Sequence[QuarterChange]) -> AssetCheckResult:
    past = [change for change in since if change.before is not None]
    far = [change for change in past if change.now is None or abs(change.difference) > MOST_CHANGE]
    rows = [
        {"index": c.group, "quarter": c.quarter, "before": c.before, "now": c.now, "difference": c.difference}
        for c in sorted(past, key=lambda c: -abs(c.difference))
    ]
    return AssetCheckResult(
        check_name="against_last_run",
        passed=not far,
        severity=AssetCheckSeverity.WARN,
        metadata={
            "last run": before,
            "past quarters that changed": len(past),
            "new quarters": len(since) - len(past),
            "largest difference": max((abs(change.difference) for change in past), default=0.0),
            "changes": table([{key: str(value) for key, value in row.items()} for row in rows]),
        },
    )


def _last(points: Sequence[IndexPoint]) -> list[IndexPoint]:
    """The last point of every group."""
    return list({point.group: point for point in points}.values())


def index_assets(catalogue: Catalogue) -> Sequence[AssetsDefinition]:
    """Unpartitioned assets downstream of everything loaded."""
    used = {catalogue.series[i.series].source for i in catalogue.index.indicators}
    compared = {catalogue.series[v.series].source for v in catalogue.published if v.series}
    from_loaded = from_columns("value", [loaded_key(name) for name in sorted(used)], "value")
    from_indicators = from_columns("value", [INDICATORS], "value")

    @asset(
        key=INDICATORS,
        deps=[loaded_key(name) for name in sorted(used)],
        group_name="5_index",
        kinds={"pandas"},
        owners=[OWNER],
        automation_condition=after_new_data(),
        metadata={"dagster/column_schema": INDICATOR_COLUMNS, **from_loaded},
        description="Quarterly indicators: decumulated, chained where level and rate contradict each other, adjusted only if they show season.",
    )
    @told_plainly("quarterly indicators")
    def indicators(workspace: ResourceParam[WorkspaceResource]) -> MaterializeResult:  # type: ignore[type-arg]
        from prosperity.workflow.indexing import index_result

        result = index_result(workspace.space)
        rows = [
            {
                "group": group,
                "series": series,
                "quarter": p.quarter,
                "value": p.value,
                "status": p.status,
                "inputs": len(p.inputs),
            }
            for group, members in result.indicators.items()
            for series, quarters in members.items()
            for p in quarters
        ]
        return MaterializeResult(
            data_version=version_of(
                f"{r['group']} {r['series']} {r['quarter']} {r['value']!r}" for r in rows
            ),
            metadata={
                "points": len(rows),
                "observed": sum(row["status"] == "A" for row in rows),
                "interpolated or derived": sum(row["status"] != "A" for row in rows),
                "preview": table(rows[-50:]),
                **row_count_all(len(rows)),
                **from_loaded,
            },
        )

    @asset(
        key=INDEX,
        deps=[INDICATORS],
        group_name="5_index",
        kinds={"numpy"},
        owners=[OWNER],
        automation_condition=after_new_data(),
        metadata={"dagster/column_schema": warehouse_schema("index_value"), **from_indicators},
        description=f"Composite prosperity index ({', '.join(catalogue.index.groups)}): {len(catalogue.index.indicators)} indicators.",
        check_specs=[
            AssetCheckSpec(
                "contributions_add_up",
                asset=INDEX,
                description="The contributions of every quarter sum to its change within 1e-9.",
            ),
            AssetCheckSpec(
                "computable", asset=INDEX, description="The index has a value in at least eight quarters."
            ),
            AssetCheckSpec(
                "against_last_run",
                asset=INDEX,
                description=f"No past quarter differs from the run before by more than {MOST_CHANGE:g} point; none is lost.",
            ),
        ],
    )
    @told_plainly("composite index")
    def composite(workspace: ResourceParam[WorkspaceResource]) -> MaterializeResult:  # type: ignore[type-arg]
        import math

        from prosperity.publish.charts import index_chart_png
        from prosperity.workflow.indexing import compute_index

        before = workspace.space.warehouse.latest_run()
        computed = compute_index(workspace.space)
        since = changes_since(before, computed.result.points)
        valued = [p for p in computed.result.points if p.value is not None]
        worst = max(
            (
                abs(math.fsum(c.points for c in p.contributions) - p.change)
                for p in valued
                if p.change is not None
            ),
            default=0.0,
        )
        rows = [
            {"index": p.group, "quarter": p.period, "value": p.value, "change": p.change,
             "indicators": f"{p.indicators} of {p.indicators_total}", "weight": f"{p.weight_share:.0%}", "reason": p.reason}
            for p in computed.result.points
        ]  # fmt: skip
        chart = index_chart_png(computed.result)
        metadata: dict[str, Any] = {
            **({"chart": MetadataValue.md(chart)} if chart else {}),
            **row_count_all(len(rows)),
            **from_indicators,
            "run": computed.run,
            "effect": MetadataValue.text(
                "a new result was kept" if computed.new else "same result as before, nothing added"
            ),
            "last quarters": MetadataValue.text(
                ", ".join(f"{p.group} {p.period}: {p.value:.2f}" for p in _last(valued)) or "none"
            ),
            "points": table(rows),
            "instance": MetadataValue.text(workspace.space.settings.notice or "live publishers"),
        }
        return MaterializeResult(
            data_version=version_of([computed.result.spec_hash, computed.result.data_hash]),
            metadata=metadata,
            check_results=[
                AssetCheckResult(
                    check_name="contributions_add_up", passed=worst < 1e-9, severity=AssetCheckSeverity.ERROR,
                    metadata={"largest difference": worst, "quarters": len(valued)},
                ),
                AssetCheckResult(
                    check_name="computable", passed=len(valued) >= 8, severity=AssetCheckSeverity.WARN,
                    metadata={"quarters with a value": len(valued), "quarters without": len(rows) - len(valued)},
                ),
                _against_last_run(before.id if before else "none", since),
            ],
        )  # fmt: skip

    @asset(
        key=COMPARISON,
        deps=[INDEX, *[loaded_key(name) for name in sorted(compared)]],
        group_name="5_index",
        kinds={"python"},
        owners=[OWNER],
        automation_condition=after_new_data(),
        description="Every published value of the index beside ours, or why ours cannot be computed. Shown, never tuned to.",
    )
    @told_plainly("comparison with published values")
    def published_comparison(workspace: ResourceParam[WorkspaceResource]) -> MaterializeResult:  # type: ignore[type-arg]
        from prosperity.workflow.indexing import compare_published, index_result

        rows = compare_published(workspace.space, index_result(workspace.space))
        listed = [
            {"edition": r.edition, "period": r.period, "index": r.index, "published": r.published,
             "change": r.published_change, "ours": r.ours, "our change": r.our_change,
             "ours then": r.ours_then, "our change then": r.our_change_then, "verdict": r.verdict}
            for r in rows
        ]  # fmt: skip
        return MaterializeResult(
            data_version=version_of(str(row) for row in listed),
            metadata={
                "published values": len(rows),
                "beside ours": sum(row.ours is not None for row in rows),
                "comparison": table(listed),
            },
        )

    @asset(
        key=ANALYSIS,
        deps=[INDEX],
        group_name="5_index",
        kinds={"numpy"},
        owners=[OWNER],
        automation_condition=after_new_data(),
        description="Beside the index: other methods, turning points and what they looked like when new, classification, warning lights, weights, uncertainty.",
    )
    @told_plainly("analysis of the index")
    def analysis(workspace: ResourceParam[WorkspaceResource]) -> MaterializeResult:  # type: ignore[type-arg]
        from prosperity.workflow.analysis import analyse_index

        found = analyse_index(workspace.space)
        tables = {
            "methods": found.methods,
            "turning points": found.turns,
            "leads over the coincident index": found.leads,
            "turning points in real time": found.real_time,
            "classification": found.verdicts,
            "band": [row for row in found.bands if not row.any_trend],
            "without one indicator": found.dropped,
        }
        return MaterializeResult(
            data_version=version_of([repr(found)]),
            metadata={
                "vintages": len(found.vintages),
                "thresholds": MetadataValue.text(f"version {found.lights_version}, of this project"),
                **{name: wordy(rows) for name, rows in tables.items()},
                "warning lights": table(
                    [
                        {"quarter": r.quarter, "index": r.index, "light": r.light, "weight": f"{r.share:.0%}"}
                        for r in found.lights
                    ]
                ),
                "weights": table(
                    [{"index": r.group, "series": r.series, **r.weights} for r in found.weights]
                ),
                "not to be had": lines(found.notes, "everything could be computed"),
            },
        )

    @asset(
        key=SITE,
        deps=[INDEX, COMPARISON, ANALYSIS, RECONCILIATION],
        group_name="6_publish",
        kinds={"html"},
        owners=[OWNER],
        automation_condition=after_new_data(),
        description="The static site: index, industry reports, series, sources, checks, past vintages; every figure leads to its evidence page. Only pages whose figures changed are made anew.",
    )
    @told_plainly("report")
    def site(workspace: ResourceParam[WorkspaceResource]) -> MaterializeResult:  # type: ignore[type-arg]
        from prosperity.workflow.reporting import publish_report

        published = publish_report(workspace.space)
        return MaterializeResult(
            data_version=version_of(published.contents),
            metadata={
                "pages": published.pages,
                "evidence pages": published.evidence,
                "files made anew": published.made,
                "report": MetadataValue.path(str(published.index)),
                "instance": MetadataValue.text(workspace.space.settings.notice or "live publishers"),
            },
        )

    return [indicators, composite, published_comparison, analysis, site]
