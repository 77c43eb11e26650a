"""What a reader of one sentence remembers, and how changes come to the figures they belong to.

What belongs here: the state that the words of a sentence change, and attaching. What does not: the order in which a
sentence is read (``sentence``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from prosperity.extract.bases import compared, resolved
from prosperity.extract.drafts import ONE, Draft, read_bracket, settle, sized_by
from prosperity.extract.findings import find, unit_behind_name
from prosperity.extract.model import Span
from prosperity.extract.phrases import Phrase, expand, split_phrase
from prosperity.notation.changes import Mark
from prosperity.notation.model import Period, Quantity
from prosperity.notation.normalise import FOOTNOTE_MARKS

_FORECAST = re.compile(
    r"预计|预期(?!一致|相符)|预测|有望|估计|将(?:达|突破|超|增|完成|实现|有|接近)|(?:到|至)20[3-9][0-9]年"
)
_BRACKETED_MARK = re.compile(r"(?<=[一-鿿])(?:\([0-9]{1,2}\)|\[[0-9]{1,2}\])")


class SentenceState:
    """The figures of one normalised sentence as far as it is read; results in ``drafts``, ``warnings``, ``period``
    and ``subject``."""

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

    def _default_year(self) -> int | None:
        """A year printed earlier in the sentence, else without a date of issue that of the last period."""
        if self.printed_year is not None:
            return self.printed_year
        return self.period.year if self.issued is None and self.period else None

    def _lose_touch(self) -> None:
        """What follows belongs to a figure that could not be read: it must not go to an earlier one."""
        self.last = self.level = []
        self.fence = len(self.drafts)

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

    def _of_another_period(self, draft: Draft | None) -> bool:
        if draft is None or self.period is None or draft.period is None or draft.rate is None:
            return False
        return self.period != draft.period and any(not found.base for found in self.found.periods)
