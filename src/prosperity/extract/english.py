"""Figures in English running text, as English editions of Chinese reports word them.

What belongs here: from sentences to statements, by the same contract as ``prose.read_block``: a period holds until
the next one, rates attach to the figure before them, spans lead back to the raw text. What does not: which
statement is which series. A list under "respectively" is not read; a change counts as one on year only where the text
says so or names a base twelve months before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from prosperity.extract.model import Span, Statement
from prosperity.extract.prose import LONGEST_SENTENCE, Context, Reading, read_block
from prosperity.notation.english import Named, scan_periods, scan_quantities
from prosperity.notation.model import Comparison, Period, Quantity

#: One character for one, so that positions stay those of the raw text.
_PLAIN = str.maketrans("’‘“”–—−\u00a0\u3000，；：（）％\n\t", "''\"\"---  ,;:()%  ")
_SENTENCE_END = re.compile(
    r"(?<![A-Z])(?<!\bNo)(?<!\bJan)(?<!\bFeb)(?<!\bAug)(?<!\bSep)(?<!\bSept)(?<!\bOct)(?<!\bNov)(?<!\bDec)[.!?]\s+(?=[^a-z])|;\s"
)
_CLAUSE_END = re.compile(r"[;:()]|,(?![0-9]{3})")
_LINK = re.compile(
    r"\b(?:(?:had|has|have)\s+)?(?:already\s+|also\s+|again\s+)?(?:reach(?:ed|ing|es)|hit(?:ting)?|was|were|is|are|being"
    r"|total(?:l?ed|l?ing|s)|(?:stood|standing|stands)\s+at|amount(?:ed|ing|s)\s+to|(?:came|rose|rising|grew|climbed|jumped|fell"
    r"|dropped|increas(?:ed|ing)|declined)\s+to|exceed(?:ed|ing)|surpass(?:ed|ing)|register(?:ed|ing)|record(?:ed|ing)"
    r"|at|of)(?:\s+(?:a\s+total\s+of|up\s+to|as\s+(?:high|many)\s+as))?\s*$",
    re.IGNORECASE,
)
_UP = r"growth|increase|rise|up|increas(?:ed|ing)|grew|grown|growing|rose|ris(?:en|ing)|added|adding|gain(?:ed)?|higher|climbed"
_DOWN = r"decrease|decline|drop|fall|down|decreas(?:ed|ing)|declin(?:ed|ing)|fell|fallen|dropp(?:ed|ing)|lower|shrank"
_CHANGE = re.compile(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?:\s+rate)?(?:\s+(?:slightly|significantly|sharply|further|only|again))?"
    r"(?:\s+(?:of|by|at|was|is|reached|reaching|stood\s+at))?\s*$",
    re.IGNORECASE,
)
_ON_YEAR = re.compile(
    r"\b(?:annual|annually|yearly|year[\s-]+on[\s-]+year|year[\s-]+over[\s-]+year|yoy|y-o-y|a\s+year\s+(?:earlier|ago|before)"
    r"|(?:the\s+)?(?:previous|last|preceding)\s+year|same\s+period\s+(?:of\s+)?(?:the\s+)?(?:last|previous)\s+year)\b",
    re.IGNORECASE,
)
_OTHER_SPAN = re.compile(
    r"\b(?:half[\s-]+(?:a[\s-]+)?year(?:ly)?|semi-?annual(?:ly)?|(?:three|six|nine)\s+months|month(?:ly)?|quarter(?:ly)?|average)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:account(?:ed|ing|s)?\s+for|represent(?:ed|ing)|constitut(?:ed|ing)|compris(?:ed|ing)|ma(?:de|king)\s+up"
    r"|proportion\s+of|share\s+of|ratio\s+of)\s*$",
    re.IGNORECASE,
)
_SHARE_BEHIND = re.compile(
    r"^\s*of\s+(?:all|the|total|its|China|Chinese|their|overall|them|those|whom|which)\b", re.I
)
_FORECAST = re.compile(
    r"\b(?:expected|forecast|projected|estimated|predicted|will|would|is\s+likely|target(?:ed)?|aims?|goals?)\b",
    re.I,
)
_STOP = (
    r"and|or|but|by|in|as|with|which|who|whose|that|from|over|up|down|an|a|the|account\w*|represent\w*|reach\w*|making"
    r"|increas\w*|grew|including|were|was|is|are|had|have|has|on|of|per|among|to|at|for|since|compared|than|while|more|less"
    r"|higher|lower|respectively|during|between|under|within|online|weekly|every|each"
)
_NOUN = re.compile(
    rf"^\s+(?:of\s+)?(?P<noun>(?:(?!(?:{_STOP})\b)[A-Za-z.\"][A-Za-z.'\"/-]*\s*){{1,6}})", re.IGNORECASE
)
_OPENERS = re.compile(
    r"^(?:\s|[,\"'◇◆●•·*-]|(?:and|while|of\s+which|among\s+(?:them|which|these)|specifically|in\s+particular|in\s+terms\s+of"
    r"|meanwhile|moreover|in\s+addition|with|as\s+of|by|up\s+to|until|in|at|on|the|a\s+total\s+of|its|their)\b)+",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\bof\s+(?:China's|Chinese)\s+(?=\S)(?P<of>)|\s*\b(?:in|of|across)\s+(?:the\s+|this\s+)?(?:whole\s+)?(?:China|country|nation)\b(?!')"
    r"|\bnationwide\b|\b(?:China's|Chinese|national)\s+",
    re.IGNORECASE,
)


_NOTHING = Context()


@dataclass
class _Draft:
    """A statement in the making; spans count in the sentence."""

    subject: str
    measure: str
    quantity: Quantity
    span: Span
    period: Period | None
    rate: Decimal | None = None
    rate_span: Span | None = None
    comparison: Comparison = "yoy"
    difference: Decimal | None = None
    flags: tuple[str, ...] = ()


def read_english(
    text: str,
    *,
    issued: dt.date | None = None,
    context: Context = _NOTHING,
    node: str | None = None,
    page: int | None = None,
) -> Reading:
    """Figures of one block of English text, in order; see ``prose.read_block``. Never raises."""
    plain = text.translate(_PLAIN)
    statements: list[Statement] = []
    warnings: list[str] = []
    period = context.period
    for start, end in _sentences(plain):
        if end - start > LONGEST_SENTENCE:
            warnings.append(
                f"no sentence: {end - start} characters without a full stop: {text[start : start + 60]}"
            )
            continue
        reader = _Sentence(plain[start:end], issued, period)
        drafts = reader.read()
        period = reader.period
        warnings += [f"{warning}: {text[start:end][:80]}" for warning in reader.warnings]
        statements += [_statement(draft, text[start:end], start, node, page) for draft in drafts]
    return Reading(tuple(statements), replace(context, period=period), tuple(warnings))


def reader_of(language: str) -> Callable[..., Reading]:
    """The reader of blocks for a language: ``zh`` or ``en``; both are called alike."""
    return read_english if language == "en" else read_block


def _sentences(plain: str) -> Iterator[Span]:
    start = 0
    for match in [*_SENTENCE_END.finditer(plain), None]:
        end = match.end() if match else len(plain)
        first = start + len(plain[start:end]) - len(plain[start:end].lstrip())
        last = start + len(plain[start:end].rstrip())
        if first < last:
            yield first, last
        start = end


class _Sentence:
    """Reads one sentence from left to right."""

    def __init__(self, plain: str, issued: dt.date | None, period: Period | None) -> None:
        self.plain = plain
        self.period = period
        self.warnings: list[str] = []
        self.periods = list(scan_periods(plain, issued))
        #: The text without periods, so that nothing of them is taken for a name.
        self.bare = _blanked(plain, [found.span for found in self.periods])
        self.level: _Draft | None = None  #: the figure that a change behind it belongs to
        self.about = ""  #: what the clause before is about, for "…, reaching 177 million"

    def read(self) -> list[_Draft]:
        drafts: list[_Draft] = []
        figures = list(scan_quantities(self.bare))
        if "respectively" in self.plain.lower() and len(figures) > 1:
            self.warnings.append(f"{len(figures)} figures under 'respectively': nothing taken")
            self._advance(len(self.plain))
            return []
        end_before = 0
        for number, (quantity, span, whole) in enumerate(figures):
            behind = figures[number + 1][2][0] if number + 1 < len(figures) else len(self.plain)
            self._advance(span[0])
            before = self._clause(end_before, whole[0])
            after = _CLAUSE_END.split(self.bare[span[1] : behind])[0]
            drafts += self._figure(quantity, span, before, after)
            end_before = span[1]
        self._advance(len(self.plain))
        return drafts

    def _advance(self, until: int) -> None:
        """The period is the last one named before a figure that is no base of comparison; where the sentence names
        a single one and that behind (… reached 989 million by the end of 2020), it is that."""
        named = [found for found in self.periods if not found.base]
        before = [found for found in named if found.span[0] < until]
        if before or len(named) == 1:
            self.period = (before or named)[-1].period

    def _clause(self, start: int, end: int) -> str:
        """What stands before a figure in its own clause."""
        words = self.bare[start:end]
        return words[max((match.end() for match in _CLAUSE_END.finditer(words)), default=0) :]

    def _figure(self, quantity: Quantity, span: Span, before: str, after: str) -> list[_Draft]:
        if change := _CHANGE.search(before):
            self._change(quantity, span, change, before, after)
            return []
        if quantity.unit == "百分点":
            return []
        if _SHARE.search(before) or (quantity.unit == "%" and _SHARE_BEHIND.match(after)):
            self.about = _name(_SHARE.sub("", before)) or self.about
            return []
        made = self._level(quantity, span, before, after)
        if made is None:
            return []
        self.level = made
        self.about = made.measure
        return [made]

    def _level(self, quantity: Quantity, span: Span, before: str, after: str) -> _Draft | None:
        flags = ("forecast",) if _FORECAST.search(before) else ()
        link = _LINK.search(before)
        noun = _NOUN.match(after) if quantity.unit not in ("%", "小时") else None
        if noun and not (link and _name(before[: link.start()]).lower() not in ("", "there")):
            subject = _name(
                re.sub(
                    r"\b(?:had|has|have|there\s+(?:were|are|was|is)|boasted|totall?ing)\b.*$",
                    "",
                    before,
                    flags=re.I,
                )
            )
            return _Draft(subject, _name(noun["noun"]), quantity, span, self.period, flags=flags)
        if link:
            named = _name(before[: link.start()])
            if measure := named or self.about:
                return _Draft("", measure, quantity, span, self.period, flags=flags)
        if quantity.unit == "小时" and (measure := _name(before)):
            return _Draft("", measure, quantity, span, self.period, flags=flags)
        return None

    def _change(self, quantity: Quantity, span: Span, change: re.Match[str], before: str, after: str) -> None:
        """A rate or a change in points of the figure before; increases in numbers are nobody's series."""
        if self.level is None or not _OF_ITSELF.fullmatch(_name(before[: change.start()])):
            return
        value = -quantity.value if change["down"] else quantity.value
        if quantity.unit == "百分点":
            if self.level.difference is None:
                self.level.difference = value
        elif quantity.unit == "%" and self.level.rate is None:
            self.level.rate, self.level.rate_span = value, span
            self.level.comparison = self._comparison(span[1], before, after)

    def _comparison(self, end: int, before: str, after: str) -> Comparison:
        base = next((found for found in self.periods if found.base and 0 <= found.span[0] - end <= 60), None)
        if base is not None:
            return "yoy" if _year_before(base, self.period) else "since"
        if _OTHER_SPAN.search(before) or _OTHER_SPAN.search(after):
            return "since"
        return "yoy" if _ON_YEAR.search(before) or _ON_YEAR.search(after) else "since"


#: What may stand before the word of a change without naming something else that changes.
_OF_ITSELF = re.compile(
    r"(?:(?:representing|showing|marking|it|this|which)\s*)?(?:an?\s*)?(?:annual|yearly|half-?yearly|year-on-year|overall|net|slight|\s)*",
    re.IGNORECASE,
)


def _year_before(base: Named, period: Period | None) -> bool:
    return period is not None and (base.period.end.year + 1, base.period.end.month) == (
        period.end.year,
        period.end.month,
    )


def _name(words: str) -> str:
    """Without openers, the country and blanks: ``and the number of Internet users in China had`` → ``number of
    Internet users``."""
    plain = _WHERE.sub(lambda match: " of " if match["of"] is not None else " ", words)
    plain = re.sub(r"\b(?:had|has|have)\s*$", "", plain.strip(), flags=re.I)
    return " ".join(_OPENERS.sub("", f" {plain}").split()).strip(" ,.:\"'-")


def _blanked(plain: str, spans: list[Span]) -> str:
    characters = list(plain)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def _statement(draft: _Draft, sentence: str, offset: int, node: str | None, page: int | None) -> Statement:
    return Statement(
        subject=draft.subject,
        measure=draft.measure,
        value=draft.quantity.value,
        multiplier=draft.quantity.multiplier,
        unit=draft.quantity.unit,
        rate=draft.rate,
        period=draft.period,
        qualifier=draft.quantity.qualifier,
        text=sentence,
        span=draft.span,
        difference=draft.difference,
        comparison=draft.comparison,
        rate_span=draft.rate_span,
        flags=draft.flags,
        node=node,
        offset=offset,
        page=page,
    )
