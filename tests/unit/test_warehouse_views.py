"""The read-only views, the as-of query for those who speak SQL themselves, and the meanings of all columns."""

from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from prosperity.collect.model import Failure
from prosperity.warehouse import OBSERVATIONS_AS_OF, Warehouse
from prosperity.warehouse.meanings import MEANINGS, TABLE
from prosperity.warehouse.schema import metadata
from prosperity.warehouse.views import metadata as views
from tests.warehouse_fixtures import (
    cleaned,
    collection,
    document_of,
    figure,
    history,
    load,
    prepare,
    release_of,
    sha,
)

pytest_plugins = ("tests.warehouse_databases",)

VIEWS = {"observation_validity", "latest_observations", "evidence_of", "open_rejections"}


def rows(store: Warehouse, name: str) -> list[dict[str, Any]]:
    with store.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(views.tables[name])).mappings()]


def fill(store: Warehouse) -> None:
    """June 2019: 9.40 on 31 July, revised to 9.6 on 31 August, withdrawn on 30 September; May: 8 on 31 July."""
    load(store, "a", figure("a", "9.40", "2019-07-31"), figure("a", "8", "2019-07-31", period="2019-05"))
    load(store, "b", figure("b", "9.6", "2019-08-31", qualifier="约"))
    load(store, "c", figure("c", None, "2019-09-30"))


def test_validity_is_from_one_change_to_the_next(warehouse: Warehouse) -> None:
    fill(warehouse)
    found = [
        (row["period"], str(row["known_from"]), str(row["known_until"]), str(row["value"]))
        for row in sorted(
            rows(warehouse, "observation_validity"), key=lambda r: (r["period"], r["known_from"])
        )
    ]
    assert found == [
        ("2019-05", "2019-07-31", "None", "8"),
        ("2019-06", "2019-07-31", "2019-08-31", "9.40"),
        ("2019-06", "2019-08-31", "2019-09-30", "9.6"),
        ("2019-06", "2019-09-30", "None", "None"),
    ]


@pytest.mark.parametrize(
    ("day", "june"),
    [
        ("2019-07-30", []),
        ("2019-07-31", ["9.40"]),
        ("2019-08-30", ["9.40"]),
        ("2019-08-31", ["9.6"]),
        ("2019-09-30", [None]),
        ("2030-01-01", [None]),
    ],
)
def test_as_of_query_gives_one_row_per_period(warehouse: Warehouse, day: str, june: list[str | None]) -> None:
    fill(warehouse)
    with warehouse.engine.connect() as connection:
        found = connection.execute(text(OBSERVATIONS_AS_OF), {"day": day}).mappings().all()
    values = [
        None if row["value"] is None else str(row["value"]) for row in found if row["period"] == "2019-06"
    ]
    assert values == june
    library = warehouse.as_of(None, dt.date.fromisoformat(day))
    assert [(row["series_id"], row["period"], row["evidence_id"]) for row in found] == [
        (row.series, row.period, row.evidence) for row in library
    ]


def test_as_of_query_with_the_driver_alone(tmp_path: Path) -> None:
    """As the documentation says: no SQLAlchemy needed."""
    path = tmp_path / "warehouse.sqlite"
    with Warehouse(f"sqlite:///{path}") as store:
        prepare(store)
        fill(store)
    found = sqlite3.connect(path).execute(OBSERVATIONS_AS_OF, {"day": "2019-08-31"}).fetchall()
    assert [(row[1], row[5]) for row in found] == [("2019-05", "8"), ("2019-06", "9.6")]


def test_latest_observations_name_unit_and_publisher(warehouse: Warehouse) -> None:
    fill(warehouse)
    by_period = {row["period"]: row for row in rows(warehouse, "latest_observations")}
    assert set(by_period) == {"2019-05", "2019-06"}
    may = by_period["2019-05"]
    assert (may["value"], may["unit"], may["unit_mult"]) == (Decimal(8), "元", 8)
    assert (may["publisher_en"], may["licence"]) == ("Some ministry", "public")
    assert (by_period["2019-06"]["value"], by_period["2019-06"]["obs_status"]) == (None, "M")


def test_evidence_of_leads_to_place_document_and_release(warehouse: Warehouse) -> None:
    fill(warehouse)
    found = {(row["period"], str(row["known_from"])): row for row in rows(warehouse, "evidence_of")}
    assert len(found) == 4
    first = found["2019-06", "2019-07-31"]
    assert first["document"] == sha("a")
    assert (first["node"], first["span_start"], first["raw"]) == ("/html/body/p[1]", 3, "9.40")
    assert first["release"] == release_of("a").key
    assert first["document_address"] == "https://example.gov.cn/a.html"
    assert first["sample"] is False
    assert first["fetched_at"] == dt.datetime(2024, 5, 1, tzinfo=dt.UTC)


def test_same_bytes_under_two_addresses_are_one_row(warehouse: Warehouse) -> None:
    """The reading of the day that the observation has is the one whose release is named."""
    late, early = (
        release_of("a", address="https://a.example/1"),
        release_of("a", address="https://z.example/1"),
    )
    kept = document_of("a")
    warehouse.record_collection(collection((late, kept), (early, kept)))
    warehouse.load(cleaned("a", figure("a", "9", "2019-08-31"), release=late.key))
    warehouse.load(cleaned("a", figure("a", "9", "2019-07-31"), release=early.key))
    (row,) = rows(warehouse, "evidence_of")
    assert (str(row["known_from"]), row["release"]) == ("2019-07-31", early.key)


def test_open_rejections_show_only_what_is_open(warehouse: Warehouse) -> None:
    fault = Failure("miit", "clean", "revenue 2019-06", "段落 3", "out of bounds", document=sha("a"))
    other = Failure("miit", "clean", "profit 2019-06", "段落 4", "no unit", document=sha("a"))
    load(warehouse, "a", rejections=(fault, other))
    load(warehouse, "a", rejections=(other,))
    (row,) = rows(warehouse, "open_rejections")
    assert (row["what"], row["place"], row["reason"]) == ("profit 2019-06", "段落 4", "no unit")
    assert (row["year"], row["address"]) == (2019, release_of("a").address)


@pytest.mark.parametrize("name", sorted(VIEWS))
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET source = 'nbs'"])
def test_views_are_read_only(warehouse: Warehouse, name: str, statement: str) -> None:
    fill(warehouse)
    before = history(warehouse)
    with warehouse.engine.connect() as connection, pytest.raises(DBAPIError, match=r"(?i)view|updat|delet"):
        connection.execute(text(statement.format(name)))
    assert history(warehouse) == before


def test_migration_up_and_down_keeps_the_data(warehouse_url: str) -> None:
    with Warehouse(warehouse_url) as store:
        store.migrate("0001")
        store.record_catalogue([], [])
        assert inspect(store.engine).get_view_names() == []
        prepare(store)
        fill(store)
        assert set(inspect(store.engine).get_view_names()) == VIEWS == set(views.tables)
        before = history(store)
        store.downgrade("0001")
        assert inspect(store.engine).get_view_names() == []
        assert history(store) == before
        store.migrate()
        assert len(rows(store, "evidence_of")) == len(before) == 4


def test_views_have_the_columns_that_are_documented(warehouse: Warehouse) -> None:
    inspector = inspect(warehouse.engine)
    for name, view in views.tables.items():
        assert [column["name"] for column in inspector.get_columns(name)] == view.columns.keys()


def test_every_column_has_a_meaning() -> None:
    for table in (*metadata.tables.values(), *views.tables.values()):
        assert table.comment, f"{table.name} has no meaning"
        missing = [column.name for column in table.columns if not (column.comment or "").strip()]
        assert not missing, f"{table.name}: no meaning for {', '.join(missing)}"


def test_no_meaning_without_a_column() -> None:
    for name, words in MEANINGS.items():
        assert set(words) - {TABLE} <= set(metadata.tables[name].columns.keys()), name


def test_postgresql_shows_the_meanings(postgres_database: str) -> None:
    with Warehouse(postgres_database) as store:
        store.migrate()
        inspector = inspect(store.engine)
        comments = {column["name"]: column["comment"] for column in inspector.get_columns("observation")}
        assert comments["known_from"] == "day from which the world knew this value"
        assert inspector.get_table_comment("series")["text"] == "Statistical series, from the catalogue"


def test_traced_observations_choose_as_the_library_does(warehouse: Warehouse) -> None:
    fill(warehouse)
    day = dt.date(2019, 8, 31)
    assert [found.observation for found in warehouse.traced(as_of=day)] == warehouse.as_of(None, day)
    assert [found.observation for found in warehouse.traced()] == warehouse.observations()
    assert [found.observation for found in warehouse.traced(vintages=True)] == warehouse.changes()
    until = [found.observation.known_from for found in warehouse.traced(as_of=day, vintages=True)]
    assert until == [dt.date(2019, 7, 31), dt.date(2019, 7, 31), day]
    assert warehouse.traced("profit") == []
    (june,) = (found for found in warehouse.traced("revenue", day) if found.observation.period == "2019-06")
    assert june.evidence == figure("b", "9.6", "2019-08-31").evidence
    assert (june.title, june.issued) == (release_of("b").title, dt.date(2019, 7, 31))
