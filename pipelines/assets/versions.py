"""The versions that a materialisation carries: of its content, of the code, of what it was made from.

Dagster writes them itself for the outputs of an asset; a run over many years records its years one by one, so they
are written here, by the names that Dagster documents. They decide what is shown as out of date and what is computed again.
"""

from __future__ import annotations

from collections.abc import Mapping

from dagster import AssetKey, AssetRecordsFilter, AssetSpec, DagsterInstance, DataVersion

DATA_VERSION = "dagster/data_version"
CODE_VERSION = "dagster/code_version"
INPUT_VERSION = "dagster/input_data_version"
#: Says that the version is ours: Dagster then compares it and not what it would derive from code and inputs.
OURS = "dagster/data_version_is_user_provided"


class Versions:
    """Versions of the years of one run; those of steps that the run does not make are looked up."""

    def __init__(self, instance: DagsterInstance, specs: Mapping[AssetKey, AssetSpec]) -> None:
        self._instance, self._specs = instance, specs
        self._made: dict[tuple[AssetKey, str], str] = {}

    def tags(self, key: AssetKey, partition: str, version: DataVersion) -> dict[str, str]:
        """The tags of a materialisation of ``key`` that has just been made."""
        self._made[key, partition] = version.value
        spec = self._specs[key]
        inputs = {
            f"{INPUT_VERSION}/{dep.asset_key.to_user_string()}": self._known(dep.asset_key, partition)
            for dep in spec.deps
        }
        return {
            DATA_VERSION: version.value,
            OURS: "true",
            CODE_VERSION: spec.code_version or "1",
            **inputs,
        }

    def _known(self, key: AssetKey, partition: str) -> str:
        made = self._made.get((key, partition))
        if made is not None:
            return made
        wanted = AssetRecordsFilter(asset_key=key, asset_partitions=[partition])
        for record in self._instance.fetch_materializations(wanted, limit=1).records:
            found = record.asset_materialization
            return (found.tags or {}).get(DATA_VERSION, "INITIAL") if found else "INITIAL"
        return "INITIAL"
