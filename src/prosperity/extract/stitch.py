"""Fragments of pages joined to logical tables: columns matched by position, repeated headers dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prosperity.extract.celltext import without_blanks
from prosperity.extract.grid import Fragment, GridCell, index_of, is_number, positions
from prosperity.extract.surroundings import CONTINUED

SAME_END = 5.0  #: points by which left and right ends of two parts of a table may differ
SAME_COLUMN = 4.0
MAXIMUM_OF_HEADER_ROWS = 4


@dataclass(frozen=True)
class Part:
    """A fragment with what surrounds it. ``first`` and ``last``: nothing but margins above or below it."""

    fragment: Fragment
    caption: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()
    first: bool = False
    last: bool = False


@dataclass(frozen=True)
class Logical:
    """A table over one or several pages; the cells of repeated headers are left out."""

    parts: tuple[Part, ...]
    columns: tuple[float, ...]
    cells: tuple[tuple[GridCell, Part, GridCell], ...] = field(
        repr=False, default=()
    )  #: placed, part, original
    header_rows: int = 1


def join_parts(parts: Sequence[Part]) -> list[Logical]:
    """Logical tables in reading order. ``parts`` in reading order."""
    chains: list[list[Part]] = []
    for part in parts:
        if chains and continues(chains[-1][-1], part):
            chains[-1].append(part)
        else:
            chains.append([part])
    return [_join(chain) for chain in chains]


def continues(upper: Part, lower: Part) -> bool:
    """Whether ``lower`` is the rest of ``upper``, from the next page."""
    if lower.fragment.page != upper.fragment.page + 1 or not (upper.last and lower.first):
        return False
    told = bool(CONTINUED.search(lower.caption))
    if upper.notes or (lower.caption and not told and _caption(lower) != _caption(upper)):
        return False
    one, other = upper.fragment, lower.fragment
    if abs(one.bbox[0] - other.bbox[0]) > SAME_END or abs(one.bbox[2] - other.bbox[2]) > SAME_END:
        return told and one.width == other.width
    if one.ruled and other.ruled:
        fewer, more = sorted((one.columns, other.columns), key=len)
        return all(abs(more[index_of(more, x)] - x) <= SAME_COLUMN for x in fewer[1:-1])
    return one.width == other.width


def _caption(part: Part) -> str:
    return without_blanks(CONTINUED.sub("", part.caption))


def _join(chain: list[Part]) -> Logical:
    columns = _columns(chain)
    header = header_rows(chain[0].fragment)
    offset = 0
    cells: list[tuple[GridCell, Part, GridCell]] = []
    for number, part in enumerate(chain):
        skip = _repeated(chain[0].fragment, part.fragment, header) if number else 0
        for cell in part.fragment.cells:
            if cell.row < skip:
                continue
            first, last = _place(cell, part.fragment, columns)
            placed = replace(cell, row=cell.row - skip + offset, col=first, colspan=last - first)
            cells.append((placed, part, cell))
        offset += part.fragment.height - skip
    return Logical(tuple(chain), columns, tuple(cells), header)


def _columns(chain: list[Part]) -> tuple[float, ...]:
    """The finest division of columns that any part has."""
    widest = max((part.fragment for part in chain), key=lambda fragment: fragment.width)
    if not all(part.fragment.ruled for part in chain):
        return widest.columns
    inner = positions((x for part in chain for x in part.fragment.columns[1:-1]), SAME_COLUMN)
    if len(inner) <= len(widest.columns) - 2:
        return widest.columns
    return (widest.columns[0], *inner, widest.columns[-1])


def _place(cell: GridCell, fragment: Fragment, columns: tuple[float, ...]) -> tuple[int, int]:
    """First column and column after the last one in the whole table."""
    if fragment.width == len(columns) - 1:
        return cell.col, cell.col + cell.colspan
    last = cell.col + cell.colspan == fragment.width
    first = 0 if cell.col == 0 else index_of(columns, fragment.columns[cell.col])
    end = len(columns) - 1 if last else index_of(columns, fragment.columns[cell.col + cell.colspan])
    return first, max(end, first + 1)


def _row_texts(fragment: Fragment, row: int) -> list[tuple[int, str]]:
    return [
        (cell.col, without_blanks(fragment.texts[cell.row, cell.col]))
        for cell in fragment.cells
        if cell.row == row
    ]


def _repeated(first: Fragment, later: Fragment, header: int) -> int:
    """How many rows at the top of a later part repeat the header of the first."""
    count = 0
    while count < min(header, later.height - 1) and _row_texts(first, count) == _row_texts(later, count):
        count += 1
    return count


def header_rows(fragment: Fragment) -> int:
    """Rows at the top before the first that mostly holds figures; at least one, and cells that span rows
    whole."""
    texts: dict[int, list[str]] = {}
    for (row, col), text in fragment.texts.items():
        if col > 0 and text:
            texts.setdefault(row, []).append(text)
    body = next((row for row in range(1, fragment.height) if _mostly_figures(texts.get(row, ()))), 1)
    rows = body if body <= MAXIMUM_OF_HEADER_ROWS else 1
    spans = [cell.rowspan for cell in fragment.cells if cell.row == 0 and cell.rowspan < fragment.height]
    return max([rows, *(span for span in spans if span <= MAXIMUM_OF_HEADER_ROWS)])


def _mostly_figures(texts: Sequence[str]) -> bool:
    return bool(texts) and sum(is_number(text) for text in texts) >= len(texts) / 2
