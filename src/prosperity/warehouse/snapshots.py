"""Snapshots of whole series, as other archives of vintages keep them, turned into lists of changes.

A snapshot is everything that stood in a table on one day; a change is what differs from the snapshot before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from prosperity.clean.model import Cleaned, Evidence, Observation
from prosperity.collect.model import Collection, Document, Release
from prosperity.warehouse.load import EXAMPLES, PERIOD_CODE
from prosperity.warehouse.model import StoredSeries, WarehouseError
from prosperity.warehouse.realtime import Place, opened
from prosperity.warehouse.store import Warehouse

NEEDED = ["series_id", "period", "known_from", "value"]
METHOD = "snapshot"


def load_snapshots(frame: pd.DataFrame, warehouse: Place = None) -> pd.DataFrame:
    """From snapshots to changes: rows whose value differs from the previous snapshot of the same period.

    ``frame`` has the columns series_id, period, known_from, value, one row per figure and snapshot; the
    result has the same columns, sorted. A value that becomes empty is a withdrawal (value empty); a period
    that a snapshot does not mention is no statement about it. Comparison is exact.

    With a ``warehouse`` every statement is loaded there besides: periods must be TIME_PERIOD codes, series
    those of the catalogue, values in their unit and multiplier. The evidence of a figure is its row in a
    document that describes the frame. Raises WarehouseError for missing columns, two values of one snapshot,
    unknown series.
    """
    snapshots = _sorted(frame)
    said = _statements(snapshots)
    before = said.groupby(["series_id", "period"])["value"].shift()
    changes = said[~_same(said["value"], before)]
    if warehouse is not None:
        with opened(warehouse) as store:
            _load(store, said)
    return changes.reset_index(drop=True)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise WarehouseError(f"snapshots need the columns {', '.join(missing)}")
    snapshots = frame[NEEDED].assign(known_from=pd.to_datetime(frame["known_from"])).drop_duplicates()
    keys = ["series_id", "period", "known_from"]
    if snapshots[keys].isna().to_numpy().any():
        raise WarehouseError("snapshots with empty series_id, period or known_from")
    twice = snapshots[snapshots.duplicated(keys)]
    if len(twice):
        series, period, day = twice.iloc[0][keys]
        raise WarehouseError(f"two values in one snapshot: {series} {period} of {day:%Y-%m-%d}")
    return snapshots.sort_values(keys, ignore_index=True)


def _statements(snapshots: pd.DataFrame) -> pd.DataFrame:
    """Without the empty values that precede a period's first figure: nothing is withdrawn by them."""
    begun = snapshots["value"].notna().groupby([snapshots["series_id"], snapshots["period"]]).cummax()
    return snapshots[begun].reset_index(drop=True)


def _same(values: pd.Series[Any], before: pd.Series[Any]) -> pd.Series[bool]:
    return (values == before) | (values.isna() & before.isna())


def _load(store: Warehouse, said: pd.DataFrame) -> None:
    """One document for the frame, one release per source of the series in it."""
    known = store.series(set(said["series_id"]))
    unknown = sorted(set(said["series_id"]) - set(known))
    if unknown:
        raise WarehouseError(f"snapshots of series that the catalogue does not know: {', '.join(unknown)}")
    content = said.to_csv(index=False).encode()
    digest = hashlib.sha256(content).hexdigest()
    now = dt.datetime.now(dt.UTC)
    for source in sorted({series.source for series in known.values()}):
        own = said[
            said["series_id"].isin([name for name, series in known.items() if series.source == source])
        ]
        release = _release(own, source, digest)
        document = Document(digest, "text/csv", len(content), release.address, now, encoding="utf-8")
        collection = Collection(source, own["known_from"].max().year, (release,), {release.key: document})
        store.record_collection(collection, complete=False)
        rows = own.itertuples(index=False)
        observations = tuple(
            _observation(row, digest, release.key, known[str(row.series_id)]) for row in rows
        )
        store.load(Cleaned(source, release.key, digest, observations))


def _release(own: pd.DataFrame, source: str, digest: str) -> Release:
    first, last = own["known_from"].min(), own["known_from"].max()
    return Release(
        source=source,
        title=f"Snapshots of {own['series_id'].nunique()} series, {first:%Y-%m-%d} to {last:%Y-%m-%d}",
        address=f"{METHOD}:{digest}",
        period=None,
        issued=last.date(),
        issued_basis="stated",
        language="en",
    )


def _observation(row: Any, digest: str, release: str, series: StoredSeries) -> Observation:
    day = row.known_from.date()
    empty = bool(pd.isna(row.value))
    place = f"{row.series_id} {row.period} {day}"
    if not PERIOD_CODE.fullmatch(str(row.period)):
        raise WarehouseError(f"{place}: {row.period!r} is no TIME_PERIOD ({EXAMPLES})")
    try:
        value = None if empty else Decimal(str(row.value))
    except InvalidOperation:
        raise WarehouseError(f"{place}: {row.value!r} is not a number") from None
    return Observation(
        series=series.id,
        period=str(row.period),
        value=value,
        unit=series.unit,
        unit_mult=series.unit_mult,
        known_from=day,
        known_from_basis="stated",
        evidence=Evidence(digest, "" if empty else str(row.value), METHOD, f"{METHOD}-1", pointer=place),
        status="M" if empty else "A",
        release=release,
    )
