"""Bringing a database to a state of the schema: Alembic, driven from Python, scripts inside the package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from prosperity.warehouse.engine import read, write

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).with_name("migrations")

#: The newest migration; a test compares it with the scripts.
HEAD = "0002"


def upgrade(engine: Engine, revision: str) -> None:
    # Every process asks for this on opening: neither a write lock nor Alembic where there is nothing to do.
    if revision == "head" and current(engine) == HEAD:
        return
    from alembic import command

    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    from alembic import command

    _run(engine, lambda config: command.downgrade(config, revision))


def current(engine: Engine) -> str | None:
    with read(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    """One transaction for all steps, so that an interrupted migration leaves the database as before."""
    from alembic.config import Config

    with write(engine, "migration") as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        step(config)
