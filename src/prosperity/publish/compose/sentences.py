"""Sentences about one series: its level, its growth, the pace against the year before, the span, what was revised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from prosperity.catalogue.model import Bilingual, Series
from prosperity.catalogue.versions import break_between
from prosperity.publish.compose.calculate import Calculator
from prosperity.publish.compose.facts import Ledger, end_of_year, reference, year_before
from prosperity.publish.compose.numbers import percent, plain_name, when
from prosperity.publish.content import FigureReference, Paragraph, Text, Years, made_text, text

#: Revisions told one by one in a section; the series pages hold all.
REVISIONS = 6


@dataclass(frozen=True)
class Writer:
    """Writes about the figures of one ledger; what it computes goes to the calculator."""

    ledger: Ledger
    calculator: Calculator
    years: Years

    # ---------------------------------------------------------------------------------------- figures

    @cached_property
    def _rates(self) -> dict[str, Series]:
        """The series of published growth rates, by the series whose growth they are."""
        return {entry.rate_of: entry for entry in self.ledger.facts.series.values() if entry.rate_of}

    def of_year(self, series: Series, year: int) -> FigureReference | None:
        """The figure that stands for a year: at its end, or of a quarterly flow the sum of its four quarters."""
        if series.frequency == "Q" and series.kind == "flow":
            quarters = [self.ledger.figure(series.id, f"{year}-Q{number}") for number in range(1, 5)]
            known = [quarter for quarter in quarters if quarter]
            return self.calculator.total(series, year, known) if len(known) == 4 else None
        return self.ledger.figure(series.id, end_of_year(series, year))

    def latest(self, series: Series) -> FigureReference | None:
        """The figure of the last year of the span, else the newest one in the span."""
        found = self.of_year(series, self.years.last)
        if found:
            return found
        periods = self.ledger.periods(series.id, self.years)
        return self.ledger.figure(series.id, periods[-1]) if periods else None

    def rate(self, series: Series, period: str) -> FigureReference | None:
        """The growth on year that the publisher printed."""
        entry = self._rates.get(series.id)
        return self.ledger.figure(entry.id, period) if entry else None

    # ---------------------------------------------------------------------------------------- sentences

    def headline(self, series: Series) -> Paragraph | None:
        """Level, growth, pace and span of one series; None where the span has no figure of it."""
        level = self.latest(series)
        if level is None:
            return None
        parts = [self._level(series, level), *self._growth(series, level), *self._span(series)]
        return Paragraph(_sentences(parts))

    def _level(self, series: Series, level: FigureReference) -> Text:
        stock = series.kind == "stock" and series.unit != "%"
        return text(
            "{when},{name}" + ("达到" if stock else "为") + "{level}",
            "{when}: {name} " + ("reached" if stock else "came to") + " {level}",
            when=when(level.period, series),
            name=plain_name(series),
            level=level,
        )

    def _growth(self, series: Series, level: FigureReference) -> list[Text]:
        before = self.ledger.figure(series.id, year_before(level.period)) if not level.calculation else None
        if level.calculation:
            before = self.of_year(series, int(level.period[:4]) - 1)
        if series.kind == "rate":
            return [self._points(series, level, before)] if before and series.unit == "%" else []
        published = self.rate(series, level.period)
        if published:
            return self._published(series, published)
        if before is None:
            return []
        computed = self.calculator.growth(series, level, before)
        if computed is None:
            broken = break_between(series.versions, before.period, level.period)
            return [text("与上年口径不同,水平值不可比", "levels do not compare with the year before (" + (broken.change or "break" if broken else "zero") + ")")]  # fmt: skip
        up = float(computed.value) >= 0
        return [
            text(
                "按水平值计算同比" + ("增长" if up else "下降") + "{growth}",
                ("up" if up else "down") + " {growth} on the year before by the levels",
                growth=computed,
            )
        ]

    def _points(self, series: Series, level: FigureReference, before: FigureReference) -> Text:
        found = self.calculator.difference(series, level, before)
        up = float(found.value) >= 0
        return text(
            "比上年同期" + ("提高" if up else "降低") + "{points}",
            ("up" if up else "down") + " {points} on the year before",
            points=found,
        )

    def _published(self, series: Series, published: FigureReference) -> list[Text]:
        up = float(published.value) >= 0
        entry = self._rates[series.id]
        real_zh, real_en = ("(不变价)", " at constant prices") if entry.constant_prices else ("", "")
        shown = _unsigned(published)
        said = [
            text(
                f"同比{'增长' if up else '下降'}{{growth}}{real_zh}",
                f"{'up' if up else 'down'} {{growth}} on the year before{real_en} as published",
                growth=shown,
            )
        ]
        before = self.rate(series, year_before(published.period))
        if before:
            pace = self.calculator.difference(entry, published, before)
            faster = float(pace.value) >= 0
            said.append(
                text(
                    "增速较上年" + ("提高" if faster else "回落") + "{points}",
                    "the rate is {points} " + ("higher" if faster else "lower") + " than a year before",
                    points=pace,
                )
            )
        return said

    def _span(self, series: Series) -> list[Text]:
        """Mean annual growth over the years of the span: by the published rates, or where the levels compare by these."""
        if self.years.first == self.years.last or series.kind == "rate":
            return []
        known = [found for year in self.years if (found := self.of_year(series, year))]
        rates = [self.rate(series, end_of_year(series, year)) for year in self.years]
        published = [rate for rate in rates if rate]
        mean = None
        if len(published) == len(rates):
            mean, first = self.calculator.mean_of_rates(series, published), published[0].period[:4]
            basis = Bilingual(zh="公布增速", en="by the published rates")
        elif len(known) > 1 and self._levels_compare(series):
            mean, first = self.calculator.mean_growth(series, known[0], known[-1]), known[0].period[:4]
            entry = self._rates.get(series.id)
            nominal = ("现价,", "at current prices, ") if entry and entry.constant_prices else ("", "")
            basis = Bilingual(zh=f"{nominal[0]}水平值", en=f"{nominal[1]}by the levels")
        if mean is None:
            return []
        up = float(mean.value) >= 0
        return [
            text(
                "{first}至{last}年年均" + ("增长" if up else "下降") + "{growth}({basis})",
                "from {first} to {last} " + ("up" if up else "down") + " {growth} a year on average, {basis}",
                first=first, last=mean.period[:4], growth=mean, basis=basis,
            )
        ]  # fmt: skip

    def _levels_compare(self, series: Series) -> bool:
        """Whether no published rate of the years contradicts the ratio of the levels: else they were restated."""
        entry = self._rates.get(series.id)
        for year in self.years if entry and not entry.constant_prices else ():
            now, before = self.of_year(series, year), self.of_year(series, year - 1)
            printed = self.rate(series, end_of_year(series, year))
            if now and before and printed and float(before.value) > 0:
                ratio = 100 * (float(now.value) / float(before.value) - 1)
                if abs(ratio - float(printed.value)) >= self.ledger.facts.restated:
                    return False
        return True

    # ---------------------------------------------------------------------------------------- revisions

    def revised(self, figures: Iterable[FigureReference]) -> list[Paragraph]:
        """What had another value when it came out, or has one since the cut-off; the figures shown, each once."""
        found: dict[tuple[str, str], Paragraph] = {}
        for figure in figures:
            key = (figure.series, figure.period)
            if figure.evidence is None or key in found or len(found) == REVISIONS:
                continue
            said = self._revision(figure)
            if said:
                found[key] = said
        return list(found.values())

    def _revision(self, figure: FigureReference) -> Paragraph | None:
        series = self.ledger.facts.series[figure.series]
        history = [
            change
            for change in self.ledger.history(figure.series, figure.period)
            if change.value is not None and change.known_from_basis != "first_seen"
        ]
        parts: list[Text] = []
        if history and figure.known_from and history[0].value != figure.value:
            parts.append(
                text(
                    "首次发布({day})为{first},后修订为{now}",
                    "first released ({day}) as {first}, later revised to {now}",
                    day=str(history[0].known_from), first=reference(history[0], series), now=figure,
                )
            )  # fmt: skip
        if history and history[-1].known_from > self.ledger.as_of and history[-1].value != figure.value:
            since = history[-1]
            parts.append(
                text(
                    "编报截止日之后({day})又修订为{later}",
                    "after this report's cut-off ({day}) revised to {later}",
                    day=str(since.known_from), later=reference(since, series),
                )
            )  # fmt: skip
        if not parts:
            return None
        subject = text("{name},{when}", "{name}, {when}", name=plain_name(series), when=when(figure.period, series))  # fmt: skip
        return Paragraph(_sentences([_joined(subject, parts[0], ":", ": "), *parts[1:]]), "revised")


def _unsigned(rate: FigureReference) -> FigureReference:
    """The verb says whether it rises or falls."""
    return replace(rate, text=percent_as_printed(rate))


def percent_as_printed(rate: FigureReference) -> Bilingual:
    """The rate with its printed digits and without sign."""
    shown = rate.number.removeprefix("−") + "%"
    return Bilingual(zh=shown, en=shown) if rate.number != "–" else percent(float(rate.value))


def _joined(one: Text, other: Text, zh: str, en: str) -> Text:
    return made_text((*one.zh, zh, *other.zh), (*one.en, en, *other.en))


def _sentences(parts: list[Text]) -> Text:
    """Clauses as one sentence; its beginning in capitals."""
    whole = parts[0]
    for part in parts[1:]:
        whole = _joined(whole, part, ",", "; ")
    first = whole.en[0]
    en = (first[:1].upper() + first[1:], *whole.en[1:]) if isinstance(first, str) else whole.en
    return made_text((*whole.zh, "。"), (*en, "."))
