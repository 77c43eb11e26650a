"""Bringing a database to a state of the schema: Alembic, driven from Python, scripts inside the package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.schema import SetColumnComment, SetTableComment

from prosperity.warehouse import schema, views
from prosperity.warehouse.engine import read, write

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).with_name("migrations")

#: The newest migration; a test compares it with the scripts.
HEAD = "0003"


def upgrade(engine: Engine, revision: str) -> None:
    # Every process asks for this on opening: neither a write lock nor Alembic where there is nothing to do.
    if revision == "head" and current(engine) == HEAD:
        return
    from alembic import command

    def step(config: Config) -> None:
        command.upgrade(config, revision)
        if revision == "head":
            _comment(config.attributes["connection"])

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

    with write(engine, "migration") as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        step(config)
