"""One Excel workbook: a sheet per source, the index, the dictionary and the sources.

Every text is written as a string, so that one beginning with = + - or @ never becomes a formula. Figures are
numbers shown with their printed digits; Excel keeps 15 digits, and a longer figure is written as text.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from prosperity.publish.dictionary import DataDictionary
from prosperity.publish.export.model import Bundle, Column, ExportError, Table, Value
from prosperity.publish.export.text import printed

DIGITS = 15
LONGEST = 32767  #: characters of a cell
MOST_ROWS = 1_048_575  #: of a sheet, below the header
NAME = 31  #: characters of a sheet's name
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTHS = {"text": 24, "decimal": 12, "integer": 10, "number": 14, "date": 12, "boolean": 9, "period": 13}


def workbook(bundle: Bundle) -> bytes:
    """The workbook's bytes, the same for the same content. :raises ExportError: for more rows than a sheet holds."""
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        # Otherwise the moment of writing, and the same content would give other bytes.
        day = bundle.selection.as_of or dt.date(2000, 1, 1)
        book.set_properties(
            {
                "title": "Prosperity",
                "comments": bundle.notice,
                "created": dt.datetime.combine(day, dt.time()),
            }
        )
        writer = _Writer(book)
        for name, columns, rows in _sheets(bundle):
            writer.sheet(name, columns, rows)
    return stream.getvalue()


Sheet = tuple[str, Sequence[Column], Sequence[Sequence[Value]]]


def _sheets(bundle: Bundle) -> Iterator[Sheet]:
    for table in bundle.tables:
        if table.name == "observations":
            yield from _by_source(table)
        elif table.rows:
            yield table.name, table.columns, table.rows
    yield (
        "dictionary",
        _texts("part", "name", "type", "codes", "meaning"),
        list(_dictionary(bundle.dictionary)),
    )
    yield "sources", _texts("id", "publisher_zh", "publisher_en", "title", "licence", "address"), list(_sources(bundle))  # fmt: skip


def _by_source(table: Table) -> Iterator[Sheet]:
    place = table.column("source")
    for source in sorted({str(row[place]) for row in table.rows}):
        yield source, table.columns, [row for row in table.rows if row[place] == source]


def _texts(*names: str) -> list[Column]:
    return [Column(name, "text", "") for name in names]


def _dictionary(dictionary: DataDictionary) -> Iterator[tuple[str, ...]]:
    for entry in dictionary.series:
        meaning = f"{entry.name_en} / {entry.name_zh}. {entry.note} {'; '.join(entry.read_at)}"
        unit = f"{entry.unit} × 10^{entry.unit_mult}"
        yield "series", entry.id, unit, entry.frequency, meaning
    for file in dictionary.files:
        for column in file.columns:
            yield file.name, column.name, column.kind, column.codes or "", column.meaning
    for code in dictionary.codes:
        for value, name in code.codes.items():
            yield "code", value, "", code.id, name


def _sources(bundle: Bundle) -> Iterator[tuple[str, ...]]:
    for source in bundle.sources.values():
        title = f"{source.title.en} / {source.title.zh}"
        yield source.id, source.publisher.zh, source.publisher.en, title, source.licence, source.base
    as_of = bundle.selection.as_of
    yield ()
    yield "as of", as_of.isoformat() if as_of else "all that is known"
    if bundle.notice:
        yield "notice", bundle.notice


class _Writer:
    """Writes sheets; formats are made once each."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.shown: dict[int, Any] = {}

    def sheet(self, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> None:
        if len(rows) > MOST_ROWS:
            raise ExportError(f"sheet {name} would have {len(rows)} rows; Excel holds {MOST_ROWS}: choose series or another format")  # fmt: skip
        sheet = self.book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "_", name)[:NAME])
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(columns):
            sheet.write_string(0, number, column.name, self.head)
            sheet.set_column(number, number, WIDTHS[column.kind])
        for line, row in enumerate(rows, 1):
            self._row(sheet, line, row)

    def _row(self, sheet: Any, line: int, row: Iterable[Value]) -> None:
        for number, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(line, number, value)
            elif isinstance(value, Decimal) and len(value.as_tuple().digits) <= DIGITS:
                sheet.write_number(line, number, float(value), self._digits(printed(value)))
            elif isinstance(value, int | float):
                sheet.write_number(line, number, value)
            elif isinstance(value, dt.date):
                sheet.write_datetime(line, number, dt.datetime.combine(value, dt.time()), self.day)
            else:
                sheet.write_string(line, number, printed(value)[:LONGEST])

    def _digits(self, text: str) -> Any:
        places = len(text.partition(".")[2])
        if places not in self.shown:
            self.shown[places] = self.book.add_format({"num_format": "0." + "0" * places if places else "0"})
        return self.shown[places]
