"""From lines and column boundaries to a grid: wrapped cells joined, header cells with their spans."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from prosperity.extract.glyphs import rounded
from prosperity.extract.grid import Fragment, GridCell, is_number
from prosperity.extract.model import BBox
from prosperity.extract.words import Piece, Row, cut_at, joined, span_of

YEAR = re.compile(r"^[（(]?(?:1[89]|20)\d\d(?:[-–/]\d{2,4})?[)）年]?[a-z*]?$")
GOES_ON = re.compile(
    r"(?:[,，、/&(（–—-]|\b(?:and|or|of|the|to|for|in|on|by|with|from|including|und|et|de))$", re.IGNORECASE
)
CONTINUES = re.compile(r"^(?:[a-z(（)）/&]|and\b|or\b|of\b)")
OVERLAP = 0.75  #: lines nearer to each other than this, in character sizes, are one row
LINE_PITCH = 2.0  #: distance of the lines of one cell at most, in character sizes
OFF_CENTRE = 0.12  #: how far from the middle of its columns a heading may stand, in shares of their width
HEADER_GAP = 0.45  #: in a header, words this far apart belong to different columns


@dataclass
class Entry:
    """One or several lines that are one row of the table: pieces by first and last column."""

    pieces: list[tuple[int, int, Piece]]
    top: float
    bottom: float
    lines: int = 1

    @property
    def columns(self) -> set[int]:
        return {col for first, last, _ in self.pieces for col in range(first, last + 1)}

    def add(self, other: Entry) -> None:
        self.pieces += other.pieces
        self.top, self.bottom = min(self.top, other.top), max(self.bottom, other.bottom)
        self.lines += other.lines


@dataclass
class HeaderCell:
    first: int
    last: int
    piece: Piece
    lines: list[int]
    row: int = 0
    rows: int = 1
    pieces: list[Piece] = field(default_factory=list)


def assemble(
    page: int, rows: Sequence[Row], columns: Sequence[float], cuts: Sequence[float] = ()
) -> Fragment:
    """The grid of the rows. ``columns``: boundaries with the outer ends; ``cuts``: heights of rules between rows."""
    entries = [_entry(row, columns) for row in rows]
    start = header_height(entries)
    for index in range(start):
        entries[index] = _entry(rows[index], columns, HEADER_GAP)
    cells: list[GridCell] = []
    body, sizes = _side_by_side(entries[start:], rows[start:])
    bodies = _body(body, sizes, cuts)
    under = bodies[0].top if bodies else rows[-1].bottom
    height = _header(entries[:start], columns, under, cells) if start else 0
    edges = _edges(entries[start - 1].bottom if start else bodies[0].top, bodies)
    for number, (entry, (top, bottom)) in enumerate(zip(bodies, itertools.pairwise(edges), strict=True)):
        _row_cells(height + number, entry, (top, bottom), columns, cells)
    box = (
        min(cell.bbox[0] for cell in cells), min(cell.bbox[1] for cell in cells),
        max(cell.bbox[2] for cell in cells), max(cell.bbox[3] for cell in cells),
    )  # fmt: skip
    ends = tuple(round(x, 2) for x in (box[0], *columns[1:-1], box[2]))
    cells.sort(key=lambda cell: (cell.row, cell.col))
    return Fragment(page, rounded(box), ends, height + len(bodies), tuple(cells), ruled=False)


def _entry(row: Row, columns: Sequence[float], gap: float = 0.3) -> Entry:
    pieces = [(*span_of(columns, piece), piece) for piece in cut_at(row, columns, gap)]
    return Entry(pieces, row.top, row.bottom)


# ------------------------------------------------------------------------------------------------ header


def header_height(entries: Sequence[Entry]) -> int:
    """Number of lines before the first one with figures beside its label; 0 if there is no such line."""
    for index, entry in enumerate(entries):
        others = [piece.text for first, _, piece in entry.pieces if first > 0]
        figures = [text for text in others if is_number(text) and not YEAR.match(text)]
        if figures and len(figures) >= len(others) / 2:
            return _without_labels(entries, index)
    return 1 if len(entries) > 1 else 0


def _without_labels(entries: Sequence[Entry], index: int) -> int:
    """Lines with a label only, right above the first figures, belong to the body."""
    while index > 0 and entries[index - 1].columns == {0} and _has_heads(entries[: index - 1]):
        index -= 1
    return index


def _has_heads(entries: Sequence[Entry]) -> bool:
    return any(entry.columns - {0} for entry in entries)


def _header(entries: Sequence[Entry], columns: Sequence[float], under: float, cells: list[GridCell]) -> int:
    """Cells of the header lines; returns how many rows they make."""
    heads = _heads(entries)
    _spread(heads, columns)
    for head in heads:
        above = [
            h for h in heads if h.lines[-1] < head.lines[0] and h.first <= head.last and head.first <= h.last
        ]
        head.row = max((h.row + 1 for h in above), default=0)
    height = max(head.row for head in heads) + 1
    for head in reversed(heads):
        below = [
            h.row
            for h in heads
            if h.lines[0] > head.lines[-1] and h.first <= head.last and head.first <= h.last
        ]
        room = min(below, default=height) - 1
        if head.first == head.last:
            head.rows = room - head.row + 1
    edges = _levels(heads, height, under)
    taken: set[tuple[int, int]] = set()
    for head in heads:
        cells.append(
            GridCell(head.row, head.first, head.rows, head.last - head.first + 1, _around(head.piece))
        )
        rows = range(head.row, head.row + head.rows)
        taken |= {(row, col) for row in rows for col in range(head.first, head.last + 1)}
    for row, col in itertools.product(range(height), range(len(columns) - 1)):
        if (row, col) not in taken:
            cells.append(GridCell(row, col, 1, 1, _nothing(columns[col], edges[row])))
    return height


def _around(piece: Piece) -> BBox:
    return rounded((piece.x0 - 0.3, piece.top - 0.3, piece.x1 + 0.3, piece.bottom + 0.3))


def _nothing(x: float, y: float) -> BBox:
    """A place without extent, in which no character has its centre."""
    return rounded((x, y, x, y))


def _heads(entries: Sequence[Entry]) -> list[HeaderCell]:
    """Pieces of the header lines stacked to cells: same columns in neighbouring lines."""
    heads: list[HeaderCell] = []
    for number, entry in enumerate(entries):
        for first, last, piece in entry.pieces:
            above = [h for h in heads if h.first <= last and first <= h.last]
            nearest = max(above, key=lambda h: h.lines[-1], default=None)
            if nearest and (nearest.first, nearest.last) == (first, last):
                nearest.lines.append(number)
                nearest.piece = joined([nearest.piece, piece])
                nearest.pieces.append(piece)
            else:
                heads.append(HeaderCell(first, last, piece, [number], pieces=[piece]))
    return heads


def _spread(heads: Sequence[HeaderCell], columns: Sequence[float]) -> None:
    """Headings over several columns of which the text covers some only: widened to neighbouring columns with
    headings of their own below, as long as the text stands in the middle of them."""
    for line in range(max(head.lines[-1] for head in heads)):
        upper = sorted((h for h in heads if h.lines[-1] == line and h.first > 0), key=lambda h: h.first)
        below = {h.first for h in heads if h.lines[0] > line and h.first == h.last > 0}
        if not upper or not all(set(range(h.first, h.last + 1)) <= below for h in upper):
            continue
        for head, (first, last) in zip(upper, _widest(upper, below, columns), strict=True):
            head.first, head.last = first, last


def _widest(upper: Sequence[HeaderCell], below: set[int], columns: Sequence[float]) -> list[tuple[int, int]]:
    """Column ranges of headings side by side: most columns first, then nearest to the middle."""
    best: dict[int, tuple[int, float, list[tuple[int, int]]]] = {0: (0, 0.0, [])}  # by first free column
    for head in upper:
        middle = (head.piece.x0 + head.piece.x1) / 2
        reached: dict[int, tuple[int, float, list[tuple[int, int]]]] = {}
        for free, (count, cost, ranges) in best.items():
            for first, last in itertools.product(
                range(free, head.first + 1), range(head.last, len(columns) - 1)
            ):
                if not set(range(first, last + 1)) <= below:
                    continue
                width = columns[last + 1] - columns[first]
                off = abs(middle - (columns[first] + columns[last + 1]) / 2)
                if (first, last) != (head.first, head.last) and off > OFF_CENTRE * width:
                    continue
                found = (count + last - first + 1, cost - off, [*ranges, (first, last)])
                if last + 1 not in reached or found[:2] > reached[last + 1][:2]:
                    reached[last + 1] = found
        best = reached
        if not best:
            return [(h.first, h.last) for h in upper]
    return max(best.values(), key=lambda found: found[:2])[2]


def _levels(heads: Sequence[HeaderCell], height: int, under: float) -> list[float]:
    """Heights between the rows of the header."""
    edges = [min(head.piece.top for head in heads)]
    for level in range(1, height):
        above = [h.piece.bottom for h in heads if h.row + h.rows == level]
        below = [h.piece.top for h in heads if h.row == level]
        edges.append((max(above, default=edges[-1]) + min(below, default=under)) / 2)
    bottom = max(head.piece.bottom for head in heads)
    edges.append((bottom + under) / 2 if under > bottom else bottom)
    return edges


# ------------------------------------------------------------------------------------------------ body


def _side_by_side(entries: Sequence[Entry], rows: Sequence[Row]) -> tuple[list[Entry], list[float]]:
    """Lines that overlap in height joined: cells of different numbers of lines, centred on each other."""
    found: list[Entry] = []
    sizes: list[float] = []
    last = 0.0
    for entry, row in zip(entries, rows, strict=True):
        if found and entry.top - last < OVERLAP * row.size:
            found[-1].add(entry)
        else:
            found.append(entry)
            sizes.append(row.size)
        last = row.top
    return found, sizes


def _body(entries: Sequence[Entry], sizes: Sequence[float], cuts: Sequence[float]) -> list[Entry]:
    """Lines joined to rows."""
    wrapped = _line_distance(entries, sizes)
    limits = _right_ends(entries)
    found: list[Entry] = []
    pending: Entry | None = None  # a label whose figures stand in the next line
    for index, entry in enumerate(entries):
        following = entries[index + 1] if index + 1 < len(entries) else None
        if pending is not None:
            pending.add(entry)
            found.append(pending)
            pending = None
        elif (
            found
            and not _divided(found[-1], entry, cuts)
            and _continues(found[-1], entry, sizes[index], wrapped, limits)
        ):
            found[-1].add(entry)
        elif (
            following
            and not _divided(entry, following, cuts)
            and _opens(entry, following, sizes[index], wrapped, limits)
        ):
            pending = Entry(list(entry.pieces), entry.top, entry.bottom)
        else:
            found.append(Entry(list(entry.pieces), entry.top, entry.bottom, entry.lines))
    return found if pending is None else [*found, pending]


def _divided(upper: Entry, lower: Entry, cuts: Sequence[float]) -> bool:
    return any(upper.bottom - 2 <= cut <= lower.top + 2 for cut in cuts)


def _has_figures(entry: Entry) -> bool:
    return any(is_number(piece.text) for first, _, piece in entry.pieces if first > 0)


def _line_distance(entries: Sequence[Entry], sizes: Sequence[float]) -> float | None:
    """The distance below which two lines are one row, if lines of one row stand nearer than rows do: None if the
    distances do not fall into two groups, or two lines with figures are that near."""
    pairs = list(itertools.pairwise(entries))
    pitches = sorted(lower.top - upper.top for upper, lower in pairs)
    if len(pitches) < 2:
        return None
    size = sorted(sizes)[len(sizes) // 2]
    jumps = [(b / max(a, 0.1), (a + b) / 2) for a, b in itertools.pairwise(pitches) if a < LINE_PITCH * size]
    jump, distance = max(jumps, default=(1.0, 0.0))
    if jump < 1.12:
        return None
    if any(_has_figures(a) and _has_figures(b) and b.top - a.top < distance for a, b in pairs):
        return None
    return distance


def _right_ends(entries: Sequence[Entry]) -> dict[int, float]:
    """How far to the right the texts of each column reach."""
    ends: dict[int, float] = {}
    for entry in entries:
        for first, last, piece in entry.pieces:
            if first == last:
                ends[first] = max(ends.get(first, 0.0), piece.x1)
    return ends


def _is_full(upper: Piece, lower: Piece, end: float) -> bool:
    """Whether the first word of the lower line had no room in the upper one."""
    word = lower.text.split(" ")[0] if lower.text.isascii() else lower.text[0]
    width = (lower.x1 - lower.x0) * len(word) / max(len(lower.text), 1)
    return upper.x1 + width + 0.2 * (upper.bottom - upper.top) > end


def _continues(row: Entry, line: Entry, size: float, wrapped: float | None, limits: dict[int, float]) -> bool:
    """Whether a line belongs to the row above it."""
    pitch = line.top - max(piece.top for _, _, piece in row.pieces)
    if line.lines > 1 or pitch > LINE_PITCH * size or _has_figures(line):
        return False
    if wrapped is not None:
        return pitch < wrapped
    if not line.columns <= row.columns or (line.columns == row.columns and len(line.columns) > 1):
        return False
    return all(_goes_on(row, col, piece, limits) for col, _, piece in line.pieces)


def _goes_on(row: Entry, col: int, piece: Piece, limits: dict[int, float]) -> bool:
    above = [own for first, _, own in row.pieces if first == col]
    if not above or not _is_full(above[-1], piece, limits.get(col, piece.x1)):
        return False
    if col > 0 or not piece.text.isascii():
        return True
    return bool(CONTINUES.match(piece.text) or GOES_ON.search(above[-1].text)) or piece.x0 > above[-1].x0 + 2


def _opens(
    line: Entry, following: Entry, size: float, wrapped: float | None, limits: dict[int, float]
) -> bool:
    """Whether a label alone in its line goes on in the next line, where its figures stand."""
    if line.columns != {0} or 0 not in following.columns or len(following.columns) < 2:
        return False
    pitch = following.top - line.top
    if pitch > LINE_PITCH * size:
        return False
    if wrapped is not None:
        return pitch < wrapped
    label = line.pieces[-1][2]
    next_label = next(piece for first, _, piece in following.pieces if first == 0)
    if not _is_full(label, next_label, limits.get(0, label.x1)):
        return False
    return not next_label.text.isascii() or bool(
        CONTINUES.match(next_label.text) or GOES_ON.search(label.text)
    )


def _edges(ceiling: float, bodies: Sequence[Entry]) -> list[float]:
    edges = [(ceiling + bodies[0].top) / 2 if ceiling < bodies[0].top else bodies[0].top]
    edges += [(upper.bottom + lower.top) / 2 for upper, lower in itertools.pairwise(bodies)]
    return [*edges, bodies[-1].bottom]


def _row_cells(
    row: int, entry: Entry, band: tuple[float, float], columns: Sequence[float], cells: list[GridCell]
) -> None:
    """Cells of one row: round what is written; a text that reaches into empty columns keeps to its own."""
    owned: dict[int, list[Piece]] = {}
    for first, last, piece in entry.pieces:
        owned.setdefault(_home(first, last, piece, columns), []).append(piece)
    for col in range(len(columns) - 1):
        box = _around(joined(owned[col])) if col in owned else _nothing(columns[col], band[0])
        cells.append(GridCell(row, col, 1, 1, box))


def _home(first: int, last: int, piece: Piece, columns: Sequence[float]) -> int:
    """The column of a body text: the one that holds its middle, for a label the first."""
    if first == last or first == 0:
        return first
    middle = (piece.x0 + piece.x1) / 2
    return next(col for col in range(first, last + 1) if middle <= columns[col + 1] or col == last)
