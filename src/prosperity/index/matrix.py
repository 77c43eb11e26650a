"""The series × quarter matrix from which composition and first quarter of the index are chosen.

Run as ``python -m prosperity.index.matrix FIGURES.csv… --series a b --first 2015-Q1 --last 2021-Q4 [--out
M.csv]``.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pandas as pd

from prosperity.index.model import Point
from prosperity.index.quarters import end_month_of, last_month, quarter_code, quarter_ordinal

LEVEL, RATE, BOTH, INTERPOLABLE, MISSING = "L", "R", "LR", "i", "."
RATE_SUFFIX = "_yoy"  #: the series of the published growth rates of a level read from a table of figures


def series_quarter_matrix(
    points: Mapping[str, Sequence[Point]],
    series: Sequence[str],
    first: str,
    last: str,
    *,
    rates: Mapping[str, str] | None = None,
    rate_months: int = 1,
    gap: int = 1,
) -> pd.DataFrame:
    """Marks of what is known at each quarter's end; rows series in the given order, columns quarters.

    L level, R published growth rate, LR both; i: neither, but a rate of the same year within
    ``rate_months`` on both sides, or a gap of at most ``gap`` quarters between two known ones; '.' missing.
    ``rates``: the series of the growth rates of a level (default: its name with ``_yoy``).
    """
    quarters = range(quarter_ordinal(first), quarter_ordinal(last) + 1)
    rows = [
        _marks(
            {last_month(point.period_code) for point in points.get(name, ())},
            {last_month(p.period_code) for p in points.get((rates or {}).get(name, name + RATE_SUFFIX), ())},
            quarters,
            rate_months,
            gap,
        )
        for name in series
    ]
    return pd.DataFrame(
        rows, pd.Index(series, name="series"), [quarter_code(quarter) for quarter in quarters]
    )


def _marks(levels: set[int], rates: set[int], quarters: range, rate_months: int, gap: int) -> list[str]:
    ends = {month // 3 for month in levels | rates if month % 3 == 2}
    marks: list[str] = []
    for quarter in quarters:
        month = end_month_of(quarter)
        mark = (LEVEL if month in levels else "") + (RATE if month in rates else "")
        if not mark:
            interpolable = _rate_between(month, rates, rate_months) or _in_gap(quarter, ends, gap)
            mark = INTERPOLABLE if interpolable else MISSING
        marks.append(mark)
    return marks


def _rate_between(month: int, rates: set[int], months: int) -> bool:
    near = {other - month for other in rates if other // 12 == month // 12 and abs(other - month) <= months}
    return any(distance < 0 for distance in near) and any(distance > 0 for distance in near)


def _in_gap(quarter: int, ends: set[int], gap: int) -> bool:
    before = max((end for end in ends if end < quarter), default=None)
    after = min((end for end in ends if end > quarter), default=None)
    return before is not None and after is not None and after - before - 1 <= gap


def write_matrix(matrix: pd.DataFrame, path: Path) -> None:
    """Write the matrix as CSV (UTF-8, one row a series)."""
    matrix.to_csv(path, encoding="utf-8", lineterminator="\n")


def points_from_figures(paths: Sequence[Path], series: Sequence[str]) -> dict[str, list[Point]]:
    """Points of a table of published figures (one file a path; later files win), rates as ``<series>_yoy``.

    Columns read: series_code, period_end (2019-06), value, yoy_pct, published, source_url, confidence; rows
    of confidence C (suspicious) are left out. Where the day of issue is unknown, it is the last of the year
    after.
    """
    found: dict[str, dict[str, Point]] = {}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["series_code"] not in series or row["confidence"] == "C":
                    continue
                for name, text in (
                    (row["series_code"], row["value"]),
                    (row["series_code"] + RATE_SUFFIX, row["yoy_pct"]),
                ):
                    if text:
                        period = row["period_end"]
                        found.setdefault(name, {})[period] = Point(
                            period, Decimal(text), "A", row["source_url"], _issued(row["published"], period)
                        )
    return {name: [listed[period] for period in sorted(listed)] for name, listed in sorted(found.items())}


def _issued(published: str, period: str) -> dt.date:
    for form in ("%Y-%m-%d", "%Y-%m"):
        try:
            return dt.datetime.strptime(published, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return dt.date(int(period[:4]) + 1, 12, 31)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Print the series × quarter matrix of published figures.")
    parser.add_argument("figures", nargs="+", type=Path)
    parser.add_argument("--series", nargs="+", required=True)
    parser.add_argument("--first", default="2015-Q1")
    parser.add_argument("--last", default="2021-Q4")
    parser.add_argument("--rate-months", type=int, default=1)
    parser.add_argument("--gap", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    matrix = series_quarter_matrix(
        points_from_figures(options.figures, options.series),
        options.series,
        options.first,
        options.last,
        rate_months=options.rate_months,
        gap=options.gap,
    )
    print(matrix.to_string())
    if options.out is not None:
        write_matrix(matrix, options.out)


if __name__ == "__main__":
    main()
