"""Drawn grids put right: sides drawn twice or as filled strips, and cells that lack their inner rules."""

from __future__ import annotations

import itertools
from collections import Counter

from prosperity.extract.glyphs import PageGlyphs, rounded
from prosperity.extract.grid import Fragment, GridCell, read_texts
from prosperity.extract.model import BBox
from prosperity.extract.words import Piece, row_of

STRIP = 1.2  #: empty columns and rows narrower than this, in character sizes, are padding or the thickness of a rule
FLAT_ROW = 0.7  #: empty rows lower than this, likewise
SHARED = 0.5  #: share of the rows that must lack a rule before their cells are cut at the others' columns


def mended(fragment: Fragment, glyphs: PageGlyphs) -> Fragment:
    """The grid without strips, its undivided rows cut where the other rows' columns stand."""
    size = _size(fragment, glyphs)
    if size:
        fragment = _without_strips(fragment, size)
    return _divided(fragment, glyphs)


def _size(fragment: Fragment, glyphs: PageGlyphs) -> float:
    sizes = sorted(glyph.size for glyph in glyphs.within(fragment.bbox))
    return sizes[len(sizes) // 2] if sizes else 0.0


# ------------------------------------------------------------------------------------------------ strips


def _without_strips(fragment: Fragment, size: float) -> Fragment:
    """Without narrow columns and rows in which no text of their own stands."""
    heights = _row_heights(fragment)
    filled = [cell for cell in fragment.cells if fragment.texts[cell.row, cell.col]]
    held_cols = {cell.col for cell in filled if cell.colspan == 1}
    held_rows = {cell.row for cell in filled if cell.rowspan == 1}
    widths = [right - left for left, right in itertools.pairwise(fragment.columns)]
    cols = {col for col, width in enumerate(widths) if width < STRIP * size and col not in held_cols}
    rows = {row for row, height in enumerate(heights) if height < FLAT_ROW * size and row not in held_rows}
    if not cols and not rows:
        return fragment
    kept_cols = [col for col in range(fragment.width) if col not in cols]
    kept_rows = [row for row in range(fragment.height) if row not in rows]
    if not kept_cols or not kept_rows:
        return fragment
    new_col = {col: index for index, col in enumerate(kept_cols)}
    new_row = {row: index for index, row in enumerate(kept_rows)}
    cells = []
    for cell in fragment.cells:
        across = [new_col[col] for col in range(cell.col, cell.col + cell.colspan) if col in new_col]
        down = [new_row[row] for row in range(cell.row, cell.row + cell.rowspan) if row in new_row]
        if across and down:
            cells.append(GridCell(down[0], across[0], len(down), len(across), cell.bbox))
    texts = {}
    old = {cell.bbox: fragment.texts[cell.row, cell.col] for cell in fragment.cells}
    for cell in cells:
        texts[cell.row, cell.col] = old[cell.bbox]
    inner = [(fragment.columns[a + 1] + fragment.columns[b]) / 2 for a, b in itertools.pairwise(kept_cols)]
    columns = (fragment.columns[0], *inner, fragment.columns[-1])
    cells.sort(key=lambda cell: (cell.row, cell.col))
    return Fragment(
        fragment.page, fragment.bbox, columns, len(kept_rows), tuple(cells), fragment.ruled, texts=texts
    )


def _row_heights(fragment: Fragment) -> list[float]:
    tops: dict[int, float] = {}
    ends: dict[int, float] = {}
    for cell in fragment.cells:
        tops[cell.row] = cell.bbox[1]
        ends[cell.row + cell.rowspan] = cell.bbox[3]
    edges = {**ends, **tops}
    return [
        edges.get(row + 1, 0) - edges.get(row, 0) if row in edges and row + 1 in edges else 1e9
        for row in range(fragment.height)
    ]


# ------------------------------------------------------------------------------------------------ divisions


def _divided(fragment: Fragment, glyphs: PageGlyphs) -> Fragment:
    """Rows that are one wide cell, cut at the columns of the other rows if their texts stand in these."""
    wide = [cell for cell in fragment.cells if cell.colspan == fragment.width > 1]
    cut: dict[GridCell, list[BBox]] = {}
    for cell in wide:
        boxes = _parts(cell, fragment, glyphs)
        if boxes:
            cut[cell] = boxes
    if not cut or len(cut) < SHARED * len(wide):
        return fragment
    cells: list[GridCell] = []
    for cell in fragment.cells:
        if cell not in cut:
            cells.append(cell)
            continue
        cells += [GridCell(cell.row, col, cell.rowspan, 1, box) for col, box in enumerate(cut[cell])]
    return read_texts(
        Fragment(
            fragment.page, fragment.bbox, fragment.columns, fragment.height, tuple(cells), fragment.ruled
        ),
        glyphs,
    )


def _parts(cell: GridCell, fragment: Fragment, glyphs: PageGlyphs) -> list[BBox]:
    """Boxes of the columns in a wide cell, or none if its texts do not stand in columns."""
    pieces: list[Piece] = []
    for line in glyphs.layout_in(cell.bbox).lines:
        phrases = row_of(line).phrases
        if len(phrases) < 2:
            return []
        pieces += phrases
    if not pieces:
        return []
    owner = Counter[int]()
    x0, top, x1, bottom = cell.bbox
    sides = [x0, *fragment.columns[1:-1], x1]
    for piece in pieces:
        hit = [
            col
            for col in range(fragment.width)
            if min(piece.x1, sides[col + 1]) - max(piece.x0, sides[col]) > 0.25 * (piece.x1 - piece.x0)
        ]
        if len(hit) != 1:
            return []
        owner[hit[0]] += 1
    if max(owner.values()) > 1 and len(pieces) == len(owner):
        return []
    return [rounded((sides[col], top, sides[col + 1], bottom)) for col in range(fragment.width)]
