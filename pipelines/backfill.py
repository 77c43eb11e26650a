"""A real Dagster backfill, launched through the UI's own interface so that it is seen there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dagster import AssetKey, AssetRecordsFilter, DagsterInstance, TimeWindowPartitionsDefinition
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from pipelines.assets.sources import STEPS, asset_key, source_keys
from pipelines.servers import Dagster, ServerError

_LAUNCH = """
mutation Launch($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
    ... on UnauthorizedError { message }
    ... on InvalidSubsetError { message }
    ... on PartitionKeysNotFoundError { message }
  }
}
"""

_STATE = """
query State($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    __typename
    ... on PythonError { message }
    ... on PartitionBackfill {
      status
      error { message }
      runs { runId status }
    }
  }
}
"""

_LONGEST_TITLE = 100
FINAL = frozenset({"COMPLETED_SUCCESS", "COMPLETED_FAILED", "COMPLETED", "FAILED", "CANCELED"})


@dataclass(frozen=True)
class BackfillOutcome:
    """How a backfill ended. A run covers years of one source; what failed of it is told by ``failed_now``."""

    id: str
    status: str
    runs: int
    failed_runs: int
    error: str = ""

    @property
    def success(self) -> bool:
        return self.status in ("COMPLETED_SUCCESS", "COMPLETED") and not self.failed_runs


@dataclass(frozen=True)
class FailedYear:
    """A year of a source whose last run failed and that no later run has made; ``reason`` names cause and place."""

    source: str
    year: int
    step: str
    reason: str


def failed_now(
    instance: DagsterInstance, partitions: Mapping[str, TimeWindowPartitionsDefinition]
) -> list[FailedYear]:
    """What stands failed at this moment, by source (in the order given) and year; each with its first failed step."""
    found = []
    for source_id, definition in partitions.items():
        keys = definition.get_partition_keys()
        failed: dict[str, str] = {}
        for step in STEPS:
            states = instance.get_status_by_partition(asset_key(source_id, step), keys, definition) or {}
            for year, state in states.items():
                if state == AssetPartitionStatus.FAILED:
                    failed.setdefault(year, step)
        found += [
            FailedYear(source_id, int(year), step, _reason(instance, asset_key(source_id, step), year))
            for year, step in sorted(failed.items())
        ]
    return found


def _reason(instance: DagsterInstance, key: AssetKey, year: str) -> str:
    """What the run said of that year when it gave it up; a run that was ended from outside said nothing."""
    wanted = AssetRecordsFilter(asset_key=key, asset_partitions=[year])
    for record in instance.fetch_observations(wanted, limit=1).records:
        observed = record.event_log_entry.asset_observation
        if observed is not None and "failed" in observed.metadata:
            return str(observed.metadata["failed"].value)
    return "its run ended before this year was done"


def launch(dagster: Dagster, chosen: Mapping[str, Sequence[int]]) -> str:
    """Launch the backfill of these years by source; gives its id. Index and report follow by automation.

    :raises ServerError: where Dagster refuses it, with its own words.
    """
    partitions = []
    for source_id, years in chosen.items():
        ranges = {
            "ranges": [{"start": str(first), "end": str(last)} for first, last in spans(years)],
        }
        partitions += [
            {"assetKey": {"path": list(key.path)}, "partitions": ranges} for key in source_keys(source_id)
        ]
    params = {
        "partitionsByAssets": partitions,
        "title": title_of(chosen),
        "description": "prosperity backfill: "
        + "; ".join(f"{name} {_in_words(years)}" for name, years in chosen.items()),
    }
    answer = dagster.graphql(_LAUNCH, {"params": params})["launchPartitionBackfill"]
    if answer["__typename"] != "LaunchBackfillSuccess":
        raise ServerError(f"{answer['__typename']}: {answer.get('message', '')}")
    return str(answer["backfillId"])


def spans(years: Sequence[int]) -> list[tuple[int, int]]:
    """Years as spans without gaps: (2012, 2013, 2017) is 2012–2013 and 2017–2017."""
    found: list[tuple[int, int]] = []
    for year in sorted(set(years)):
        if found and found[-1][1] == year - 1:
            found[-1] = (found[-1][0], year)
        else:
            found.append((year, year))
    return found


def title_of(chosen: Mapping[str, Sequence[int]]) -> str:
    """At most a hundred characters: Dagster refuses longer ones."""
    if len(chosen) == 1:
        ((name, years),) = chosen.items()
        return f"{name} {_in_words(years)}"[:_LONGEST_TITLE]
    years = sorted({year for listed in chosen.values() for year in listed})
    return f"{len(chosen)} sources, {_in_words(years)}"[:_LONGEST_TITLE]


def _in_words(years: Sequence[int]) -> str:
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans(years))


def wait(
    dagster: Dagster,
    backfill: str,
    *,
    seconds: float = 3600,
    progress: Callable[[str], None] = lambda _: None,
) -> BackfillOutcome:
    """Wait until the backfill is in a final state. :raises ServerError: where it is not within ``seconds``."""
    deadline = time.monotonic() + seconds
    shown = ""
    while time.monotonic() < deadline:
        answer = dagster.graphql(_STATE, {"id": backfill})["partitionBackfillOrError"]
        if answer["__typename"] != "PartitionBackfill":
            raise ServerError(answer.get("message") or answer["__typename"])
        runs = answer["runs"]
        done = sum(run["status"] in ("SUCCESS", "FAILURE", "CANCELED") for run in runs)
        line = f"backfill {backfill}: {answer['status'].lower()}, {done} of {len(runs)} runs done"
        if line != shown:
            progress(line)
            shown = line
        if answer["status"] in FINAL:
            failed = sum(run["status"] != "SUCCESS" for run in runs)
            error = (answer.get("error") or {}).get("message", "")
            return BackfillOutcome(backfill, answer["status"], len(runs), failed, error)
        time.sleep(0.5)
    raise ServerError(
        f"backfill {backfill} is not finished after {seconds:.0f} s; it goes on in the Dagster UI"
    )
