"""Chinese New Year as a regressor for monthly series.

``new_year.csv`` holds the first day of the first lunar month, 1950–2050, Beijing time; computed with the
package lunardate 0.3.0, and equal to the package holidays 0.109 for all 101 years (both are checks made
when the table was written, not dependencies). Form of the regressor: Lin and Liu (2002), as in the Census
Bureau's program genhol.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np

from prosperity.index.frames import Floats
from prosperity.index.model import IndexInputError

Window = tuple[int, int]  #: first and last day, counted from New Year's day (0)


@cache
def new_year_dates() -> tuple[dt.date, ...]:
    """First days of the lunar years 1950 to 2050."""
    text = files("prosperity.index").joinpath("new_year.csv").read_text(encoding="ascii")
    return tuple(dt.date.fromisoformat(row["date"]) for row in csv.DictReader(text.splitlines()))


def new_year_regressor(
    first: int, count: int, window: Window, dates: Sequence[dt.date] | None = None
) -> Floats:
    """Share of the window that falls in each month, less the mean of its calendar month over all ``dates``.

    ``first``: ordinal of the first month (12 × year + month − 1); ``count`` months. Centring by calendar
    month leaves the mean effect of New Year to the season. Raises IndexInputError for months of years that
    ``dates`` (default the table) does not cover, and for a window that ends before it begins.
    """
    begin, end = window
    if end < begin:
        raise IndexInputError(f"a window in days runs from first to last, not from {begin} to {end}")
    known = tuple(dates) if dates is not None else new_year_dates()
    years = {date.year for date in known}
    for year in (first // 12, (first + count - 1) // 12):
        if year not in years:
            raise IndexInputError(
                f"no date of Chinese New Year {year}: the table covers {min(years)}–{max(years)}"
            )
    shares: dict[int, float] = {}
    means = np.zeros(12)
    for date in known:
        for offset in range(begin, end + 1):
            day = date + dt.timedelta(days=offset)
            month = 12 * day.year + day.month - 1
            shares[month] = shares.get(month, 0.0) + 1 / (end - begin + 1)
    for month, share in sorted(shares.items()):
        means[month % 12] += share / len(known)
    return np.array([shares.get(month, 0.0) - means[month % 12] for month in range(first, first + count)])
