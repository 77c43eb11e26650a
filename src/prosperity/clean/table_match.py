"""Which tables of a document a rule of the catalogue means, and whether they have every column that it needs.

A table whose caption fits and that lost a column, or whose columns have new names, only half matches: nothing is
taken from it, and what it lacks is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prosperity.catalogue.model import Era, TableRule
from prosperity.extract.model import Table
from prosperity.notation.normalise import normalise


@dataclass(frozen=True)
class Match:
    """A table that a rule means. ``missing``: what it lacks, in words; with any, nothing may be loaded from it."""

    rule: TableRule
    table: Table
    missing: tuple[str, ...] = ()


def matches(era: Era, tables: Sequence[Table]) -> Iterator[Match]:
    """Every pair of rule and table whose caption fits, in the order of the rules.

    Of tables without captions only the headers tell which rule means them: one that is another rule's as a whole is
    not meant by a rule that it lacks something for. One whose stub column has another header is only meant where no
    table fits.
    """
    for rule in era.tables:
        own = [table for table in tables if has_caption(rule, table)]
        whole = [table for table in own if not lacking(rule, table)]
        for table in own:
            missing = lacking(rule, table)
            if not missing:
                yield Match(rule, table)
            elif not _is_of_another(era, rule, table) and (has_stub(rule, table) or not whole):
                yield Match(rule, table, tuple(missing))


def _is_of_another(era: Era, rule: TableRule, table: Table) -> bool:
    return not rule.caption and any(
        has_caption(other, table) and not lacking(other, table) for other in era.tables if other is not rule
    )


def has_caption(rule: TableRule, table: Table) -> bool:
    return bool(re.search(rule.caption, normalise(table.caption)))


def has_stub(rule: TableRule, table: Table) -> bool:
    return any(re.search(rule.label_header, header) for header in headers_of(table).values())


def lacking(rule: TableRule, table: Table) -> list[str]:
    """Headers that the rule needs and the table does not have, as patterns of the catalogue."""
    headers = list(headers_of(table).values())
    found = []
    if not any(re.search(rule.label_header, header) for header in headers):
        found.append(f"stub header {rule.label_header!r}")
    for name, column, used in (
        ("level", rule.level, any(row.level for row in rule.rows)),
        ("rate", rule.rate, any(row.rate for row in rule.rows)),
    ):
        if column is None or not used or not column.required:
            continue
        if not any(re.search(column.header, header) for header in headers):
            found.append(f"{name} header {column.header!r}")
    if rule.unit_header and not any(re.search(rule.unit_header, header) for header in headers):
        found.append(f"unit header {rule.unit_header!r}")
    return found


def headers_of(table: Table) -> dict[int, str]:
    """Header text of every column: the texts of all header rows above it, spans included."""
    texts: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.row >= table.header_rows:
            continue
        for column in range(cell.col, cell.col + cell.colspan):
            words = texts.setdefault(column, [])
            text = one_line(cell.text)
            if text and text not in words:
                words.append(text)
    return {column: " ".join(words) for column, words in texts.items()}


def one_line(text: str) -> str:
    return " ".join(normalise(text).split())
