"""The layout of a document in the terms of the catalogue: which tables, with which columns, where.

What the catalogue knows is one thing, however it is printed: a column that a rule takes counts by its role, a
header that it ignores not at all. So the wordings that an era allows for are no change, and a new era is none either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from prosperity.catalogue.model import Source, TableRule
from prosperity.clean.cleaner import eras_for
from prosperity.clean.table_match import headers_of, matches, one_line
from prosperity.collect.model import Release
from prosperity.extract.model import Extraction, Outline, Table

Role = str  #: stub, unit, level, rate, or "" for a column that the rule does not take
_PERIOD = re.compile(
    r"(?:截至)?(?:20\d\d年?)?[第]?(?:[一二三四1-4]|前三|全)[季度年]+|上半年|下半年|(?:20\d\d[年.\-/]?)?\d{1,2}(?:[-—–~至]\d{1,2})?[月日]?(?:末|份|底)?|20\d\d年?|Q[1-4]|20\d\dQ\d"
)
_UNIT = re.compile(r"[（(][^()（）]*[)）]")
_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Column:
    """One kind of column of a table. ``header`` as printed, ``core`` without periods, units and digits."""

    role: Role
    header: str
    core: str
    number: int  #: the first of its kind, from 1

    @property
    def key(self) -> str:
        return self.role or self.core


@dataclass(frozen=True)
class TableLayout:
    """The table that a rule means. ``place`` in words; ``container`` is what must not change of it."""

    rule: str  #: the rule's caption pattern with its number in the era: its identity
    required: bool
    caption: str
    columns: tuple[Column, ...]
    labels: tuple[
        tuple[str, str], ...
    ]  #: pattern of the catalogue's row and the label found, for required rows
    others: tuple[str, ...]  #: labels that no row of the catalogue means
    place: str
    page: int | None
    container: str


@dataclass(frozen=True)
class DocumentLayout:
    """``eras``: of the catalogue, that cover the document; ``whole``: no table only half matches."""

    eras: tuple[str, ...]
    outline: Outline
    tables: tuple[TableLayout, ...]
    whole: bool
    unmatched: tuple[str, ...] = ()  #: captions of required rules that no table fits


def layout_of(source: Source, release: Release, extraction: Extraction) -> DocumentLayout:
    """The fingerprint of one document: pure, and as cheap as looking at its headers."""
    tables: list[TableLayout] = []
    unmatched: list[str] = []
    whole = True
    eras = eras_for(source, release)
    for era in eras:
        found = list(matches(era, extraction.tables))
        for number, rule in enumerate(era.tables):
            own = [match for match in found if match.rule is rule]
            if rule.required and not own:
                unmatched.append(rule.caption)
            for match in own:
                beside = [
                    other.rule for other in found if other.table is match.table and other.rule is not rule
                ]
                tables.append(_table(rule, f"{era.id}/{number}", match.table, beside))
        whole = whole and not any(match.missing for match in found)
    return DocumentLayout(
        tuple(era.id for era in eras),
        extraction.outline,
        tuple(tables),
        whole and not unmatched,
        tuple(unmatched),
    )


def _table(rule: TableRule, name: str, table: Table, beside: Sequence[TableRule]) -> TableLayout:
    """``beside``: further rules that take columns of the same table, which then are none of this one's business."""
    columns: dict[str, Column] = {}
    stub = None
    for number, header in sorted(headers_of(table).items()):
        role = _role(rule, header, stub is None)
        stub = number if role == "stub" else stub
        if _comes_and_goes(rule, role, header) or (not role and any(_role(o, header, False) for o in beside)):
            continue
        column = Column(role, header, core(header), number + 1)
        if column.key:
            columns.setdefault(column.key, column)
    labels, others = _labels(rule, table, stub or 0)
    return TableLayout(
        rule=name,
        required=rule.required,
        caption=table.caption,
        columns=tuple(columns.values()),
        labels=labels,
        others=others,
        place=_place(table),
        page=table.page,
        container=_INDEX.sub("", table.node or table.pointer or ""),
    )


def _comes_and_goes(rule: TableRule, role: Role, header: str) -> bool:
    """Whether the catalogue says that the column may be there or not."""
    if role == "rate":
        return rule.rate is not None and not rule.rate.required
    if role == "level":
        return rule.level is not None and not rule.level.required
    return not role and bool(rule.ignore_headers and re.search(rule.ignore_headers, header))


def _role(rule: TableRule, header: str, no_stub_yet: bool) -> Role:
    if no_stub_yet and re.search(rule.label_header, header):
        return "stub"
    if rule.unit_header and re.search(rule.unit_header, header):
        return "unit"
    for role, column in (("rate", rule.rate), ("level", rule.level)):
        if column and re.search(column.header, header):
            return role
    return ""


def core(header: str) -> str:
    """The header without what changes from one document to the next: periods, units, digits."""
    bare = _PERIOD.sub("", _UNIT.sub("", header))
    return " ".join(re.sub(r"[\d.\-—/]+", " ", bare).split())


def _labels(rule: TableRule, table: Table, stub: int) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    known: dict[str, str] = {}
    others: list[str] = []
    for cell in table.cells:
        if cell.col != stub or cell.row < table.header_rows or not cell.text:
            continue
        label = one_line(cell.text)
        rows = [row for row in rule.rows if re.search(row.label, label)]
        for row in rows:
            if row.required:
                known.setdefault(row.label, label)
        if not rows:
            others.append(label)
    return tuple(known.items()), tuple(others)


def _place(table: Table) -> str:
    if table.pointer is not None:
        return f"pointer {table.pointer}"
    return f"page {table.page}" if table.page is not None else f"node {table.node}"
