"""A copy of a SQLite warehouse that is whole at one moment, while others write; and such a copy put back.

PostgreSQL has its own programs for this (``pg_dump``, ``pg_restore``), which are not wrapped here.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from prosperity.warehouse.model import WarehouseError

_BUSY_SECONDS = 60


def backup(engine: Engine, target: Path) -> int:
    """Copy the database to a new file; gives its size in bytes.

    :raises WarehouseError: where there is such a file, where the database is no SQLite file, or the copy is damaged.
    """
    source = _file(engine)
    if target.exists():
        raise WarehouseError(f"{target} is there already")
    if not source.is_file():
        raise WarehouseError(f"there is no warehouse at {source}")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".incomplete")
    try:
        with (
            closing(sqlite3.connect(source, timeout=_BUSY_SECONDS)) as old,
            closing(sqlite3.connect(draft)) as new,
        ):
            old.backup(new)
            # The copy is one file, without the log beside it that the warehouse itself has.
            new.execute("PRAGMA journal_mode = DELETE")
        check(draft)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.rename(target)
    except (OSError, sqlite3.Error) as fault:
        raise WarehouseError(f"backup to {target}: {fault}") from fault
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def restore(engine: Engine, copy: Path) -> Path | None:
    """Put a copy in the place of the warehouse; gives where the former one was put aside, None if there was none.

    Nothing may use the warehouse meanwhile. :raises WarehouseError: where the copy is damaged or no warehouse.
    """
    target = _file(engine)
    check(copy)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".incomplete")
    try:
        with (
            closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(draft)) as new,
        ):
            old.backup(new)
        aside = _put_aside(target)
        draft.rename(target)
    except (OSError, sqlite3.Error) as fault:
        raise WarehouseError(f"restore from {copy}: {fault}") from fault
    finally:
        draft.unlink(missing_ok=True)
    return aside


def check(path: Path) -> None:
    """:raises WarehouseError: where the file is missing, damaged, or no warehouse."""
    if not path.is_file():
        raise WarehouseError(f"there is no file {path}")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise WarehouseError(f"{path} is damaged: {found}")
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as fault:
        raise WarehouseError(f"{path} is no warehouse: {fault}") from fault


def _put_aside(target: Path) -> Path | None:
    """The former file with its log, which belongs to it and to no other."""
    if not target.exists():
        return None
    number = 1
    while (aside := target.with_name(f"{target.name}.before-restore-{number}")).exists():
        number += 1
    for ending in ("-wal", "-shm"):
        log = target.with_name(target.name + ending)
        if log.exists():
            log.rename(aside.with_name(aside.name + ending))
    target.rename(aside)
    return aside


def _file(engine: Engine) -> Path:
    if engine.dialect.name != "sqlite" or not engine.url.database or engine.url.database == ":memory:":
        raise WarehouseError(
            "only a SQLite warehouse is copied here; for PostgreSQL use pg_dump and pg_restore"
        )
    return Path(engine.url.database)
