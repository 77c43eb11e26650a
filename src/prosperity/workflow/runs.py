"""What each collection found, kept as a file: the machine-readable run summary.

``data/runs/<source>/<year>/<moment>.json``. What belongs here: writing, reading and finding what failed. What does
not: collecting (``stages``), the calendar (``status``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prosperity.collect.model import Collection, Taken
from prosperity.collect.store import write_atomically
from prosperity.workflow.workspace import Workspace

#: Summaries kept of one source and year.
_KEPT = 50


@dataclass(frozen=True)
class Retry:
    """A source and year whose last collection had failures; ``only``: the items that failed, None for all."""

    source: str
    year: int
    only: frozenset[str] | None


def summary(found: Collection) -> dict[str, Any]:
    """One collection in plain types; every release it had stands in one of new, changed, same_content, unchanged."""
    by_state: dict[str, list[dict[str, Any]]] = {
        state: [] for state in ("new", "changed", "same_content", "unchanged")
    }
    for entry in found.taken:
        by_state[entry.state].append(_row(entry))
    return {
        "source": found.source,
        "year": found.year,
        "requests": found.requests,
        "transferred": found.transferred,
        "not_modified": found.not_modified,
        **by_state,
        "failed": [
            {
                "what": failure.what,
                "where": failure.where,
                "cause": failure.reason,
                "period": failure.period,
                "retryable": failure.retryable,
            }
            for failure in found.failures
        ],
        "missing": [*found.failed, *found.overdue],
        "not_out_yet": list(found.expected),
        "gone_from_list": list(found.gone),
        "warnings": list(found.warnings),
        "list_failed": found.list_failed,
        "failed_months": list(found.failed_months),
        "to_retry": list(found.to_retry),
    }


def _row(entry: Taken) -> dict[str, Any]:
    release, document, before = entry.release, entry.document, entry.before
    row: dict[str, Any] = {
        "title": release.title,
        "period": release.period.code if release.period else None,
        "issued": release.issued.isoformat() if release.issued else None,
        "address": release.address,
        "sha256": document.sha256,
        "bytes": document.size,
    }
    if entry.state == "changed" and before is not None:
        row |= {
            "sha256_before": before.sha256,
            "bytes_before": before.size,
            "bytes_difference": document.size - before.size,
        }
    if entry.state == "same_content" and before is not None:
        row["first_address"] = before.address
    return row


def keep(space: Workspace, found: Collection, *, retried: bool) -> Path:
    """Write the summary of a collection; of one source and year the newest are kept."""
    moment = dt.datetime.now(dt.UTC)
    folder = _folder(space, found.source, found.year)
    path = folder / f"{moment:%Y%m%dT%H%M%S.%fZ}.json"
    content = {
        "finished": moment.isoformat(timespec="seconds"),
        "instance": space.settings.notice or "live publishers",
        "retry": retried,
        **summary(found),
    }
    write_atomically(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
    for old in sorted(folder.glob("*.json"))[:-_KEPT]:
        old.unlink(missing_ok=True)
    return path


def latest(space: Workspace, source: str, year: int) -> dict[str, Any] | None:
    """The summary of the last collection of a source and year; None where there is none that can be read."""
    for path in sorted(_folder(space, source, year).glob("*.json"), reverse=True):
        try:
            content = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(content, dict):
            return content
    return None


def to_retry(space: Workspace, chosen: Mapping[str, Sequence[int]]) -> list[Retry]:
    """Where the last collection had failures. A list that failed is tried as a whole."""
    found = []
    for source, years in chosen.items():
        for year in years:
            last = latest(space, source, year)
            if not last or not last.get("failed"):
                continue
            only = None if last.get("list_failed") else frozenset(last.get("to_retry", ()))
            found.append(Retry(source, year, only))
    return found


def _folder(space: Workspace, source: str, year: int) -> Path:
    return space.settings.runs / source / str(year)
