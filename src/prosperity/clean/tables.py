"""Which cell holds which series: by caption, header and row label (catalogue), never by page or position."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Era, Series, TableColumn, TableRow, TableRule
from prosperity.clean.candidates import Candidate, Problem, fitting_period
from prosperity.clean.model import Evidence
from prosperity.clean.values import UNITLESS, cell_number, header_period, in_series_units, unit_of
from prosperity.collect.model import Release
from prosperity.extract.model import Cell, Extraction, Table
from prosperity.notation.model import QuantityError
from prosperity.notation.normalise import normalise


@dataclass(frozen=True)
class _Figure:
    """A cell that a rule claims for a series, with what stands beside and above it."""

    cell: Cell
    series: str
    row: TableRow
    label: str
    header: str
    column: TableColumn


def from_tables(
    era: Era, release: Release, extraction: Extraction, series: Mapping[str, Series]
) -> tuple[list[Candidate], list[Problem]]:
    """Candidates from every table rule; a table that only half matches gives problems and no candidate."""
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for rule in era.tables:
        matching = [table for table in extraction.tables if _fits(rule, table)]
        if not matching and rule.required:
            captions = "; ".join(table.caption for table in extraction.tables if table.caption) or "none"
            reason = (
                f"no table with caption like {rule.caption!r} and stub header {rule.label_header!r}; "
                f"captions found: {captions}"
            )
            problems.append(Problem(f"table {rule.caption}", "tables", reason))
        for table in matching:
            found, faults = _from_table(rule, table, release, extraction, series)
            problems += faults
            required = {row.level or row.rate for row in rule.rows if row.required}
            missing = required - {candidate.series.id for candidate in found}
            if missing:
                names = ", ".join(sorted(str(name) for name in missing))
                reason = f"table {table.caption!r} lacks {names}: nothing loaded from it"
                problems.append(Problem(f"table {rule.caption}", _table_place(table), reason))
            else:
                candidates += found
    return candidates, problems


def _fits(rule: TableRule, table: Table) -> bool:
    if not re.search(rule.caption, normalise(table.caption)):
        return False
    return any(re.search(rule.label_header, header) for header in _headers(table).values())


def _headers(table: Table) -> dict[int, str]:
    """Header text of every column: the texts of all header rows above it, spans included."""
    texts: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.row >= table.header_rows:
            continue
        for column in range(cell.col, cell.col + cell.colspan):
            words = texts.setdefault(column, [])
            text = _one_line(cell.text)
            if text and text not in words:
                words.append(text)
    return {column: " ".join(words) for column, words in texts.items()}


def _one_line(text: str) -> str:
    return " ".join(normalise(text).split())


def _from_table(
    rule: TableRule, table: Table, release: Release, extraction: Extraction, series: Mapping[str, Series]
) -> tuple[list[Candidate], list[Problem]]:
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for figure in _figures(rule, table):
        try:
            candidate = _candidate(figure, rule, table, release, extraction, series[figure.series])
        except QuantityError as fault:
            problems.append(Problem(figure.series, _cell_place(figure.cell, table), str(fault)))
            continue
        if candidate:
            candidates.append(candidate)
    return candidates, problems


def _figures(rule: TableRule, table: Table) -> Iterator[_Figure]:
    """Every cell that stands in a claimed row and under a claimed header."""
    headers = _headers(table)
    stub = next(column for column, text in sorted(headers.items()) if re.search(rule.label_header, text))
    cells = {(cell.row, cell.col): cell for cell in table.cells}
    for stub_cell in table.cells:
        if stub_cell.col != stub or stub_cell.row < table.header_rows:
            continue
        label = _one_line(stub_cell.text)
        row = next((row for row in rule.rows if re.search(row.label, label)), None)
        if row is None:
            continue
        for name, column in ((row.level, rule.level), (row.rate, rule.rate)):
            if name is None or column is None:
                continue
            for number, header in sorted(headers.items()):
                cell = cells.get((stub_cell.row, number))
                if cell is not None and number != stub and re.search(column.header, header):
                    yield _Figure(cell, name, row, label, header, column)


def _candidate(
    figure: _Figure,
    rule: TableRule,
    table: Table,
    release: Release,
    extraction: Extraction,
    series: Series,
) -> Candidate | None:
    """:raises QuantityError: where number, unit or period cannot be what the series asks for."""
    number = cell_number(figure.cell.text)
    if number is None:
        return None
    named = header_period(figure.header) if figure.column.period == "header" else None
    period = fitting_period(named or release.period, series, ())
    if period is None:
        raise QuantityError(f"period {named or release.period} does not fit {series.id}")
    is_rate = figure.series == figure.row.rate
    cell = figure.cell
    return Candidate(
        series=series,
        period=period,
        value=number if is_rate else _scaled(number, figure, rule, table, series),
        evidence=Evidence(
            document=extraction.document,
            raw=cell.raw,
            method=table.method or ("pdf-table" if cell.page is not None else "html-table"),
            extractor=extraction.version,
            page=cell.page,
            bbox=cell.bbox,
            node=cell.node,
        ),
        place=_cell_place(cell, table),
    )


def _scaled(number: Decimal, figure: _Figure, rule: TableRule, table: Table, series: Series) -> Decimal:
    """The number in the series' units, by the unit that label, header, caption, unit line or catalogue name."""
    named = unit_of(figure.label, figure.header, table.caption, unit_line=table.unit or rule.unit or "")
    if named is None and series.unit not in UNITLESS:
        raise QuantityError(
            f"no unit is named for {figure.cell.text!r}: neither label, header, caption, unit line nor catalogue"
        )
    multiplier, unit = named or (Decimal(1), "")
    return in_series_units(number, multiplier, unit, series)


def _table_place(table: Table) -> str:
    return f"page {table.page}" if table.page is not None else str(table.node)


def _cell_place(cell: Cell, table: Table) -> str:
    where = f"page {cell.page}" if cell.page is not None else str(cell.node)
    return f"{where}, table {table.caption!r}, row {cell.row + 1}, column {cell.col + 1}"
