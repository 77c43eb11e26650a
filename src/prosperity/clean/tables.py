"""Which cell holds which series: by caption, header and row label (catalogue), never by page or position."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Era, Series, TableColumn, TableRow, TableRule
from prosperity.clean.candidates import Candidate, Problem, fitting_period
from prosperity.clean.model import Evidence
from prosperity.clean.table_match import headers_of, matches, one_line
from prosperity.clean.values import UNITLESS, cell_number, header_period, in_series_units, unit_of
from prosperity.collect.model import Release
from prosperity.extract.model import Cell, Extraction, Table
from prosperity.notation.model import Period, QuantityError, cumulative


@dataclass(frozen=True)
class _Figure:
    """A cell that a rule claims for a series, with what stands beside and above it."""

    cell: Cell
    stub: Cell  #: holds the row's label
    series: str
    row: TableRow
    label: str
    header: str
    column: TableColumn
    period: Period | None  #: that of the row's label, of the header, or of the release
    unit: str  #: what the row's cell under ``unit_header`` says; empty without such a column


def from_tables(
    era: Era, release: Release, extraction: Extraction, series: Mapping[str, Series]
) -> tuple[list[Candidate], list[Problem]]:
    """Candidates from every table rule; a table that only half matches gives problems and no candidate."""
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    found = list(matches(era, extraction.tables))
    for rule in era.tables:
        if rule.required and not any(match.rule is rule for match in found):
            captions = "; ".join(table.caption for table in extraction.tables if table.caption) or "none"
            reason = f"no table with caption like {rule.caption!r}; captions found: {captions}"
            problems.append(Problem(f"table {rule.caption}", "tables", reason))
    for match in found:
        rule, table = match.rule, match.table
        if match.missing:
            headers = "; ".join(text for text in headers_of(table).values() if text) or "none"
            reason = f"table {table.caption!r} has no {', no '.join(match.missing)}: nothing loaded from it; headers found: {headers}"
            problems.append(Problem(f"table {rule.caption}", _where(table), reason))
            continue
        taken, faults = _from_table(rule, table, release, extraction, series)
        problems += faults
        required = {row.level or row.rate for row in rule.rows if row.required}
        missing = required - {candidate.series.id for candidate in taken}
        if missing:
            names = ", ".join(sorted(str(name) for name in missing))
            reason = f"table {table.caption!r} lacks {names}: nothing loaded from it"
            problems.append(Problem(f"table {rule.caption}", _where(table), reason))
        else:
            candidates += taken
    return candidates, problems


def _from_table(
    rule: TableRule, table: Table, release: Release, extraction: Extraction, series: Mapping[str, Series]
) -> tuple[list[Candidate], list[Problem]]:
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for figure in _figures(rule, table, release, series):
        try:
            candidate = _candidate(figure, rule, table, extraction, series[figure.series])
        except QuantityError as fault:
            problems.append(Problem(figure.series, _cell_place(figure.cell, table), str(fault)))
            continue
        if candidate:
            candidates.append(candidate)
    return candidates, problems


def _figures(
    rule: TableRule, table: Table, release: Release, series: Mapping[str, Series]
) -> Iterator[_Figure]:
    """Every cell that stands in a claimed row and under a claimed header."""
    headers = headers_of(table)
    stub = next(column for column, text in sorted(headers.items()) if re.search(rule.label_header, text))
    units = [
        n for n, text in sorted(headers.items()) if rule.unit_header and re.search(rule.unit_header, text)
    ]
    cells = {(cell.row, cell.col): cell for cell in table.cells}
    year_above: int | None = None
    section = ""
    for stub_cell in table.cells:
        if stub_cell.col != stub or stub_cell.row < table.header_rows:
            continue
        label = one_line(stub_cell.text)
        labelled = header_period(label, year_above)
        year_above = labelled.year if labelled else year_above
        section = label if rule.sections and re.search(rule.sections, label) else section
        row = next((row for row in rule.rows if _is_row(row, label, section)), None)
        if row is None:
            continue
        beside = cells.get((stub_cell.row, units[0])) if units else None
        unit = one_line(beside.text) if beside else ""
        for name, column in ((row.level, rule.level), (row.rate, rule.rate)):
            if name is None or column is None:
                continue
            for number, header in sorted(headers.items()):
                cell = cells.get((stub_cell.row, number))
                if cell is None or number == stub or not re.search(column.header, header):
                    continue
                period = (
                    labelled
                    if row.period == "label"
                    else _column_period(column, header, release, series[name])
                )
                if _is_of(column, period, series[name]):
                    yield _Figure(cell, stub_cell, name, row, label, header, column, period, unit)


def _is_row(row: TableRow, label: str, section: str) -> bool:
    return bool(re.search(row.label, label)) and (
        row.section is None or bool(re.search(row.section, section))
    )


def _column_period(column: TableColumn, header: str, release: Release, series: Series) -> Period | None:
    """The period of a column: named in its header, a year that is not printed being the release's; else the
    release's own. None where the header must be a period (``header_end``) and is none."""
    if column.period == "release" or release.period is None:
        return release.period
    if column.period == "year_to_date":
        return cumulative(release.period.end.year, release.period.end.month)
    if column.period == "header":
        return header_period(header, release.period.year) or release.period
    named = header_period(header, alone=True)
    if named is None or not series.cumulative:
        return named
    return cumulative(named.end.year, named.end.month)


def _is_of(column: TableColumn, period: Period | None, series: Series) -> bool:
    """Whether the column is meant at all: it is not where it reports on another kind of period."""
    return not column.period_kinds or fitting_period(period, series, column.period_kinds) is not None


def _candidate(
    figure: _Figure,
    rule: TableRule,
    table: Table,
    extraction: Extraction,
    series: Series,
) -> Candidate | None:
    """:raises QuantityError: where number, unit or period cannot be what the series asks for."""
    if doubt := figure.cell.doubt or figure.stub.doubt:
        raise QuantityError(f"{figure.cell.text!r} cannot be believed: {doubt}")
    number = cell_number(figure.cell.text)
    if number is None:
        return None
    if figure.period is None:
        place = figure.label if figure.row.period == "label" else figure.header
        raise QuantityError(f"no period is named by {place!r}")
    period = fitting_period(figure.period, series, ())
    if period is None:
        raise QuantityError(f"period {figure.period} does not fit {series.id}")
    is_rate = figure.series == figure.row.rate
    cell = figure.cell
    return Candidate(
        series=series,
        period=period,
        value=number if is_rate else _scaled(number, figure, rule, table, series),
        evidence=Evidence(
            document=extraction.document,
            raw=cell.raw,
            method=table.method or _method(cell),
            extractor=extraction.version,
            page=cell.page,
            bbox=cell.bbox,
            node=cell.node,
            pointer=cell.pointer,
            confidence=_confidence(figure),
        ),
        place=_cell_place(cell, table),
    )


def _scaled(number: Decimal, figure: _Figure, rule: TableRule, table: Table, series: Series) -> Decimal:
    """The number in the series' units, by the unit that its row, label, header, caption, unit line or catalogue
    name."""
    line = figure.unit or table.unit or rule.unit or ""
    texts = () if figure.unit else (figure.label, figure.header, table.caption)
    named = unit_of(*texts, unit_line=line)
    if named is None and series.unit not in UNITLESS:
        raise QuantityError(
            f"no unit is named for {figure.cell.text!r}: neither row, label, header, caption, unit line nor catalogue"
        )
    multiplier, unit = named or (Decimal(1), "")
    return in_series_units(number, multiplier, unit, series)


def _confidence(figure: _Figure) -> float | None:
    """Of figure and label: a label misread gives a right number to the wrong series."""
    known = [cell.confidence for cell in (figure.cell, figure.stub) if cell.confidence is not None]
    return min(known, default=None)


def _method(cell: Cell) -> str:
    if cell.pointer is not None:
        return "api"
    return "pdf-table" if cell.page is not None else "html-table"


def _cell_place(cell: Cell, table: Table) -> str:
    return f"{_where(cell)}, table {table.caption!r}, row {cell.row + 1}, column {cell.col + 1}"


def _where(found: Cell | Table) -> str:
    if found.pointer is not None:
        return f"pointer {found.pointer}"
    return f"page {found.page}" if found.page is not None else str(found.node)
