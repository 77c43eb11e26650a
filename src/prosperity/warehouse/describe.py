"""The schema in words, for the data dictionary: read from the metadata, so that it cannot fall behind."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Integer,
    String,
    Table,
)

from prosperity.warehouse import schema, views
from prosperity.warehouse.model import ColumnDescription, TableDescription
from prosperity.warehouse.types import ExactDecimal, Moment

#: The first that fits: BigInteger is an Integer.
_TYPES: tuple[tuple[type[Any], str], ...] = (
    (ExactDecimal, "exact decimal"),
    (Moment, "moment, UTC"),
    (Boolean, "true or false"),
    (BigInteger, "large integer"),
    (Integer, "integer"),
    (Float, "number"),
    (Date, "date"),
    (JSON, "JSON"),
    (String, "text"),
)
_CODE = re.compile(r"'([^']*)'")


def describe() -> list[TableDescription]:
    """All tables and views, tables in the order in which they refer to each other."""
    tables = [_described(table, "table") for table in schema.metadata.sorted_tables]
    return tables + [_described(view, "view") for view in views.metadata.sorted_tables]


def _described(table: Table, kind: Any) -> TableDescription:
    codes = _codes(table)
    columns = tuple(_column(column, codes.get(column.name, ())) for column in table.columns)
    return TableDescription(table.name, kind, table.comment or "", columns)


def _column(column: Column[Any], codes: tuple[str, ...]) -> ColumnDescription:
    return ColumnDescription(
        name=column.name,
        type=_type(column),
        meaning=column.comment or "",
        nullable=bool(column.nullable),
        key=column.primary_key,
        references=next((key.target_fullname for key in column.foreign_keys), None),
        codes=codes,
    )


def _type(column: Column[Any]) -> str:
    words = next((words for kind, words in _TYPES if isinstance(column.type, kind)), str(column.type))
    length = getattr(column.type, "length", None)
    return f"{words}, at most {length} characters" if length else words


def _codes(table: Table) -> dict[str, tuple[str, ...]]:
    """By column the values that a check lists; such a check bears the column's name."""
    return {
        column.name: tuple(_CODE.findall(str(check.sqltext)))
        for check in table.constraints
        for column in table.columns
        if isinstance(check, CheckConstraint) and str(check.sqltext).startswith(f"{column.name} IN (")
    }
