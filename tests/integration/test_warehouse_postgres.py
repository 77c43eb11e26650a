"""Several processes at one warehouse, SQLite or PostgreSQL: killed in the middle, loading side by side."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from prosperity.warehouse import Warehouse
from prosperity.warehouse.schema import metadata
from tests.warehouse_fixtures import cleaned, collection, document_of, figure, load, prepare, release_of

pytest_plugins = ("tests.warehouse_databases",)

REPOSITORY = Path(__file__).resolve().parents[2]

#: Stops inside the transaction, when readings and observations are written and the rejections are due.
STOP_IN_THE_MIDDLE = """
import sys
from prosperity.warehouse import Warehouse, rejections
from tests.warehouse_fixtures import cleaned, figure

record = rejections.record

def wait(*arguments):
    print("written", flush=True)
    sys.stdin.readline()
    return record(*arguments)

rejections.record = wait
figures = [figure("b", str(n), "2020-07-31", period=f"{1950 + n // 12}-{n % 12 + 1:02d}") for n in range(600)]
Warehouse(sys.argv[1]).load(cleaned("b", *figures))
"""

#: Loads documents with a step between them; all of them speak of the same figures.
LOAD_MANY = """
import sys
from prosperity.warehouse import Warehouse
from tests.integration.test_warehouse_postgres import story
from tests.warehouse_fixtures import load

first = int(sys.argv[2])
with Warehouse(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for name, figures in story()[first::2]:
        load(store, name, *figures)
"""


def story() -> list[tuple[str, list]]:  # type: ignore[type-arg]
    """Twelve monthly documents; each repeats and revises the figures of the months before."""
    return [
        (
            f"document {issue}",
            [
                figure(
                    f"document {issue}",
                    str(100 + month + issue // 3),
                    f"2019-{issue:02d}-28",
                    period=f"2018-{month:02d}",
                    name=name,
                )
                for month in range(1, 13)
                for name in ("revenue", "profit")
            ],
        )
        for issue in range(1, 13)
    ]


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def dumps(store: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    return {name: store.dump(name) for name in metadata.tables}


def test_killed_in_the_middle_of_a_load(warehouse_url: str) -> None:
    with Warehouse(warehouse_url) as store:
        prepare(store)
        load(store, "a", figure("a", "5907", "2019-07-31"))
        store.record_collection(collection((release_of("b"), document_of("b"))), complete=False)
        before = dumps(store)
        store.close()
        process = start(STOP_IN_THE_MIDDLE, warehouse_url)
        try:
            assert line_of(process) == "written"
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert dumps(store) == before
        result = store.load(cleaned("b", figure("b", "5800", "2020-07-31")))
        assert result.observations_added == 1, "the next loader is not kept out by what the dead one held"


def test_two_processes_loading_side_by_side(warehouse_url: str, tmp_path: Path) -> None:
    with Warehouse(f"sqlite:///{tmp_path}/alone.sqlite") as alone:
        prepare(alone)
        for name, figures in story():
            load(alone, name, *figures)
        expected = dumps(alone)
    with Warehouse(warehouse_url) as store:
        prepare(store)
        processes = [start(LOAD_MANY, warehouse_url, str(first)) for first in (0, 1)]
        for process in processes:
            assert line_of(process) == "ready"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.wait(120) for process in processes] == [0, 0]
        assert dumps(store) == expected
        assert store.rebuild() == (0, 0)
        # 12 months × 2 series, changed in documents 3, 6, 9 and 12: 24 × 5.
        assert len(store.changes()) == 120


def test_loader_waits_for_another_one_of_the_same_figures(warehouse_url: str) -> None:
    """Otherwise each would derive the changes without the readings of the other."""
    with Warehouse(warehouse_url) as store:
        prepare(store)
        for name in ("b", "c"):
            store.record_collection(collection((release_of(name), document_of(name))), complete=False)
        process = start(STOP_IN_THE_MIDDLE, warehouse_url)
        assert process.stdin is not None
        assert line_of(process) == "written"
        later = cleaned("c", figure("c", "0.0", "2020-08-31", period="1950-01"))
        other = threading.Thread(target=store.load, args=(later,))
        other.start()
        other.join(1)
        assert other.is_alive(), "waits for the transaction that has the same figure in hand"
        process.stdin.write("go on\n")
        process.stdin.flush()
        assert process.wait(30) == 0
        other.join(30)
        assert not other.is_alive()
        (first,) = (row for row in store.changes("revenue") if row.period == "1950-01")
        assert first.known_from.isoformat() == "2020-07-31", "0 was known before; 0.0 is no change of it"
        assert store.rebuild() == (0, 0)


def test_two_processes_migrating_side_by_side(warehouse_url: str) -> None:
    script = "import sys; from prosperity.warehouse import Warehouse; Warehouse(sys.argv[1]).migrate()"
    processes = [start(script, warehouse_url) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]


@pytest.mark.parametrize("number", [199, 201, 1200])
def test_many_rows_by_copy_and_by_statement(warehouse: Warehouse, number: int) -> None:
    """COPY takes over from 200 rows on; texts hold all that its format gives a meaning to."""
    figures = [
        figure(
            "a",
            f"{n}.50",
            "2020-07-31",
            period=f"{1950 + n // 12 % 100}-{n % 12 + 1:02d}",
            name=("revenue", "profit")[n % 2],
            place=f'/html/body/p[{n}]\t\\N\\.\n"中文" \'',
            qualifier="约",
        )
        for n in range(number)
    ]
    result = load(warehouse, "a", *figures)
    assert result.readings_added == number
    assert result.rejections_added == 0
    assert load(warehouse, "a", *figures).readings_added == 0
    places = {row[0] for row in warehouse.dump("evidence")}
    assert places == {found.evidence.id for found in figures}
    for found in figures[:: number // 7]:
        assert warehouse.evidence(found.evidence.id) == found.evidence
        (row,) = warehouse.observations(found.series, as_of=None)[:1]
        assert row.qualifier == "约"
    values = sorted(row.value for row in warehouse.observations() if row.value is not None)
    assert {str(value)[-3:] for value in values} == {".50"}
