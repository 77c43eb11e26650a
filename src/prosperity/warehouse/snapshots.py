"""Snapshots of whole series, as other archives of vintages keep them, turned into lists of changes.

A snapshot is everything that stood in a table on one day; a change is what differs from the snapshot before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from prosperity.clean.model import Cleaned, Evidence, Observation
from prosperity.collect.model import Collection, Document, Release
from prosperity.warehouse.load import EXAMPLES, PERIOD_CODE
from prosperity.warehouse.model import StoredSeries, WarehouseError
from prosperity.warehouse.realtime import Place, opened
from prosperity.warehouse.store import Warehouse

NEEDED = ("series_id", "period", "known_from", "value")
METHOD = "snapshot"
#: Floats that agree to 15 significant digits are one decimal figure; two figures of so many differ by more.
NOISE = 5e-16


def load_snapshots(frame: pd.DataFrame, warehouse: Place = None) -> pd.DataFrame:
    """From snapshots to changes: the first value of each figure, and each that differs from the one before.

    ``frame`` has the columns series_id, period, known_from, value, in any order: one row per figure and
    snapshot (day). The result has the same columns, sorted, with the values as given. A value that becomes
    empty is a withdrawal, which is a change; empty values before the first figure are not, and a period that a
    snapshot does not mention is no statement about it. 9.4 is 9.40, and floats that differ by less than their
    15 decimal digits are equal.

    With a ``warehouse`` the changes are loaded there besides: periods must be TIME_PERIOD codes, series those
    of the catalogue, values in their unit and multiplier. The evidence of a figure is its row in a document
    that describes the changes. Raises WarehouseError, with the row, for missing or empty columns, values that
    are no numbers, days that are none, two values of one figure in one snapshot, unknown series.
    """
    changes = _changes(frame)
    if warehouse is not None:
        with opened(warehouse) as store:
            _load(store, changes)
    return changes


def _changes(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of numbers are sorted and compared as a whole, never row by row."""
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise WarehouseError(f"snapshots need the columns {', '.join(missing)}")
    if frame.columns.duplicated().any():
        raise WarehouseError("snapshots with two columns of one name")
    if frame[[*NEEDED[:3]]].isna().to_numpy().any():
        raise WarehouseError("snapshots with empty series_id, period or known_from")
    series, series_names = _coded(frame["series_id"])
    period, period_names = _coded(frame["period"])
    days = _days(frame["known_from"])
    values = _numbers(frame)

    order = np.lexsort((values, days, period, series))
    series, period, days, values = series[order], period[order], days[order], values[order]
    follows = np.zeros(len(order), dtype=bool)  # another row of the same figure stands before
    follows[1:] = (series[1:] == series[:-1]) & (period[1:] == period[:-1])
    same = np.zeros(len(order), dtype=bool)
    same[1:] = _equal(values[1:], values[:-1])
    twin = np.zeros(len(order), dtype=bool)
    twin[1:] = follows[1:] & (days[1:] == days[:-1])
    if (twin & ~same).any():
        row = int(np.flatnonzero(twin & ~same)[0])
        place = (
            f"{series_names[series[row]]} {period_names[period[row]]} of {days[row].astype('datetime64[D]')}"
        )
        raise WarehouseError(f"two values in one snapshot: {place}")
    # Nothing is withdrawn by an empty value that no figure precedes.
    change = np.where(follows, ~same, ~np.isnan(values))
    taken = order[change]
    return pd.DataFrame(
        {
            "series_id": series_names[series[change]],
            "period": period_names[period[change]],
            "known_from": days[change].astype("datetime64[us]"),
            "value": frame["value"].to_numpy()[taken],
        }
    )


def _coded(column: pd.Series[Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Numbers that sort as the texts do, and the texts."""
    codes, found = pd.factorize(column)
    names = np.array([_text(name) for name in found], dtype=object)
    texts, places = np.unique(names.astype(str), return_inverse=True)
    return places[codes], texts.astype(object)


def _text(name: Any) -> str:
    """A period of pandas as its TIME_PERIOD code, all else as it is written."""
    if isinstance(name, pd.Period):
        quarterly = name.freqstr.startswith("Q")
        return f"{name.year}-Q{name.quarter}" if quarterly else str(name)
    return str(name)


def _days(column: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """The day at the place of the clock, without its hour: each of the few different ones is read once."""
    codes, found = pd.factorize(column)
    days = np.empty(len(found), dtype="datetime64[D]")
    for place, moment in enumerate(found):
        try:
            days[place] = np.datetime64(pd.Timestamp(moment).date())
        except (ValueError, TypeError):
            raise WarehouseError(f"known_from holds what is no day: {moment!r}") from None
    taken: np.ndarray[Any, Any] = days[codes]
    return taken


def _numbers(frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The values as floats that are equal where the figures are; NaN where there is none."""
    column = frame["value"]
    if is_numeric_dtype(column) and not is_bool_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
    else:
        codes, found = pd.factorize(column.to_numpy(dtype=object))
        numbers = [_number(value) for value in found]
        wrong = [place for place, number in enumerate(numbers) if number is None]
        if wrong:
            row = frame.iloc[int(np.flatnonzero(codes == wrong[0])[0])]
            raise WarehouseError(f"{_place(row)}: {row['value']!r} is not a number")
        values = np.append(np.array(numbers, dtype=float), np.nan)[codes]
    if np.isinf(values).any():
        row = frame.iloc[int(np.flatnonzero(np.isinf(values))[0])]
        raise WarehouseError(f"{_place(row)}: {row['value']!r} is not a number")
    return values


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _place(row: Any) -> str:
    return f"{row['series_id']} {row['period']} {str(row['known_from'])[:10]}"


def _equal(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with np.errstate(invalid="ignore"):
        near = np.abs(one - other) <= NOISE * np.maximum(np.abs(one), np.abs(other))
    equal: np.ndarray[Any, Any] = near | (np.isnan(one) & np.isnan(other))
    return equal


def _load(store: Warehouse, changes: pd.DataFrame) -> None:
    """One document for the changes, one release per source of the series in it."""
    known = store.series(set(changes["series_id"]))
    unknown = sorted(set(changes["series_id"]) - set(known))
    if unknown:
        raise WarehouseError(f"snapshots of series that the catalogue does not know: {', '.join(unknown)}")
    content = changes.to_csv(index=False).encode()
    digest = hashlib.sha256(content).hexdigest()
    now = dt.datetime.now(dt.UTC)
    owners = changes["series_id"].map({name: series.source for name, series in known.items()})
    loaded = []
    for source, own in changes.groupby(owners):
        release = _release(own, str(source), digest)
        document = Document(digest, "text/csv", len(content), release.address, now, encoding="utf-8")
        rows = zip(own["series_id"], own["period"], own["known_from"], own["value"], strict=True)
        observations = tuple(
            _observation(period, day.date(), value, digest, release.key, known[name])
            for name, period, day, value in rows
        )
        collection = Collection(
            release.source, own["known_from"].max().year, (release,), {release.key: document}
        )
        loaded.append((collection, Cleaned(release.source, release.key, digest, observations)))
    for collection, cleaned in loaded:
        store.record_collection(collection, complete=False)
        store.load(cleaned)


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


def _observation(
    period: str, day: dt.date, value: Any, digest: str, release: str, series: StoredSeries
) -> Observation:
    empty = bool(pd.isna(value))
    place = f"{series.id} {period} {day}"
    if not PERIOD_CODE.fullmatch(period):
        raise WarehouseError(f"{place}: {period!r} is no TIME_PERIOD ({EXAMPLES})")
    return Observation(
        series=series.id,
        period=period,
        value=None if empty else Decimal(str(value)),
        unit=series.unit,
        unit_mult=series.unit_mult,
        known_from=day,
        known_from_basis="stated",
        evidence=Evidence(digest, "" if empty else str(value), METHOD, f"{METHOD}-1", pointer=place),
        status="M" if empty else "A",
        release=release,
    )
