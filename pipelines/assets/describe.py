"""What the UI says of a source's assets before anything is run: words, kinds, columns and where columns come from.

All of it follows from the catalogue and from the warehouse's own description of its tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from dagster import (
    AssetKey,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
)

from pipelines.metadata import table
from prosperity.catalogue import Catalogue, Source
from prosperity.warehouse.describe import describe as tables_in_words
from prosperity.workflow.reading import documents_version, observations_version, tables_version

#: Who answers for what is made of all sources together.
OWNER = "team:data-engineering"
_KINDS = {
    "documents": {"http", "python"},
    "tables": {"pdfplumber", "python"},
    "observations": {"pandas", "python"},
    "loaded": {"sqlalchemy", "sql"},
}
_WHAT = {
    "documents": "Releases found in the publisher's list, and their documents in the archive.",
    "tables": "Tables and statements read from the documents, each with the place it was read from.",
    "observations": "Observations with unit, period, status and evidence, as the catalogue maps them; the rest is rejected with its reason.",
    "loaded": "Readings, evidence and the bitemporal list of changes in the warehouse; one transaction per release.",
}
#: The checks of each step, with what they say when they pass.
CHECKS: dict[str, dict[str, str]] = {
    "documents": {"complete": "Every release of the calendar is found, due later, or never published."},
    "tables": {
        "readable": "Every document could be read within its limits.",
        "layout": "Tables look as in the last good document: nothing moved, renamed, new or gone.",
    },
    "observations": {
        "nothing_rejected": "No figure or table had to be rejected.",
        "evidence": "Every observation leads to its place in a document.",
        "coverage": "Every series that the year before had is found again.",
    },
    "loaded": {"against_last_run": "No fewer figures than the last run of the same year loaded."},
}
_TABLE_COLUMNS = (
    ("document", "string", "hash of the archived document (SHA-256)"),
    ("page", "int", "page of a PDF"),
    ("caption", "string", "caption of the table, or the sentence's heading"),
    ("header", "string", "words of the column's header"),
    ("label", "string", "words of the row's label"),
    ("text", "string", "the cell or the figure in its sentence, as printed"),
    ("place", "string", "box on the page, node path or pointer"),
)
#: Columns of the step before that a column is made from.
_LINEAGE: dict[str, dict[str, tuple[str, ...]]] = {
    "tables": {"document": ("sha256",), "text": ("sha256",), "place": ("sha256",)},
    "observations": {
        "series": ("caption", "header", "label"),
        "period": ("caption", "header"),
        "value": ("text",),
        "unit": ("caption", "header"),
        "evidence": ("document", "page", "place"),
    },
    "loaded": {
        "series": ("series",),
        "period": ("period",),
        "value": ("value",),
        "known_from": ("known_from",),
        "evidence": ("evidence",),
    },
}
_OBSERVATION_COLUMNS = (
    ("series", "string", "series of the catalogue"),
    ("period", "string", "TIME_PERIOD: 2016-Q1, 2019-06"),
    ("value", "decimal", "in the unit in which the catalogue keeps the series"),
    ("unit", "string", "base unit"),
    ("known_from", "date", "date of issue"),
    ("evidence", "string", "place it was read from"),
)


def kinds(step: str) -> set[str]:
    return _KINDS[step]


def describe(source: Source, step: str) -> str:
    """Words of a step of a source: what it holds, whose it is, when it comes out."""
    calendar = source.calendar
    return "\n\n".join(
        (
            _WHAT[step],
            f"**{source.title.en} · {source.title.zh}** ({source.cadence})",
            f"{source.publisher.en} · {source.publisher.zh}",
            f"Usually {calendar.expected_days} days after the end of the period, overdue after {calendar.latest_days}. {source.licence}.",
        )
    )


def code_version(catalogue: Catalogue, source: Source, step: str) -> str:
    """Changes with what the catalogue says about this step of this source, and with nothing else."""
    if step == "documents":
        return documents_version(source)
    if step == "tables":
        return tables_version(source)
    return observations_version(catalogue, source)


def spec_metadata(catalogue: Catalogue, source: Source, step: str) -> dict[str, Any]:
    """Columns, their origin, and the series or lists concerned."""
    found: dict[str, Any] = {"dagster/column_schema": schema(step), **lineage(source.id, step)}
    if step == "loaded":
        found["dagster/table_name"] = "observation"
    if step == "documents":
        lists = dict.fromkeys(source.base + entry.list_address for entry in source.discovery)
        found["publisher's list"] = MetadataValue.url(next(iter(lists)))
    if step in ("observations", "loaded"):
        own = [series for series in catalogue.series.values() if source.id in series.sources]
        found["series"] = table(
            [
                {"series": s.id, "name": s.name.en, "名称": s.name.zh, "unit": s.unit, "kind": s.kind}
                for s in own
            ],
            most=200,
        )
    return found


@cache
def schema(step: str) -> TableSchema:
    """The columns of a step: those of the warehouse from its own description."""
    if step == "tables":
        return _columns(_TABLE_COLUMNS)
    if step == "observations":
        return _columns(_OBSERVATION_COLUMNS)
    return warehouse_schema("document" if step == "documents" else "observation")


@cache
def warehouse_schema(name: str) -> TableSchema:
    """A table of the warehouse, column by column, as the data dictionary describes it."""
    found = next(entry for entry in tables_in_words() if entry.name == name)
    columns = [
        TableColumn(
            column.name,
            column.type,
            column.meaning or None,
            TableColumnConstraints(nullable=column.nullable, unique=False),
        )
        for column in found.columns
    ]
    return TableSchema(columns=columns)


def _columns(listed: tuple[tuple[str, str, str], ...]) -> TableSchema:
    return TableSchema(columns=[TableColumn(name, kind, words) for name, kind, words in listed])


INDICATOR_COLUMNS = TableSchema(
    columns=[
        TableColumn("group", "string", "leading, coincident or lagging"),
        TableColumn("series", "string", "series of the catalogue that the indicator is made of"),
        TableColumn("quarter", "string", "2016-Q1"),
        TableColumn("value", "float", "level after decumulation, chaining and adjustment"),
        TableColumn("status", "string", "A as observed, I interpolated, E derived"),
        TableColumn("inputs", "int", "observations it was made from"),
    ]
)


def from_columns(made: str, origins: Iterable[AssetKey], column: str) -> dict[str, TableColumnLineage]:
    """Metadata entry: the column ``made`` comes from the column ``column`` of each of the origins."""
    deps = [TableColumnDep(origin, column) for origin in origins]
    return {"dagster/column_lineage": TableColumnLineage({made: deps})}


def lineage(source_id: str, step: str) -> dict[str, TableColumnLineage]:
    """Metadata entry that leads each column to those of the step before; none for the first step."""
    columns = _LINEAGE.get(step)
    if columns is None:
        return {}
    before = {"tables": "documents", "observations": "tables", "loaded": "observations"}[step]
    origin = AssetKey([source_id, before])
    return {
        "dagster/column_lineage": TableColumnLineage(
            {name: [TableColumnDep(origin, of) for of in origins] for name, origins in columns.items()}
        )
    }
