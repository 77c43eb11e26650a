"""What stands around a figure in its document: found again in the (cached) extraction, by its place.

What belongs here: looking places up. What does not: reading documents, drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prosperity.clean.model import Evidence
from prosperity.extract.json_document import excerpt
from prosperity.extract.model import Block, Cell, Extraction, Span, Statement, Table
from prosperity.publish.model import RowAround, Surroundings, TextAround

ROWS_AROUND = 2  #: rows of the table shown above and below
BOX_TOLERANCE = 0.02  #: points; boxes are kept with two decimals


def surroundings(
    extraction: Extraction | None, evidence: Evidence, data: bytes | None = None
) -> Surroundings | None:
    """The sentence or table row that evidence stands in; None where it is not found (another extractor version).

    ``data``: the document's bytes, of which JSON is shown besides.
    """
    row = None if extraction is None or evidence.span is not None else _in_table(extraction, evidence)
    if evidence.pointer is not None:
        return _in_json(row, evidence, data)
    if extraction is not None and evidence.span is not None:
        return _in_text(extraction, evidence, evidence.span)
    return row


def _in_json(row: RowAround | None, evidence: Evidence, data: bytes | None) -> Surroundings:
    """The table's row with the JSON around the value; without a table just the value beside its pointer."""
    pointer = evidence.pointer or ""
    if row is None:
        lead = f"{pointer}: "
        return TextAround(lead + evidence.raw, (len(lead), len(lead) + len(evidence.raw)))
    if data is None:
        return row
    text, span = excerpt(data, pointer)
    return replace(row, excerpt=text, excerpt_span=span)


# --------------------------------------------------------------------------------------------------- text


def _in_text(extraction: Extraction, evidence: Evidence, span: Span) -> TextAround | None:
    for statement in extraction.statements:
        if (statement.node, statement.page) != (evidence.node, evidence.page):
            continue
        local = (span[0] - statement.offset, span[1] - statement.offset)
        if local in _spans(statement) and statement.text[local[0] : local[1]] == evidence.raw:
            return _with_block(statement.text, local, extraction.blocks, evidence, span)
    return None


def _spans(statement: Statement) -> list[Span]:
    return [span for span in (statement.span, statement.rate_span, statement.qoq_span) if span]


def _with_block(
    sentence: str, local: Span, blocks: Sequence[Block], evidence: Evidence, span: Span
) -> TextAround:
    """The sentence with, for HTML, its paragraph and the neighbouring ones."""
    for number, block in enumerate(blocks):
        own = (span[0] - block.offset, span[1] - block.offset)
        if evidence.node is None or block.node != evidence.node or own[0] < 0:
            continue
        if block.text[own[0] : own[1]] == evidence.raw:
            before = blocks[number - 1].text if number else ""
            after = blocks[number + 1].text if number + 1 < len(blocks) else ""
            return TextAround(sentence, local, block.text, own, before, after)
    return TextAround(sentence, local)


# --------------------------------------------------------------------------------------------------- tables


def _in_table(extraction: Extraction, evidence: Evidence) -> RowAround | None:
    for table in extraction.tables:
        for cell in table.cells:
            if _is_place(cell, evidence):
                return _row(table, cell)
    return None


def _is_place(cell: Cell, evidence: Evidence) -> bool:
    if evidence.pointer is not None:
        return cell.pointer == evidence.pointer
    if evidence.node is not None:
        return cell.node == evidence.node
    if cell.page != evidence.page or cell.bbox is None or evidence.bbox is None:
        return False
    return all(abs(one - two) <= BOX_TOLERANCE for one, two in zip(cell.bbox, evidence.bbox, strict=True))


def _row(table: Table, cell: Cell) -> RowAround:
    height = max(entry.row + entry.rowspan for entry in table.cells)
    first = max(table.header_rows, cell.row - ROWS_AROUND)
    last = min(height, cell.row + ROWS_AROUND + 1)
    if cell.row < table.header_rows:
        first = cell.row
    return RowAround(
        caption=table.caption,
        unit=table.unit,
        header=grid_of(table, 0, table.header_rows),
        rows=grid_of(table, first, last),
        row=cell.row - first,
        column=cell.col,
        notes=table.notes,
    )


def grid_of(table: Table, first: int, last: int) -> tuple[tuple[str, ...], ...]:
    """Rows of the table as archived; the text of a merged cell stands in every place that it covers."""
    width = max(cell.col + cell.colspan for cell in table.cells)
    rows = [[""] * width for _ in range(first, last)]
    for cell in table.cells:
        for row in range(max(first, cell.row), min(last, cell.row + cell.rowspan)):
            for column in range(cell.col, cell.col + cell.colspan):
                rows[row - first][column] = cell.text
    return tuple(tuple(row) for row in rows)
