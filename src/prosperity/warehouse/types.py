"""Column types that mean the same on SQLite and PostgreSQL.

What belongs here: exact decimals and moments in time. Both databases must give back exactly what was stored,
because a published figure is text before it is a number: 9.40 is not 9.4.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Numeric, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


def canonical(value: Decimal) -> str:
    """The one text of a number: all printed digits, no exponent, no negative zero.

    Raises ValueError for NaN and infinities, which no publisher prints and SQLite would turn into NULL.
    """
    if not value.is_finite():
        raise ValueError(f"not a finite number: {value}")
    return format(abs(value) if value == 0 else value, "f")


class ExactDecimal(TypeDecorator[Decimal]):
    """Decimal with its printed digits: NUMERIC on PostgreSQL (keeps the scale), canonical text on SQLite.

    SQLite's own NUMERIC is a float. As text, values must not be compared or sorted in SQL.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(asdecimal=True))
        return dialect.type_descriptor(String())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return Decimal(canonical(value)) if dialect.name == "postgresql" else canonical(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Moment(TypeDecorator[dt.datetime]):
    """A moment with its time zone, always UTC: timestamptz on PostgreSQL, UTC without zone on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
