"""Reading one sentence: periods, figures and changes from left to right, and what belongs together.

What belongs here: the clause grammar, on normalised text. What does not: raw text and its positions
(``prose``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from prosperity.extract.drafts import Draft, Figure, waiting_for
from prosperity.extract.findings import noun_behind
from prosperity.extract.model import Span
from prosperity.extract.phrases import (
    BASE_FIGURE,
    CHANGE_IN_UNITS,
    GENERIC,
    WHOLE_COUNTRY,
    Phrase,
    amount_of,
    expand,
    listed,
    named_by,
    share_of,
    split_phrase,
    tidy,
    topic,
    with_other_tail,
    without_links,
)
from prosperity.extract.sentence_state import SentenceState
from prosperity.notation.changes import Mark, clauses
from prosperity.notation.model import Period, PeriodError, Quantity
from prosperity.notation.periods import Found
from prosperity.notation.quantities import Damage

Event = Found | Mark | Damage | list[Figure]
LONGEST_PHRASE = 300
_STANDALONE = re.compile(r"(?:企业|地区|行业|领域|机构|公司|平台)$")


class SentenceReader(SentenceState):
    """Reads one normalised sentence from left to right."""

    # ---------------------------------------------------------------------------------------- reading

    def read(self) -> None:
        """Reads all clauses; the results are in ``drafts``, ``warnings``, ``period`` and ``subject``."""
        events = sorted(self._events(), key=lambda event: event[0], reverse=True)
        for start, end in clauses(self.masked):
            inside: list[tuple[Span, Event]] = []
            while events and events[-1][0][0] < end:
                inside.append(events.pop())
            if not inside:
                self.clause_before = tidy(self.masked[start:end])
                continue
            before, made = self.period, len(self.drafts)
            words = self._read_clause(start, end, inside)
            only_periods = all(isinstance(item, Found) for _, item in inside)
            self.clause_before = tidy(words) if only_periods else ""
            self._restore_stock(before, made)

    def _read_clause(self, start: int, end: int, events: list[tuple[Span, Event]]) -> str:
        """Reads one clause; gives the words that no figure has used."""
        cursor, words = start, ""
        for (first, last), item in events:
            words = (words + self.masked[cursor:first])[-LONGEST_PHRASE:]
            cursor = last
            if isinstance(item, Found):
                words += self._read_period(item, first, last)
            elif isinstance(item, Mark):
                self._read_mark(item, words)
                words = ""
            elif isinstance(item, Damage):
                self._lose_touch()
                words = ""
            else:
                words = self._read_figures(item, words)
        return words + self.masked[cursor:end]

    def _events(self) -> Iterator[tuple[Span, Event]]:
        inside_marks = [mark.span for mark in self.found.marks]
        for found in self.found.periods:
            if not any(first <= found.span[0] and found.span[1] <= last for first, last in inside_marks):
                yield found.span, found
        for mark in self.found.marks:
            yield mark.span, mark
        for damage in self.found.damage:
            yield damage.span, damage
        for group in self.found.figures:
            yield (group[0][1][0], group[-1][1][1]), group

    def _read_period(self, found: Found, first: int, last: int) -> str:
        """Sets the period; the words stay only where they say what a figure is compared with."""
        if found.base:
            return self.masked[first:last]
        try:
            self.period = found.resolve(self.issued, self._default_year())
        except PeriodError:
            self.period = None
            self.warnings.append("the year of the period is not printed and cannot be inferred")
        if found.year is not None:
            self.printed_year = found.year
        return ""

    def _restore_stock(self, before: Period | None, made: int) -> None:
        """上半年新增网民2968万人 among stocks at the end of June: the half year is that of the increase
        alone."""
        new = self.drafts[made:]
        if before and before.kind == "stock" and new and all(draft.kind == "amount" for draft in new):
            self.period = before

    def _read_figures(self, group: list[Figure], words: str) -> str:
        """Makes the statements of a group of figures; gives the words that still wait for theirs."""
        words += noun_behind(self.found, group)
        if self.awaited and group[-1][0].unit == "%" and not without_links(tidy(words)):
            return self._read_awaited(group, *self.awaited)
        self.awaited = None
        if len(group) == 1 and (base := BASE_FIGURE.search(without_links(tidy(words)) or words)):
            return tidy(words)[: base.start()] if base.group()[0] in "由从" else ""
        if CHANGE_IN_UNITS.fullmatch(tidy(words)):
            return ""
        kind, phrase = self._phrase(group, words)
        if kind == "level" and not phrase.measure and self._rounds(self.last, group):
            self.last[0].quantity, self.last[0].span = group[0]  # 占比接近60%,为58.1%
            return ""
        phrases = self._phrases(self._completed(kind, phrase, group[-1][0].unit), len(group))
        if len(group) == 1 and not phrase.measure and self._says_again(group[0][0], phrases is not None):
            return ""
        if phrases is None:
            self.warnings.append(f"{len(group)} figures for the names {words.strip()!r}: nothing taken")
            self._lose_touch()
            return ""
        if "measure taken from the clause before" in phrases[0].flags:
            self._drop_rounded()
        made = [
            self._draft(kind, one, quantity, span)
            for one, (quantity, span) in zip(phrases, group, strict=True)
        ]
        self.drafts += made
        if phrases[0].subject and kind == "level" and len(group) == 1:
            self.subject = phrases[0].subject
        self.last = made
        self.since = self._base_before(group[0][1][0]) if kind == "amount" else None
        if kind == "level" or not self.level:
            self.level = made
        return ""

    def _says_again(self, quantity: Quantity, named: bool) -> bool:
        """销售收入3029.64亿元,首次突破3000亿关口; 速率达20.15Mbit/s,已超越20Mbit/s大关: the figure before, rounded."""
        upper = self.level[-1].quantity if self.level else None
        exact = upper is not None and not upper.qualifier and upper.unit == quantity.unit
        return bool(quantity.qualifier and self.level) and (exact or not named)

    def _read_awaited(self, group: list[Figure], share: Phrase, mark: Mark) -> str:
        self.awaited = None
        names = [one.phrase.measure for one in self.level] or ["" for _ in share.measure and group[:1]]
        if len(group) != len(names):
            self._lose_touch()
            return ""
        self.last = [
            self._draft("share", replace(share, subject=share.subject or name), quantity, span)
            for name, (quantity, span) in zip(names, group, strict=True)
        ]
        self.drafts += self.last
        self._attach(mark, self.last)
        return ""

    @staticmethod
    def _rounds(last: list[Draft], group: list[Figure]) -> bool:
        """Whether the share just read was only an approximation of the figure that follows."""
        if len(last) != 1 or len(group) != 1 or last[0].kind != "share" or last[0].quantity is None:
            return False
        return bool(last[0].quantity.qualifier) and group[0][0].unit == last[0].quantity.unit

    def _drop_rounded(self) -> None:
        """突破10亿大关,达10.32亿: the approximate figure before the exact one of the same measure goes."""
        earlier = self.level[-1] if self.level else None
        if earlier and earlier.quantity and earlier.quantity.qualifier and earlier in self.drafts:
            self.drafts.remove(earlier)

    def _phrases(self, phrase: Phrase, count: int) -> list[Phrase] | None:
        """A phrase for each figure of a group; None if there is no measure or another number of names."""
        if not phrase.measure:
            return None
        if count == 1:
            return [phrase]
        if phrase.measure in GENERIC and len(self.last) == count:
            return [
                replace(one.phrase, measure=with_other_tail(one.phrase.measure, phrase.measure))
                for one in self.last
            ]
        return expand(phrase, count) or listed(phrase, self.clause_before, count)

    def _completed(self, kind: str, phrase: Phrase, unit: str) -> Phrase:
        """The phrase with what it takes over from the figures and clauses before it."""
        upper = self.level[-1] if self.level and self.level[-1].kind in ("level", "growth") else None
        above = upper.phrase.measure if upper else ""
        if phrase.measure in GENERIC and len(self.last) == 1:
            earlier = self.last[0].phrase
            name = named_by(earlier) if self.last[0].kind in ("share", "amount") else earlier.measure
            return replace(phrase, measure=f"{name}{phrase.measure}")
        if phrase.measure in WHOLE_COUNTRY and (about := topic(self.clause_before)):
            return replace(phrase, subject=phrase.measure, measure=about)
        if not phrase.measure and not phrase.subject:
            if len(self.last) == 1 and self.last[0].kind == "amount" and self._same_unit(unit):
                return replace(
                    phrase, measure=named_by(self.last[0].phrase)
                )  # 累计净增6153.7万户,达到92054万户
            same_unit = upper is None or upper.quantity is None or upper.quantity.unit == unit
            name = (above if same_unit else "") or topic(self.clause_before)
            flags = (*phrase.flags, "measure taken from the clause before") if name else phrase.flags
            return replace(phrase, measure=name, flags=flags)
        if not phrase.subject and phrase.acted:
            standalone = self.clause_before if _STANDALONE.search(self.clause_before) else ""
            return replace(phrase, subject=standalone or self.subject)
        if not phrase.subject and kind in ("amount", "share"):
            return replace(phrase, subject=above or topic(self.clause_before))
        return phrase

    def _same_unit(self, unit: str) -> bool:
        quantity = self.last[0].quantity
        return quantity is not None and quantity.unit == unit

    def _phrase(self, group: list[Figure], words: str) -> tuple[str, Phrase]:
        if group[-1][0].unit == "%" and (share := share_of(words)):
            return "share", share
        if group[-1][0].unit != "%" and (amount := amount_of(words)):
            return "amount", amount
        return "level", split_phrase(words)

    # ---------------------------------------------------------------------------------------- changes

    def _read_mark(self, mark: Mark, words: str) -> None:
        if mark.kind == "other":
            return
        name = without_links(tidy(words))
        share = mark.noun in ("占比", "比重", "比例", "份额")
        after_mean, self.after_mean = self.after_mean, mark.kind == "two_year_mean"
        if after_mean and mark.kind == "difference" and not mark.noun:
            return  # 两年平均增长4.9%,比二季度下降0.6个百分点: a change of the mean
        if name and self.level and self._rest_of_name(name, mark):
            name = ""
        if name and not re.fullmatch(
            r"其|年|但|仍|虽然?|尽管|不过|收入|整体|总体|行业|增长|平稳|较快|稳步|保持|呈|呈现|趋势|态势|且|并",
            name,
        ):
            if waiting := waiting_for(self.drafts[self.fence :], mark, name):
                self._attach(mark, waiting)
                return
            if mark.kind == "difference":
                self._await(mark, name, share)
                return
            self._growth_only(mark, name)
            return
        if not self.level and mark.kind == "rate" and (about := topic(self.clause_before)):
            self._growth_only(mark, about, ("measure taken from the clause before",))
            return
        if mark.kind == "rate" and not self.drafts and self._of_another_period(self.before):
            self._growth_only(mark, self.before.phrase.measure if self.before else "")
            return
        targets = self.level
        if mark.kind == "difference" and self.last and self.last[-1].kind in ("share", "level", "growth"):
            plain_noun = mark.noun in ("增速", "增幅", "降幅", "涨幅", "跌幅", "增长率", "降速")
            targets = self.level if plain_noun else self.last
        if share:
            targets = [
                draft for draft in self.last if draft.kind == "share" or "占比" in draft.phrase.measure
            ]
        if (
            mark.kind == "rate"
            and len(targets) == len(mark.values) == 1
            and self._of_another_period(targets[0])
        ):
            self._growth_only(mark, targets[0].phrase.measure)  # 1-6月增长7.3%,6月当月增幅达18.6%
            return
        self._attach(mark, targets)

    def _await(self, mark: Mark, name: str, share: bool) -> None:
        """A change of something that has no figure here, or only behind it (较2021年12月提升1.2个百分点,达58.8%)."""
        phrase = share_of(f"{name}的{mark.noun}") if share and self.level else None
        if phrase is None:
            self._lose_touch()
            phrase = split_phrase(re.sub(r"^(?:推动|带动|拉动|使得?)", "", name))
        self.awaited = (phrase, mark)

    def _rest_of_name(self, name: str, mark: Mark) -> bool:
        """总营收9863亿元,营收同比增速达12.9%: the same thing again."""
        level = self.level[-1]
        return (
            mark.kind == "rate"
            and len(self.level) == 1
            and level.rate is None
            and level.quantity is not None
            and level.phrase.measure.endswith(name)
        )
