"""Computed results: saved once, found again, never with a number that leads nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from prosperity.warehouse import (
    IndexContribution,
    IndexRun,
    IndexValue,
    NotFound,
    Warehouse,
    WarehouseError,
)
from tests.warehouse_fixtures import figure, load

pytest_plugins = ("tests.warehouse_databases",)

VALUES = (
    IndexValue("leading", "2019-Q1", None, None, 1, 3, 0.25, "too few indicators: 1 of 3"),
    IndexValue("leading", "2019-Q2", 101.25, 1.25, 3, 3, 1.0, ""),
)


def run(**more: object) -> IndexRun:
    values: dict[str, object] = {
        "spec_version": "1",
        "spec_hash": "abc",
        "as_of": dt.date(2022, 3, 31),
        "code_version": "0.1.0",
        "data_hash": "def",
        "values": VALUES,
        "parameters": {"trend": "none"},
    }
    return IndexRun(**values | more)  # type: ignore[arg-type]


def rows(store: Warehouse) -> list[int]:
    return [len(store.dump(name)) for name in ("index_run", "index_value", "index_contribution")]


def test_run_comes_back_with_values_and_contributions(warehouse: Warehouse) -> None:
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    (row,) = warehouse.observations("revenue")
    parts = (
        IndexContribution(
            "leading", "2019-Q2", "revenue", "business", 1.0, 0.6, "A", (row.evidence,), ("5907",), 0.4
        ),
        IndexContribution("leading", "2019-Q2", "trend", "trend", 0.25, 1.0, "A"),
    )
    identity = warehouse.save_run(run(contributions=parts))
    found = warehouse.run(identity)
    assert found.contributions == parts
    assert found.values == (VALUES[0], replace(VALUES[1], reason=None))
    assert (found.spec_hash, found.as_of, found.parameters) == (
        "abc",
        dt.date(2022, 3, 31),
        {"trend": "none"},
    )
    assert found.id == identity
    assert warehouse.latest_run() == found


def test_saving_an_identical_result_adds_no_row(warehouse: Warehouse) -> None:
    identity = warehouse.save_run(run())
    before = rows(warehouse)
    assert warehouse.save_run(run()) == identity
    last_bit = replace(VALUES[1], value=101.25 * (1 + 1e-15))
    assert warehouse.save_run(run(values=(last_bit, VALUES[0]))) == identity
    assert rows(warehouse) == before == [1, 2, 0]


@pytest.mark.parametrize(
    "other",
    [
        {"spec_hash": "x"},
        {"as_of": None},
        {"code_version": "x"},
        {"data_hash": "x"},
        {"parameters": {"trend": "log_linear"}},
        {"values": (VALUES[0], replace(VALUES[1], value=101.26))},
    ],
)
def test_another_result_is_another_run(warehouse: Warehouse, other: dict[str, object]) -> None:
    assert warehouse.save_run(run()) != warehouse.save_run(run(**other))
    assert rows(warehouse) == [2, 4, 0]


def test_specifications_are_kept_once_and_never_replaced(warehouse: Warehouse) -> None:
    content = {"version": "1", "groups": ["leading"], "indicators": [{"series": "revenue", "weight": 0.35}]}
    first = warehouse.save_run(run(specification=content))
    second = warehouse.save_run(run(specification=content, as_of=None))
    assert warehouse.run(first).specification == warehouse.run(second).specification == content
    assert len(warehouse.dump("index_specification")) == 1
    with pytest.raises(WarehouseError, match="specification abc is kept with another content"):
        warehouse.save_run(run(specification=content | {"version": "2"}, data_hash="other"))
    bare = warehouse.save_run(run(spec_hash="older"))
    assert warehouse.run(bare).specification == {}, "a run of before specifications were kept"


def test_latest_run_looks_from_the_latest_day(warehouse: Warehouse) -> None:
    assert warehouse.latest_run() is None
    newest = warehouse.save_run(run())
    past = warehouse.save_run(run(as_of=dt.date(2020, 1, 1)))
    assert warehouse.latest_run() == warehouse.run(newest)
    other = warehouse.save_run(run(data_hash="later"))
    assert warehouse.latest_run() == warehouse.run(other)
    assert warehouse.save_run(run()) == newest, "the data went back to what they were"
    assert warehouse.latest_run() == warehouse.run(newest)
    everything = warehouse.save_run(run(as_of=None))
    assert warehouse.latest_run() == warehouse.run(everything)
    assert warehouse.latest_run(spec_hash="nothing like it") is None
    assert {found.id for found in warehouse.runs()} == {newest, past, other, everything}


def test_runs_that_lead_nowhere_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="leading 2019-Q2: value is nan"):
        warehouse.save_run(run(values=(replace(VALUES[1], value=float("nan")),)))
    with pytest.raises(WarehouseError, match="leading 2019-Q1: a value or the reason why there is none"):
        warehouse.save_run(run(values=(replace(VALUES[0], reason=None),)))
    with pytest.raises(WarehouseError, match="a value or the reason"):
        warehouse.save_run(run(values=(replace(VALUES[1], reason="none"),)))
    part = IndexContribution("leading", "2019-Q2", "unheard_of", "business", 1.0, 0.6, "A", ("0" * 16,))
    with pytest.raises(WarehouseError, match="unknown series: unheard_of"):
        warehouse.save_run(run(contributions=(part,)))
    with pytest.raises(WarehouseError, match="1 inputs of contributions are no evidence"):
        warehouse.save_run(run(contributions=(replace(part, series="revenue"),)))
    with pytest.raises(NotFound, match="no index run nowhere"):
        warehouse.run("nowhere")
    assert rows(warehouse) == [0, 0, 0]
