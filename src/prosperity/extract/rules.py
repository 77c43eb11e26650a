"""Tables with horizontal rules only (三线表 and tables with a thin rule under every row).

Rules with equal ends form a group; the bands between neighbouring rules are taken together as long as they
hold
columns of text, and cut at captions, prose and empty bands. Columns follow from white space that runs through
the body; the first and last column reach to the ends of the rules.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prosperity.extract.glyphs import Glyph, Line, PageGlyphs, box_round, rounded
from prosperity.extract.grid import SNAP, Fragment, GridCell, is_number, read_texts
from prosperity.extract.model import BBox

CAPTION = re.compile(r"^\s*(?:续?表|附表|Table|TABLE)\s*[0-9０-９一二三四五六七八九十]")
MINIMUM_LENGTH = 60.0  #: points; shorter rules only divide headers
COLUMN_GAP = 0.9  #: width of white space between columns, in character sizes
PROSE = re.compile(r"[。；;：:，,、]\s*$")


@dataclass(frozen=True)
class Segment:
    """Text of one line without a wide gap: the content of a cell, or of a part of it."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str


@dataclass(frozen=True)
class Band:
    """What stands between two neighbouring rules of one group."""

    top: float
    bottom: float
    lines: tuple[tuple[Segment, ...], ...]


def rule_fragments(
    page: int, edges: list[dict[str, Any]], glyphs: PageGlyphs, taken: Sequence[BBox]
) -> list[Fragment]:
    """Tables made of horizontal rules that no ruled table has taken."""
    rules = [
        edge for edge in edges if edge["orientation"] == "h" and not any(_inside(edge, box) for box in taken)
    ]
    found: list[Fragment] = []
    for group in _groups([rule for rule in rules if rule["x1"] - rule["x0"] >= MINIMUM_LENGTH]):
        x0 = min(rule["x0"] for rule in group)
        x1 = max(rule["x1"] for rule in group)
        heights = [rule["top"] for rule in group]
        bands = [
            _band(glyphs, (x0 - SNAP, top, x1 + SNAP, bottom)) for top, bottom in itertools.pairwise(heights)
        ]
        for run in _runs(bands):
            partial = [rule for rule in rules if run[0].top + SNAP < rule["top"] < run[-1].bottom - SNAP]
            fragment = _read(page, run, (x0, x1), partial)
            if fragment and not any(
                _overlap(fragment.bbox, box) for box in (*taken, *(f.bbox for f in found))
            ):
                found.append(read_texts(fragment, glyphs))
    return found


def _inside(edge: dict[str, Any], box: BBox) -> bool:
    return bool(
        box[1] - SNAP <= edge["top"] <= box[3] + SNAP
        and edge["x1"] > box[0] + SNAP
        and edge["x0"] < box[2] - SNAP
    )


def _overlap(one: BBox, other: BBox) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] - SNAP and other[1] < one[3] - SNAP


def _groups(rules: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rules with equal ends, from top to bottom; the groups with the longest rules first."""
    groups: list[list[dict[str, Any]]] = []
    for rule in sorted(rules, key=lambda r: r["top"]):
        for group in groups:
            if abs(group[0]["x0"] - rule["x0"]) <= SNAP and abs(group[0]["x1"] - rule["x1"]) <= SNAP:
                group.append(rule)
                break
        else:
            groups.append([rule])
    wide = [group for group in groups if len(group) >= 2]
    return sorted(wide, key=lambda group: group[0]["x0"] - group[0]["x1"])


# ------------------------------------------------------------------------------------------------ bands


def segments_of(line: Line, gap: float = COLUMN_GAP) -> tuple[Segment, ...]:
    """The parts of a line between wide gaps."""
    size = line.size
    parts: list[list[Glyph]] = [[line.glyphs[0]]]
    for before, glyph in itertools.pairwise(line.glyphs):
        part = parts[-1]
        # The last three, because a raised mark or an accent may end before the letter under it.
        if glyph[1] > before[3] and glyph[1] - max([item[3] for item in part[-3:]]) > gap * min(
            size, max(before[5], glyph[5])
        ):
            parts.append([glyph])
        else:
            part.append(glyph)
    return tuple([Segment(*box_round(part), "".join([glyph[0] for glyph in part])) for part in parts])


def _band(glyphs: PageGlyphs, box: BBox) -> Band:
    lines = glyphs.layout_in(box).lines
    return Band(box[1], box[3], tuple(segments_of(line) for line in lines))


def _runs(bands: list[Band]) -> list[list[Band]]:
    """Neighbouring bands that belong to one table: at least a header and a body, or a body with two lines."""
    runs: list[list[Band]] = [[]]
    for band in bands:
        if band.bottom - band.top <= 2 * SNAP and not band.lines:
            continue  # a double rule
        if _separates(band):
            runs.append([])
        else:
            runs[-1].append(band)
    return [run for run in runs if sum(len(band.lines) for band in run) >= 2 and _is_tabular(run)]


def _separates(band: Band) -> bool:
    if not band.lines:
        return True
    if any(CAPTION.match(line[0].text) for line in band.lines):
        return True
    prose = sum(len(line) == 1 and bool(PROSE.search(line[0].text)) for line in band.lines)
    single = sum(len(line) == 1 for line in band.lines)
    return prose >= 1 and single > len(band.lines) / 2


def _is_tabular(run: list[Band]) -> bool:
    lines = [line for band in run for line in band.lines]
    return sum(len(line) >= 2 for line in lines) >= max(1, len(lines) / 2)


# ------------------------------------------------------------------------------------------------ columns


def _read(
    page: int, run: list[Band], ends: tuple[float, float], partial: list[dict[str, Any]]
) -> Fragment | None:
    header, body = _parts(run)
    columns = _columns([line for band in body for line in band.lines] or list(header.lines), ends)
    if len(columns) < 3:
        return None
    cells: list[GridCell] = []
    height = 0
    if body:
        height = _header_cells(header, columns, partial, cells)
    for band in body or [header]:
        for top, bottom, lines in _rows(band, columns):
            _row_cells(height, (top, bottom), lines, columns, cells)
            height += 1
    box = rounded((columns[0], run[0].top, columns[-1], run[-1].bottom))
    return Fragment(
        page,
        box,
        tuple(round(x, 2) for x in columns),
        height,
        tuple(cells),
        ruled=False,
        spanned=_divides_header(partial, ends),
    )


def _divides_header(partial: list[dict[str, Any]], ends: tuple[float, float]) -> bool:
    return any(rule["x1"] - rule["x0"] < 0.8 * (ends[1] - ends[0]) for rule in partial)


def _parts(run: list[Band]) -> tuple[Band, list[Band]]:
    """Header and body: the header is the first band, unless numbers stand in it from the first line on
    (the rest of a table that began on the page before)."""
    first = run[0]
    numeric = [is_number(segment.text) for line in first.lines[:1] for segment in line[1:]]
    if len(run) == 1 or (numeric and all(numeric) and len(first.lines) > 1):
        return first, [] if len(run) == 1 else run
    return first, run[1:]


def _columns(lines: list[tuple[Segment, ...]], ends: tuple[float, float]) -> list[float]:
    """Boundaries of the columns: middles of the white space that runs through all lines with several
    parts."""
    spans = sorted((segment.x0, segment.x1) for line in lines if len(line) > 1 for segment in line)
    if not spans:
        return []
    covered: list[list[float]] = []
    for x0, x1 in spans:
        if covered and x0 <= covered[-1][1]:
            covered[-1][1] = max(covered[-1][1], x1)
        else:
            covered.append([x0, x1])
    inner = [(left[1] + right[0]) / 2 for left, right in itertools.pairwise(covered)]
    first = min(ends[0], covered[0][0])
    last = max(ends[1], covered[-1][1])
    return [first, *inner, last]


def _span(columns: list[float], x0: float, x1: float) -> tuple[int, int]:
    """First and last column that a text reaches by more than a third of the column or half of itself."""
    last = len(columns) - 2
    first = min(max(bisect_right(columns, x0) - 1, 0), last)
    final = min(max(bisect_left(columns, x1) - 1, first), last)

    def reached(col: int) -> bool:
        common = min(x1, columns[col + 1]) - max(x0, columns[col])
        return common > 0.33 * (columns[col + 1] - columns[col]) or common > 0.5 * (x1 - x0)

    hit = [col for col in range(first, final + 1) if reached(col)] or [first]
    return hit[0], hit[-1]


# ------------------------------------------------------------------------------------------------ rows


def _rows(band: Band, columns: list[float]) -> list[tuple[float, float, list[tuple[Segment, ...]]]]:
    """Lines of a band as rows. A label without figures close to its neighbour is a wrapped label: same row.

    Between two rules with a single line of several columns, everything is one row (thin rule under every
    row).
    """
    lines = list(band.lines)
    several = [line for line in lines if len({_span(columns, s.x0, s.x1)[0] for s in line}) > 1]
    if len(several) <= 1 and len(lines) <= 4:
        return [(band.top, band.bottom, lines)]
    groups = _joined(lines, columns)
    edges = [band.top]
    for upper, lower in itertools.pairwise(groups):
        edges.append((max(s.bottom for s in upper[-1]) + min(s.top for s in lower[0])) / 2)
    edges.append(band.bottom)
    return [(edges[index], edges[index + 1], group) for index, group in enumerate(groups)]


def _joined(lines: list[tuple[Segment, ...]], columns: list[float]) -> list[list[tuple[Segment, ...]]]:
    tops = [min(segment.top for segment in line) for line in lines]
    pitches = sorted(lower - upper for upper, lower in itertools.pairwise(tops))
    usual = pitches[len(pitches) // 2] if pitches else 0.0
    groups: list[list[tuple[Segment, ...]]] = []
    waiting = False
    for index, line in enumerate(lines):
        alone = len(line) == 1 and _span(columns, line[0].x0, line[0].x1) == (0, 0)
        near = index > 0 and tops[index] - tops[index - 1] < 0.75 * usual
        if groups and near and (alone or waiting):
            groups[-1].append(line)
        else:
            groups.append([line])
        waiting = alone and not (near and not waiting)
    return groups


def _row_cells(
    row: int,
    band: tuple[float, float],
    lines: list[tuple[Segment, ...]],
    columns: list[float],
    cells: list[GridCell],
) -> None:
    """One row of the body: a cell for every column, empty ones included."""
    covered: dict[int, int] = {}
    for line in lines:
        for segment in line:
            first, last = _span(columns, segment.x0, segment.x1)
            if last > first and len(line) > 1:
                covered[first] = last
    col = 0
    while col < len(columns) - 1:
        last = covered.get(col, col)
        box = rounded((columns[col], band[0], columns[last + 1], band[1]))
        cells.append(GridCell(row, col, 1, last - col + 1, box))
        col = last + 1


def _header_cells(
    header: Band, columns: list[float], partial: list[dict[str, Any]], cells: list[GridCell]
) -> int:
    """Cells of the header: short rules and texts that reach over several columns make spans. Returns its
    height."""
    inner = [rule for rule in partial if header.top + SNAP < rule["top"] < header.bottom - SNAP]
    edges = [header.top, *_distinct(rule["top"] for rule in inner), header.bottom]
    if len(edges) == 2:
        edges = _levels(header, columns, edges)
    width = len(columns) - 1
    segments = [segment for line in header.lines for segment in line]
    taken: set[tuple[int, int]] = set()
    for row in range(len(edges) - 1):
        top, bottom = edges[row], edges[row + 1]
        under = [rule for rule in inner if abs(rule["top"] - bottom) <= SNAP]
        here = [s for s in segments if top <= (s.top + s.bottom) / 2 <= bottom]
        for first, last in _spans(here, under, columns):
            places = {(row, col) for col in range(first, last + 1)}
            if not places & taken:
                taken |= places
                box = rounded((columns[first], top, columns[last + 1], bottom))
                cells.append(GridCell(row, first, 1, last - first + 1, box))
    _fill(taken, edges, columns, width, cells, inner)
    return len(edges) - 1


def _distinct(heights: Any) -> list[float]:
    found: list[float] = []
    for height in sorted(heights):
        if not found or height - found[-1] > SNAP:
            found.append(height)
    return found


def _levels(header: Band, columns: list[float], edges: list[float]) -> list[float]:
    """A header without short rules has several rows only if a text reaches over several columns."""
    cut: list[float] = []
    for upper, lower in zip(header.lines, header.lines[1:], strict=False):
        spanning = any(len(set(_span(columns, s.x0, s.x1))) > 1 for s in upper)
        if spanning:
            cut.append((max(s.bottom for s in upper) + min(s.top for s in lower)) / 2)
    return [edges[0], *cut, edges[1]]


def _spans(
    segments: list[Segment], under: list[dict[str, Any]], columns: list[float]
) -> list[tuple[int, int]]:
    """Column spans that start in one row of the header: first those of the short rules under it."""
    spans: list[tuple[int, int]] = []
    for rule in under:
        first = min(max(bisect_right(columns, rule["x0"] + SNAP) - 1, 0), len(columns) - 2)
        last = min(max(bisect_left(columns, rule["x1"] - SNAP) - 1, first), len(columns) - 2)
        spans.append((first, last))
    for segment in segments:
        first, last = _span(columns, segment.x0, segment.x1)
        if not any(a <= last and first <= b for a, b in spans):
            spans.append((first, last))
    return sorted(set(spans))


def _fill(
    taken: set[tuple[int, int]],
    edges: list[float],
    columns: list[float],
    width: int,
    cells: list[GridCell],
    inner: list[dict[str, Any]],
) -> None:
    """Join header cells of one column over the rows between which no short rule runs; fill what is left
    empty."""
    height = len(edges) - 1
    for col in range(width):
        rows = [row for row in range(height) if (row, col) in taken]
        own = [cell for cell in cells if cell.col == col and cell.colspan == 1 and cell.row < height]
        wide = any(cell.col <= col < cell.col + cell.colspan and cell.colspan > 1 for cell in cells)
        if not wide and not any(_crosses(rule, columns, col) for rule in inner):
            for cell in own:
                cells.remove(cell)
            box = rounded((columns[col], edges[0], columns[col + 1], edges[-1]))
            cells.append(GridCell(0, col, height, 1, box))
            continue
        for row in set(range(height)) - set(rows):
            box = rounded((columns[col], edges[row], columns[col + 1], edges[row + 1]))
            cells.append(GridCell(row, col, 1, 1, box))


def _crosses(rule: dict[str, Any], columns: list[float], col: int) -> bool:
    middle = (columns[col] + columns[col + 1]) / 2
    return bool(rule["x0"] <= middle <= rule["x1"])
