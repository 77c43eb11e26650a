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
    """

    series: str
    period: str
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
    """Every served figure by (series, period); more than one row only where editions of the index differ."""
    found: dict[tuple[str, str], tuple[Row, ...]] = {}
    with (DATA / "figures.csv").open(encoding="utf-8", newline="") as stream:
        for record in csv.DictReader(stream):
            row = Row(**record)
            found[row.series, row.period] = (*found.get((row.series, row.period), ()), row)
    return MappingProxyType(found)


def figure(series: str, period: str) -> Row | None:
    """The figure of a series and period, or None where none is known: then nothing may be printed."""
    rows = figures().get((series, period), ())
    return rows[0] if rows else None


def value(series: str, period: str) -> str | None:
    row = figure(series, period)
    return row.value if row else None


def periods(prefix: str) -> list[str]:
    """Periods for which any series with this prefix has a figure, in order."""
    return sorted({period for series, period in figures() if series.startswith(prefix)})


def provenance(series: str, period: str) -> list[Row]:
    """Where the sample's figure comes from: original address, reading and confidence. Empty if not a sample
    figure.

    ``period`` is a TIME_PERIOD; the data files' own notation (``2021-01..2021-06``, ``2020-H1``) is
    understood too.
    """
    return list(figures().get((series, time_period(period)), ()))
