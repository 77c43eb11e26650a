"""Bringing a database to a state of the schema: Alembic, driven from Python, scripts inside the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.schema import SetColumnComment, SetTableComment

from prosperity.warehouse import record, schema, views
from prosperity.warehouse.engine import read, write
from prosperity.warehouse.model import WarehouseError

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).with_name("migrations")

#: The newest migration; a test compares it with the scripts.
HEAD = "0006"


def upgrade(engine: Engine, revision: str) -> None:
    """To the head: the words in the database and what is derived from the readings follow the code too."""
    # Every process asks for this on opening: neither a write lock nor Alembic where there is nothing to do.
    if revision == "head" and current(engine) == HEAD:
        return
    from alembic import command

    def step(config: Config) -> None:
        command.upgrade(config, revision)
        if revision == "head":
            connection = config.attributes["connection"]
            _comment(connection)
            record.rebuild_series(connection, record.series_with_readings(connection))

    _run(engine, step)


def downgrade(engine: Engine, revision: str) -> None:
    from alembic import command

    _run(engine, lambda config: command.downgrade(config, revision))


def current(engine: Engine) -> str | None:
    with read(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _comment(connection: Connection) -> None:
    """Write the meanings of tables, views and columns into PostgreSQL's catalogue; SQLite has no comments.

    Not a migration of its own: the words follow the code, whichever migration created the columns.
    """
    if connection.dialect.name != "postgresql":
        return
    for table in schema.metadata.sorted_tables:
        connection.execute(SetTableComment(table))
        for column in table.columns:
            connection.execute(SetColumnComment(column))
    for view in views.metadata.sorted_tables:
        words = (view.comment or "").replace("'", "''")
        connection.exec_driver_sql(f"COMMENT ON VIEW {view.name} IS '{words}'")
        for column in view.columns:
            connection.execute(SetColumnComment(column))


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    """One transaction for all steps, so that an interrupted migration leaves the database as before."""
    from alembic.config import Config

    with _references_off(engine), write(engine, "migration") as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        step(config)
        _check_references(connection)


@contextmanager
def _references_off(engine: Engine) -> Iterator[None]:
    """SQLite cannot replace a table that others refer to, and switches this only outside of transactions."""
    if engine.dialect.name != "sqlite":
        yield
        return

    def off(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA foreign_keys = OFF")

    engine.dispose()  # of connections that have the setting already
    event.listen(engine, "checkout", off)
    try:
        yield
    finally:
        event.remove(engine, "checkout", off)
        engine.dispose()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        table, row, parent, _ = broken[0]
        raise WarehouseError(f"{len(broken)} references would break, e.g. {table}, row {row}, to {parent}")
