"""The table in an interface's JSON answer, where the catalogue says that it stands.

What belongs here: from columns of labelled cells to a ``Table`` whose cells carry JSON pointers. What does not:
which labels and periods matter (the catalogue's ordinary table rules).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from prosperity.extract.json_document import as_text, at_pointer, parse_json, pointer_to, steps_of
from prosperity.extract.model import Cell, ExtractionError, Table
from prosperity.extract.request import AnswerShape
from prosperity.notation.normalise import normalise

Place = tuple[str | int, ...]  #: steps from the root


def read_answer(data: bytes, shape: AnswerShape, caption: str, most_cells: int) -> Table:
    """One table: labels down, columns across; the first row holds the columns' headers.

    A label that stands several times in one column has as many rows. A cell's unit is put in brackets behind the
    label's text where the label does not name it. Cells that a column lacks are absent.

    :raises ExtractionError: what ``parse_json`` raises; ``no-such-place`` or ``corrupt`` where the answer is laid out
        otherwise; ``too-complex`` beyond ``most_cells``.
    """
    found = at_pointer(parse_json(data), shape.columns)
    cells = [Cell(0, 0, shape.stub)]
    rows: dict[tuple[str, int], int] = {}
    for number, column in enumerate(_list(found, shape.columns), start=1):
        place: Place = (*steps_of(shape.columns), number - 1)
        cells.append(_cell(0, number, _member(column, shape.header, place), (*place, shape.header)))
        inside: Place = (*place, shape.cells)
        seen: Counter[str] = Counter()
        for index, entry in enumerate(_list(_member(column, shape.cells, place), pointer_to(*inside))):
            where: Place = (*inside, index)
            label = _cell(0, 0, _member(entry, shape.label, where), (*where, shape.label))
            key = (label.text, seen[label.text])
            seen[label.text] += 1
            if key not in rows:
                rows[key] = len(rows) + 1
                unit = entry.get(shape.unit) if shape.unit else None
                cells.append(replace(label, row=rows[key], text=_with_unit(label.text, unit)))
            figure = _member(entry, shape.value, where)
            cells.append(_cell(rows[key], number, figure, (*where, shape.value)))
            _bound((len(rows) + 1) * (number + 1), most_cells)
        _bound((len(rows) + 1) * (number + 1), most_cells)
    return Table(cells=tuple(cells), caption=caption, pointer=shape.columns)


def _bound(size: int, most_cells: int) -> None:
    """The whole grid counts, gaps included: whoever lays it out needs that much."""
    if size > most_cells:
        raise ExtractionError("too-complex", f"the answer's table has more than {most_cells} places")


def _cell(row: int, col: int, value: Any, place: Place) -> Cell:
    """A cell with the value's text; null is an empty one."""
    raw = as_text(value)
    return Cell(row, col, "" if value is None else _tidy(raw), raw, pointer=pointer_to(*place))


def _tidy(text: str) -> str:
    return " ".join(normalise(text).split())


def _with_unit(label: str, unit: Any) -> str:
    """The label with its unit in brackets, unless it names it itself."""
    named = _tidy(as_text(unit)) if unit else ""
    return label if not named or f"({named})" in label else f"{label} ({named})"


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise ExtractionError("corrupt", f"pointer {place}: {type(value).__name__} in place of a list")
    return value


def _member(value: Any, name: str, place: Place) -> Any:
    if not isinstance(value, dict) or name not in value:
        raise ExtractionError("corrupt", f"pointer {pointer_to(*place)}: no member {name!r}")
    return value[name]
