"""Statistical tables of HTML pages: cells with spans and node paths, header rows, unit line, notes.

What belongs here: one table element in itself. Captions and notes outside it are found in ``html``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from prosperity.extract.html_nodes import node_text
from prosperity.extract.model import Cell, ExtractionError, Table
from prosperity.notation.normalise import FOOTNOTE_MARKS, normalise

MAX_COLUMNS = 500
MAX_CELLS = 100_000
_LONGEST_CELL = 400
UNIT_LINE = re.compile(r"\(?\s*单\s*位\s*:\s*(?P<unit>[^:()]{1,20}(?:\([^()]*\))?)\s*\)?\s*$")
_NUMBER = re.compile(r"[-+]?[0-9][0-9,]*(?:\.[0-9]+)?%?")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_PLACEHOLDER = re.compile(r"[-—–…./*]{1,3}")
_NOTE = re.compile(r"^(?:注|说明|备注|附注|数据来源|资料来源|来源)\s*[::\d]|^注\b|^\*")


def is_data_table(table: etree._Element) -> bool:
    """Whether a table element holds figures in rows and columns, and does not merely lay out the page."""
    if table.find(".//table") is not None:
        return False
    rows = [[node_text(cell) for cell in _cells_of(row)] for row in table.iter("tr")]
    wide = [row for row in rows if len(row) > 1]
    if len(wide) < 2 or any(len(text) > _LONGEST_CELL for row in wide for text in row):
        return False
    return table.find(".//th") is not None or any(_is_figure(text) for row in wide for text in row[1:])


def read_table(table: etree._Element, paths: Mapping[etree._Element, str]) -> Table:
    """The table with its own caption, unit line and notes; rows that hold nothing else are not cells.

    ``Cell.raw`` is ``node_text`` of the cell element, ``Cell.text`` the same without footnote marks and with
    look-alike characters mapped; ``-`` stays. ``paths``: as of ``paths_of``. Spans are kept, cut to the size of the table.

    :raises ExtractionError: ``too-complex`` for more than 500 columns or 100,000 cells.
    """
    grid = _grid(table, paths)
    element = table.find("./caption")
    caption = node_text(element) if element is not None else ""
    read = Table(cells=tuple(cell for row in grid for cell in row), node=paths[table], caption=caption)
    rows, lines = _without_lines(grid)
    for line in lines:
        read = _with_line(read, line)
    heads = table.findall("./thead/tr")
    kept = {id(row) for row in rows}
    dropped = [row[0].row for row in grid if row and id(row) not in kept]
    in_head = len(heads) - sum(number < len(heads) for number in dropped)
    return replace(read, cells=_renumbered(rows), header_rows=_header_rows(_renumbered(rows), in_head))


def _cells_of(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _span(cell: etree._Element, name: str, most: int) -> int:
    """A rowspan or colspan between 1 and ``most``; 0 (to the end) counts as ``most``, nonsense as 1."""
    text = (cell.get(name) or "1").strip()
    if not re.fullmatch(r"[0-9]{1,6}", text):
        return 1
    return min(int(text) or most, most)


def _grid(table: etree._Element, paths: Mapping[etree._Element, str]) -> list[list[Cell]]:
    rows = list(table.iter("tr"))
    taken: dict[int, set[int]] = {}
    grid: list[list[Cell]] = []
    count = 0
    for number, row in enumerate(rows):
        column = 0
        line: list[Cell] = []
        for element in _cells_of(row):
            occupied = taken.setdefault(number, set())
            while column in occupied:
                column += 1
            across = _span(element, "colspan", MAX_COLUMNS)
            down = _span(element, "rowspan", len(rows) - number)
            count += across * down
            if column + across > MAX_COLUMNS or count > MAX_CELLS:
                raise ExtractionError(
                    "too-complex", f"{paths[table]}: more than {MAX_COLUMNS} columns or {MAX_CELLS} cells"
                )
            for below in range(number, number + down):
                taken.setdefault(below, set()).update(range(column, column + across))
            raw = node_text(element)
            line.append(Cell(number, column, clean_text(raw), raw, down, across, node=paths[element]))
            column += across
        grid.append(line)
    return grid


def clean_text(raw: str) -> str:
    """Text of a cell for reading: look-alikes mapped, blanks inside Chinese text closed, footnote marks
    off."""
    text = normalise(raw)
    text = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text).strip()
    return re.sub(rf"(?<=\S)(?<!m)[{FOOTNOTE_MARKS}]+|\[[0-9]{{1,2}}\]", "", text)


def _without_lines(grid: list[list[Cell]]) -> tuple[list[list[Cell]], list[str]]:
    """The rows of the table proper, and the texts of full-width rows above (caption, unit) and below
    (notes)."""
    width = max((cell.col + cell.colspan for row in grid for cell in row), default=0)
    rows = [row for row in grid if row]
    lines: list[str] = []
    while len(rows) > 2 and (text := _only_text(rows[0], width)) is not None and not _is_figure(text):
        lines.append(text)
        rows = rows[1:]
    below: list[str] = []
    while (
        len(rows) > 2
        and (text := _only_text(rows[-1], width)) is not None
        and (not text or _NOTE.match(text))
    ):
        below.append(text)
        rows = rows[:-1]
    return rows, [text for text in lines + below[::-1] if text]


def _only_text(row: list[Cell], width: int) -> str | None:
    """The text of a row that is one cell across the table; None for any other row."""
    filled = [cell for cell in row if cell.raw]
    across = sum(cell.colspan for cell in row)
    if (
        len(filled) > 1
        or (filled and filled[0].colspan < width)
        or across < width
        or any(cell.rowspan > 1 for cell in row)
    ):
        return None
    return filled[0].raw if filled else ""


def _with_line(table: Table, text: str) -> Table:
    if _NOTE.match(normalise(text)):
        return replace(table, notes=(*table.notes, text))
    caption, unit = split_unit(text)
    return replace(table, unit=table.unit or unit, caption=table.caption or caption)


def split_unit(text: str) -> tuple[str, str]:
    """``表1 主要指标 单位:亿元`` → (表1 主要指标, 亿元); an empty unit if the text names none."""
    plain = normalise(text)
    match = UNIT_LINE.search(plain)
    if not match:
        return text.strip(), ""
    return plain[: match.start()].strip(" ("), match["unit"].strip()


def is_note(text: str) -> bool:
    return bool(_NOTE.match(normalise(text)))


def _renumbered(rows: list[list[Cell]]) -> tuple[Cell, ...]:
    if not rows:
        return ()
    first = rows[0][0].row
    last = rows[-1][0].row
    return tuple(
        replace(cell, row=cell.row - first, rowspan=min(cell.rowspan, last - cell.row + 1))
        for row in rows
        for cell in row
    )


def _is_figure(text: str) -> bool:
    return bool(_NUMBER.fullmatch(clean_text(text)))


def _header_rows(cells: tuple[Cell, ...], in_head: int) -> int:
    """Rows before the first row with figures beside its label; at least those of ``thead`` and of
    all-``th`` rows."""
    height = max((cell.row + cell.rowspan for cell in cells), default=0)
    count = min(in_head, height)
    for number in range(count, height):
        row = [cell for cell in cells if cell.row == number]
        beside = [cell.text for cell in row if cell.col > 0]
        figures = [text for text in beside if _NUMBER.fullmatch(text) or _PLACEHOLDER.fullmatch(text)]
        years = figures and all(_YEAR.fullmatch(text) for text in figures)
        section = number > 0 and row and row[0].col == 0 and row[0].text and not any(beside)
        if (figures and not years) or (section and row[0].rowspan == 1):
            break
        count = number + 1
    spans = [
        cell.row + cell.rowspan for cell in cells if cell.row < count and cell.rowspan > 1 and cell.row == 0
    ]
    return max([count, *spans]) if count < height else min(1, height)
