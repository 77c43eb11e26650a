"""Roles on a real PostgreSQL: the collector can do its work and no more, the reader can only read; copies of SQLite."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from prosperity.sample import Fault, SamplePublishers
from prosperity.settings import Settings
from prosperity.warehouse import Warehouse, WarehouseError
from prosperity.warehouse.roles import statements
from prosperity.warehouse.schema import metadata
from prosperity.workflow import checking, stages
from prosperity.workflow.indexing import compute_index
from prosperity.workflow.workspace import Workspace
from tests.warehouse_fixtures import Clock, figure, load, prepare

pytest_plugins = ("tests.warehouse_databases",)


@pytest.fixture
def logins(postgres_database: str) -> Iterator[dict[str, str]]:
    """Addresses of one migrated database by user: owner, collector, reader."""
    tag = uuid.uuid4().hex[:8]
    names = {kind: f"{kind}_{tag}" for kind in ("collector", "reader")}
    with Warehouse(postgres_database, clock=Clock()) as store:
        store.migrate()
        prepare(store)
        store.grant_roles(f"group_{names['collector']}", f"group_{names['reader']}")
        store.grant_roles(f"group_{names['collector']}", f"group_{names['reader']}")
    engine = create_engine(postgres_database, isolation_level="AUTOCOMMIT")
    found = {"owner": postgres_database}
    with engine.connect() as connection:
        for kind, name in names.items():
            connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'word' IN ROLE group_{name}"))
            found[kind] = (
                make_url(postgres_database).set(username=name, password="word").render_as_string(False)
            )
    yield found
    with engine.connect() as connection:
        for name in names.values():
            connection.execute(text(f"DROP OWNED BY group_{name}; DROP ROLE {name}, group_{name}"))
    engine.dispose()


#: What a collector must not be able to do: change the schema, or rewrite what was read and published.
FORBIDDEN = (
    "DROP TABLE observation",
    "TRUNCATE observation",
    "ALTER TABLE observation ADD COLUMN more integer",
    "CREATE TABLE mine (n integer)",
    "DELETE FROM reading",
    "UPDATE reading SET value = 0",
    "UPDATE evidence SET raw = ''",
    "DELETE FROM document",
    "UPDATE index_value SET value = 0",
    "UPDATE alembic_version SET version_num = '0000'",
)


def refused(address: str, statement: str) -> str:
    """The database's words for refusing a statement."""
    engine = create_engine(address)
    try:
        with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
            connection.execute(text(statement))
        return str(caught.value.orig)
    finally:
        engine.dispose()


def test_the_collector_does_all_its_work(logins: dict[str, str]) -> None:
    """Loading, revising, withdrawing a reading and quarantine by the collector give what the owner would have got."""
    with Warehouse(logins["collector"], clock=Clock()) as store:
        store.migrate()
        prepare(store)
        load(store, "b", figure("b", "1", "2020-07-31"))
        load(store, "c", figure("c", "2", "2020-08-31"))
        load(store, "c", figure("c", "3", "2020-08-31"))
        assert store.rebuild() == (0, 0)
        changes = [(row.known_from.isoformat(), str(row.value)) for row in store.changes()]
    assert changes == [("2020-07-31", "1"), ("2020-08-31", "3")]
    with Warehouse(logins["reader"]) as store:
        assert [(row.known_from.isoformat(), str(row.value)) for row in store.changes()] == changes
        assert store.counts() and store.releases()


def test_the_collector_cannot_drop_or_rewrite_and_the_reader_cannot_write(logins: dict[str, str]) -> None:
    for statement in FORBIDDEN:
        words = refused(logins["collector"], statement)
        assert "permission denied" in words or "must be owner" in words, statement
    for table in metadata.tables:
        for statement in (
            f"DELETE FROM {table}",
            f"DROP TABLE {table}",
            f"INSERT INTO {table} DEFAULT VALUES",
        ):
            words = refused(logins["reader"], statement)
            assert "permission denied" in words or "must be owner" in words, statement
    assert "permission denied" in refused(logins["reader"], "CREATE TABLE mine (n integer)")


def test_the_collector_does_the_workflow(logins: dict[str, str], tmp_path: Path) -> None:
    """A year collected, read and loaded, a page that changes, figures checked, an index kept: twice."""
    settings = Settings(home=tmp_path, warehouse_url=logins["collector"])
    with SamplePublishers() as publishers:
        space = Workspace(settings, hosts=publishers.hosts)
        for _ in range(2):
            stages.run_year(space, "nbs_income", 2019)
            address = next(release.address for release, _ in space.warehouse.documents("nbs_income", 2019))
            path = "/" + address.split("/", 3)[3]
            body = space.archive.get(space.warehouse.documents("nbs_income", 2019)[0][1].sha256)
            publishers.faults["www.stats.gov.cn"] = [Fault(path=path, body=body + b"<!-- mended -->")]
            space.lists.forget()
        assert checking.reconcile(space).saved.total > 0
        run = compute_index(space).run
        assert compute_index(space).run == run
        publishers.faults["www.stats.gov.cn"] = [Fault(path="/sj/zxfb/", status=404)]
        space.lists.forget()
        stages.collect_year(space, "nbs_income", 2018)
        publishers.faults.clear()
        space.lists.forget()
        stages.run_year(space, "nbs_income", 2018)
        assert space.warehouse.rejections(resolved=True)
        space.close()


def test_names_are_never_quoted() -> None:
    with pytest.raises(WarehouseError, match="lower-case"):
        statements("collector; DROP TABLE observation", "reader")


def test_sqlite_has_no_roles(tmp_path: Path) -> None:
    with (
        Warehouse(f"sqlite:///{tmp_path / 'w.sqlite'}") as store,
        pytest.raises(WarehouseError, match="PostgreSQL"),
    ):
        store.grant_roles("a", "b")


# ------------------------------------------------------------------------------------------------ copies


def test_a_copy_taken_while_others_write_is_put_back(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'w.sqlite'}"
    with Warehouse(address, clock=Clock()) as store:
        store.migrate()
        prepare(store)
        load(store, "b", figure("b", "1", "2020-07-31"))
        before = {table: store.dump(table) for table in metadata.tables}
        assert store.backup(tmp_path / "copies" / "w.sqlite") > 0
        load(store, "c", figure("c", "2", "2020-08-31"))
        assert store.dump("observation") != before["observation"]
        aside = store.restore(tmp_path / "copies" / "w.sqlite")
        assert {table: store.dump(table) for table in metadata.tables} == before
        load(store, "c", figure("c", "2", "2020-08-31"))
        after = store.dump("observation")
    with Warehouse(f"sqlite:///{aside}") as former:
        assert former.dump("observation") == after, "what was there is put aside, not lost"


def test_copies_that_are_refused(tmp_path: Path) -> None:
    with Warehouse(f"sqlite:///{tmp_path / 'w.sqlite'}") as store:
        store.migrate()
        store.backup(tmp_path / "copy.sqlite")
        with pytest.raises(WarehouseError, match="there already"):
            store.backup(tmp_path / "copy.sqlite")
        (tmp_path / "no.sqlite").write_bytes(b"SQLite format 3\x00" + b"nonsense" * 600)
        with pytest.raises(WarehouseError, match="no warehouse"):
            store.restore(tmp_path / "no.sqlite")
        with sqlite3.connect(tmp_path / "other.sqlite") as other:
            other.execute("CREATE TABLE something (n integer)")
        with pytest.raises(WarehouseError, match="no warehouse"):
            store.restore(tmp_path / "other.sqlite")
        assert store.revision() is not None, "the warehouse is as it was"
