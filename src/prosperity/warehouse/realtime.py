"""Vintages of series for analysis, in the idiom of ALFRED: pandas objects over the list of changes.

What belongs here: reshaping. What does not: SQL, and exact decimals (``Warehouse.observations`` gives them;
here values are floats). Every function takes the id of a series or several ids, and a warehouse (a
``Warehouse``, its address, or nothing for the one of the settings), or in place of the ids a frame of changes,
as ``load_snapshots`` and ``all_releases`` return it. Of one series results are by period, of several (a list
of ids, or a frame that holds several) by series and period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from prosperity.warehouse.model import StoredObservation, WarehouseError
from prosperity.warehouse.store import Warehouse

Place = Warehouse | str | None
Day = dt.date | str
Which = str | Collection[str] | pd.DataFrame

COLUMNS = (
    "series_id",
    "period",
    "known_from",
    "value",
    "known_from_basis",
    "obs_status",
    "qualifier",
    "evidence_id",
    "conflict",
)


def all_releases(series: Which, warehouse: Place = None) -> pd.DataFrame:
    """The list of changes: one row per series, period and day from which another figure was known.

    Columns as ``COLUMNS``: ``known_from`` as timestamp, ``value`` as float (NaN: withdrawn), sorted by series,
    period and day. Raises WarehouseError for an unknown series.
    """
    if isinstance(series, pd.DataFrame):
        return _checked(series)
    with opened(warehouse) as store:
        return _frame(store.changes(_known(store, series)))


def as_of(
    series: Which,
    date: Day,
    warehouse: Place = None,
    known_to_us: dt.date | dt.datetime | None = None,
) -> pd.DataFrame:
    """What the world knew on ``date``: exactly one row per period (of several series: per series and period).

    ``known_from_basis`` marks dates that are estimated. ``known_to_us`` limits our own knowledge besides:
    only what was loaded by then is used (not possible with a frame).
    """
    day = pd.Timestamp(date)
    if isinstance(series, pd.DataFrame):
        if known_to_us is not None:
            raise WarehouseError("known_to_us needs a warehouse: a frame does not say when it was loaded")
        changes = _checked(series)
        return _indexed(_last(changes[changes["known_from"] <= day]), series)
    with opened(warehouse) as store:
        return _indexed(_frame(store.as_of(_known(store, series), day.date(), known_to_us)), series)


def first_release(series: Which, warehouse: Place = None) -> pd.Series[float]:
    """By period the first figure that was published."""
    changes = all_releases(series, warehouse)
    return _indexed(changes.groupby(_keys(changes), sort=True).head(1), series)["value"]


def latest(series: Which, warehouse: Place = None) -> pd.Series[float]:
    """By period the figure that holds now; NaN where it was withdrawn."""
    if isinstance(series, pd.DataFrame):
        return _indexed(_last(_checked(series)), series)["value"]
    with opened(warehouse) as store:
        return _indexed(_frame(store.observations(_known(store, series))), series)["value"]


def vintage_dates(series: Which, warehouse: Place = None) -> list[dt.date]:
    """The days on which any figure of the series was published for the first time or changed."""
    days = all_releases(series, warehouse)["known_from"].drop_duplicates().sort_values()
    return [day.date() for day in days]


def vintages(series: Which, warehouse: Place = None) -> pd.DataFrame:
    """The real-time matrix, periods × vintage dates: what the world knew on each day (NaN: nothing)."""
    changes = all_releases(series, warehouse)
    index = "period" if _single(changes, series) else ["series_id", "period"]
    # Rows are carried forward, not values: a withdrawal is a NaN that must not be filled from before.
    numbered = changes.assign(row=np.arange(len(changes), dtype=float))
    rows = numbered.pivot(index=index, columns="known_from", values="row").sort_index().ffill(axis=1)
    values = np.append(changes["value"].to_numpy(dtype=float), np.nan)
    places = rows.fillna(len(changes)).to_numpy(dtype=int)
    return pd.DataFrame(values[places], index=rows.index, columns=rows.columns)


@contextmanager
def opened(warehouse: Place) -> Iterator[Warehouse]:
    """The warehouse meant; one that was opened here is closed again."""
    if isinstance(warehouse, Warehouse):
        yield warehouse
        return
    if warehouse is None:
        from prosperity.settings import Settings

        warehouse = Settings.from_environment().warehouse
    with Warehouse(warehouse) as store:
        yield store


def _known(store: Warehouse, series: str | Collection[str]) -> list[str]:
    names = [series] if isinstance(series, str) else list(series)
    known = store.series(names)
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise WarehouseError(f"no series {', '.join(unknown)}")
    return names


def _frame(found: Collection[StoredObservation]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "series_id": [row.series for row in found],
        "period": [row.period for row in found],
        "known_from": np.array([row.known_from for row in found], dtype="datetime64[us]"),
        "value": np.array([np.nan if row.value is None else float(row.value) for row in found], dtype=float),
        "known_from_basis": [row.known_from_basis for row in found],
        "obs_status": [row.status for row in found],
        "qualifier": [row.qualifier for row in found],
        "evidence_id": [row.evidence for row in found],
        "conflict": [row.conflict for row in found],
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))


def _single(changes: pd.DataFrame, series: Which) -> bool:
    if isinstance(series, pd.DataFrame):
        return "series_id" not in changes or changes["series_id"].nunique() <= 1
    return isinstance(series, str)


def _indexed(rows: pd.DataFrame, series: Which) -> pd.DataFrame:
    return rows.set_index("period" if _single(rows, series) else ["series_id", "period"])


def _keys(changes: pd.DataFrame) -> list[str]:
    return [name for name in ("series_id", "period") if name in changes]


def _last(changes: pd.DataFrame) -> pd.DataFrame:
    return changes.groupby(_keys(changes), sort=True).tail(1)


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    missing = {"period", "known_from", "value"} - set(frame.columns)
    if missing:
        raise WarehouseError(f"a frame of changes needs the columns {', '.join(sorted(missing))}")
    typed = frame.assign(
        known_from=pd.to_datetime(frame["known_from"]).astype("datetime64[us]"),
        value=frame["value"].astype(float),
    )
    return typed.sort_values([*_keys(typed), "known_from"], ignore_index=True)
