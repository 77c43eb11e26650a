"""What a person wants to see of a materialisation: counts, tables, reasons; small enough for the event log."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from dagster import DataVersion, MetadataValue, TableColumn, TableRecord, TableSchema

from prosperity.collect.model import Failure

_MOST_ROWS = 50
#: An event log is no archive of pictures.
_MOST_PICTURE_BYTES = 120_000


def table(rows: Sequence[dict[str, Any]], most: int = _MOST_ROWS) -> MetadataValue:
    """Rows with the same keys as a table of at most ``most`` rows; the first row's values give the column types."""
    if not rows:
        return MetadataValue.text("none")
    kinds = {name: _KINDS.get(type(value), "string") for name, value in rows[0].items()}
    schema = TableSchema(columns=[TableColumn(name, kind) for name, kind in kinds.items()])
    records = [
        TableRecord({name: _plain(value, kinds[name]) for name, value in row.items()}) for row in rows[:most]
    ]
    return MetadataValue.table(records=records, schema=schema)


def wordy(rows: Sequence[Any], last: int = _MOST_ROWS) -> MetadataValue:
    """Dataclass rows of which a column may hold a number or nothing: the last ones, whole numbers as words."""
    listed = [
        {name: value if isinstance(value, float | str) else "" if value is None else str(value)
         for name, value in vars(row).items()}
        for row in rows
    ]  # fmt: skip
    return table([{name: _plain(value, "string") for name, value in row.items()} for row in listed[-last:]])


_KINDS = {int: "int", bool: "bool"}


def _plain(value: Any, kind: str) -> Any:
    if kind != "string":
        return value
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "" if value is None else str(value)


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
        ]
    )


def lines(entries: Sequence[str], nothing: str) -> MetadataValue:
    """A short bullet list, or the sentence that says there is nothing."""
    if not entries:
        return MetadataValue.text(nothing)
    return MetadataValue.md("\n".join(f"- {entry}" for entry in entries[:_MOST_ROWS]))


def row_count(rows: int) -> dict[str, Any]:
    """The rows of one partition, under the name by which the UI draws them over time."""
    return {"dagster/partition_row_count": rows}


def row_count_all(rows: int) -> dict[str, Any]:
    """The same for an asset without partitions."""
    return {"dagster/row_count": rows}


def picture_of(image: bytes, words: str) -> str:
    """A PNG as markdown that carries it inline; '' where it is too large for an event log."""
    if len(image) > _MOST_PICTURE_BYTES:
        return ""
    safe = words.replace("[", "(").replace("]", ")").replace("\n", " ")
    return f"![{safe}](data:image/png;base64,{base64.b64encode(image).decode()})"


def version_of(parts: Iterable[str]) -> DataVersion:
    """The data version is a content hash: downstream automation does not run where nothing changed."""
    return DataVersion(hashlib.sha256("\x1f".join(sorted(parts)).encode()).hexdigest()[:16])
