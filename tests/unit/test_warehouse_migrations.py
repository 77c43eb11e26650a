"""From one release of the schema to the next and back, with data, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect, text

from prosperity.collect.model import Failure
from prosperity.warehouse import Warehouse
from prosperity.warehouse.migrate import HEAD
from prosperity.warehouse.schema import metadata
from tests.warehouse_fixtures import cleaned, collection, document_of, figure, load, prepare, release_of

pytest_plugins = ("tests.warehouse_databases",)

PREVIOUS = "0003"


def fill(store: Warehouse) -> None:
    """Figures, a revision, a withdrawal, a rejection, and an address that gave A, then B, then A again."""
    prepare(store)
    fault = Failure("miit", "clean", "users", "/html", "no such row")
    load(store, "x", figure("x", "5907", "2019-07-31", period="2019-05"), rejections=(fault,))
    load(store, "y", figure("y", None, "2019-08-31", period="2019-05"))
    release = release_of("a")
    for name, fetched in (("a", "2024-05-01"), ("b", "2024-05-11"), ("a", "2024-05-21")):
        found = document_of(name, f"{fetched}T01:00:00+00:00")
        store.record_collection(collection((release, found)))
        store.load(cleaned(name, figure(name, {"a": "1", "b": "2"}[name], "2019-07-31"), release=release.key))


def dumps(store: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    return {name: store.dump(name) for name in metadata.tables}


def where(index: Any) -> dict[str, str]:
    """The condition of a partial index."""
    return {name: str(option) for name, option in index["dialect_options"].items()}


def places(store: Warehouse) -> list[tuple[object, ...]]:
    """Evidence without the confidence of recognised text, which older releases do not have."""
    rows = "SELECT id, document, page, node, span_start, pointer, raw, method, extractor FROM evidence ORDER BY id"
    with store.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(rows))]


def shape(store: Warehouse) -> dict[str, Any]:
    """Tables with their columns, keys, checks and indexes, and the views."""
    inspector = inspect(store.engine)
    found: dict[str, Any] = {"views": sorted(inspector.get_view_names())}
    for table in inspector.get_table_names():
        found[table] = {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)],
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "checks": sorted((c["name"], c["sqltext"]) for c in inspector.get_check_constraints(table)),
            "references": sorted(
                (c["name"], c["constrained_columns"], c["referred_table"], c["referred_columns"])
                for c in inspector.get_foreign_keys(table)
            ),
            "indexes": sorted(
                (i["name"], i["column_names"], bool(i["unique"]), where(i))
                for i in inspector.get_indexes(table)
            ),
        }
    return found


def test_previous_release_with_data_and_back(warehouse_url: str) -> None:
    with Warehouse(warehouse_url) as store:
        fill(store)
        before, newest, evidence = dumps(store), shape(store), places(store)
        assert len(before["release_fetch"]) == 5
        store.downgrade(PREVIOUS)
        assert store.revision() == PREVIOUS
        kept = (
            "source",
            "series",
            "release",
            "document",
            "release_document",
            "reading",
            "rejection",
        )
        assert evidence
        assert places(store) == evidence
        assert {name: store.dump(name) for name in kept} == {name: before[name] for name in kept}
        # The release before did not see that A had come back.
        with store.engine.begin() as connection:
            gone = "DELETE FROM observation WHERE known_from = '2024-05-21'"
            assert connection.execute(text(gone)).rowcount == 1
        store.migrate()
        assert store.revision() == HEAD
        assert dumps(store) == before
        assert shape(store) == newest
        assert store.rebuild() == (0, 0)
        store.downgrade()
        assert store.revision() is None


def test_downgraded_schema_is_the_one_of_that_release(warehouse_url: str) -> None:
    with Warehouse(warehouse_url) as store:
        store.migrate(PREVIOUS)
        expected = shape(store)
        store.migrate()
        store.downgrade(PREVIOUS)
        assert shape(store) == expected


def test_data_that_the_new_schema_refuses_stop_the_migration_and_stay(warehouse_url: str) -> None:
    with Warehouse(warehouse_url) as store:
        store.migrate(PREVIOUS)
        bad = "INSERT INTO document VALUES ('abc', 'text/html', 1, NULL, false)"
        with store.engine.begin() as connection:
            connection.execute(text(bad))
        with pytest.raises(Exception, match="ck_document_sha256"):
            store.migrate()
        assert store.revision() == PREVIOUS
        with store.engine.begin() as connection:
            assert connection.execute(text("SELECT sha256 FROM document")).scalars().all() == ["abc"]
            broken = "INSERT INTO evidence VALUES ('e', 'nowhere', 1, 1, 1, 1, 1, '', 1, 1, '', '', '', '')"
            with pytest.raises(Exception, match=r"(?i)foreign key"):
                connection.execute(text(broken))
