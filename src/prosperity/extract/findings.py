"""What stands in a sentence before it is read: periods, changes, figures and damage, each with its place.

What belongs here: finding and telling figures that stand by themselves from numbers that are part of something else.
What does not: what belongs to what (``sentence``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from prosperity.extract.drafts import ONE, Figure, filled, with_common_unit
from prosperity.extract.model import Span
from prosperity.extract.phrases import FREE
from prosperity.notation.changes import Mark, blank_asides, brackets, scan_changes
from prosperity.notation.periods import Found, scan_periods
from prosperity.notation.quantities import Damage, find_damage, scan_quantities

_UNIT_BEHIND_NAME = re.compile(r"^\(\s*(?:单位:)?(?P<unit>[^()0-9]{1,8})\s*\)$")
#: Verbs whose object may stand behind the figure: 新上架13.2万款移动应用.
_TAKES_OBJECT = re.compile(r"(?:上架|新增|新建|净增加?|建成|拥有|开通|培育)(?:了|约|近)?$")
_OBJECT = re.compile(r"\s*(?P<noun>(?:(?!的)[一-鿿A-Za-z0-9]){2,12}?)\s*(?=[,;。]|$)")


@dataclass(frozen=True)
class Findings:
    """The parts of a normalised sentence; all spans count in it. ``masked`` is the sentence with blanks for what is
    said in passing and signs that nothing matches for damaged figures."""

    plain: str
    masked: str
    brackets: list[Span]
    damage: list[Damage]
    periods: list[Found]
    marks: list[Mark]
    figures: list[list[Figure]]  #: figures that stand by themselves, those of one list (A、B和C) together


def find(plain: str) -> Findings:
    """All parts of a normalised and folded sentence."""
    damage = find_damage(plain)
    masked = blank_asides(filled(plain, [item.span for item in damage]))
    spans = brackets(plain)
    periods = list(scan_periods(masked))
    marks = scan_changes(masked)
    taken = [mark.span for mark in marks] + [found.span for found in periods]
    groups = [group for group in _groups(masked, taken) if _stands(plain, masked, spans, group)]
    return Findings(
        plain, masked, spans, damage, periods, marks, [with_common_unit(group) for group in groups]
    )


def _groups(masked: str, taken: list[Span]) -> list[list[Figure]]:
    groups: list[list[Figure]] = []
    for quantity, span in scan_quantities(masked, bare=True):
        if quantity.unit == "百分点" or any(first < span[1] and span[0] < last for first, last in taken):
            continue
        between = masked[groups[-1][-1][1][1] : span[0]] if groups else None
        if between is not None and re.fullmatch(r"\s*(?:、|和|与|及|以及)\s*", between):
            groups[-1].append((quantity, span))
        else:
            groups.append([(quantity, span)])
    return groups


def _stands(plain: str, masked: str, spans: list[Span], group: list[Figure]) -> bool:
    quantity, (_, end) = group[-1]
    start = group[0][1][0]
    behind = masked[end:].lstrip()
    if not quantity.unit and quantity.multiplier == ONE:
        linked = masked[:start].rstrip()
        if not re.search(r"(?:为|达到?|[至到是])$", linked) and not _unit_before(plain, spans, start):
            return False
        return not re.match(r"[一-鿿A-Za-z]", behind) or bool(FREE.match(behind))
    if not re.match(r"[一-鿿A-Za-z]", behind) or masked[end : end + 1] == " ":
        return True
    if _object_behind(masked, start, end):
        return True
    return bool(FREE.match(behind)) or (
        not quantity.unit and bool(re.match(r"[一-鿿]{1,2}(?=[,;。、)]|$)", behind))
    )


def unit_behind_name(found: Findings, start: int) -> str:
    """The unit in a bracket right before the figure at ``start``: 业务收入(亿元)7735."""
    return _unit_before(found.plain, found.brackets, start)


def _unit_before(plain: str, spans: list[Span], start: int) -> str:
    for first, last in spans:
        if not plain[last:start].strip(" :为达") and last <= start:
            match = _UNIT_BEHIND_NAME.match(plain[first:last])
            return match["unit"].strip() if match else ""
    return ""


def noun_behind(found: Findings, group: list[Figure]) -> str:
    """What is counted, where it is only said behind the figure: 新上架13.2万款移动应用."""
    return _object_behind(found.masked, group[0][1][0], group[-1][1][1])


def _object_behind(masked: str, start: int, end: int) -> str:
    if not _TAKES_OBJECT.search(masked[max(0, start - 8) : start].rstrip()):
        return ""
    match = _OBJECT.match(masked, end, end + 20)
    return match["noun"] if match and not FREE.match(match["noun"]) else ""
