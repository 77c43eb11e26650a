"""What the database refuses whoever writes: a row that is in order but for one thing is not inserted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DataError, IntegrityError

from prosperity.clean.model import Evidence
from prosperity.warehouse import Warehouse
from tests.warehouse_fixtures import collection, document_of, figure, load, release_of, sha

pytest_plugins = ("tests.warehouse_databases",)

#: What makes a copy of a row another row of its table.
ANOTHER: dict[str, dict[str, str]] = {
    "source": {"id": "'another'"},
    "series": {"id": "'another'"},
    "release": {"key": "'another'"},
    "release_change": {"issued": "'2019-09-09'"},
    "document": {"sha256": f"'{'0' * 64}'"},
    "release_document": {"release": "'miit|https://example.gov.cn/c.html'"},
    "release_fetch": {"fetched_at": "'2020-01-01 00:00:00'"},
    "evidence": {"id": "'another'"},
    "reading": {"id": "999", "period": "'2020-01'"},
    "observation": {"period": "'2020-01'"},
    "rejection": {"id": "'another'"},
    "index_value": {"period": "'2020-Q1'"},
    "index_contribution": {"period": "'2020-Q1'"},
    "check_result": {"period": "'2020-01'"},
}
PERIODS = (
    "2019-13",
    "2019-00",
    "2019-Q5",
    "2019-S3",
    "2019-6",
    "201x",
    "20190",
    "3019",
    "",
    "2019 ",
    "２０１９",
)

REFUSED: list[tuple[str, dict[str, str]]] = [
    # Keys that lead nowhere.
    ("series", {"source": "'nobody'"}),
    ("release", {"source": "'nobody'"}),
    ("release_change", {"release": "'nowhere'"}),
    ("release_document", {"release": "'nowhere'"}),
    ("release_document", {"document": f"'{'1' * 64}'"}),
    ("release_fetch", {"document": f"'{'1' * 64}'"}),
    ("release_fetch", {"release": "'nowhere'"}),
    ("evidence", {"document": f"'{'1' * 64}'"}),
    ("reading", {"series": "'nothing'"}),
    ("reading", {"release": "'nowhere'"}),
    ("reading", {"document": f"'{'1' * 64}'"}),
    (
        "reading",
        {"release": "'miit|https://example.gov.cn/b.html'"},
    ),  # known, but not as one of this document
    ("reading", {"evidence": "'nowhere'"}),
    ("observation", {"series_id": "'nothing'"}),
    ("observation", {"evidence_id": "'nowhere'"}),
    ("rejection", {"source": "'nobody'"}),
    ("rejection", {"release": "'nowhere'"}),
    ("index_value", {"run": "'none'"}),
    ("index_contribution", {"run": "'none'"}),
    ("check_result", {"series": "'nothing'"}),
    # Codes.
    ("series", {"frequency": "'W'"}),
    ("series", {"kind": "'wave'"}),
    ("series", {"unit_mult": "99"}),
    ("release", {"state": "'lost'"}),
    ("release", {"issued_basis": "'guess'"}),
    ("release", {"period_kind": "'week'"}),
    ("release", {"language": "'de'"}),
    ("release_change", {"issued_basis": "'guess'"}),
    ("release_change", {"previous_basis": "'guess'"}),
    ("reading", {"status": "'Z'"}),
    ("reading", {"known_from_basis": "'guess'"}),
    ("reading", {"unit_mult": "-10"}),
    ("observation", {"obs_status": "'Z'"}),
    ("observation", {"obs_status": "NULL"}),
    ("observation", {"known_from_basis": "'guess'"}),
    ("observation", {"known_from_basis": "'address'"}),
    ("rejection", {"stage": "'publish'"}),
    ("check_result", {"verdict": "'fine'"}),
    # Numbers and days.
    ("observation", {"value": "NULL"}),  # with the status of a normal figure
    ("observation", {"value": "'NaN'"}),
    ("observation", {"value": "'Infinity'"}),
    ("observation", {"value": "'many'"}),
    ("observation", {"value": "'1.2.3'"}),
    ("observation", {"value": "'1-2'"}),
    ("reading", {"value": "''"}),
    ("reading", {"value": "'NaN'"}),
    ("observation", {"known_from": "'someday'"}),
    ("observation", {"known_from": "'2019-02-30'"}),
    ("observation", {"known_from": "'infinity'"}),
    ("reading", {"known_from": "'infinity'"}),
    ("release", {"issued": "'someday'"}),
    ("release", {"period_start": "'2019-12-31'"}),
    # Places and documents.
    ("document", {"sha256": "'abc'"}),
    ("document", {"sha256": f"'{'A' * 64}'"}),
    ("document", {"size": "-1"}),
    ("evidence", {"page": "0"}),
    ("evidence", {"x0": "100", "x1": "10"}),
    ("evidence", {"span_start": "9", "span_end": "3"}),
    ("release_fetch", {"last_fetched_at": "'1999-01-01 00:00:00'"}),
    ("observation", {"evidence_id": "NULL"}),
    ("index_value", {"reason": "'a reason beside a value'"}),
    # The same again.
    ("reading", {"period": "period"}),
    ("observation", {"period": "period"}),
    # Periods.
    *((table, {"period": f"'{code}'"}) for table in ("reading", "observation") for code in PERIODS),
    *(
        (table, {"period": "'2019-13'"})
        for table in ("release", "index_value", "index_contribution", "check_result")
    ),
]


@pytest.fixture(scope="module")
def filled(warehouse_of_module: Warehouse) -> Warehouse:
    """At least one row in every table; the tests write nothing that stays."""
    store = warehouse_of_module
    place = Evidence(
        sha("a"), "5907亿元", "pdf-table", "7", page=3, bbox=(10.5, 20.25, 99.0, 30.125), span=(3, 9)
    )
    load(store, "a", figure("a", "5907", "2019-07-31", evidence=place))
    load(store, "b")
    later = release_of("a", issued=dt.date(2019, 8, 5))
    without_document = collection((release_of("c"), document_of("c")))
    store.record_collection(collection((later, document_of("a"))))
    store.record_collection(replace(without_document, documents={}))
    with store.engine.begin() as connection:
        _fill_the_rest(connection)
    return store


def _fill_the_rest(connection: Connection) -> None:
    for statement in (
        "INSERT INTO index_run VALUES ('run', '1', 'h', NULL, '1', 'd', 'r', '{}', '2024-01-01 00:00:00', "
        "'2024-01-01 00:00:00')",
        "INSERT INTO index_value VALUES ('run', 'coincident', '2019-Q1', 100, NULL, 1, 1, 1, NULL)",
        "INSERT INTO index_contribution VALUES ('run', 'coincident', '2019-Q1', 'revenue', 'business', 1, 1, 1, "
        "'A', '[]', '[]')",
        "INSERT INTO check_result VALUES ('cumulative_fall', 'r', 'revenue', '2019-06', 'latest', 'fits', 'none', "
        "'0', '[]', 'it fits', '2024-01-01 00:00:00')",
        "INSERT INTO rejection VALUES ('x', 'miit', 'clean', 'w', 'p', 'r', NULL, NULL, NULL, 2019, false, "
        "'2024-01-01 00:00:00', '2024-01-01 00:00:00', NULL)",
    ):
        connection.execute(text(statement.replace(":00", "\\:00")))


def insert(store: Warehouse, table: str, changes: Mapping[str, str]) -> None:
    """A copy of a row with other values in some columns, taken back at once."""
    columns = [column["name"] for column in inspect(store.engine).get_columns(table)]
    assert set(changes) <= set(columns)
    listed = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changes.get(name, f'"{name}"').replace(":", "\\:") for name in columns)
    with store.engine.connect() as connection:
        connection.execute(text(f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} LIMIT 1"))


@pytest.mark.parametrize("table", ANOTHER)
def test_row_in_order_is_taken(filled: Warehouse, table: str) -> None:
    insert(filled, table, ANOTHER[table])


@pytest.mark.parametrize("period", ["2019", "2019-S1", "2019-Q4", "2019-12", "1999-01"])
def test_every_form_of_a_period_is_taken(filled: Warehouse, period: str) -> None:
    insert(filled, "observation", {"period": f"'{period}'"})


@pytest.mark.parametrize("value", ["-12.50", "0.0000001", "1234567890123456789.123456789", "7"])
def test_every_form_of_a_number_is_taken(filled: Warehouse, value: str) -> None:
    insert(filled, "observation", ANOTHER["observation"] | {"value": f"{value!r}"})


@pytest.mark.parametrize(("table", "changes"), REFUSED, ids=lambda part: str(part)[:60])
def test_row_that_must_not_be_is_refused(filled: Warehouse, table: str, changes: dict[str, str]) -> None:
    with pytest.raises((IntegrityError, DataError)):
        insert(filled, table, ANOTHER[table] | changes)
