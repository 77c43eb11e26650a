"""From lines and column boundaries to a grid: wrapped cells joined, header cells with their spans."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from prosperity.extract.glyphs import rounded
from prosperity.extract.grid import Fragment, GridCell, is_number
from prosperity.extract.words import Piece, Row, cut_at, joined, span_of

YEAR = re.compile(r"^[（(]?(?:1[89]|20)\d\d(?:[-–/]\d{2,4})?[)）年]?[a-z*]?$")
GOES_ON = re.compile(r"(?:[,，、/&(（–—-]|\b(?:and|or|of|the|to|for|in|on|by|with|from|including|und|et|de))$", re.IGNORECASE)
CONTINUES = re.compile(r"^(?:[a-z(（)）/&]|and\b|or\b|of\b)")
OVERLAP = 0.75  #: lines nearer to each other than this, in character sizes, are one row
TIGHT = 0.8  #: share of the usual distance of rows below which a line continues the one before
HEADER_GAP = 0.45  #: in a header, words this far apart belong to different columns
INDENT = 0.3


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


def assemble(page: int, rows: Sequence[Row], columns: Sequence[float], cuts: Sequence[float] = ()) -> Fragment:
    """The grid of the rows. ``columns``: boundaries with the outer ends; ``cuts``: heights of rules between rows.
    """
    entries = [_entry(row, columns) for row in rows]
    start = header_height(entries, rows)
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


def header_height(entries: Sequence[Entry], rows: Sequence[Row]) -> int:
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
    for head in heads:
        above = [h for h in heads if h.lines[-1] < head.lines[0] and h.first <= head.last and head.first <= h.last]
        head.row = max((h.row + 1 for h in above), default=0)
    height = max(head.row for head in heads) + 1
    for head in reversed(heads):
        below = [h.row for h in heads if h.lines[0] > head.lines[-1] and h.first <= head.last and head.first <= h.last]
        room = min(below, default=height) - 1
        if head.first == head.last:
            head.rows = room - head.row + 1
    edges = _levels(heads, height, under)
    taken: set[tuple[int, int]] = set()
    for head in heads:
        last_row = head.row + head.rows - 1
        x0, x1 = _reach(head, [h for h in heads if h is not head], columns)
        cells.append(
            GridCell(
                head.row, head.first, head.rows, head.last - head.first + 1,
                rounded((x0, min(edges[head.row], head.piece.top), x1, max(edges[last_row + 1], 0))),
            )
        )  # fmt: skip
        taken |= {(r, c) for r in range(head.row, last_row + 1) for c in range(head.first, head.last + 1)}
    for row, col in itertools.product(range(height), range(len(columns) - 1)):
        if (row, col) not in taken:
            x = columns[col]
            cells.append(GridCell(row, col, 1, 1, rounded((x, edges[row], x, edges[row]))))
    return height


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


def _reach(head: HeaderCell, others: Sequence[HeaderCell], columns: Sequence[float]) -> tuple[float, float]:
    """Left and right side of a header cell: its columns, widened or narrowed to what is written."""
    x0, x1 = min(columns[head.first], head.piece.x0), max(columns[head.last + 1], head.piece.x1)
    beside = [h for h in others if h.piece.top < head.piece.bottom and head.piece.top < h.piece.bottom]
    for other in beside:
        if other.piece.x0 >= head.piece.x1 - 1:
            x1 = min(x1, max((head.piece.x1 + other.piece.x0) / 2, min(columns[other.first], other.piece.x0)))
        if other.piece.x1 <= head.piece.x0 + 1:
            x0 = max(x0, min((head.piece.x0 + other.piece.x1) / 2, max(columns[other.last + 1], other.piece.x1)))
    return x0, x1


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
    pitches = sorted(lower.top - upper.top for upper, lower in itertools.pairwise(entries))
    usual = pitches[len(pitches) // 2] if pitches else 0.0
    found: list[Entry] = []
    pending: Entry | None = None  # a label whose figures stand in the next line
    for index, entry in enumerate(entries):
        following = entries[index + 1] if index + 1 < len(entries) else None
        size = sizes[index]
        apart = any(found and found[-1].bottom - 2 <= cut <= entry.top + 2 for cut in cuts)
        if pending is not None:
            pending.add(entry)
            found.append(pending)
            pending = None
        elif found and not apart and _continues(found[-1], entry, following, size, usual):
            found[-1].add(entry)
        elif following and _opens(entry, following, size, usual, cuts):
            pending = Entry(list(entry.pieces), entry.top, entry.bottom)
        else:
            found.append(Entry(list(entry.pieces), entry.top, entry.bottom))
    return found


def _continues(row: Entry, line: Entry, following: Entry | None, size: float, usual: float) -> bool:
    """Whether a line belongs to the row above it."""
    pitch = line.top - max(piece.top for _, _, piece in row.pieces)
    if line.lines > 1:
        return False  # cells centred on each other: a row of its own
    if any(is_number(piece.text) for first, _, piece in line.pieces if first > 0):
        return False
    if not line.columns <= row.columns and row.columns != {0}:
        return False
    if line.columns == row.columns and len(line.columns) > 1:
        return pitch < TIGHT * usual
    if 0 not in line.columns:
        return pitch < 1.6 * size
    if line.columns != {0} or row.columns == {0}:
        return pitch < TIGHT * usual
    if pitch < TIGHT * usual:
        return following is None or following.top - line.top > pitch * 1.1
    label, above = line.pieces[0][2], [piece for first, _, piece in row.pieces if first == 0][-1]
    if pitch > 1.7 * size:
        return False
    return bool(CONTINUES.match(label.text) or GOES_ON.search(above.text))


def _opens(line: Entry, following: Entry, size: float, usual: float, cuts: Sequence[float]) -> bool:
    """Whether a label alone in its line goes on in the next line, where its figures stand."""
    if line.columns != {0} or 0 not in following.columns or len(following.columns) < 2:
        return False
    pitch = following.top - line.top
    if any(line.bottom - 2 <= cut <= following.top + 2 for cut in cuts) or pitch > 1.8 * size:
        return False
    label, next_label = line.pieces[0][2], following.pieces[0][2]
    if pitch < TIGHT * usual:
        return True
    return bool(CONTINUES.match(next_label.text) or GOES_ON.search(label.text))


def _edges(ceiling: float, bodies: Sequence[Entry]) -> list[float]:
    edges = [(ceiling + bodies[0].top) / 2 if ceiling < bodies[0].top else bodies[0].top]
    edges += [(upper.bottom + lower.top) / 2 for upper, lower in itertools.pairwise(bodies)]
    return [*edges, bodies[-1].bottom]


def _row_cells(
    row: int, entry: Entry, band: tuple[float, float], columns: Sequence[float], cells: list[GridCell]
) -> None:
    """Cells of one row: a text that reaches into columns where nothing else stands keeps to its first one,
    unless it is centred over them."""
    owned: dict[int, list[Piece]] = {}
    width = len(columns) - 1
    for first, last, piece in entry.pieces:
        owned.setdefault(_home(first, last, piece, columns), []).append(piece)
    pieces = {col: joined(found) for col, found in owned.items()}
    sides = list(columns)
    for col in range(1, width):
        left = [pieces[c].x1 for c in pieces if c < col]
        right = [pieces[c].x0 for c in pieces if c >= col]
        reach = max(left, default=sides[col])
        start = min(right, default=sides[col])
        if reach > sides[col]:
            sides[col] = (reach + start) / 2 if start > reach else reach
        elif start < sides[col]:
            sides[col] = (reach + start) / 2 if reach < start else start
    for col in range(width):
        x0, x1 = sides[col], max(sides[col], sides[col + 1])
        if col in pieces:
            x0, x1 = min(x0, pieces[col].x0), max(x1, pieces[col].x1)
        cells.append(GridCell(row, col, 1, 1, rounded((x0, band[0], x1, band[1]))))


def _home(first: int, last: int, piece: Piece, columns: Sequence[float]) -> int:
    """The column of a body text: the one that holds its middle, for a label the first."""
    if first == last or first == 0:
        return first
    middle = (piece.x0 + piece.x1) / 2
    return next(col for col in range(first, last + 1) if middle <= columns[col + 1] or col == last)
