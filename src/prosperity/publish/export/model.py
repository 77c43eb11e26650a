"""What an export consists of: tables with described columns, and what they are drawn from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from prosperity.catalogue.model import Series, Source
from prosperity.publish.dictionary import DataDictionary

Format = Literal["csv", "parquet", "xlsx", "sdmx-csv"]
FORMATS: tuple[Format, ...] = ("csv", "parquet", "xlsx", "sdmx-csv")

Kind = Literal["text", "decimal", "integer", "number", "date", "boolean", "period"]
Role = Literal["dimension", "measure", "attribute"]
Value = str | Decimal | int | float | bool | dt.date | None


class ExportError(Exception):
    """An export that cannot be made; the message names the cause."""


@dataclass(frozen=True)
class Column:
    """One column. ``decimal`` keeps printed digits, ``number`` is a computed float.

    ``codes`` names the code list of ``codes`` that its values are from. ``role``: its part in the SDMX data
    structure, where it is called ``sdmx``; None: it stands in a code list there and has no column.
    """

    name: str
    kind: Kind
    meaning: str
    role: Role | None = "attribute"
    codes: str | None = None
    concept: str | None = None
    required: bool = False

    @property
    def sdmx(self) -> str:
        return self.concept or self.name.upper()


@dataclass(frozen=True)
class Table:
    """Rows in the order in which they are written; ``key``: the columns that identify a row."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    key: tuple[str, ...]

    def column(self, name: str) -> int:
        """Number of the column of that name."""
        return [column.name for column in self.columns].index(name)


@dataclass(frozen=True)
class Selection:
    """What was asked for. ``as_of`` None: all that is known; ``series`` empty: all."""

    as_of: dt.date | None = None
    series: tuple[str, ...] = ()
    vintages: bool = False


@dataclass(frozen=True)
class Bundle:
    """Everything an export says. ``notice`` is shown wherever the figures are, where they are of samples."""

    selection: Selection
    tables: tuple[Table, ...]
    series: Mapping[str, Series]
    sources: Mapping[str, Source]  #: of the exported series only
    dictionary: DataDictionary
    code_version: str
    notice: str = ""
    run: str | None = None  #: of the index values


@dataclass(frozen=True)
class Exported:
    """What was written: rows by table, and the files with their sha256."""

    folder: Path
    rows: Mapping[str, int]
    files: Mapping[str, str] = field(default_factory=dict)
