"""Figures in running text: from sentences to statements with periods, changes and the place of every figure.

What belongs here: cutting text into sentences and leading positions back to the raw text. The grammar is in
``sentence``. What does not: which statement is which series (catalogue, cleaning); English text (``english``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal

from prosperity.extract.drafts import ONE, Draft
from prosperity.extract.model import Statement
from prosperity.extract.sentence import SentenceReader
from prosperity.notation.model import Period, Quantity
from prosperity.notation.normalise import fold, normalise_with_offsets, raw_span
from prosperity.notation.periods import find_periods

ZERO = Decimal(0)
LONGEST_SENTENCE = 2000
_SENTENCE = re.compile(r"[^。!?\n]*(?:(?<=[0-9])。(?=[0-9])[^。!?\n]*)*[。!?\n]?")


@dataclass(frozen=True)
class Context:
    """What later sentences and paragraphs inherit: the last period named. An actor only holds within its
    block."""

    period: Period | None = None
    subject: str = ""  #: actor to assume where a block's first sentence names none


@dataclass(frozen=True)
class Reading:
    """Statements of one block of text, what the next block inherits, and what could not be read."""

    statements: tuple[Statement, ...]
    context: Context
    warnings: tuple[str, ...] = ()


def statements_in(
    text: str,
    *,
    issued: dt.date | None = None,
    period: Period | None = None,
    subject: str = "",
    node: str | None = None,
    page: int | None = None,
) -> list[Statement]:
    """The statements of one paragraph; see ``read_block``, which also gives warnings and what is
    inherited."""
    return list(
        read_block(text, issued=issued, context=Context(period, subject), node=node, page=page).statements
    )


def read_block(
    text: str,
    *,
    issued: dt.date | None = None,
    context: Context = Context(),
    node: str | None = None,
    page: int | None = None,
) -> Reading:
    """Figures of one block of text, in order.

    ``Statement.text`` is the raw sentence, ``offset`` its place in ``text``, spans count within the
    sentence. A period phrase holds until the next one, over blocks too by way of ``context``. Rates attach
    to the figure just before them; a rate without a figure makes a statement whose value is None. Damaged
    figures make a warning and no statement. Never raises.
    """
    plain, offsets = normalise_with_offsets(text)
    plain = fold(plain)
    statements: list[Statement] = []
    warnings: list[str] = []
    period, subject = context.period, context.subject
    for match in _SENTENCE.finditer(plain):
        if not match.group().strip():
            continue
        start, end = match.span()
        while plain[start].isspace():
            start += 1
        first, last = raw_span(offsets, start, end)
        last -= len(text[first:last]) - len(text[first:last].rstrip())
        if end - start > LONGEST_SENTENCE:
            warnings.append(
                f"no sentence: {end - start} characters without a full stop: {text[first : first + 60]}"
            )
            continue
        reader = SentenceReader(plain[start:end], issued, period, subject)
        reader.read()
        subject = reader.subject
        if any(_holds(draft) for draft in reader.drafts) or _sets_the_scene(plain[start:end], issued):
            period = _after(period, reader.period, plain[start:end], issued)
        local = [offset - first for offset in offsets[start : end + 1]]
        sentence = text[first:last]
        statements += [
            _statement(draft, sentence, local, first, node, page) for draft in reader.drafts if _holds(draft)
        ]
        warnings += [f"{warning}: {sentence[:80]}" for warning in reader.warnings]
    return Reading(
        tuple(statements), replace(context, period=_inherited(context.period, period)), tuple(warnings)
    )


def _sets_the_scene(sentence: str, issued: dt.date | None) -> bool:
    """A sentence without figures gives its period to the next one only if it begins with it.

    "(In) 2021, 1—9月, the ministry …" does; "the survey was not made at the end of last year" does not.
    """
    named = find_periods(sentence, issued)
    return bool(named) and named[0][1][0] <= len("截至在")


def _after(
    before: Period | None, last: Period | None, sentence: str, issued: dt.date | None
) -> Period | None:
    """What the next sentence inherits: 12月当月, in a text about the months up to it, holds in its sentence only."""
    if last is None or last.kind != "month" or "月当月" not in sentence:
        return last
    named = [before, *(period for period, _ in find_periods(sentence, issued))]
    around = [period for period in named if period and period.end == last.end and period.kind != "month"]
    return around[-1] if around else last


def _inherited(before: Period | None, after: Period | None) -> Period | None:
    """What the next block inherits: a stock in a text about the months up to it holds in its block only."""
    if before and after and after.kind == "stock" and before.kind != "stock" and before.end == after.end:
        return before
    return after


def _holds(draft: Draft) -> bool:
    return draft.quantity is not None or draft.rate is not None or draft.two_year_mean is not None


def _statement(
    draft: Draft, sentence: str, offsets: list[int], offset: int, node: str | None, page: int | None
) -> Statement:
    quantity = draft.quantity or Quantity(ZERO, ONE, "")
    return Statement(
        subject=draft.phrase.subject,
        measure=draft.phrase.measure,
        value=quantity.value if draft.quantity else None,
        multiplier=quantity.multiplier,
        unit=quantity.unit,
        rate=draft.rate,
        period=draft.period,
        qualifier=quantity.qualifier,
        text=sentence,
        span=raw_span(offsets, *draft.span),
        difference=draft.difference,
        comparison=draft.comparison,
        two_year_mean=draft.two_year_mean,
        rate_span=raw_span(offsets, *draft.rate_span) if draft.rate_span else None,
        qoq=draft.qoq,
        qoq_span=raw_span(offsets, *draft.qoq_span) if draft.qoq_span else None,
        flags=tuple(dict.fromkeys((*draft.phrase.flags, *draft.flags))),
        node=node,
        offset=offset,
        page=page,
    )
