"""Vintages of a series for analysis, in the idiom of ALFRED: pandas objects over the list of changes.

What belongs here: reshaping. What does not: SQL, and exact decimals (``Warehouse.observations`` gives them;
here values are floats). Every function takes the id of a series and a warehouse (a ``Warehouse``, its
address, or nothing for the one of the settings), or in place of the id a frame of changes of one series, as
``load_snapshots`` and ``all_releases`` return it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

from prosperity.warehouse.model import StoredObservation, WarehouseError
from prosperity.warehouse.store import Warehouse

Place = Warehouse | str | None
Day = dt.date | str

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


def all_releases(series: str | pd.DataFrame, warehouse: Place = None) -> pd.DataFrame:
    """The list of changes: one row per period and day from which another figure was known.

    Columns as ``COLUMNS``: ``known_from`` as timestamp, ``value`` as float (NaN: withdrawn), sorted by period
    and day. Raises WarehouseError for an unknown series.
    """
    if isinstance(series, pd.DataFrame):
        return _checked(series)
    with opened(warehouse) as store:
        found = store.changes(series)
        if not found and not store.series(series):
            raise WarehouseError(f"no series {series}")
    return _frame(found)


def as_of(
    series: str | pd.DataFrame,
    date: Day,
    warehouse: Place = None,
    known_to_us: dt.date | dt.datetime | None = None,
) -> pd.DataFrame:
    """What the world knew on ``date``: exactly one row per period, which is the index.

    ``known_from_basis`` marks dates that are estimated. ``known_to_us`` limits our own knowledge besides:
    only what was loaded by then is used (not possible with a frame).
    """
    day = pd.Timestamp(date)
    if known_to_us is None:
        changes = all_releases(series, warehouse)
        return _last(changes[changes["known_from"] <= day])
    if isinstance(series, pd.DataFrame):
        raise WarehouseError("known_to_us needs a warehouse: a frame does not say when it was loaded")
    with opened(warehouse) as store:
        return _last(_frame(store.as_of(series, day.date(), known_to_us)))


def first_release(series: str | pd.DataFrame, warehouse: Place = None) -> pd.Series[float]:
    """By period the first figure that was published."""
    return all_releases(series, warehouse).groupby("period", sort=True).head(1).set_index("period")["value"]


def latest(series: str | pd.DataFrame, warehouse: Place = None) -> pd.Series[float]:
    """By period the figure that holds now; NaN where it was withdrawn."""
    return _last(all_releases(series, warehouse))["value"]


def vintage_dates(series: str | pd.DataFrame, warehouse: Place = None) -> list[dt.date]:
    """The days on which any figure of the series was published for the first time or changed."""
    days = all_releases(series, warehouse)["known_from"].drop_duplicates().sort_values()
    return [day.date() for day in days]


def vintages(series: str | pd.DataFrame, warehouse: Place = None) -> pd.DataFrame:
    """The real-time matrix, periods × vintage dates: what the world knew on each day (NaN: nothing)."""
    changes = all_releases(series, warehouse)
    # Rows are carried forward, not values: a withdrawal is a NaN that must not be filled from before.
    numbered = changes.assign(row=np.arange(len(changes), dtype=float))
    rows = numbered.pivot(index="period", columns="known_from", values="row").sort_index().ffill(axis=1)
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


def _frame(found: Iterable[StoredObservation]) -> pd.DataFrame:
    rows = [
        (
            row.series,
            row.period,
            pd.Timestamp(row.known_from),
            float("nan") if row.value is None else float(row.value),
            row.known_from_basis,
            row.status,
            row.qualifier,
            row.evidence,
            row.conflict,
        )
        for row in found
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"known_from": "datetime64[us]", "value": float})


def _last(changes: pd.DataFrame) -> pd.DataFrame:
    return changes.groupby("period", sort=True).tail(1).set_index("period")


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    missing = {"period", "known_from", "value"} - set(frame.columns)
    if missing:
        raise WarehouseError(f"a frame of changes needs the columns {', '.join(sorted(missing))}")
    if "series_id" in frame and frame["series_id"].nunique() > 1:
        raise WarehouseError("a frame of changes of one series, please: select one series_id")
    typed = frame.assign(
        known_from=pd.to_datetime(frame["known_from"]).astype("datetime64[us]"),
        value=frame["value"].astype(float),
    )
    return typed.sort_values(["period", "known_from"], ignore_index=True)
