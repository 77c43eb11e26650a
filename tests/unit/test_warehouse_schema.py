"""Tables and migrations, column types, addresses: the ground the rest stands on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, text

from prosperity.warehouse import Warehouse, WarehouseError
from prosperity.warehouse.migrate import HEAD, SCRIPTS
from prosperity.warehouse.schema import OBS_STATUSES, metadata
from prosperity.warehouse.types import Moment, canonical

pytest_plugins = ("tests.warehouse_databases",)

#: Promised to those who query the database: interfaces are kept stable.
PROMISED = {
    "source",
    "series",
    "release",
    "document",
    "evidence",
    "reading",
    "observation",
    "rejection",
    "index_run",
    "index_value",
    "index_contribution",
    "check_result",
}


def tables(store: Warehouse) -> set[str]:
    return set(inspect(store.engine).get_table_names()) - {"alembic_version"}


def test_migrations_lead_from_nothing_to_the_schema_and_back(warehouse_url: str) -> None:
    with Warehouse(warehouse_url) as store:
        assert store.revision() is None
        store.migrate()
        assert store.revision() == HEAD == ScriptDirectory(str(SCRIPTS)).get_current_head()
        assert tables(store) == set(metadata.tables) >= PROMISED
        with store.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
        store.migrate()
        store.downgrade()
        assert tables(store) == set()
        assert store.revision() is None
        store.migrate()
        assert tables(store) == set(metadata.tables)


def test_migrated_checks_are_those_of_the_schema(warehouse_url: str) -> None:
    """Alembic does not compare CHECK constraints: their names are compared here."""
    with Warehouse(warehouse_url) as store:
        store.migrate()
        inspector = inspect(store.engine)
        for table in metadata.tables.values():
            expected = {
                str(c.name) for c in table.constraints if c.__visit_name__.endswith("check_constraint")
            }
            found = {constraint["name"] for constraint in inspector.get_check_constraints(table.name)}
            assert found == expected, table.name


def test_interrupted_migration_leaves_nothing_behind(
    warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with Warehouse(warehouse_url) as store:
        with monkeypatch.context() as broken:
            broken.setattr(op, "create_index", fail)
            with pytest.raises(RuntimeError, match="power cut"):
                store.migrate()
        assert tables(store) == set()
        store.migrate()
        assert tables(store) == set(metadata.tables)


def test_statuses_are_official_codes(shared: Path) -> None:
    import csv

    with (shared / "vectors" / "sdmx" / "CL_OBS_STATUS.csv").open(encoding="utf-8") as file:
        official = {value for row in csv.DictReader(file) for value in row.values()}
    assert set(OBS_STATUSES) <= official


def test_sqlite_is_set_up_for_several_processes(tmp_path: Path) -> None:
    with (
        Warehouse(f"sqlite:///{tmp_path}/new/folder/w.sqlite") as store,
        store.engine.connect() as connection,
    ):
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in pragmas]
    assert found == ["wal", 1, 60000]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("mysql://root@localhost/x", "mysql is not supported: give sqlite:///PATH"),
        ("postgresql+psycopg2://localhost/x", "psycopg2 is not supported"),
        ("data/warehouse.sqlite", "not a database address"),
    ],
)
def test_other_databases_are_refused(address: str, message: str) -> None:
    with pytest.raises(WarehouseError, match=message):
        Warehouse(address)


def test_short_postgresql_address_means_psycopg_3() -> None:
    assert Warehouse("postgresql://localhost/x").engine.driver == "psycopg"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_canonical_text_is_the_number_without_exponent(value: Decimal) -> None:
    printed = canonical(value)
    assert Decimal(printed) == value
    assert "E" not in printed
    assert not (value == 0 and printed.startswith("-"))


def test_moments_need_a_time_zone() -> None:
    from sqlalchemy.dialects import sqlite

    with pytest.raises(ValueError, match="needs a time zone"):
        Moment().process_bind_param(dt.datetime(2024, 1, 1), sqlite.dialect())
    with pytest.raises(ValueError, match="not a finite number: NaN"):
        canonical(Decimal("NaN"))
