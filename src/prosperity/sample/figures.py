"""The published figures that the sample documents are rebuilt from, with where each was read.

What belongs here: looking figures up. What does not: choosing them (``build_data``) or wording them.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType

PACKAGE = Path(__file__).resolve().parent
DATA = PACKAGE / "data"


@dataclass(frozen=True)
class Row:
    """One published figure as read: ``value`` as printed, in ``unit`` (multiplier included, e.g. 亿元).

    ``series`` and ``period`` are the catalogue's (SDMX TIME_PERIOD); ``base`` is the period a change refers
    to, or the edition for the published index. ``published`` is the date of issue as far as it is known.
    ``vintage`` is empty for the first release, else the revision it belongs to (revised_2020, after the fourth
    economic census; revised_2022-04; revised_2026, after the fifth; database_2026, as the data site shows it).
    """

    series: str
    period: str
    vintage: str
    value: str
    unit: str
    base: str
    published: str
    source_url: str
    confidence: str
    note: str

    @property
    def number(self) -> Decimal:
        return Decimal(self.value)

    @property
    def published_day(self) -> dt.date | None:
        return dt.date.fromisoformat(self.published) if len(self.published) == 10 else None


def time_period(text: str) -> str:
    """TIME_PERIOD of a period in the data files: ``2021-01..2021-06`` → 2021-06, ``2020-H1`` → 2020-S1."""
    last = text.rsplit("..", 1)[-1].strip()
    return re.sub(r"-H([12])$", r"-S\1", last)


@cache
def figures() -> Mapping[tuple[str, str], tuple[Row, ...]]:
    """Every served figure by (series, period); more than one row where vintages or editions of the index differ."""
    found: dict[tuple[str, str], tuple[Row, ...]] = {}
    for name in ("figures.csv", "further.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as stream:
            for record in csv.DictReader(stream):
                row = Row(**record)
                found[row.series, row.period] = (*found.get((row.series, row.period), ()), row)
    return MappingProxyType(found)


def figure(series: str, period: str, vintage: str = "") -> Row | None:
    """The figure of a series, period and vintage, or None where none is known: then nothing may be printed."""
    rows = figures().get((series, period), ())
    return next((row for row in rows if row.vintage == vintage), None)


def value(series: str, period: str, vintage: str = "") -> str | None:
    row = figure(series, period, vintage)
    return row.value if row else None


def periods(prefix: str, vintage: str = "") -> list[str]:
    """Periods for which any series with this prefix has a figure of that vintage, in order."""
    return sorted(
        {
            period
            for (series, period), rows in figures().items()
            if series.startswith(prefix) and any(row.vintage == vintage for row in rows)
        }
    )


def provenance(series: str, period: str) -> list[Row]:
    """Where the sample's figure comes from: original address, reading and confidence. Empty if not a sample
    figure.

    ``period`` is a TIME_PERIOD; the data files' own notation (``2021-01..2021-06``, ``2020-H1``) is
    understood too.

    The collection names some rates otherwise (``_growth``, or beside the change on the quarter before), and stocks of
    quarterly series by their month.
    """
    code = time_period(period)
    level = series.removesuffix("_yoy")
    names = (series,) if level == series else (series, f"{level}_growth", f"{level}_qoq_yoy")
    year, quarter, number = code.partition("-Q")
    codes = (code, f"{year}-{3 * int(number):02d}") if quarter else (code,)
    found = (figures().get((name, when)) for name in names for when in codes)
    return list(next((rows for rows in found if rows), ()))
