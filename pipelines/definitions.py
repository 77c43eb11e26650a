"""One assembly of assets, jobs, schedules, sensors and resources for production, command line and tests.

``defs`` is what Dagster's tools load. Building it needs no network, and reads nothing but the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster import (
    AssetSelection,
    Definitions,
)

from pipelines.alerts import alert_sensor, digest_job, digest_schedule
from pipelines.assets.calendar import CALENDAR, calendar_asset
from pipelines.assets.checks import RECONCILIATION, reconciliation_asset
from pipelines.assets.index import index_assets
from pipelines.assets.sources import source_assets
from pipelines.automation import index_sensor
from pipelines.executors import step_executor
from pipelines.jobs import all_jobs
from pipelines.partitions import partitions_of
from pipelines.resources import WorkspaceResource
from pipelines.retention import purge_job, purge_schedule
from pipelines.schedules import source_schedule
from pipelines.sensors import new_releases_sensor
from prosperity import catalogue as catalogues
from prosperity.settings import Settings


def build_defs(
    resource_overrides: Mapping[str, Any] | None = None, settings: Settings | None = None
) -> Definitions:
    """All definitions. ``resource_overrides`` replaces resources by name (tests hand in their own workspace)."""
    settings = settings or Settings.from_environment()
    catalogue = catalogues.load()
    sources = catalogue.sources.values()
    downstream = AssetSelection.groups("5_index", "6_publish") | AssetSelection.assets(
        RECONCILIATION, CALENDAR
    )
    digest, purging = digest_job(), purge_job()
    return Definitions(
        assets=[
            *(source_assets(source, catalogue, partitions_of(source, settings)) for source in sources),
            reconciliation_asset(catalogue),
            calendar_asset(catalogue, daily=settings.live),
            *index_assets(catalogue),
        ],
        jobs=[*all_jobs(catalogue), digest, purging],
        schedules=[
            *(source_schedule(source, settings) for source in sources),
            digest_schedule(settings, digest),
            purge_schedule(settings, purging),
        ],
        sensors=[
            *(new_releases_sensor(source, settings) for source in sources),
            index_sensor(downstream),
            alert_sensor(settings),
        ],
        resources={"workspace": WorkspaceResource(), **(resource_overrides or {})},
        executor=step_executor(settings),
    )


defs = build_defs()
