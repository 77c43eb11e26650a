"""Values as text, and tables as CSV (RFC 4180: comma, CRLF, quotes doubled; UTF-8 without a mark).

Figures keep their printed digits. Texts are written as they are: a text that begins with = is data in a CSV file,
and a spreadsheet should be given the Excel export, where it cannot become a formula.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from prosperity.publish.export.model import Table, Value


def printed(value: Value) -> str:
    """One value as text: 9.40 stays 9.40, no exponents of decimals, ISO dates, true and false, None empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue().encode()


def csv_file(table: Table) -> bytes:
    header = [column.name for column in table.columns]
    return csv_bytes(header, ([printed(value) for value in row] for row in table.rows))
