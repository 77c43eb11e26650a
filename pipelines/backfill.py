"""A real Dagster backfill, launched through the UI's own interface so that it is seen there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

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
      runs { runId status tags { key value } }
    }
  }
}
"""

FINAL = frozenset({"COMPLETED_SUCCESS", "COMPLETED_FAILED", "COMPLETED", "FAILED", "CANCELED"})


@dataclass(frozen=True)
class BackfillOutcome:
    """How a backfill ended; ``failed`` names the years of which a run failed."""

    id: str
    status: str
    runs: int
    failed: tuple[str, ...]
    error: str = ""

    @property
    def success(self) -> bool:
        return self.status in ("COMPLETED_SUCCESS", "COMPLETED") and not self.failed


def launch(dagster: Dagster, chosen: Mapping[str, Sequence[int]]) -> str:
    """Launch the backfill of these years by source; gives its id. Index and report follow by automation.

    :raises ServerError: where Dagster refuses it, with its own words.
    """
    partitions = []
    for source_id, years in chosen.items():
        paths = [[source_id, step] for step in ("documents", "tables", "observations")] + [
            ["warehouse", source_id]
        ]
        ranges = {"ranges": [{"start": str(years[0]), "end": str(years[-1])}]}
        partitions += [{"assetKey": {"path": path}, "partitions": ranges} for path in paths]
    params = {
        "partitionsByAssets": partitions,
        "title": "; ".join(f"{name} {years[0]}–{years[-1]}" for name, years in chosen.items()),
        "description": "launched by prosperity backfill",
    }
    answer = dagster.graphql(_LAUNCH, {"params": params})["launchPartitionBackfill"]
    if answer["__typename"] != "LaunchBackfillSuccess":
        raise ServerError(f"{answer['__typename']}: {answer.get('message', '')}")
    return str(answer["backfillId"])


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
            failed = tuple(sorted(_partition(run) for run in runs if run["status"] != "SUCCESS"))
            error = (answer.get("error") or {}).get("message", "")
            return BackfillOutcome(backfill, answer["status"], len(runs), failed, error)
        time.sleep(1)
    raise ServerError(
        f"backfill {backfill} is not finished after {seconds:.0f} s; it goes on in the Dagster UI"
    )


def _partition(run: dict[str, object]) -> str:
    tags = {tag["key"]: tag["value"] for tag in run["tags"]}  # type: ignore[index,attr-defined]
    return str(tags.get("dagster/partition", run["runId"]))
