"""Connections: which databases are supported, how transactions begin, how writers wait for each other.

What belongs here: all that differs between SQLite and PostgreSQL. What does not: tables and their meaning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
from sqlalchemy import (
    Connection,
    Date,
    Engine,
    String,
    Subquery,
    Table,
    column,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError
from sqlalchemy.types import TypeEngine

from prosperity.warehouse.model import WarehouseError
from prosperity.warehouse.types import Moment

BUSY_SECONDS = 60  #: how long a SQLite writer waits for another one
SERIES_LOCKS = 256  #: PostgreSQL keeps all locks of all transactions in a table of limited size


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql+psycopg://…``.

    Raises WarehouseError for any other database or driver.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise WarehouseError(
            "not a database address; give sqlite:///PATH or postgresql+psycopg://…"
        ) from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(parsed)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "postgresql+psycopg":
        return create_engine(parsed, pool_pre_ping=True)
    raise WarehouseError(
        f"{parsed.drivername} is not supported: give sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE"
    )


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver's own idea of when a transaction begins would leave DDL and SELECT outside of it.
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock at once: upgrading a read lock later fails without waiting.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


@contextmanager
def write(engine: Engine, *locks: str) -> Iterator[Connection]:
    """One write transaction: all of it or nothing. ``locks`` are taken in the given order (see ``lock``)."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for name in locks:
            lock(connection, [name])
        yield connection


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the database for several queries."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    with connection, connection.begin():
        yield connection


def lock(connection: Connection, names: Iterable[str]) -> None:
    """Keep other writers of the same names out until the transaction ends.

    SQLite has one writer at a time already. On PostgreSQL the locks are taken in the order of their keys, so
    that two writers that need the same ones cannot wait for each other.
    """
    if connection.dialect.name != "postgresql":
        return
    keys = sorted({_lock_key(name) for name in names})
    if keys:
        statement = "SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"
        connection.execute(text(statement), {"keys": keys})


def lock_series(connection: Connection, names: Iterable[str]) -> None:
    """Keep other writers of these series out. Of so many names as a series has there are not locks enough."""
    lock(connection, {f"series:{crc32(name.encode()) % SERIES_LOCKS}" for name in names})


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"prosperity|{name}".encode()).digest()[:8], "big", signed=True)


def listed(connection: Connection, figures: Iterable[tuple[str, str]]) -> Subquery:
    """A relation (series, period) to join with, of any length: one bound value instead of one for each."""
    if connection.dialect.name == "postgresql":
        given = (
            "SELECT f ->> 0 AS series, f ->> 1 AS period FROM json_array_elements(CAST(:pairs AS json)) AS f"
        )
    else:
        given = (
            "SELECT json_extract(value, '$[0]') AS series, json_extract(value, '$[1]') AS period "
            "FROM json_each(:pairs)"
        )
    pairs = text(given).bindparams(pairs=json.dumps(sorted(figures)))
    return pairs.columns(column("series", String), column("period", String)).subquery("listed")


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are not there yet (IntegrityError if one is). All rows have the same columns.

    On the database's fast path: COPY on PostgreSQL, else the driver's ``executemany``. Values are converted
    column by column, past SQLAlchemy.
    """
    if not rows:
        return
    names = list(rows[0])
    quote = connection.dialect.identifier_preparer.quote
    target, columns = quote(table.name), ", ".join(quote(name) for name in names)
    values = zip(
        *(_converted(connection, table.c[name].type, [row[name] for row in rows]) for name in names),
        strict=True,
    )
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {target} ({columns}) FROM STDIN", values)
        return
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(f"INSERT INTO {target} ({columns}) VALUES ({marks})", list(values))


def _converted(connection: Connection, kind: TypeEngine[Any], values: list[Any]) -> list[Any]:
    """As the driver wants them. Days and moments repeat: each is converted once."""
    convert = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    if isinstance(kind, Date | Moment):
        once = {value: value and str(convert(value) if convert else value) for value in set(values)}
        return [once[value] for value in values]
    return values if convert is None else [convert(value) for value in values]


def _copy(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Past SQLAlchemy, whose errors are those that callers know."""
    cursor: Any = connection.connection.cursor()
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, passing over those whose key is already there. All rows have the same columns."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).on_conflict_do_nothing(), list(rows))


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    keep: frozenset[str] = frozenset(),
) -> None:
    """Insert rows; where the primary key is there already, bring all columns but ``keep`` up to date."""
    if not rows:
        return
    insert: Any = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys and name not in keep}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))
