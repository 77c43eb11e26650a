"""Reading one sentence of an English edition: the same statements as from Chinese, from left to right.

What belongs here: the clause grammar of English releases, on normalised text. What does not: values of phrases
(``notation.english``), raw text and its positions (``prose``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from prosperity.extract.bases import compared, resolved
from prosperity.extract.drafts import ONE, Draft, Figure, filled, settle, with_common_unit
from prosperity.extract.english_phrases import (
    IS_AMOUNT,
    IS_BASE,
    IS_DEFINITION,
    IS_GROWTH,
    IS_NAMED_BY_WHICH,
    IS_SHARE,
    NAMES_PART,
    REACHES,
    counted,
    measured,
    names_of_list,
    share_of_whole,
    spent_on,
    splits_names,
)
from prosperity.extract.model import Span
from prosperity.extract.phrases import Phrase
from prosperity.notation.changes import Mark, blank, brackets
from prosperity.notation.english import EnglishMark, scan_english_changes, scan_english_periods
from prosperity.notation.model import Period, PeriodError, Quantity
from prosperity.notation.periods import Found
from prosperity.notation.quantities import Damage, find_damage, scan_quantities

_FORECAST = re.compile(
    r"\b(?:will|would|is expected|are expected|expected to|estimated to|is estimated|forecast|projected|predict\w*|aims? to)\b",
    re.IGNORECASE,
)
#: Brackets that are no aside: 63,052 blocks (/32) of IPv6 addresses.
_PART_OF_UNIT = ("(/32)",)
#: Before a period that a clause begins with, which holds for what follows.
_LEADS = re.compile(
    r"(?:^|[,;:]|\b(?:while|and|showed|that))\s*(?:(?:as\s+of|by|in|at|during|from|for|over)\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
#: Between a rate and the level it leads to: … to (reach) 15.45 billion yuan; …, reaching 410.7 billion yuan.
_ARRIVES = re.compile(
    r"(?:\bto(?:\s+(?:reach|hit|stand\s+at))?|\s*,\s*(?:reaching|hitting|total(?:l)?ing))(?:\s+(?:a\s+total\s+of|about|around|nearly|some))*\s*$",
    re.IGNORECASE,
)
#: Units behind which stands what is counted in them.
_COUNTING = ("", "块/32")
_BETWEEN = re.compile(r"\s*(?:,|,?\s*and)\s*")


class EnglishReader:
    """Reads one normalised sentence; results in ``drafts``, ``warnings`` and ``period``."""

    def __init__(self, plain: str, issued: dt.date | None, period: Period | None, last: list[Draft]) -> None:
        self.plain = plain
        self.issued = issued
        self.inherited = self.period = period
        self.drafts: list[Draft] = []
        self.warnings: list[str] = []
        #: The figures that a rate belongs to; at first those of the sentence before (The growth rate was …).
        self.level = self.previous = list(last)
        self.cursor = 0  #: words before it belong to what was read
        #: A name whose change was printed before its figure: the rate has increased by 1.2 points, reaching 58.8%.
        self.awaited: tuple[str, Mark] | None = None
        self.damage = find_damage(plain)
        self.warnings += [f"damaged figure, {item.reason}" for item in self.damage]
        hollow = filled(plain, [item.span for item in self.damage])
        aside = [span for span in brackets(hollow) if hollow[slice(*span)] not in _PART_OF_UNIT]
        self.masked = blank(hollow, aside)
        self.periods = list(scan_english_periods(self.masked))
        self.marks = scan_english_changes(self.masked)
        hidden = [found.span for found in self.periods if not found.base]
        self.worded = blank(self.masked, hidden)  #: without periods, which are no part of any name

    def read(self) -> None:
        if IS_DEFINITION.search(self.masked):
            self._set_period()
            return
        for (start, end), event in self._events():
            words = self.worded[max(self.cursor, start - 400) : start]
            if isinstance(event, EnglishMark):
                self._read_mark(event, words)
            elif isinstance(event, Damage):
                self.level, self.awaited = [], None  # what follows must not go to an earlier figure
            else:
                if IS_BASE.search(words):
                    continue  # from 16.7 percent, whose revenue exceeded 5 million yuan
                self._read_figures(event, words)
            self.cursor = max(self.cursor, end)
        self._set_period()

    def _events(self) -> list[tuple[Span, EnglishMark | Damage | list[Figure]]]:
        taken = [one.mark.span for one in self.marks] + [found.span for found in self.periods]
        groups: list[list[Figure]] = []
        for quantity, span in scan_quantities(self.masked, bare=True):
            if any(first < span[1] and span[0] < last for first, last in taken):
                continue
            if not self._stands(quantity, span):
                continue
            between = self.masked[groups[-1][-1][1][1] : span[0]] if groups else None
            if between is not None and _BETWEEN.fullmatch(between):
                groups[-1].append((quantity, span))
            else:
                groups.append([(quantity, span)])
        figures = [((group[0][1][0], group[-1][1][1]), with_common_unit(group)) for group in groups]
        marks = [(one.mark.span, one) for one in self.marks]
        damage = [(item.span, item) for item in self.damage]
        return sorted([*figures, *marks, *damage], key=lambda event: event[0])

    def _stands(self, quantity: Quantity, span: Span) -> bool:
        """A number without unit counts if it is printed with its thousands, or stands after "reached" and the like."""
        if quantity.unit == "百分点":
            return False
        if quantity.unit or quantity.multiplier != ONE:
            return not re.match(r"\s*times\b", self.masked[span[1] :])
        printed = self.masked[slice(*span)]
        before = self.masked[max(0, span[0] - 80) : span[0]]
        return "," in printed or (
            "." in printed and bool(REACHES.search(before)) and not IS_AMOUNT.search(before)
        )

    # ---------------------------------------------------------------------------------------- figures

    def _read_figures(self, group: list[Figure], words: str) -> None:
        unit, behind = group[-1][0].unit, self.worded[group[-1][1][1] :]
        if self._completes_growth(group, words):
            return
        awaited, self.awaited = self.awaited, None
        if awaited and unit == "%" and len(group) == 1 and not measured(words):
            name, mark = awaited
            self.level = [self._draft("level", Phrase("", name), *group[0])]
            self.drafts += self.level
            self._attach(mark, self.level)
            return
        kind, phrases = "level", None
        if unit == "%" and (IS_SHARE.search(words) or not REACHES.search(words)):
            kind, phrases = "share", self._share(words, behind, len(group))
        elif unit != "%" and (amount := IS_AMOUNT.search(words)):
            name = measured(words[: amount.start()]) or (self.level[0].phrase.measure if self.level else "")
            kind, phrases = "amount", [Phrase(name, (amount["kind"] or amount["verb"]).lower())]
        elif len(group) == 1:
            phrases = self._level(words, behind, unit)
        else:
            phrases = self._several(words, len(group))
        if not phrases or len(phrases) != len(group):
            self.warnings.append(f"{len(group)} figures for {words.strip()[-60:]!r}: nothing taken")
            self.level = [] if kind == "level" else self.level
            return
        made = [
            self._draft(kind, phrase, quantity, span)
            for phrase, (quantity, span) in zip(phrases, group, strict=True)
        ]
        self.drafts += made
        if kind != "amount" or not self.level or self.level[0] not in self.drafts:
            self.level = made

    def _several(self, words: str, count: int) -> list[Phrase] | None:
        if len(self.level) == count and len(what := measured(words).split(", ")) == 1 and what[0]:
            owners = [
                one.phrase.measure for one in self.level
            ]  # …, with penetration rates of 97.1% and 96.8%
            if re.match(r"\s*(?:respectively)?[\s,]*(?:and|with)\b", words, re.IGNORECASE):
                return [Phrase(owner, what[0]) for owner in owners]
        return [Phrase("", name) for name in names_of_list(words, count) or []] or None

    def _completes_growth(self, group: list[Figure], words: str) -> bool:
        """Profits declined 10.3 percent from a year earlier to 15.45 billion yuan: the level of the rate just read."""
        waiting = self.drafts[-len(group) :]
        if not waiting or any(draft.kind != "growth" for draft in waiting):
            return False
        if not _ARRIVES.fullmatch(words) and (re.search(r"[,;]", words) or not _ARRIVES.search(words)):
            return False
        for draft, (quantity, span) in zip(waiting, group, strict=False):
            draft.quantity, draft.span, draft.kind = quantity, span, "level"
            draft.period = self._period_of(span)
        return True

    def _share(self, words: str, behind: str, count: int) -> list[Phrase] | None:
        whole = share_of_whole(behind)
        said = IS_SHARE.search(words)
        who = measured(words[: said.start()]) if said else ""
        if count > 1:
            names = names_of_list(words[: said.start()], count) if said else None
            return [Phrase(name, f"share: {whole}") for name in names] if names else None
        if not said and not whole:
            return self._level(words, behind, "%")
        if said and (named := IS_NAMED_BY_WHICH.search(words[: said.start()])):
            who = named["who"]
        if not who and said and self.level:
            who = self.level[-1].phrase.subject or self.level[-1].phrase.measure
        return [Phrase(who, f"share: {whole}" if whole else "share")]

    def _level(self, words: str, behind: str, unit: str) -> list[Phrase] | None:
        noun = counted(re.sub(r"^\s+of\b", "", behind) if unit else behind) if unit in _COUNTING else ""
        name = measured(words)
        if aim := spent_on(words, behind):
            return [Phrase(name, aim)]
        split = splits_names(name)
        if noun:
            self.cursor = self.worded.find(noun, len(self.worded) - len(behind)) + len(noun)
            return [Phrase(split[0] if split else name, noun)]
        if split:
            return [Phrase(*split)]
        if self.level and re.match(r"(?:that )?(?:in|of) ", name):  # that in rural areas was 536 billion yuan
            head = re.split(r" (?:in|of) (?!consumer|goods)", self.level[-1].phrase.measure)[0]
            name = f"{head} {name.removeprefix('that ')}"
        if not name and self.level and not NAMES_PART.search(words):
            upper = self.level[-1]  # accounted for 28.6% of the total, reaching 177 million
            of_share = upper.kind == "share" and bool(upper.quantity) and unit != "%" and upper.phrase.subject
            return [Phrase("", upper.phrase.subject) if of_share else upper.phrase]
        return [Phrase("", name)] if name else None

    def _draft(self, kind: str, phrase: Phrase, quantity: Quantity | None, span: Span) -> Draft:
        draft = Draft(phrase, quantity, span, self._period_of(span), kind)
        start = self.masked.rfind(",", 0, span[0]) + 1
        if _FORECAST.search(self.masked[start : span[0]]):
            draft.flags.append("forecast")
        return draft

    # ---------------------------------------------------------------------------------------- changes

    def _read_mark(self, one: EnglishMark, words: str) -> None:
        mark = one.mark
        if mark.kind == "other":
            return
        own = bool(self.level) and self.level[0] in self.drafts
        hangs = (own or mark.kind == "difference") and re.search(
            r",(?:\s*(?:or|and|but))?\s*$", words
        )  # …, up 0.5 percentage points
        name = "" if hangs else measured(words)
        split = splits_names(name)
        count = len(mark.values)
        if mark.kind == "difference" and name and not IS_GROWTH.search(name):
            known = [*self.level, *self.previous]
            same = [draft for draft in known if draft.phrase.measure.casefold() == name.casefold()][:1]
            self.awaited = None if same else (name, mark)
            self._attach(mark, same)
            return
        if mark.kind == "rate" and not name and count == 1 and self._of_another_period(mark):
            phrases = [self.level[0].phrase]  # …, with the second quarter registering a growth of 4.7 percent
            self._growth_only(mark, phrases)
            return
        if mark.kind == "difference" or (own and not name):  # up, with an increase of
            self._attach(mark, self.level)
            return
        if count > 1:
            names = names_of_list(words, count)
            phrases = [Phrase("", each) for each in names] if names else []
        elif split:
            phrases = [Phrase(*split)]
        else:
            phrases = [Phrase("", name)]
        if len(phrases) != count or not all(phrase.measure for phrase in phrases):
            self.warnings.append(f"{count} rates for {words.strip()[-60:]!r}: nothing taken")
            self.level = []
            return
        self._growth_only(mark, phrases)

    def _of_another_period(self, mark: Mark) -> bool:
        if len(self.level) != 1 or self.level[0].rate is None or self.level[0] not in self.drafts:
            return False
        return self._period_of(mark.values[0][1]) != self.level[0].period

    def _growth_only(self, mark: Mark, phrases: list[Phrase]) -> None:
        made = [
            self._draft("growth", phrase, None, span)
            for phrase, (_, span) in zip(phrases, mark.values, strict=True)
        ]
        self.drafts += made
        self.level = made
        self._attach(mark, made)

    def _attach(self, mark: Mark, targets: list[Draft]) -> None:
        values = mark.values * len(targets) if len(mark.values) == 1 and len(targets) > 1 else mark.values
        if not targets or len(values) != len(targets):
            return
        for draft, (value, span) in zip(targets, values, strict=True):
            if draft not in self.drafts:  # spans count in another sentence
                draft.difference = (
                    value if mark.kind == "difference" and draft.difference is None else draft.difference
                )
            elif draft.kind != "amount" or mark.comparison != "since":
                settle(draft, self._compared(mark, draft.period), value, span)

    def _compared(self, mark: Mark, period: Period | None) -> Mark:
        if mark.comparison != "since":
            return mark
        bases = [found for found in self.periods if mark.span[0] <= found.span[0] < mark.span[1]]
        if not bases:
            words = self.masked[slice(*mark.span)].lower()
            year_end = period is not None and period.end.month == 12
            return replace(mark, comparison="yoy") if "year" in words and year_end else mark
        base = resolved(bases[-1], self.issued, self._default_year())
        return compared(mark, self.masked[slice(*mark.span)], base, period)

    # ---------------------------------------------------------------------------------------- periods

    def _default_year(self) -> int | None:
        printed = [found.year for found in self.periods if found.year is not None and not found.base]
        if printed:
            return printed[0]
        return self.inherited.year if self.issued is None and self.inherited else None

    def _resolve(self, found: Found) -> Period | None:
        try:
            return found.resolve(self.issued, self._default_year())
        except PeriodError:
            return None

    def _period_of(self, span: Span) -> Period | None:
        """The period of a figure: one behind it in its own clause, else the last before it, else the sentence's first."""
        own = [found for found in self.periods if not found.base]
        if not own:
            return self.inherited
        clause_end = re.compile(r"[;]|,(?! *[0-9])|\band\b|\bwhile\b").search(self.masked, span[1])
        clause_start = max(self.masked.rfind(mark, 0, span[0]) for mark in (", ", "; "))
        before = [found for found in own if found.span[1] <= span[0]]
        inside = [found for found in before if found.span[0] > clause_start]
        limit = clause_end.start() if clause_end else len(self.masked)
        behind = [found for found in own if span[1] <= found.span[0] < limit]
        leading = [found for found in before if _LEADS.search(self.masked[: found.span[0]])]
        chosen = inside[-1:] or behind[:1] or leading[-1:] or before[-1:] or own[:1]
        return self._resolve(chosen[0])

    def _set_period(self) -> None:
        own = [found for found in self.periods if not found.base]
        if own and not _FORECAST.search(self.masked):
            used = [draft.period for draft in self.drafts if draft.period is not None]
            self.period = used[-1] if used else self._resolve(own[-1]) or self.period
