"""Connections: which databases are supported, how transactions begin, how writers wait for each other.

What belongs here: all that differs between SQLite and PostgreSQL. What does not: tables and their meaning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from prosperity.warehouse.model import WarehouseError

BUSY_SECONDS = 60  #: how long a SQLite writer waits for another one
COPY_FROM = 200  #: rows from which a temporary table and COPY are faster than single statements


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
    for key in sorted({_lock_key(name) for name in names}):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"prosperity|{name}".encode()).digest()[:8], "big", signed=True)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, passing over those whose key is already there. All rows have the same columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= COPY_FROM:
        _copy(connection, table, rows)
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).on_conflict_do_nothing(), list(rows))


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """COPY into a temporary table, then one INSERT: several times faster than executemany."""
    columns = list(rows[0])
    dialect = connection.dialect
    quote = dialect.identifier_preparer.quote
    listed = ", ".join(quote(name) for name in columns)
    incoming = quote(f"incoming_{table.name}")
    target = quote(table.name)
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {incoming} ON COMMIT DROP AS SELECT {listed} FROM {target} WITH NO DATA"
    )
    convert = [
        table.c[name].type.dialect_impl(dialect).bind_processor(dialect) or _unchanged for name in columns
    ]
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY {incoming} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([change(row[name]) for change, name in zip(convert, columns, strict=True)])
    connection.exec_driver_sql(
        f"INSERT INTO {target} ({listed}) SELECT {listed} FROM {incoming} ON CONFLICT DO NOTHING"
    )
    connection.exec_driver_sql(f"DROP TABLE {incoming}")


def _unchanged(value: Any) -> Any:
    return value


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
