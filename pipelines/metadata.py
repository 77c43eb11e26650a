"""What a person wants to see of a materialisation: counts, tables, reasons; small enough for the event log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from dagster import DataVersion, MetadataValue, TableColumn, TableRecord, TableSchema

from prosperity.collect.model import Failure

_MOST_ROWS = 50


def table(rows: Sequence[dict[str, Any]], columns: Sequence[tuple[str, str]]) -> MetadataValue:
    """A table of at most fifty rows; ``columns`` are (name, Dagster table type)."""
    schema = TableSchema(columns=[TableColumn(name, kind) for name, kind in columns])
    records = [
        TableRecord({name: _plain(row.get(name), kind) for name, kind in columns})
        for row in rows[:_MOST_ROWS]
    ]
    return MetadataValue.table(records=records, schema=schema)


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return ""
    if kind == "float":
        return float(value)
    return value if kind in ("int", "bool") else str(value)


def failures_table(failures: Iterable[Failure]) -> MetadataValue:
    return table(
        [
            {
                "what": f.what,
                "where": f.where,
                "reason": f.reason,
                "stage": f.stage,
                "can be retried": f.retryable,
            }
            for f in failures
        ],
        [
            ("what", "string"),
            ("where", "string"),
            ("reason", "string"),
            ("stage", "string"),
            ("can be retried", "bool"),
        ],
    )


def lines(entries: Sequence[str], nothing: str) -> MetadataValue:
    """A short bullet list, or the sentence that says there is nothing."""
    if not entries:
        return MetadataValue.text(nothing)
    return MetadataValue.md("\n".join(f"- {entry}" for entry in entries[:_MOST_ROWS]))


def version_of(parts: Iterable[str]) -> DataVersion:
    """The data version is a content hash: downstream automation does not run where nothing changed."""
    return DataVersion(hashlib.sha256("\x1f".join(sorted(parts)).encode()).hexdigest()[:16])
