"""Check digits of recognised tables: figures that tell of each other must agree within rounding.

Three relations that printed tables have: parts add up to their total; a share beside a level has one base for all
rows; a growth rate beside two levels follows from them. A total that its parts do not give makes every figure of
that column doubtful, since any of them may be misread; where a share or rate fits most rows, the rows that it does
not fit are doubtful. What has no such relation is not judged here: its confidence remains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from prosperity.extract.celltext import without_blanks
from prosperity.extract.model import Cell, Table

LEAST_ROWS = 3  #: that must fit before others are doubted
SHARE_FITTING = 0.6
_NUMBER = re.compile(r"[+\-−－—]?\d[\d,]*(?:\.\d+)?[%％]?")
_LETTERS = re.compile(r"\d[OoQDIlSB|]|[OoQDIlSB|]\d|\d\.$|^\.\d|\d[.,]{2,}\d|\d一|一\d")
_TOTAL = re.compile(r"^(?:合计|总计|总额|共计|全部|总量|小计|total\b)", re.IGNORECASE)
_OF_WHICH = re.compile(r"^(?:其中|#|ofwhich)", re.IGNORECASE)
_NO_PART = re.compile(
    r"同比|环比|增长|增速|增幅|增减|涨|率|平均|人均|户均|单价|指数|growth|rate|average", re.IGNORECASE
)
_SHARE = re.compile(r"占比|比重|份额|构成|使用率|普及率|渗透率|share", re.IGNORECASE)
_GROWTH = re.compile(r"同比|增长率?|增速|增幅|growth", re.IGNORECASE)

Place = tuple[int, int]


class Figure(NamedTuple):
    """A printed number with half a unit of its last digit."""

    value: Decimal
    half: Decimal

    @property
    def low(self) -> Decimal:
        return self.value - self.half

    @property
    def high(self) -> Decimal:
        return self.value + self.half


class _Grid(NamedTuple):
    labels: dict[int, str]
    headers: dict[int, str]
    figures: dict[Place, Figure]


def doubted(table: Table) -> tuple[Table, list[str]]:
    """The table with a reason in every cell that must not be believed, and the same as warnings."""
    grid = _grid(table)
    faults: dict[Place, str] = {}
    for place, reason in (
        *_letters(table),
        *_totals(grid),
        *_totals_of_rows(grid),
        *_shares(grid),
        *_growths(grid),
    ):
        faults.setdefault(place, reason)
    cells = tuple(
        replace(cell, doubt=faults[cell.row, cell.col]) if (cell.row, cell.col) in faults else cell
        for cell in table.cells
    )
    said = [
        f"page {cell.page}, table {table.caption!r}, row {cell.row + 1}, column {cell.col + 1}: "
        f"{cell.text!r} is doubtful: {cell.doubt}"
        for cell in cells
        if cell.doubt
    ]
    return replace(table, cells=cells), said


def _grid(table: Table) -> _Grid:
    body = [cell for cell in table.cells if cell.row >= table.header_rows]
    labels = {cell.row: without_blanks(cell.text) for cell in body if cell.col == 0}
    headers: dict[int, str] = {}
    for cell in table.cells:
        if cell.row < table.header_rows:
            for column in range(cell.col, cell.col + cell.colspan):
                headers[column] = (
                    headers.get(column, "") + "\n" * (column in headers) + without_blanks(cell.text)
                )
    figures = {(c.row, c.col): f for c in body if c.col > 0 and (f := _figure(c)) is not None}
    return _Grid(labels, headers, figures)


def _figure(cell: Cell) -> Figure | None:
    text = without_blanks(cell.text)
    if not _NUMBER.fullmatch(text):
        return None
    digits = re.sub(r"[,%％+]", "", text)
    value = Decimal(re.sub(r"^[−－—]", "-", digits))
    return Figure(value, Decimal((0, (5,), int(value.as_tuple().exponent) - 1)))


def _letters(table: Table) -> Iterable[tuple[Place, str]]:
    for cell in table.cells:
        text = without_blanks(cell.text)
        bare = len(text) < 16 and not re.search(r"[\u4e00-\u9fff]", text.replace("一", ""))
        if cell.row >= table.header_rows and cell.col > 0 and bare and _LETTERS.search(text):
            yield (cell.row, cell.col), "a letter or a stray mark stands among the digits"


# ------------------------------------------------------------------------------------------------ totals


def _totals(grid: _Grid) -> list[tuple[Place, str]]:
    found = []
    for column, header in grid.headers.items():
        if not _NO_PART.search(header):
            lines = {row: figure for (row, own), figure in grid.figures.items() if own == column}
            wrong = _wrong_total(grid.labels, lines)
            found += [((row, column), reason) for row, reason in wrong.items()]
    return found


def _totals_of_rows(grid: _Grid) -> list[tuple[Place, str]]:
    """The same across: a column headed 合计 beside its parts."""
    found = []
    headers = {column: text for column, text in grid.headers.items() if column > 0}
    if any(_NO_PART.search(header) or _SHARE.search(header) for header in headers.values()):
        return []
    for row, label in grid.labels.items():
        if not _NO_PART.search(label):
            lines = {column: figure for (own, column), figure in grid.figures.items() if own == row}
            wrong = _wrong_total(headers, lines)
            found += [((row, column), reason) for column, reason in wrong.items()]
    return found


def _wrong_total(labels: dict[int, str], lines: dict[int, Figure]) -> dict[int, str]:
    """Every figure of a line of figures whose total its parts do not give. Nothing where a part is missing, or where
    some rows are parts of parts (其中)."""
    named = [place for place in sorted(labels) if labels[place]]
    totals = [place for place in named if _TOTAL.search(labels[place].split("\n")[-1])]
    if len(totals) != 1 or any(_OF_WHICH.search(labels[place]) for place in named):
        return {}
    parts = [place for place in named if place != totals[0]]
    if totals[0] not in lines or len(parts) < 2 or any(place not in lines for place in parts):
        return {}
    total = lines[totals[0]]
    summed = sum((lines[place].value for place in parts), Decimal(0))
    slack = total.half + sum((lines[place].half for place in parts), Decimal(0))
    if abs(summed - total.value) <= slack:
        return {}
    reason = f"the parts add up to {summed}, {labels[totals[0]]} says {total.value}"
    return dict.fromkeys((*parts, totals[0]), reason)


# ------------------------------------------------------------------------------------------------ shares, rates


def _shares(grid: _Grid) -> list[tuple[Place, str]]:
    """Rows whose level and share have another base than those of most rows."""
    found: list[tuple[Place, str]] = []
    for column, header in grid.headers.items():
        level = column - 1
        if not _SHARE.search(header) or level not in grid.headers or _is_relative(grid.headers[level]):
            continue
        bases = {
            row: (of.low / share.high, of.high / share.low)
            for row, of, share in _pairs(grid, level, column)
            if of.low > 0 and share.low > 0
        }
        for row in _outside(bases):
            reason = (
                f"level and share of {grid.labels.get(row, 'this row')} do not fit those of the other rows"
            )
            found += [((row, level), reason), ((row, column), reason)]
    return found


def _pairs(grid: _Grid, one: int, other: int) -> Iterable[tuple[int, Figure, Figure]]:
    for row in grid.labels:
        if (row, one) in grid.figures and (row, other) in grid.figures:
            yield row, grid.figures[row, one], grid.figures[row, other]


def _outside(spans: dict[int, tuple[Decimal, Decimal]]) -> list[int]:
    """The rows whose span does not hold the value that most spans hold; none where too few agree."""
    best: list[int] = []
    for value in {low for low, _ in spans.values()}:
        holding = [row for row, (low, high) in spans.items() if low <= value <= high]
        best = max(best, holding, key=len)
    return [row for row in spans if row not in best] if _most(len(best), len(spans)) else []


def _most(fitting: int, of: int) -> bool:
    return fitting >= max(LEAST_ROWS, SHARE_FITTING * of)


def _growths(grid: _Grid) -> list[tuple[Place, str]]:
    """Rows whose growth rate does not follow from the two levels beside it, where it does in most rows."""
    found: list[tuple[Place, str]] = []
    for column, header in grid.headers.items():
        if not _GROWTH.search(header) or _SHARE.search(header):
            continue
        levels = [other for other in grid.headers if other > 0 and not _is_relative(grid.headers[other])]
        same = [other for other in levels if _last(grid.headers[other]) == _last(grid.headers[levels[0]])]
        if len(levels) == 2 and _bare(grid.headers[levels[0]]) == _bare(grid.headers[levels[1]]):
            same = levels
        if len(same) != 2:
            continue
        best: tuple[list[int], tuple[int, int]] = [], (0, 0)
        rows = [row for row in grid.labels if all((row, c) in grid.figures for c in (*same, column))]
        for new, old in ((same[0], same[1]), (same[1], same[0])):
            best = max(
                best, ([row for row in rows if _grew(grid, row, new, old, column)], (new, old)), key=_count
            )
        fitting, (new, old) = best
        if not _most(len(fitting), len(rows)):
            continue
        for row in set(rows) - set(fitting):
            reason = (
                f"the rate of {grid.labels.get(row, 'this row')} does not follow from the levels beside it"
            )
            found += [((row, place), reason) for place in (new, old, column)]
    return sorted(found)


def _count(found: tuple[list[int], tuple[int, int]]) -> int:
    return len(found[0])


def _grew(grid: _Grid, row: int, new: int, old: int, rate: int) -> bool:
    after, before, said = (grid.figures[row, column] for column in (new, old, rate))
    if before.low <= 0:
        return False
    low, high = (after.low / before.high - 1) * 100, (after.high / before.low - 1) * 100
    return low <= said.high and said.low <= high


def _is_relative(header: str) -> bool:
    return bool(_NO_PART.search(header) or _SHARE.search(header))


def _last(header: str) -> str:
    return header.split("\n")[-1]


def _bare(header: str) -> str:
    return re.sub(r"[\d.\-年月日季度]+", "", header)
