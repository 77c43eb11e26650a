"""Check results in the warehouse: kept as the last run gave them, on both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from prosperity.checks.model import CheckFigure, CheckResult
from prosperity.warehouse import SavedChecks, Warehouse, WarehouseError
from tests.warehouse_fixtures import SERIES, Clock, figure, load, source

pytest_plugins = ("tests.warehouse_databases",)


def loaded(store: Warehouse) -> CheckFigure:
    """A figure whose evidence the warehouse holds."""
    read = figure("first", "9.40", "2019-07-31")
    load(store, "first", read)
    assert read.value is not None
    return CheckFigure("rate", "revenue", "2019-06", read.value, read.known_from, read.evidence.id)


def result(
    *figures: CheckFigure, period: str = "2019-06", gap: str | None = "-7.930000", **more: object
) -> CheckResult:
    made = CheckResult(
        check="rate_against_levels", rule="yoy", series="revenue", period=period, basis="first_release",
        verdict="unpaired" if gap is None else "restated", severity="none" if gap is None else "warn",
        gap=None if gap is None else Decimal(gap), figures=figures, explanation="一句话: 6951 over 5907.",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def test_results_come_back_as_they_were(warehouse: Warehouse) -> None:
    read = loaded(warehouse)
    rows = [
        result(read),
        result(read, period="2019-09", gap=None),
        result(read, basis="latest", verdict="rounding", severity="none", gap="0.1"),
    ]
    assert warehouse.save_checks(rows) == SavedChecks(total=3, added=3, removed=0)
    found = warehouse.checks()
    assert found == sorted(rows, key=lambda row: row.key)
    assert str(found[0].figures[0].value) == "9.40"
    assert found[0].figures[0].known_from == dt.date(2019, 7, 31)


def test_second_run_changes_nothing_and_another_replaces(warehouse: Warehouse) -> None:
    read = loaded(warehouse)
    rows = [result(read), result(read, period="2019-09")]
    warehouse.save_checks(rows)
    before = warehouse.dump("check_result")
    with warehouse.engine.connect() as connection:
        when = connection.execute(text("SELECT min(found_at), max(found_at) FROM check_result")).one()
    assert warehouse.save_checks(list(reversed(rows))) == SavedChecks(total=2, added=0, removed=0)
    assert warehouse.dump("check_result") == before
    with warehouse.engine.connect() as connection:
        assert connection.execute(text("SELECT min(found_at), max(found_at) FROM check_result")).one() == when
    changed = [result(read), result(read, period="2019-09", gap="3.5"), result(read, period="2019-12")]
    assert warehouse.save_checks(changed) == SavedChecks(total=3, added=2, removed=1)
    assert warehouse.save_checks([result(read)]) == SavedChecks(total=1, added=0, removed=2)
    assert warehouse.checks() == [result(read)]


def test_results_are_found_by_what_they_are(warehouse: Warehouse) -> None:
    read = loaded(warehouse)
    fall = result(
        read, check="cumulative_fall", rule="year_to_date", basis="latest", verdict="strikes", severity="note"
    )
    rows = [result(read), result(read, basis="latest"), fall, result(read, series="profit")]
    warehouse.save_checks(rows)
    assert warehouse.checks("cumulative_fall") == [fall]
    assert warehouse.checks(severity="note") == [fall]
    assert warehouse.checks(basis="latest") == [fall, result(read, basis="latest")]
    assert warehouse.checks(series="profit") == [result(read, series="profit")]
    assert warehouse.checks(series=["users"]) == []


def test_what_cannot_be_vouched_for_is_refused_as_a_whole(warehouse: Warehouse) -> None:
    read = loaded(warehouse)
    warehouse.save_checks([result(read)])
    for rows, message in (
        ([result(read), result(read, gap="1")], "two results of rate_against_levels yoy revenue 2019-06"),
        ([result(read, series="nowhere")], "checks of unknown series: nowhere"),
        ([result(replace(read, evidence="0" * 16))], "evidence that is not here: 0000000000000000"),
    ):
        with pytest.raises(WarehouseError, match=message):
            warehouse.save_checks(rows)
    assert warehouse.checks() == [result(read)]


def test_the_database_itself_refuses_codes_it_does_not_know(warehouse: Warehouse) -> None:
    read = loaded(warehouse)
    for wrong in (
        result(read, verdict="fine"),
        result(read, basis="newest"),
        result(read, severity="fatal"),
        result(read, check="other"),
        result(read, period="Jun"),
        result(read, verdict="unpaired"),
    ):
        with pytest.raises(IntegrityError):
            warehouse.save_checks([wrong])
    assert warehouse.checks() == []


def test_the_migration_goes_up_and_down_with_data(warehouse_url: str) -> None:
    """To the release before these checks, with figures in it: they are the same after the way down and up."""
    with Warehouse(warehouse_url, clock=Clock()) as store:
        store.migrate()
        store.record_catalogue([source("miit"), source("nbs")], SERIES)
        read = loaded(store)
        before = store.dump("observation")
        assert len(before) == 1
        store.save_checks([result(read)])
        store.downgrade("0001")
        assert "check_result" not in inspect(store.engine).get_table_names()
        assert store.dump("observation") == before
        store.migrate()
        assert store.checks() == [] and store.dump("observation") == before
        assert store.save_checks([result(read)]).added == 1
