"""The four assets of one source: documents, tables, observations, and what is loaded in the warehouse."""

# No deferred annotations here: Dagster reads the type of `context` when the asset is defined.

from collections import Counter

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    TimeWindowPartitionsDefinition,
    asset,
)

from pipelines.executors import COLLECT_TAGS
from pipelines.metadata import failures_table, lines, table, version_of
from pipelines.resources import WorkspaceResource
from prosperity.catalogue import Catalogue, Source
from prosperity.workflow import drift, stages
from prosperity.workflow.drift_pictures import keep_picture
from prosperity.workflow.reading import observations_version, tables_version

GROUPS = {"documents": "1_collect", "tables": "2_extract", "observations": "3_clean", "loaded": "4_load"}


def loaded_key(source_id: str) -> AssetKey:
    return AssetKey(["warehouse", source_id])


def source_assets(
    source: Source, catalogue: Catalogue, partitions: TimeWindowPartitionsDefinition
) -> list[AssetsDefinition]:
    """The chain of one source, by year; each step reads the durable stores and can be run again alone.

    The code versions follow the source's entry of the catalogue: after a change the UI shows its assets, and only
    its own, as out of date.
    """
    return [
        _documents(source, partitions),
        _tables(source, partitions),
        _observations(source, catalogue, partitions),
        _loaded(source, partitions),
    ]


def _describe(source: Source, what: str) -> str:
    return f"{what}\n\n{source.publisher.en} · {source.publisher.zh}\n\n{source.title.en} · {source.title.zh} ({source.cadence})"


def _documents(source: Source, partitions: TimeWindowPartitionsDefinition) -> AssetsDefinition:
    key = AssetKey([source.id, "documents"])

    @asset(
        key=key,
        partitions_def=partitions,
        group_name=GROUPS["documents"],
        kinds={"http", "python"},
        op_tags=COLLECT_TAGS,
        owners=[f"team:{source.owner}"],
        description=_describe(
            source, "Releases found in the publisher's list, and their documents in the archive."
        ),
        check_specs=[
            AssetCheckSpec(
                "complete",
                asset=key,
                description="Every release of the calendar is found, due later, or never published.",
            )
        ],
    )
    def documents(
        context: AssetExecutionContext, workspace: ResourceParam[WorkspaceResource]
    ) -> MaterializeResult:  # type: ignore[type-arg]
        year = int(context.partition_key)
        found = stages.collect_year(workspace.space, source.id, year)
        for failure in found.failures:
            context.log.warning(f"{failure.what}: {failure.reason} ({failure.where})")
        if found.failures and not found.documents:
            first = found.failures[0]
            raise Failure(
                description=f"{source.id} {year}: nothing could be had. {first.what}: {first.reason} ({first.where})",
                metadata={"failed": failures_table(found.failures)},
                allow_retries=False,
            )
        rows = [
            {
                "title": entry.release.title,
                "period": entry.release.period.code if entry.release.period else None,
                "issued": entry.release.issued,
                "basis": entry.release.issued_basis,
                "sha256": entry.document.sha256[:12],
                "bytes": entry.document.size,
                "state": entry.state,
                "bytes before": entry.before.size if entry.before and entry.state == "changed" else None,
            }
            for entry in found.taken
        ]
        states = Counter(entry.state for entry in found.taken)
        complete = not found.failures and not found.overdue
        return MaterializeResult(
            data_version=version_of(document.sha256 for document in found.documents.values()),
            metadata={
                "releases": len(found.releases),
                "requests": found.requests,
                "bodies transferred": found.transferred,
                "not modified": found.not_modified,
                "failed": len(found.failures),
                "new": states["new"] + states["same_content"],
                "changed": states["changed"],
                "unchanged": states["unchanged"],
                "documents": table(rows),
                "missing": lines((*found.failed, *found.overdue), "nothing is missing by the calendar"),
                "worth a look": lines((*found.warnings, *found.gone), "nothing"),
                "not out yet": lines(found.expected, "nothing more is expected for this year"),
                "not among the sample documents": lines(found.not_in_sample, "none"),
                "failures": failures_table(found.failures),
                "instance": MetadataValue.text(workspace.space.settings.notice or "live publishers"),
            },
            check_results=[
                AssetCheckResult(
                    check_name="complete",
                    passed=complete,
                    severity=AssetCheckSeverity.ERROR if found.failures else AssetCheckSeverity.WARN,
                    metadata={
                        "found": len(found.releases),
                        "failed": len(found.failures),
                        "overdue": lines(found.overdue, "none"),
                        "not out yet": lines(found.expected, "none"),
                    },
                )
            ],
        )

    return documents


def _tables(source: Source, partitions: TimeWindowPartitionsDefinition) -> AssetsDefinition:
    key = AssetKey([source.id, "tables"])

    @asset(
        key=key,
        deps=[AssetKey([source.id, "documents"])],
        partitions_def=partitions,
        group_name=GROUPS["tables"],
        kinds={"pdfplumber", "python"},
        owners=[f"team:{source.owner}"],
        code_version=tables_version(source),
        description=_describe(
            source, "Tables and statements read from the documents, each with the place it was read from."
        ),
        check_specs=[
            AssetCheckSpec(
                "readable", asset=key, description="Every document could be read within its limits."
            ),
            AssetCheckSpec(
                "layout",
                asset=key,
                description="Tables look as in the last good document: nothing moved, renamed, new or gone.",
            ),
        ],
    )
    def tables(
        context: AssetExecutionContext, workspace: ResourceParam[WorkspaceResource]
    ) -> MaterializeResult:  # type: ignore[type-arg]
        year = int(context.partition_key)
        results = stages.extract_year(workspace.space, source.id, year)
        changed = drift.of_year(workspace.space, source, year, results)
        changes = [line for found in changed for line in found.lines]
        pictures = [str(keep_picture(workspace.space, found)) for found in changed]
        for line in changes:
            context.log.warning(f"layout {line}")
        failures = [result.failure for result in results if result.failure]
        rows = [
            {
                "document": result.release.title,
                "pages": result.extraction.pages,
                "tables": len(result.extraction.tables),
                "statements": len(result.extraction.statements),
                "captions": " / ".join(t.caption for t in result.extraction.tables if t.caption),
                "read again": not result.cached,
            }
            for result in results
            if result.extraction
        ]
        return MaterializeResult(
            data_version=version_of(
                f"{result.document.sha256} {result.extraction.version}"
                for result in results
                if result.extraction
            ),
            metadata={
                "documents": len(results),
                "tables": sum(row["tables"] for row in rows),
                "statements": sum(row["statements"] for row in rows),
                "preview": table(rows),
            },
            check_results=[
                AssetCheckResult(
                    check_name="readable",
                    passed=not failures,
                    severity=AssetCheckSeverity.ERROR,
                    metadata={"unreadable": len(failures), "failures": failures_table(failures)},
                ),
                AssetCheckResult(
                    check_name="layout",
                    passed=not changes,
                    severity=AssetCheckSeverity.WARN,
                    metadata={
                        "changes": lines(changes, "none"),
                        "side by side": lines(pictures, "nothing to show"),
                    },
                ),
            ],
        )

    return tables


def _observations(
    source: Source, catalogue: Catalogue, partitions: TimeWindowPartitionsDefinition
) -> AssetsDefinition:
    key = AssetKey([source.id, "observations"])

    @asset(
        key=key,
        deps=[AssetKey([source.id, "tables"])],
        partitions_def=partitions,
        group_name=GROUPS["observations"],
        kinds={"python"},
        owners=[f"team:{source.owner}"],
        code_version=observations_version(catalogue, source),
        description=_describe(
            source,
            "Observations with unit, period, status and evidence, as the catalogue maps them; the rest is rejected with its reason.",
        ),
        check_specs=[
            AssetCheckSpec(
                "nothing_rejected", asset=key, description="No figure or table had to be rejected."
            ),
            AssetCheckSpec(
                "evidence", asset=key, description="Every observation leads to its place in a document."
            ),
        ],
    )
    def observations(
        context: AssetExecutionContext, workspace: ResourceParam[WorkspaceResource]
    ) -> MaterializeResult:  # type: ignore[type-arg]
        results = stages.clean_year(workspace.space, source.id, int(context.partition_key))
        found = [observation for result in results for observation in result.observations]
        rejections = [failure for result in results for failure in result.rejections]
        unclaimed = [entry for result in results for entry in result.unclaimed]
        for failure in rejections:
            context.log.warning(f"rejected {failure.what}: {failure.reason} ({failure.where})")
        rows = [
            {"series": o.series, "period": o.period, "value": o.value, "unit": o.unit, "mult": o.unit_mult,
             "known from": o.known_from, "raw text": o.evidence.raw}
            for o in sorted(found, key=lambda o: (o.series, o.period))
        ]  # fmt: skip
        counts = Counter(o.series for o in found)
        without = [o for o in found if not o.evidence.raw.strip()]
        return MaterializeResult(
            data_version=version_of(
                f"{o.series} {o.period} {o.value} {o.known_from} {o.evidence.id}" for o in found
            ),
            metadata={
                "observations": len(found),
                "series": len(counts),
                "rejected": len(rejections),
                "unclaimed figures": len(unclaimed),
                "preview": table(rows),
                "rejections": failures_table(rejections),
                "unclaimed": lines(unclaimed, "every figure is claimed or deliberately ignored"),
            },
            check_results=[
                AssetCheckResult(
                    check_name="nothing_rejected",
                    # What a correction of the catalogue drops needs nobody's look.
                    passed=all(failure.decided for failure in rejections),
                    severity=AssetCheckSeverity.WARN,
                    metadata={"rejected": len(rejections), "rejections": failures_table(rejections)},
                ),
                AssetCheckResult(
                    check_name="evidence",
                    passed=not without,
                    severity=AssetCheckSeverity.ERROR,
                    metadata={"observations": len(found), "without evidence": len(without)},
                ),
            ],
        )

    return observations


def _loaded(source: Source, partitions: TimeWindowPartitionsDefinition) -> AssetsDefinition:
    @asset(
        key=loaded_key(source.id),
        deps=[AssetKey([source.id, "observations"])],
        partitions_def=partitions,
        group_name=GROUPS["loaded"],
        kinds={"sqlalchemy", "sql"},
        owners=[f"team:{source.owner}"],
        description=_describe(
            source,
            "Readings, evidence and the bitemporal list of changes in the warehouse; one transaction per release.",
        ),
    )
    def loaded(
        context: AssetExecutionContext, workspace: ResourceParam[WorkspaceResource]
    ) -> MaterializeResult:  # type: ignore[type-arg]
        space, year = workspace.space, int(context.partition_key)
        cleaned = stages.clean_year(space, source.id, year)
        summary = stages.load_documents(space, cleaned)
        return MaterializeResult(
            data_version=version_of(
                f"{o.series} {o.period} {o.value} {o.status} {o.known_from}"
                for c in cleaned
                for o in c.observations
            ),
            metadata={
                "documents": summary.documents,
                "readings added": summary.readings_added,
                "observations added": summary.observations_added,
                "rejections added": summary.rejections_added,
                "effect": MetadataValue.text(
                    "nothing changed" if not summary.readings_added else "new readings loaded"
                ),
            },
        )

    return loaded
