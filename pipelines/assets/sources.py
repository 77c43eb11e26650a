"""The four assets of one source: documents, tables, observations, and what is loaded in the warehouse.

They are made by one operation that goes through its years one by one. A backfill of many years is then one run a
source, every finished year is marked at once, and a year that fails stops no other: the run ends as failed and names it.
"""

# No deferred annotations here: Dagster reads the type of `context` when the asset is defined.

import traceback
from collections.abc import Iterator

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    AssetsDefinition,
    AssetSpec,
    BackfillPolicy,
    Failure,
    MetadataValue,
    ResourceParam,
    TimeWindowPartitionsDefinition,
    multi_asset,
)

from pipelines.assets.describe import CHECKS, code_version, describe, kinds, spec_metadata
from pipelines.assets.figures import Checked, Made, check_result
from pipelines.assets.versions import version_tags
from pipelines.assets.years import MAKERS, Year
from pipelines.executors import COLLECT_TAGS
from pipelines.faults import told
from pipelines.resources import WorkspaceResource
from prosperity.catalogue import Catalogue, Source

GROUPS = {"documents": "1_collect", "tables": "2_extract", "observations": "3_clean", "loaded": "4_load"}
#: The steps in their order; each reads durable stores, so any of them can be run again alone.
STEPS = tuple(GROUPS)


def asset_key(source_id: str, step: str) -> AssetKey:
    return AssetKey(["warehouse", source_id] if step == "loaded" else [source_id, step])


def loaded_key(source_id: str) -> AssetKey:
    return asset_key(source_id, "loaded")


def source_keys(source_id: str) -> list[AssetKey]:
    """The four assets of a source, in the order of its steps."""
    return [asset_key(source_id, step) for step in STEPS]


def source_assets(
    source: Source, catalogue: Catalogue, partitions: TimeWindowPartitionsDefinition
) -> AssetsDefinition:
    """The chain of one source, by year.

    The code versions follow the source's entry of the catalogue: after a change the UI shows its assets, and only
    its own, as out of date.
    """
    keys = source_keys(source.id)
    specs = [
        AssetSpec(
            key=key,
            deps=keys[number - 1 : number] if number else (),
            group_name=GROUPS[step],
            kinds=kinds(step),
            owners=[f"team:{source.owner}"],
            tags={"theme": source.theme, "source": source.id},
            code_version=code_version(catalogue, source, step),
            description=describe(source, step),
            metadata=spec_metadata(catalogue, source, step),
        )
        for number, (step, key) in enumerate(zip(STEPS, keys, strict=True))
    ]
    checks = [
        AssetCheckSpec(name, asset=key, description=sentence)
        for step, key in zip(STEPS, keys, strict=True)
        for name, sentence in CHECKS[step].items()
    ]

    @multi_asset(
        name=source.id,
        specs=specs,
        check_specs=checks,
        partitions_def=partitions,
        op_tags=COLLECT_TAGS,
        can_subset=True,
        backfill_policy=BackfillPolicy.single_run(),
    )
    def years(
        context: AssetExecutionContext, workspace: ResourceParam[WorkspaceResource]
    ) -> Iterator[AssetMaterialization | AssetObservation | AssetCheckResult]:
        selected = context.selected_asset_keys
        wanted = [(step, spec) for step, spec in zip(STEPS, specs, strict=True) if spec.key in selected]
        found: dict[tuple[AssetKey, str], dict[str, Checked]] = {}
        failed: dict[str, str] = {}
        for name in context.partition_keys:
            year = Year(workspace.space, source, int(name), context)
            for step, spec in wanted:
                key = spec.key
                try:
                    made: Made = MAKERS[step](year)
                except Exception as fault:
                    # Whatever happens to one year, the others are still taken.
                    failed[name] = f"{source.id} {name}, {step}: {told(fault)}"
                    context.log.error(failed[name])
                    context.log.debug("".join(traceback.format_exception(fault)))
                    reason = {"failed": MetadataValue.text(failed[name])}
                    yield AssetObservation(key, partition=name, description=failed[name], metadata=reason)
                    break
                tags = version_tags(context.instance, spec, name, made.version)
                yield AssetMaterialization(key, partition=name, metadata=made.metadata, tags=tags)
                for check, checked in made.checks.items():
                    found.setdefault((key, check), {})[name] = checked
        asked = context.selected_asset_check_keys
        for (key, check), by_year in found.items():
            if any(known.asset_key == key and known.name == check for known in asked):
                yield check_result(key, check, by_year)
        if failed:
            others = len(context.partition_keys) - len(failed)
            rest = f" {others} other years of this run are done." if others else ""
            raise Failure(description="; ".join(failed.values()) + rest, allow_retries=False)

    return years
