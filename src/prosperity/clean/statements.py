"""Which sentence holds which series: by subject, measure and unit (catalogue), never by position."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from prosperity.catalogue.model import Era, Series, StatementRule
from prosperity.clean.candidates import Candidate, Problem, fitting_period
from prosperity.clean.model import Evidence
from prosperity.clean.values import CURRENCIES, in_series_units, same_unit
from prosperity.collect.model import Release
from prosperity.extract.model import Extraction, Span, Statement
from prosperity.notation.model import Period, QuantityError, shifted
from prosperity.notation.normalise import normalise
from prosperity.notation.periods import find_periods

#: Flags of an extractor that make a figure unfit for loading.
_UNFIT = ("forecast",)
_SIGN = "sign in doubt"


def from_statements(
    era: Era, release: Release, extraction: Extraction, series: Mapping[str, Series]
) -> tuple[list[Candidate], list[Problem], list[str]]:
    """Candidates, problems and the figures that no rule claims and none ignores."""
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    unclaimed: list[str] = []
    satisfied: set[int] = set()
    for statement in extraction.statements:
        number, rule = _rule_for(era, statement, release, series)
        if rule is None or number is None:
            if wrong := next((r for r in era.statements if _in_another_currency(r, statement)), None):
                reason = f"unit {statement.unit!r} in place of {wrong.unit!r}: {statement.text}"
                problems.append(Problem(_target(wrong), _place(statement), reason))
                continue
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
        doubts = [flag for flag in statement.flags if flag.startswith(_SIGN)]
        if doubts:
            name = rule.rate or _target(rule)
            problems.append(Problem(name, _place(statement), f"{doubts[0]}: {statement.text}"))
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
    return rule.targets[0] if rule.targets else rule.measure


def _rule_for(
    era: Era, statement: Statement, release: Release, series: Mapping[str, Series]
) -> tuple[int | None, StatementRule | None]:
    """The rule for a statement: of those that mean its words the first whose series can have its period, else the
    first, which then says why the figure cannot be taken."""
    claiming = [
        (number, rule) for number, rule in enumerate(era.statements) if _claims(rule, statement, release)
    ]
    for number, rule in claiming:
        found = _period(rule, statement, release)
        targets = [series[name] for name in rule.targets]
        if not targets and (not rule.period_kinds or (found and found.kind in rule.period_kinds)):
            return number, rule
        if any(fitting_period(found, target, rule.period_kinds) for target in targets):
            return number, rule
    return claiming[0] if claiming else (None, None)


def _claims(rule: StatementRule, statement: Statement, release: Release) -> bool:
    period = _period(rule, statement, release)
    if rule.kinds_decide and period is not None and period.kind not in rule.period_kinds:
        return False
    return _means(rule, statement) and (
        (
            statement.value is not None
            and (same_unit(_unit(rule, statement), rule.unit) or _left_off(rule, statement))
        )
        or (statement.value is None and (statement.rate is not None or statement.difference is not None))
    )


def _period(rule: StatementRule, statement: Statement, release: Release) -> Period | None:
    """The period a figure refers to. 截至7月末,服务器达106.7万台…完成业务收入110亿元: the stock's day is not that of
    the flow behind it, which runs to it as the release does. A sentence that names no period itself has the one
    that the rule says (``period_shift``)."""
    named = find_periods(statement.text, release.issued)
    if rule.period_shift is not None and (
        not named or (rule.edition_named and statement.period == release.period)
    ):
        return shifted(release.period, rule.period_shift) if release.period else None
    said, own = statement.period or release.period, release.period
    if said is None or own is None or said.kind != "stock" or said.kind in rule.period_kinds:
        return said
    return own if own.end == said.end and own.kind in rule.period_kinds else said


def _unit(rule: StatementRule, statement: Statement) -> str:
    """The unit that the printed one means for this measure."""
    return rule.printed_units.get(statement.unit, statement.unit)


def _left_off(rule: StatementRule, statement: Statement) -> bool:
    """总市值达9.75万亿: the magnitude is printed, the unit is not."""
    return rule.unit_optional and not statement.unit and statement.multiplier != 1


def _in_another_currency(rule: StatementRule, statement: Statement) -> bool:
    """The right words with a figure in another currency: a misprint or another scope, never converted."""
    currencies = statement.unit in CURRENCIES and rule.unit in CURRENCIES
    return currencies and statement.unit != rule.unit and _means(rule, statement)


def _means(rule: StatementRule, statement: Statement) -> bool:
    measure, subject = normalise(statement.measure), normalise(statement.subject)
    if not re.search(rule.measure, measure):
        return False
    if rule.subject and not re.search(rule.subject, subject):
        return False
    # A line of a PDF ends in the middle of a word.
    if rule.sentence and not re.search(rule.sentence, _one_line(statement.text[: statement.span[0]])):
        return False
    if rule.within and not re.search(rule.within, _one_line(statement.text)):
        return False
    return not (
        rule.exclude and (re.search(rule.exclude, measure) or re.search(rule.exclude, f"{subject}{measure}"))
    )


def _one_line(text: str) -> str:
    return normalise(text).replace("\n", "")


def _statement_candidates(
    rule: StatementRule,
    statement: Statement,
    release: Release,
    extraction: Extraction,
    series: Mapping[str, Series],
) -> Iterator[Candidate]:
    sound = not any(flag.startswith(_SIGN) for flag in statement.flags)
    yearly, quarterly = statement.comparison == "yoy", statement.comparison == "qoq"
    qoq = (statement.rate, statement.rate_span) if quarterly else (statement.qoq, statement.qoq_span)
    figures: list[tuple[str | None, Decimal | None, Span | None]] = [
        (rule.level, statement.value, statement.span),
        (rule.rate, statement.rate if sound and yearly else None, statement.rate_span),
        (rule.qoq, qoq[0] if sound else None, qoq[1]),
        (rule.difference, statement.difference, statement.rate_span or statement.span),
    ]
    for name, value, span in figures:
        if name is None or value is None:
            continue
        target = series[name]
        told = _period(rule, statement, release)
        period = fitting_period(told, target, rule.period_kinds)
        if period is None:
            raise QuantityError(f"period {told} does not fit {name}")
        is_level = name == rule.level
        unit = rule.unit if _left_off(rule, statement) else _unit(rule, statement)
        scaled = in_series_units(value, statement.multiplier, unit, target) if is_level else value
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
        method=statement.method or ("pdf-text" if in_pdf else "html-prose"),
        extractor=extraction.version,
        page=statement.page,
        bbox=statement.bbox,
        node=statement.node,
        span=(statement.offset + first, statement.offset + last),
        confidence=statement.confidence,
    )


def _figure(statement: Statement, span: Span) -> str:
    return statement.text[span[0] : span[1]]


def _place(statement: Statement) -> str:
    where = f"page {statement.page}" if statement.page is not None else str(statement.node)
    return (
        f"{where}, characters {statement.offset + statement.span[0]}–{statement.offset + statement.span[1]}"
    )
