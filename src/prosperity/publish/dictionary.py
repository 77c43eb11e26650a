"""The data dictionary: every series, table, column and code in words, as Markdown and as plain data.

What belongs here: its shape and wording. What does not: gathering (``prosperity.workflow.dictionary``); nothing
is described here that catalogue or schema do not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prosperity.warehouse.model import TableDescription


@dataclass(frozen=True)
class SourceEntry:
    id: str
    publisher_zh: str
    publisher_en: str
    title_zh: str
    title_en: str
    licence: str
    cadence: str
    address: str


@dataclass(frozen=True)
class SeriesEntry:
    """``read_at``: where it is read, one line per rule of the catalogue; empty: it is not read at present."""

    id: str
    name_zh: str
    name_en: str
    source: str
    unit: str
    unit_mult: int
    frequency: str
    kind: str
    cumulative: bool
    rate_of: str | None
    minimum: float | None
    maximum: float | None
    note: str
    read_at: tuple[str, ...]


@dataclass(frozen=True)
class FileColumn:
    name: str
    kind: str
    meaning: str
    codes: str | None


@dataclass(frozen=True)
class FileEntry:
    """One exported table."""

    name: str
    title: str
    columns: tuple[FileColumn, ...]


@dataclass(frozen=True)
class CodeEntry:
    """A code list. ``used``: the codes that the database accepts; empty: all."""

    id: str
    agency: str
    version: str
    codes: Mapping[str, str]
    used: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataDictionary:
    sources: tuple[SourceEntry, ...]
    series: tuple[SeriesEntry, ...]
    files: tuple[FileEntry, ...]
    tables: tuple[TableDescription, ...]
    codes: tuple[CodeEntry, ...]
    as_of_query: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def markdown(self) -> str:
        """The whole dictionary as one page."""
        lines = ["# Data dictionary", "", "Generated from catalogue and schema."]
        lines += _sources(self.sources)
        lines += ["", "## Series", ""]
        for entry in self.series:
            lines += _series(entry)
        lines += ["", "## Exported files"]
        for file in self.files:
            lines += _file(file)
        lines += ["", "## Database", "", _DATABASE]
        for table in self.tables:
            lines += _table(table)
        lines += ["", "### Observations as of a day", "", "```sql", self.as_of_query.rstrip(), "```"]
        lines += ["", "## Codes"]
        for code in self.codes:
            lines += _codes(code)
        return "\n".join(lines) + "\n"


_DATABASE = """\
The same tables and views on SQLite and PostgreSQL. On SQLite an exact decimal is the printed text of the number
(compare and sort it after `CAST(value AS REAL)`), a moment is UTC without a zone."""


def _sources(entries: Iterable[SourceEntry]) -> list[str]:
    rows = [
        (
            f"`{s.id}`",
            f"{s.publisher_en} / {s.publisher_zh}",
            f"{s.title_en} / {s.title_zh}",
            s.cadence,
            s.licence,
            s.address,
        )
        for s in entries
    ]
    return [
        "",
        "## Sources",
        "",
        *_grid(("id", "publisher", "title", "cadence", "licence", "address"), rows),
    ]


def _series(entry: SeriesEntry) -> list[str]:
    bounds = f"{_number(entry.minimum)} to {_number(entry.maximum)}"
    about = [
        f"source `{entry.source}`",
        f"unit {entry.unit or 'none'} × 10^{entry.unit_mult}",
        f"frequency {entry.frequency}",
        f"{entry.kind}{', from January on' if entry.cumulative else ''}",
        f"plausible {bounds}",
    ]
    if entry.rate_of:
        about.append(f"published growth rate of `{entry.rate_of}`")
    lines = [f"### `{entry.id}`", "", f"{entry.name_en} / {entry.name_zh}", "", "; ".join(about) + "."]
    if entry.note:
        lines += ["", entry.note]
    places = entry.read_at or ("not read from any document at present",)
    return [*lines, "", *(f"- {place}" for place in places), ""]


def _file(entry: FileEntry) -> list[str]:
    rows = [(f"`{c.name}`", c.kind, c.codes or "", c.meaning) for c in entry.columns]
    return [
        "",
        f"### {entry.name}",
        "",
        f"{entry.title}.",
        "",
        *_grid(("column", "type", "codes", "meaning"), rows),
    ]


def _table(entry: TableDescription) -> list[str]:
    rows = []
    for column in entry.columns:
        marks = ["key"] if column.key else []
        if entry.kind == "table" and not column.nullable and not column.key:
            marks.append("required")
        if column.references:
            marks.append(f"→ {column.references}")
        meaning = column.meaning + (f"; one of {', '.join(column.codes)}" if column.codes else "")
        rows.append((f"`{column.name}`", column.type, ", ".join(marks), meaning))
    heading = f"### {entry.kind.capitalize()} `{entry.name}`"
    return ["", heading, "", f"{entry.meaning}.", "", *_grid(("column", "type", "", "meaning"), rows)]


def _codes(entry: CodeEntry) -> list[str]:
    used = f" In use: {', '.join(entry.used)}." if entry.used else ""
    heading = f"### {entry.agency}:{entry.id}({entry.version})"
    return ["", heading, "", *([used.strip(), ""] if used else []), *_grid(("code", "name"), list(entry.codes.items()))]  # fmt: skip


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; bars and line breaks within cells are escaped."""
    return [
        "| " + " | ".join(header) + " |",
        "|" + " --- |" * len(header),
        *("| " + " | ".join(_cell(text) for text in row) + " |" for row in rows),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _number(value: float | None) -> str:
    return "any" if value is None else format(value, "g")
