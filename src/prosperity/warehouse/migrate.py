"""Bringing a database to a state of the schema: Alembic, driven from Python, scripts inside the package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from prosperity.warehouse.engine import read, write

SCRIPTS = Path(__file__).with_name("migrations")


def upgrade(engine: Engine, revision: str) -> None:
    # Every process asks for this on opening: no write lock where there is nothing to do.
    if revision == "head" and current(engine) == ScriptDirectory(str(SCRIPTS)).get_current_head():
        return
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    _run(engine, lambda config: command.downgrade(config, revision))


def current(engine: Engine) -> str | None:
    with read(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    """One transaction for all steps, so that an interrupted migration leaves the database as before."""
    with write(engine, "migration") as connection:
        step(_config(connection))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
