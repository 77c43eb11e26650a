"""Ruled tables: from the edges of one page to grids of cells with spans.

Edges are cleaned with pdfplumber's own functions; intersections are then looked up by row and column
instead of
in one list, which pdfplumber does and which takes 17 s for a grid of 160 × 160 (here under a second, with the
same cells).
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from prosperity.extract.glyphs import Glyph, PageGlyphs, rounded
from prosperity.extract.model import BBox

SNAP = 3.0  #: edges nearer than this are one (pdfplumber's default)
TOUCH = 3.0  #: edges this near to each other intersect (pdfplumber's default)
SAME_LINE = 1.0  #: sides of rectangles nearer than this lie on one grid line
SHORTEST_EDGE = 3.0
NUMBER = re.compile(
    r"^[-+−－—–…(（]*[\d.,，．]*\d[\d.,，．\s]*[)）%％‰]*$|^[-−－—–…]+$|^(?:/|n\.?a\.?)$", re.IGNORECASE
)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class GridCell:
    row: int
    col: int
    rowspan: int
    colspan: int
    bbox: BBox


@dataclass(frozen=True)
class Fragment:
    """A table on one page, before it is stitched to its continuation.

    ``columns`` are the x positions that bound the columns (one more than columns). ``ruled`` tells whether
    they
    are drawn or were found from white space.
    """

    page: int
    bbox: BBox
    columns: tuple[float, ...]
    height: int  #: number of rows
    cells: tuple[GridCell, ...]
    ruled: bool
    spanned: bool = False  #: whether short rules tell which columns a heading stands over
    texts: dict[tuple[int, int], str] = field(default_factory=dict)  #: raw text by (row, col) of the corner

    @property
    def width(self) -> int:
        return len(self.columns) - 1


def read_texts(fragment: Fragment, glyphs: PageGlyphs) -> Fragment:
    return replace(
        fragment, texts={(cell.row, cell.col): glyphs.text_in(cell.bbox) for cell in fragment.cells}
    )


def is_number(text: str) -> bool:
    return bool(NUMBER.match(text.strip()))


# ------------------------------------------------------------------------------------------------ edges


def merged_edges(edges: list[dict[str, Any]], page: BBox) -> list[dict[str, Any]]:
    """Edges of the page, snapped and joined; open sides closed (see ``_close_sides``)."""
    from pdfplumber.table import merge_edges

    x0, top, x1, bottom = page
    inside = [
        edge
        for edge in edges
        if edge["orientation"] in ("h", "v")  # None for slanted ones
        and edge["x1"] >= x0
        and edge["x0"] <= x1
        and edge["bottom"] >= top
        and edge["top"] <= bottom
        and (edge["width"] if edge["orientation"] == "h" else edge["height"]) >= 1
    ]
    merged: list[dict[str, Any]] = merge_edges(inside, SNAP, SNAP, SNAP, SNAP)
    return [
        edge
        for edge in merged
        if (edge["x1"] - edge["x0"] if edge["orientation"] == "h" else edge["bottom"] - edge["top"])
        >= SHORTEST_EDGE
    ]


def close_sides(edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Verticals that tables with open sides lack: at the ends of horizontal rules, as high as the inner
    verticals.

    Without them the first and the last column of such a table are lost without a sign.
    """
    verticals = [edge for edge in edges if edge["orientation"] == "v"]
    rules = [edge for edge in edges if edge["orientation"] == "h"]
    added: list[dict[str, Any]] = []
    for x_start, x_end in {(round(rule["x0"]), round(rule["x1"])) for rule in rules}:
        same = [r for r in rules if abs(r["x0"] - x_start) <= SNAP and abs(r["x1"] - x_end) <= SNAP]
        if len(same) < 2:
            continue
        for end in (x_start, x_end):
            for top, bottom in _bands_without(verticals, same, end):
                added.append(_vertical(sum(_end(r, end) for r in same) / len(same), top, bottom))
    return edges + added


def _end(rule: dict[str, Any], near: float) -> float:
    return float(rule["x0"] if abs(rule["x0"] - near) <= abs(rule["x1"] - near) else rule["x1"])


def _bands_without(
    verticals: list[dict[str, Any]], rules: list[dict[str, Any]], end: float
) -> Iterable[tuple[float, float]]:
    """Bands between neighbouring rules that an inner vertical crosses, and none at this end."""
    heights = sorted({rule["top"] for rule in rules})
    low, high = rules[0]["x0"], rules[0]["x1"]
    for top, bottom in itertools.pairwise(heights):
        crossing = [v for v in verticals if v["top"] <= top + SNAP and v["bottom"] >= bottom - SNAP]
        inner = any(low + SNAP < v["x0"] < high - SNAP for v in crossing)
        if inner and not any(abs(v["x0"] - end) <= 2 * SNAP for v in crossing):
            yield top, bottom


def _vertical(x: float, top: float, bottom: float) -> dict[str, Any]:
    return {
        "x0": x, "x1": x, "top": top, "bottom": bottom, "width": 0, "height": bottom - top,
        "orientation": "v", "object_type": "line",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ cells


def rectangles(edges: list[dict[str, Any]]) -> list[BBox]:
    """The smallest rectangles between intersections whose four sides are drawn."""
    crossings = _intersections(edges)
    columns: dict[float, list[float]] = defaultdict(list)
    rows: dict[float, list[float]] = defaultdict(list)
    for x, y in crossings:
        columns[x].append(y)
        rows[y].append(x)
    for line in (*columns.values(), *rows.values()):
        line.sort()

    def joined(first: Point, second: Point, side: int) -> bool:
        return not crossings[first][side].isdisjoint(crossings[second][side])

    def ends(x: float, y: float) -> Iterable[float]:
        right = rows[y]
        for index in range(bisect_right(right, x), len(right)):
            if joined((x, y), (right[index], y), 1):
                yield right[index]

    def smallest(x: float, y: float) -> BBox | None:
        below = columns[x]
        for index in range(bisect_right(below, y), len(below)):
            bottom = below[index]
            if not joined((x, y), (x, bottom), 0):
                continue
            for x1 in ends(x, y):
                corner = (x1, bottom)
                if corner in crossings and joined(corner, (x1, y), 0) and joined(corner, (x, bottom), 1):
                    return (x, y, x1, bottom)
        return None

    found = (smallest(x, y) for x, y in sorted(crossings))
    return [box for box in found if box is not None]


def _intersections(edges: list[dict[str, Any]]) -> dict[Point, tuple[set[int], set[int]]]:
    """Points where edges meet: the verticals and the horizontals through each, by number."""
    verticals = sorted((e for e in edges if e["orientation"] == "v"), key=lambda e: (e["x0"], e["top"]))
    rules = sorted((e for e in edges if e["orientation"] == "h"), key=lambda e: (e["top"], e["x0"]))
    heights = [rule["top"] for rule in rules]
    points: dict[Point, tuple[set[int], set[int]]] = {}
    for number, vertical in enumerate(verticals):
        first = bisect_left(heights, vertical["top"] - TOUCH)
        for index in range(first, len(rules)):
            rule = rules[index]
            if rule["top"] > vertical["bottom"] + TOUCH:
                break
            if rule["x0"] - TOUCH <= vertical["x0"] <= rule["x1"] + TOUCH:
                through = points.setdefault((vertical["x0"], rule["top"]), (set(), set()))
                through[0].add(number)
                through[1].add(index)
    return points


def connected(boxes: list[BBox]) -> list[list[BBox]]:
    """Groups of rectangles that share corners: one group a table."""
    parent = list(range(len(boxes)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    owner: dict[Point, int] = {}
    for index, (x0, top, x1, bottom) in enumerate(boxes):
        for corner in ((x0, top), (x0, bottom), (x1, top), (x1, bottom)):
            if corner in owner:
                parent[root(index)] = root(owner[corner])
            else:
                owner[corner] = index
    groups: dict[int, list[BBox]] = defaultdict(list)
    for index, box in enumerate(boxes):
        groups[root(index)].append(box)
    return sorted(
        groups.values(), key=lambda group: (min(box[1] for box in group), min(box[0] for box in group))
    )


# ------------------------------------------------------------------------------------------------ grids


def positions(values: Iterable[float], tolerance: float) -> list[float]:
    """Distinct positions in rising order; values nearer than the tolerance to the one before are the same."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > tolerance:
            found.append(value)
    return found


def index_of(lines: Sequence[float], value: float) -> int:
    """Number of the nearest line."""
    place = bisect_left(lines, value)
    candidates = [index for index in (place - 1, place) if 0 <= index < len(lines)]
    return min(candidates, key=lambda index: abs(lines[index] - value))


def fragment_of(page: int, boxes: list[BBox], ruled: bool = True) -> Fragment:
    """Rectangles of one table as a grid: spans follow from how many grid lines a rectangle crosses."""
    xs = positions((x for box in boxes for x in (box[0], box[2])), SAME_LINE)
    ys = positions((y for box in boxes for y in (box[1], box[3])), SAME_LINE)
    cells = []
    for box in boxes:
        col, end = index_of(xs, box[0]), index_of(xs, box[2])
        row, under = index_of(ys, box[1]), index_of(ys, box[3])
        cells.append(GridCell(row, col, max(1, under - row), max(1, end - col), rounded(box)))
    cells.sort(key=lambda cell: (cell.row, cell.col))
    outline = rounded((xs[0], ys[0], xs[-1], ys[-1]))
    return Fragment(page, outline, tuple(round(x, 2) for x in xs), len(ys) - 1, tuple(cells), ruled)


def ruled_fragments(
    page: int, edges: list[dict[str, Any]], glyphs: PageGlyphs
) -> tuple[list[Fragment], list[BBox]]:
    """Ruled tables of a page, and the outlines of boxes that are none (text boxes, charts, backgrounds)."""
    tables: list[Fragment] = []
    rejected: list[BBox] = []
    for group in connected(rectangles(edges)):
        fragment = fragment_of(page, group)
        if fragment.width < 2:
            rejected.append(fragment.bbox)
            continue
        fragment = split_unruled_rows(read_texts(fragment, glyphs), glyphs)
        if fragment.width < 2 or _is_chart(fragment):
            rejected.append(fragment.bbox)
            continue
        tables.append(fragment)
    return tables, rejected


def _is_chart(fragment: Fragment) -> bool:
    """Charts and drawings: few positions of the grid are cells of their own, and few of the cells hold
    text."""
    places = fragment.height * fragment.width
    missing = 1 - len(fragment.cells) / places
    filled = sum(bool(text) for text in fragment.texts.values()) / len(fragment.cells)
    return filled == 0 or (missing > 0.35 and filled < 0.30) or (len(fragment.cells) < 2)


def split_unruled_rows(fragment: Fragment, glyphs: PageGlyphs) -> Fragment:
    """Rows that lack inner rules: if all filled cells of a row hold the same number of lines, at least three,
    at the same heights, and some column holds numbers only, every line is a row of its own."""
    boxes: list[BBox] = []
    changed = False
    by_row: dict[int, list[GridCell]] = defaultdict(list)
    for cell in fragment.cells:
        by_row[cell.row].append(cell)
    for row in range(fragment.height):
        members = by_row[row]
        cuts = _cuts(members, fragment, glyphs)
        changed = changed or bool(cuts)
        for cell in members:
            x0, top, x1, bottom = cell.bbox
            heights = [top, *cuts, bottom]
            boxes += [(x0, a, x1, b) for a, b in itertools.pairwise(heights)]
    return read_texts(fragment_of(fragment.page, boxes, fragment.ruled), glyphs) if changed else fragment


def _cuts(members: list[GridCell], fragment: Fragment, glyphs: PageGlyphs) -> list[float]:
    """Heights at which a row is to be cut, or none."""
    if len(members) < 2 or any(cell.rowspan > 1 for cell in members):
        return []
    texts = [fragment.texts[cell.row, cell.col] for cell in members]
    counts = {text.count("\n") + 1 for text in texts if text}
    if len(counts) != 1 or min(counts) < 3 or sum(bool(text) for text in texts) < 2:
        return []
    numeric = [text for text in texts if text and all(is_number(line) for line in text.split("\n"))]
    if not numeric:
        return []
    filled = [glyphs.layout_in(cell.bbox).lines for cell in members if fragment.texts[cell.row, cell.col]]
    cuts = []
    for number in range(1, counts.pop()):
        above = max(_bottom(lines[number - 1].glyphs) for lines in filled)
        below = min(_top(lines[number].glyphs) for lines in filled)
        if below < above - 1:
            return []  # the lines of neighbouring cells do not stand at the same heights
        cuts.append((above + below) / 2)
    return cuts


def _bottom(glyphs: Iterable[Glyph]) -> float:
    return max(glyph.bottom for glyph in glyphs)


def _top(glyphs: Iterable[Glyph]) -> float:
    return min(glyph.top for glyph in glyphs)
