"""Jobs: collect years of one source; index and report from what is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster import AssetSelection, define_asset_job

from pipelines.assets.calendar import CALENDAR
from pipelines.assets.checks import RECONCILIATION
from pipelines.assets.index import COMPARISON, INDEX, INDICATORS, SITE
from pipelines.assets.sources import source_keys
from prosperity.catalogue import Catalogue, Source

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

PUBLISH_JOB = "publish_index"


def collect_job_name(source_id: str) -> str:
    return f"collect_{source_id}"


def source_selection(source_id: str) -> AssetSelection:
    return AssetSelection.assets(*source_keys(source_id))


def published_selection() -> AssetSelection:
    return AssetSelection.assets(RECONCILIATION, CALENDAR, INDICATORS, INDEX, COMPARISON, SITE)


def collect_job(source: Source) -> UnresolvedAssetJobDefinition:
    return define_asset_job(
        collect_job_name(source.id),
        selection=source_selection(source.id),
        description=f"{source.title.en}: collect, extract, clean and load the years chosen.",
    )


def all_jobs(catalogue: Catalogue) -> list[UnresolvedAssetJobDefinition]:
    publish = define_asset_job(
        PUBLISH_JOB,
        selection=published_selection(),
        description="Check figures against each other, recompute indicators, index and comparison from the warehouse, publish the report.",
    )
    sources = list(catalogue.sources.values())
    return [*map(collect_job, sources), publish]
