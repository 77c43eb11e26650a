"""Reading one sentence: periods, figures and changes from left to right, and what belongs together.

What belongs here: the clause grammar, on normalised text. What does not: raw text and its positions
(``prose``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from prosperity.extract.bases import compared, resolved
from prosperity.extract.drafts import ONE, Draft, Figure, read_bracket, settle, sized_by, waiting_for
from prosperity.extract.findings import find, noun_behind, unit_behind_name
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
from prosperity.notation.changes import Mark, clauses
from prosperity.notation.model import Period, PeriodError, Quantity
from prosperity.notation.normalise import FOOTNOTE_MARKS
from prosperity.notation.periods import Found
from prosperity.notation.quantities import Damage

Event = Found | Mark | Damage | list[Figure]
LONGEST_PHRASE = 300
_FORECAST = re.compile(
    r"预计|预期(?!一致|相符)|预测|有望|估计|将(?:达|突破|超|增|完成|实现|有|接近)|(?:到|至)20[3-9][0-9]年"
)
_BRACKETED_MARK = re.compile(r"(?<=[一-鿿])(?:\([0-9]{1,2}\)|\[[0-9]{1,2}\])")
_STANDALONE = re.compile(r"(?:企业|地区|行业|领域|机构|公司|平台)$")


class SentenceReader:
    """Reads one normalised sentence from left to right."""

    def __init__(
        self,
        plain: str,
        issued: dt.date | None,
        period: Period | None,
        subject: str,
        last: Draft | None = None,
    ) -> None:
        self.plain = plain
        self.issued = issued
        self.period = period
        self.subject = subject
        self.before = last  #: the last figure of the sentence before
        self.printed_year: int | None = None
        self.drafts: list[Draft] = []
        self.warnings: list[str] = []
        self.level: list[Draft] = []  #: the figures that a growth rate belongs to
        self.last: list[Draft] = []  #: the figures just read
        #: The clause before, if it held no figure: it may name what this one measures.
        self.clause_before = ""
        self.fence = 0  #: figures before this one in ``drafts`` have lost touch with what follows
        #: What the increase just read is counted from (较2022年12月增长8629万人).
        self.since: Period | None = None
        #: A share whose change was printed before itself: 比重分别上升了4.46个和0.35个百分点,分别达到59.35%和11.94%.
        self.awaited: tuple[Phrase, Mark] | None = None
        self.after_mean = False  #: the mark before was a two-year mean
        self.found = found = find(plain)
        self.warnings += [f"damaged figure, {item.reason}" for item in found.damage]
        self.masked = found.masked

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

    def _lose_touch(self) -> None:
        """What follows belongs to a figure that could not be read: it must not go to an earlier one."""
        self.last = self.level = []
        self.fence = len(self.drafts)

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

    def _default_year(self) -> int | None:
        """A year printed earlier in the sentence, else without a date of issue that of the last period."""
        if self.printed_year is not None:
            return self.printed_year
        return self.period.year if self.issued is None and self.period else None

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
        phrases = self._phrases(self._completed(kind, phrase, group[-1][0].unit), len(group))
        if (
            phrases is None
            and len(group) == 1
            and group[0][0].qualifier
            and self.level
            and not phrase.measure
        ):
            return ""  # 实际销售收入3029.64亿元,首次突破3000亿关口: says again, rounded, what stands before
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

    def _draft(self, kind: str, phrase: Phrase, quantity: Quantity, span: Span) -> Draft:
        draft = Draft(phrase, quantity, span, self.period, kind)
        since = max((other.span[1] for other in self.drafts if other.span[1] <= span[0]), default=0)
        before = self.plain[since : span[0]].rstrip()
        if before.endswith(tuple(FOOTNOTE_MARKS)) or _BRACKETED_MARK.search(before):
            draft.flags.append("footnote mark removed")
        unit = unit_behind_name(self.found, span[0])
        if unit and not quantity.unit:
            draft.quantity = sized_by(quantity, unit)
        if _FORECAST.search(self.plain[since : span[1]]):
            draft.flags.append("forecast")
        read_bracket(draft, self.plain, self.found.brackets)
        if draft.quantity and not draft.quantity.unit and draft.quantity.multiplier != ONE:
            behind = re.match(r"(?!大关|左右)[一-鿿]{1,2}(?=[,;。、)]|$)", self.masked[span[1] :])
            draft.flags += [f"unit not known: {behind.group()}"] if behind else []
        return draft

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

    def _of_another_period(self, draft: Draft | None) -> bool:
        if draft is None or self.period is None or draft.period is None or draft.rate is None:
            return False
        return self.period != draft.period and any(not found.base for found in self.found.periods)

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

    def _growth_only(self, mark: Mark, words: str, flags: tuple[str, ...] = ()) -> None:
        phrase = split_phrase(words)
        phrase = replace(phrase, flags=phrase.flags + flags)
        phrases: list[Phrase] | None = [phrase]
        if len(mark.values) > 1:
            phrases = expand(phrase, len(mark.values))
        if not phrase.measure or phrases is None:
            self.warnings.append(f"rates without a matching list of names {words.strip()!r}")
            self._lose_touch()
            return
        made = [
            Draft(one, None, span, self.period, "growth")
            for one, (_, span) in zip(phrases, mark.values, strict=True)
        ]
        for draft in made:
            since = max((other.span[1] for other in self.drafts if other.span[1] <= draft.span[0]), default=0)
            if _FORECAST.search(self.plain[since : draft.span[1]]):
                draft.flags.append("forecast")
        self.drafts += made
        self.last = self.level = made
        if phrase.subject and len(made) == 1:
            self.subject = phrase.subject
        self._attach(mark, made)

    def _attach(self, mark: Mark, targets: list[Draft]) -> None:
        if not targets:
            return
        values = mark.values
        if len(values) > len(targets):
            # 业务2250.54亿笔,金额2303.32万亿元,同比分别增长31.12%和11.60%
            waiting = [draft for draft in self.drafts[self.fence :] if draft.kind == "level"][-len(values) :]
            if len(waiting) == len(values) and all(draft.rate is None for draft in waiting):
                targets = waiting
        if len(values) == 1 and mark.shared:
            values = values * len(targets)
        if len(values) != len(targets):
            if len(targets) == 1 and mark.kind == "difference":
                targets[0].flags.append("several differences")
                return
            self.warnings.append(f"{len(values)} changes for {len(targets)} figures")
            return
        own = self._against_itself(mark)
        for draft, (value, span) in zip(targets, values, strict=True):
            if own and draft.period == own:
                draft.flags.append("compared with its own period: the text itself is wrong")
                continue
            # 新增网民2968万人,较2017年末增长3.8% is the growth of the stock, not of the increase.
            if not (draft.kind == "amount" and mark.comparison == "since"):
                settle(draft, self._compared(mark, draft.period), value, span)

    def _compared(self, mark: Mark, period: Period | None) -> Mark:
        """The mark with what its rate is really compared with (see ``bases``)."""
        base = self.since
        if mark.comparison == "since":
            base = self._base_before(mark.span[1], mark.span[0])
        return compared(mark, self.masked[slice(*mark.span)], base, period)

    def _base_before(self, end: int, start: int = 0) -> Period | None:
        """The base of comparison named last before ``end``, since the last figure or since ``start``."""
        start = max([start, *(draft.span[1] for draft in self.drafts if draft.span[1] <= end)])
        bases = [found for found in self.found.periods if found.base and start <= found.span[0]]
        named = [found for found in bases if found.span[1] <= end]
        return resolved(named[-1], self.issued, self._default_year()) if named else None

    def _against_itself(self, mark: Mark) -> Period | None:
        """The base of comparison of a change of the rate, where it is the present period: 1-4月 … 较1-4月."""
        for found in self.found.periods:
            inside = mark.span[0] <= found.span[0] and found.span[1] <= mark.span[1]
            if mark.kind != "difference" or not (found.base and inside) or found.year is not None:
                continue
            base = resolved(found, self.issued, self._default_year())
            if base is not None and self.period == base:
                return base
        return None
