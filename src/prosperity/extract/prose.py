"""Figures in running text: from sentences to statements with periods, changes and the place of every figure.

What belongs here: cutting text into sentences and leading positions back to the raw text. The grammar is in
``sentence`` and ``english``. What does not: which statement is which series (catalogue, cleaning).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from prosperity.extract.drafts import ONE, Draft
from prosperity.extract.english import EnglishReader
from prosperity.extract.inherited import Context, after, fitting, handed_on, sets_the_scene
from prosperity.extract.model import Statement
from prosperity.extract.sentence import SentenceReader
from prosperity.extract.sentences import sentences
from prosperity.notation.model import Period, Quantity
from prosperity.notation.normalise import fold, normalise_with_offsets, raw_span

__all__ = ["Context", "Reading", "read_block", "statements_in"]

ZERO = Decimal(0)
NOTHING_KNOWN = Context()
LONGEST_SENTENCE = 2000
#: What broken copies put behind every simplified character: 互聯(lián)網(wǎng).
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_PINYIN = re.compile(rf"(?<=[一-鿿])\((?=[a-zü]{{0,5}}[{_TONES}])[a-zü{_TONES}]{{1,7}}\)")
_LISTED = re.compile(r"(?<=[0-9]%),(?=\s?[0-9][0-9.]*%\s?(?:和|及|与|,\s?[0-9][0-9.]*%))")


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
    context: Context = NOTHING_KNOWN,
    node: str | None = None,
    page: int | None = None,
) -> Reading:
    """Figures of one block of text, in order.

    ``Statement.text`` is the raw sentence, ``offset`` its place in ``text``, spans count within the
    sentence. A period phrase holds until the next one, over blocks too by way of ``context``. Rates attach
    to the figure just before them; a rate without a figure makes a statement whose value is None. Damaged
    figures make a warning and no statement. Never raises.
    """
    plain, offsets, noisy = _readable(text)
    warnings: list[str] = []
    before, subject = context.period, context.subject
    read: list[tuple[Draft, str, list[int], int]] = []
    last: list[Draft] = []
    for start, end, language in sentences(plain):
        first, after_last = raw_span(offsets, start, end)
        after_last -= len(text[first:after_last]) - len(text[first:after_last].rstrip())
        if end - start > LONGEST_SENTENCE:
            warnings.append(
                f"no sentence: {end - start} characters without a full stop: {text[first : first + 60]}"
            )
            continue
        own = plain[start:end]
        reader: SentenceReader | EnglishReader
        if language == "en":
            reader = EnglishReader(own, issued, context.period, last)
            reader.read()
        else:
            reader = SentenceReader(own, issued, context.period, subject, last[-1] if last else None)
            reader.read()
            subject = reader.subject
        last = [draft for draft in reader.drafts if _holds(draft)][-1:]
        for draft in reader.drafts:
            draft.flags += ["pinyin among the characters left out"] if noisy else []
            draft.period = fitting(draft.phrase.measure, draft.period, context, own)
        if reader.drafts or language == "en" or sets_the_scene(own, issued):
            context = after(context, reader.period, own, issued)
        local = [offset - first for offset in offsets[start : end + 1]]
        sentence = text[first:after_last]
        read += [(draft, sentence, local, first) for draft in reader.drafts if _holds(draft)]
        warnings += [f"{warning}: {sentence[:80]}" for warning in reader.warnings]
    statements = [_statement(*one, node, page) for one in read]
    return Reading(tuple(statements), handed_on(before, context), tuple(warnings))


def _readable(text: str) -> tuple[str, list[int], bool]:
    """The normalised and folded text, the way back, and whether pinyin was taken out of it.

    A list whose commas were made by a machine (57.3%, 36.8%和33.1%) gets its enumeration commas back.
    """
    plain, offsets = normalise_with_offsets(text)
    plain = _LISTED.sub("、", fold(plain))
    kept, cursor = [], 0
    for match in _PINYIN.finditer(plain):
        kept += list(range(cursor, match.start()))
        cursor = match.end()
    if not cursor:
        return plain, offsets, False
    kept += list(range(cursor, len(plain)))
    return "".join(plain[index] for index in kept), [offsets[index] for index in (*kept, len(plain))], True


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
