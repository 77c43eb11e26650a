"""Tables as Parquet: exact decimals, dates as dates, meanings and notice in the file's own metadata.

A decimal column has one scale, that of its longest value; ``DECIMALS`` says how many digits were printed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from prosperity.publish.export.model import Column, ExportError, Table, Value
from prosperity.publish.export.tables import decimals

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST = 76  #: digits of the longest decimal type


def parquet_file(table: Table, notes: dict[str, str]) -> bytes:
    """``notes`` become key-value metadata. :raises ExportError: for a figure of more than 76 digits."""
    import pyarrow as pa
    from pyarrow import parquet

    fields, arrays = [], []
    for number, column in enumerate(table.columns):
        values = [row[number] for row in table.rows]
        kind = _type(column, values)
        fields.append(pa.field(column.name, kind, metadata={"meaning": column.meaning}))
        arrays.append(pa.array(values, kind))
    made = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=notes))
    stream = io.BytesIO()
    parquet.write_table(made, stream, compression="zstd")
    return stream.getvalue()


def _type(column: Column, values: Iterable[Value]) -> pa.DataType:
    import pyarrow as pa

    if column.kind == "decimal":
        return _decimal([value for value in values if isinstance(value, Decimal)])
    kinds: dict[str, Any] = {
        "text": pa.string(),
        "period": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "date": pa.date32(),
        "boolean": pa.bool_(),
    }
    return kinds[column.kind]


def _decimal(values: list[Decimal]) -> pa.DataType:
    import pyarrow as pa

    scale = max((decimals(value) for value in values), default=0)
    whole = max((value.adjusted() + 1 for value in values if value), default=1)
    digits = scale + max(whole, 1)
    if digits > LARGEST:
        raise ExportError(f"a figure has {digits} digits; Parquet keeps at most {LARGEST}")
    return pa.decimal128(38, scale) if digits <= 38 else pa.decimal256(LARGEST, scale)
