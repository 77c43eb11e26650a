"""What is different in the layout of a document from that of the last good one of the same source and era.

Four kinds of change, each with the old and the new text: "moved", "renamed", "new column", "gone". A thing that is
gone and a new one in its place are one renamed thing.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from prosperity.clean.fingerprint import Column, DocumentLayout, TableLayout, core

Kind = Literal["moved", "renamed", "new column", "gone"]
ALIKE = 0.5  #: similarity (difflib's ratio) from which a new caption is an old one in other words


@dataclass(frozen=True)
class Change:
    """One change. ``what``: column, row, table, page format, fonts, article, key; ``old`` and ``new`` as printed."""

    kind: Kind
    what: str
    old: str
    new: str
    table: str = ""  #: caption of the table, where it is one's
    rule: str = ""  #: which rule of the catalogue means that table: era and number
    old_page: int | None = None
    new_page: int | None = None

    @property
    def sentence(self) -> str:
        where = f" in table {self.table!r}" if self.table else ""
        if self.kind == "moved":
            return f"moved: {self.what} from {self.old} to {self.new}{where}"
        if self.kind == "renamed":
            return f"renamed: {self.what} {self.old!r} is now {self.new!r}{where}"
        if self.kind == "gone":
            return f"gone: {self.what} {self.old!r}{where}"
        return f"new column: {self.new!r}{where}"


def changes(old: DocumentLayout, new: DocumentLayout) -> list[Change]:
    """What changed from ``old`` to ``new``; nothing where the catalogue itself says that another era began."""
    if old.eras != new.eras:
        return []
    found = _outer(old, new)
    before = {table.rule: table for table in reversed(old.tables)}
    after = {table.rule: table for table in reversed(new.tables)}
    for rule, table in before.items():
        if rule in after:
            found += _inside(table, after[rule])
        else:
            found += _lost(table, old, new)
    # Two rules that take columns of one table say the same of the others, or less.
    return [
        change
        for number, change in enumerate(found)
        if not any(change.sentence == other.sentence for other in found[:number])
        and not any(_says_more(other, change) for other in found)
    ]


def _says_more(one: Change, other: Change) -> bool:
    """A column that one rule sees renamed is a new one to the rule beside it."""
    if one.kind != "renamed" or other.kind != "new column" or one.table != other.table:
        return False
    return one.new == other.new


# ------------------------------------------------------------------------------------------------ outside


def _outer(old: DocumentLayout, new: DocumentLayout) -> list[Change]:
    found: list[Change] = []
    one, two = old.outline, new.outline
    if one.form and two.form and not set(one.form) & set(two.form):
        what = "article" if one.form[0].startswith("/html") else "page format"
        found.append(Change("moved", what, ", ".join(one.form), ", ".join(two.form)))
    elif one.form and one.form[0].startswith("/") and not one.form[0].startswith("/html"):
        found += _keys(one.form, two.form)
    if one.fonts and two.fonts and not set(one.fonts) & set(two.fonts):
        found.append(Change("renamed", "fonts", ", ".join(one.fonts), ", ".join(two.fonts)))
    return found


def _keys(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Keys of an answer in JSON that are gone, or have another name in the same place."""
    lost = [key for key in old if key not in new]
    came = [key for key in new if key not in old]
    found = []
    for key in lost:
        beside = [other for other in came if other.rpartition("/")[0] == key.rpartition("/")[0]]
        if len(beside) == 1:
            found.append(Change("renamed", "key", key, beside[0]))
        else:
            found.append(Change("gone", "key", key, ""))
    return found


def _lost(table: TableLayout, old: DocumentLayout, new: DocumentLayout) -> list[Change]:
    """A table that no longer fits its rule: under another caption, or gone (of tables that must be there)."""
    candidates = [caption for caption in new.outline.captions if caption not in old.outline.captions]
    used = {core(other.caption) for other in new.tables}
    wanted = core(table.caption)
    scored = [
        (difflib.SequenceMatcher(None, wanted, core(caption)).ratio(), caption)
        for caption in candidates
        if core(caption) not in used and core(caption) != wanted
    ]
    best = max(scored, default=(0.0, ""))
    if best[0] >= ALIKE:
        return [Change("renamed", "table", table.caption, best[1], "", table.rule, table.page)]
    if table.required:
        return [Change("gone", "table", table.caption, "", "", table.rule, table.page)]
    return []


# ------------------------------------------------------------------------------------------------ inside


def _inside(old: TableLayout, new: TableLayout) -> list[Change]:
    found = [*_columns(old, new), *_rows(old, new)]
    if old.container != new.container:
        found.append(Change("moved", "table", old.container, new.container))
    return [
        replace(change, table=new.caption, rule=new.rule, old_page=old.page, new_page=new.page)
        for change in found
    ]


def _columns(old: TableLayout, new: TableLayout) -> list[Change]:
    before = [column.key for column in old.columns]
    after = [column.key for column in new.columns]
    lost = [column for column in old.columns if column.key not in after]
    came = [column for column in new.columns if column.key not in before]
    found: list[Change] = []
    for column in lost:
        partner = _partner(column, came, old.columns, new.columns)
        if partner is not None:
            came.remove(partner)
            found.append(Change("renamed", "column", column.header, partner.header))
        else:
            found.append(Change("gone", "column", column.header, ""))
    found += [Change("new column", "column", "", column.header) for column in came]
    return found + _order(old.columns, new.columns)


def _partner(
    lost: Column, came: Sequence[Column], old: Sequence[Column], new: Sequence[Column]
) -> Column | None:
    """The new column in the place of a lost one: between the same neighbours, or with much the same words."""
    for column in came:
        if _neighbours(lost, old, new) == _neighbours(column, new, old):
            return column
    alike = [
        column for column in came if difflib.SequenceMatcher(None, lost.core, column.core).ratio() >= ALIKE
    ]
    return alike[0] if alike else None


def _neighbours(column: Column, own: Sequence[Column], other: Sequence[Column]) -> tuple[str, str]:
    """The nearest columns on both sides that both tables have."""
    shared = {entry.key for entry in other}
    place = own.index(column)
    left = next((entry.key for entry in reversed(own[:place]) if entry.key in shared), "")
    right = next((entry.key for entry in own[place + 1 :] if entry.key in shared), "")
    return left, right


def _order(old: Sequence[Column], new: Sequence[Column]) -> list[Change]:
    """Columns that stand in another order among those that both tables have: the fewest that explain it."""
    shared = [column.key for column in old if any(column.key == other.key for other in new)]
    now = [column.key for column in new if column.key in shared]
    kept = _longest_common(shared, now)
    before = {column.key: column for column in old}
    after = {column.key: column for column in new}
    return [
        Change(
            "moved",
            f"column {after[key].header!r}",
            f"place {before[key].number}",
            f"place {after[key].number}",
        )
        for key in now
        if key not in kept
    ]


def _longest_common(one: Sequence[str], other: Sequence[str]) -> list[str]:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return [key for block in matcher.get_matching_blocks() for key in one[block.a : block.a + block.size]]


def _rows(old: TableLayout, new: TableLayout) -> list[Change]:
    """Rows that must be there and are not; a new label much like the old one is its new name."""
    now = dict(new.labels)
    came = [label for label in new.others if label not in old.others]
    found = []
    for pattern, label in old.labels:
        if pattern in now:
            continue
        scored = [(difflib.SequenceMatcher(None, label, other).ratio(), other) for other in came]
        best = max(scored, default=(0.0, ""))
        if best[0] >= ALIKE:
            found.append(Change("renamed", "row", label, best[1]))
        else:
            found.append(Change("gone", "row", label, ""))
    return found
