"""The versions that a materialisation carries: of its content, of the code, of what it was made from.

Dagster writes them itself for the outputs of an asset; a run over many years records its years one by one, so they
are written here, by the names that Dagster documents. They decide what is shown as out of date and what is computed again.
"""

from __future__ import annotations

from dagster import AssetKey, AssetRecordsFilter, AssetSpec, DagsterInstance, DataVersion

DATA_VERSION = "dagster/data_version"
CODE_VERSION = "dagster/code_version"
INPUT_VERSION = "dagster/input_data_version"
#: Which event the input's version was read from; later events of the same year are compared with it.
INPUT_EVENT = "dagster/input_event_pointer"
#: Says that the version is ours: Dagster then compares it and not what it would derive from code and inputs.
OURS = "dagster/data_version_is_user_provided"
#: What Dagster writes for an input of which nothing is recorded.
_NO_VERSION, _NO_EVENT = "INITIAL", "NULL"


def version_tags(
    instance: DagsterInstance, spec: AssetSpec, partition: str, version: DataVersion
) -> dict[str, str]:
    """The tags of a materialisation of one year of ``spec`` that has just been made."""
    tags = {DATA_VERSION: version.value, OURS: "true", CODE_VERSION: spec.code_version or "1"}
    for dep in spec.deps:
        name = dep.asset_key.to_user_string()
        made, event = _latest(instance, dep.asset_key, partition)
        tags |= {f"{INPUT_VERSION}/{name}": made, f"{INPUT_EVENT}/{name}": event}
    return tags


def _latest(instance: DagsterInstance, key: AssetKey, partition: str) -> tuple[str, str]:
    """Version and event of the last materialisation of a year; those of this run are recorded as they are made."""
    wanted = AssetRecordsFilter(asset_key=key, asset_partitions=[partition])
    for record in instance.fetch_materializations(wanted, limit=1).records:
        found = record.asset_materialization
        version = (found.tags or {}).get(DATA_VERSION, _NO_VERSION) if found else _NO_VERSION
        return version, str(record.storage_id)
    return _NO_VERSION, _NO_EVENT
