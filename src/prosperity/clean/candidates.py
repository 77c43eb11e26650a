"""Matching: which statement and which cell holds which series, by meaning (catalogue) and never by position."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Era, Series, StatementRule, TableColumn, TableRow, TableRule
from prosperity.clean.model import Evidence, ObsStatus
from prosperity.clean.values import UNITLESS, cell_number, header_period, in_series_units, same_unit, unit_of
from prosperity.collect.model import Release
from prosperity.extract.model import Cell, Extraction, Span, Statement, Table
from prosperity.notation.model import Period, QuantityError, cumulative, month, stock
from prosperity.notation.normalise import normalise

#: Flags of an extractor that make a figure unfit for loading.
_UNFIT = ("forecast", "damaged")


@dataclass(frozen=True)
class Candidate:
    """One figure that a rule claims, not yet checked against its neighbours."""

    series: Series
    period: Period
    value: Decimal
    evidence: Evidence
    place: str
    qualifier: str = ""
    status: ObsStatus = "A"


@dataclass(frozen=True)
class Problem:
    """Why something was not loaded; ``whole_document`` where nothing of the document may be."""

    what: str
    where: str
    reason: str
    whole_document: bool = False


# -------------------------------------------------------------------------------------------- statements


def from_statements(
    era: Era, release: Release, extraction: Extraction, series: Mapping[str, Series]
) -> tuple[list[Candidate], list[Problem], list[str]]:
    """Candidates, problems and the figures that no rule claims and none ignores."""
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    unclaimed: list[str] = []
    satisfied: set[int] = set()
    for statement in extraction.statements:
        number, rule = next(
            ((n, r) for n, r in enumerate(era.statements) if _claims(r, statement)), (None, None)
        )
        if rule is None or number is None:
            text = f"{statement.subject} {statement.measure}"
            ignored = any(re.search(pattern, text) for pattern in era.ignore)
            if era.statements and statement.value is not None and not ignored:
                unclaimed.append(f"{statement.measure}: {_figure(statement, statement.span)}")
            continue
        unfit = [flag for flag in statement.flags if flag.startswith(_UNFIT)]
        if unfit:
            problems.append(
                Problem(_target(rule), _place(statement), f"{', '.join(unfit)}: {statement.text}")
            )
            continue
        try:
            candidates += _statement_candidates(rule, statement, release, extraction, series)
        except QuantityError as fault:
            problems.append(Problem(_target(rule), _place(statement), f"{fault}: {statement.text}"))
            continue
        satisfied.add(number)
    for number, rule in enumerate(era.statements):
        if rule.required and number not in satisfied:
            problems.append(
                Problem(_target(rule), "text", f"expected sentence not found (measure {rule.measure})")
            )
    return candidates, problems, unclaimed


def _target(rule: StatementRule) -> str:
    return rule.level or rule.rate or rule.difference or rule.measure


def _claims(rule: StatementRule, statement: Statement) -> bool:
    measure, subject = normalise(statement.measure), normalise(statement.subject)
    if not re.search(rule.measure, measure):
        return False
    if rule.subject and not re.search(rule.subject, subject):
        return False
    if rule.exclude and (re.search(rule.exclude, measure) or re.search(rule.exclude, f"{subject}{measure}")):
        return False
    if statement.value is not None and not same_unit(statement.unit, rule.unit):
        return False
    return statement.value is not None or statement.rate is not None or statement.difference is not None


def _statement_candidates(
    rule: StatementRule,
    statement: Statement,
    release: Release,
    extraction: Extraction,
    series: Mapping[str, Series],
) -> Iterator[Candidate]:
    figures: list[tuple[str | None, Decimal | None, Span | None]] = [
        (rule.level, statement.value, statement.span),
        (rule.rate, statement.rate if statement.comparison == "yoy" else None, statement.rate_span),
        (rule.difference, statement.difference, statement.rate_span or statement.span),
    ]
    for name, value, span in figures:
        if name is None or value is None:
            continue
        target = series[name]
        period = _fitting_period(statement.period or release.period, target, rule.period_kinds)
        if period is None:
            raise QuantityError(f"period {statement.period} does not fit {name}")
        is_level = name == rule.level
        scaled = in_series_units(value, statement.multiplier, statement.unit, target) if is_level else value
        yield Candidate(
            series=target,
            period=period,
            value=scaled,
            evidence=_statement_evidence(statement, span, extraction),
            place=_place(statement),
            qualifier=statement.qualifier if is_level else "",
        )


def _statement_evidence(statement: Statement, span: Span | None, extraction: Extraction) -> Evidence:
    first, last = span or (0, len(statement.text))
    in_pdf = statement.page is not None
    return Evidence(
        document=extraction.document,
        raw=statement.text[first:last],
        method="pdf-text" if in_pdf else "html-prose",
        extractor=extraction.version,
        page=statement.page,
        bbox=statement.bbox,
        node=statement.node,
        span=(statement.offset + first, statement.offset + last),
    )


def _figure(statement: Statement, span: Span) -> str:
    return statement.text[span[0] : span[1]]


def _place(statement: Statement) -> str:
    where = f"page {statement.page}" if statement.page is not None else str(statement.node)
    return (
        f"{where}, characters {statement.offset + statement.span[0]}–{statement.offset + statement.span[1]}"
    )


def _fitting_period(found: Period | None, series: Series, kinds: tuple[str, ...]) -> Period | None:
    """The period in the sense of the series; None where it cannot be that.

    上半年 is a half year to the reader and January to June to a cumulative series; 三季度 (July to September)
    can never be one. A stock stands at the end of whatever period the sentence is about.
    """
    if found is None or (kinds and found.kind not in kinds):
        return None
    if series.cumulative:
        if (
            found.start.month == 1
            and found.kind != "stock"
            and found.months > (1 if found.kind == "month" else 0)
        ):
            return cumulative(found.end.year, found.end.month)
        return None
    if series.kind in ("stock", "rate") and series.frequency == "M":
        return stock(found.end.year, found.end.month)
    if series.frequency == "M" and found.kind == "month":
        return month(found.end.year, found.end.month)
    return found


# ------------------------------------------------------------------------------------------------ tables


def from_tables(
    era: Era, release: Release, extraction: Extraction, series: Mapping[str, Series]
) -> tuple[list[Candidate], list[Problem]]:
    """Candidates from every table rule; a table that only half matches gives problems and no candidate."""
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for rule in era.tables:
        matching = [table for table in extraction.tables if _fits(rule, table)]
        if not matching:
            if rule.required:
                captions = "; ".join(table.caption for table in extraction.tables if table.caption) or "none"
                reason = f"no table with caption like {rule.caption!r} and stub header {rule.label_header!r}; captions found: {captions}"
                problems.append(Problem(f"table {rule.caption}", "tables", reason))
            continue
        for table in matching:
            found, faults = _table_candidates(rule, table, release, extraction, series)
            required = {row.level or row.rate for row in rule.rows if row.required}
            missing = required - {candidate.series.id for candidate in found}
            problems += faults
            if missing:
                reason = f"table {table.caption!r} lacks {', '.join(sorted(str(name) for name in missing))}: nothing loaded from it"
                problems.append(Problem(f"table {rule.caption}", _table_place(table), reason))
                continue
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
            text = " ".join(normalise(cell.text).split())
            if text and text not in words:
                words.append(text)
    return {column: " ".join(words) for column, words in texts.items()}


def _table_candidates(
    rule: TableRule, table: Table, release: Release, extraction: Extraction, series: Mapping[str, Series]
) -> tuple[list[Candidate], list[Problem]]:
    headers = _headers(table)
    stub = next(column for column, text in sorted(headers.items()) if re.search(rule.label_header, text))
    cells = {(cell.row, cell.col): cell for cell in table.cells}
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for cell in table.cells:
        if cell.col != stub or cell.row < table.header_rows:
            continue
        label = " ".join(normalise(cell.text).split())
        row = next((row for row in rule.rows if re.search(row.label, label)), None)
        if row is None:
            continue
        for name, column_rule in ((row.level, rule.level), (row.rate, rule.rate)):
            if name is None or column_rule is None:
                continue
            for column in _columns(column_rule, headers, stub):
                figure = cells.get((cell.row, column))
                if figure is None:
                    continue
                try:
                    candidate = _cell_candidate(
                        series[name],
                        row,
                        column_rule,
                        figure,
                        label,
                        headers[column],
                        table,
                        release,
                        extraction,
                    )
                except QuantityError as fault:
                    problems.append(Problem(name, _cell_place(figure, table), str(fault)))
                    continue
                if candidate:
                    candidates.append(candidate)
    return candidates, problems


def _columns(rule: TableColumn, headers: Mapping[int, str], stub: int) -> list[int]:
    return [
        column for column, text in sorted(headers.items()) if column != stub and re.search(rule.header, text)
    ]


def _cell_candidate(
    series: Series,
    row: TableRow,
    column_rule: TableColumn,
    figure: Cell,
    label: str,
    header: str,
    table: Table,
    release: Release,
    extraction: Extraction,
) -> Candidate | None:
    number = cell_number(figure.text)
    if number is None:
        return None
    period = header_period(header) if column_rule.period == "header" else None
    fitting = _fitting_period(period or release.period, series, ())
    if fitting is None:
        raise QuantityError(f"period {(period or release.period)} does not fit {series.id}")
    if series.kind == "rate" and series.id == row.rate:
        value = number
    else:
        named = unit_of(label, header, table.caption, unit_line=table.unit)
        if named is None and series.unit not in UNITLESS:
            raise QuantityError(
                f"no unit is named for {figure.text!r}: neither label, header, unit line nor caption"
            )
        multiplier, unit = named or (Decimal(1), "")
        value = in_series_units(number, multiplier, unit, series)
    return Candidate(
        series=series,
        period=fitting,
        value=value,
        evidence=Evidence(
            document=extraction.document,
            raw=figure.raw,
            method="pdf-table" if figure.page is not None else "html-table",
            extractor=extraction.version,
            page=figure.page,
            bbox=figure.bbox,
            node=figure.node,
        ),
        place=_cell_place(figure, table),
    )


def _table_place(table: Table) -> str:
    return f"page {table.page}" if table.page is not None else str(table.node)


def _cell_place(cell: Cell, table: Table) -> str:
    where = f"page {cell.page}" if cell.page is not None else str(cell.node)
    return f"{where}, table {table.caption!r}, row {cell.row + 1}, column {cell.col + 1}"
