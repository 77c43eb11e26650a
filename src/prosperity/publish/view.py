"""What the templates ask for: names, numbers, links, groupings, in the language of the page."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise

from markupsafe import Markup

from prosperity.catalogue.model import Bilingual, IndexSpec, Indicator, Series
from prosperity.checks.model import CheckResult
from prosperity.checks.run import heaviest
from prosperity.index.analysis_model import Turn
from prosperity.index.composite import TREND
from prosperity.index.model import Contribution, IndexPoint, IndicatorPoint, Input
from prosperity.publish import charts, checked, words
from prosperity.publish.content import Report
from prosperity.publish.model import Figure, SiteMaterial
from prosperity.publish.translate import chinese, named

QUARTERS_SHOWN = 8


@dataclass(frozen=True)
class Note:
    """A sentence from another stage; ``language`` differs from the page's where it could not be translated."""

    text: str
    language: words.Language


@dataclass(frozen=True)
class Words:
    """Words of one language; everything shown in Chinese is set with full-width punctuation."""

    language: words.Language

    def t(self, zh: str, en: str) -> str:
        return _typeset(zh) if self.language == "zh" else en

    @property
    def colon(self) -> str:
        return "\uff1a" if self.language == "zh" else ": "

    @property
    def separator(self) -> str:
        return "\u3001" if self.language == "zh" else ", "

    def name(self, entry: Bilingual) -> str:
        return self.t(entry.zh, entry.en)

    def group(self, code: str) -> str:
        return words.said(words.GROUPS, code, self.language)

    def layer(self, code: str) -> str:
        return words.said(words.LAYERS, code, self.language)

    def status(self, code: str) -> str:
        return words.said(words.STATUSES, code, self.language)

    def basis(self, code: str) -> str:
        return _set(words.said(words.BASES, code, self.language), self.language)

    def method(self, code: str) -> str:
        return words.said(words.METHODS, code, self.language)

    def unit(self, series: Series) -> str:
        return words.unit(series, self.language)

    def with_unit(self, value: Decimal | None, series: Series) -> str:
        return words.with_unit(value, series, self.language)

    def period(self, code: str, series: Series | None = None) -> str:
        return words.period(code, series, self.language)

    def check(self, code: str) -> str:
        return words.said(words.CHECKS, code, self.language)

    def check_role(self, code: str) -> str:
        return words.said(words.CHECK_ROLES, code, self.language)

    def verdict(self, row: CheckResult) -> str:
        """The verdict where it has a word of its own, else how much it matters."""
        severity = words.said(words.CHECK_SEVERITIES, row.severity, self.language)
        found = words.CHECK_VERDICTS.get(row.verdict)
        return getattr(found, self.language) if found else severity

    def note(self, sentence: str) -> Note:
        """A sentence written in English by another stage, in the page's language where that is known."""
        if not re.search("[A-Za-z]", sentence):
            return Note(sentence, self.language)
        translated = chinese(sentence) if self.language == "zh" else None
        return Note(_typeset(translated), "zh") if translated else Note(sentence, "en")


@dataclass(frozen=True)
class View(Words):
    """The report in one language."""

    report: SiteMaterial
    page: str = "index.html"  #: file name of the page it is asked from

    def details(self, group: str) -> str:
        """The page that explains a group, '' on that page itself."""
        name = details_page(group)
        return "" if name == self.page else name

    @property
    def menu(self) -> list[tuple[str, str]]:
        """Pages of the site's own navigation, as far as there is something to show on them."""
        found = self.report
        pages = [("index.html", self.t("指数", "Index"))]
        pages += [
            (industry_page(entry), f"{self.t('行业报告', 'Report')} {entry.span}") for entry in found.reports
        ]
        pages += [("analysis.html", self.t("分析", "Analysis"))]
        pages += [("asof.html", self.t("历史时点", "As of"))] if found.vintages else []
        pages += [("series.html", self.t("数据序列", "Series"))] if found.histories else []
        pages += [("sources.html", self.t("来源", "Sources")), ("checks.html", self.t("核对", "Checks"))]
        pages += [("method.html", self.t("方法", "Method"))]
        pages += [("dictionary.html", self.t("字典", "Dictionary"))] if found.dictionary else []
        pages += [("downloads.html", self.t("下载", "Downloads"))] if found.downloads else []
        return pages

    @cached_property
    def _with_history(self) -> frozenset[str]:
        return frozenset(history.series.id for history in self.report.histories)

    def has_series(self, series: str) -> bool:
        """Whether the series has a page."""
        return series in self._with_history

    def download(self, name: str) -> str:
        """What a file of the downloads holds."""
        series = self.report.series.get(name.removesuffix(".csv"))
        return (
            self.name(series.name)
            if series
            else words.said(words.DOWNLOADS, name.removesuffix(".csv"), self.language)
        )

    @property
    def other(self) -> words.Language:
        return "en" if self.language == "zh" else "zh"

    @cached_property
    def names(self) -> dict[str, str]:
        return {series.id: self.name(series.name) for series in self.report.series.values()}

    def series_name(self, series: str) -> str:
        return self.layer(TREND) if series == TREND else self.names.get(series, series)

    def reason(self, sentence: str) -> Note:
        """A reason with the names of series in place of their ids."""
        found = self.note(sentence)
        text = named(found.text, self.names)
        return Note(text.replace(", ", self.separator) if found.language == "zh" else text, found.language)

    # ------------------------------------------------------------------------------------------ the index

    @property
    def groups(self) -> tuple[str, ...]:
        return self.report.spec.groups

    def points(self, group: str) -> list[IndexPoint]:
        return [point for point in self.report.result.points if point.group == group]

    def current(self, group: str) -> IndexPoint | None:
        """The last quarter that has a value."""
        return next((point for point in reversed(self.points(group)) if point.value is not None), None)

    def newest(self, group: str) -> IndexPoint | None:
        points = self.points(group)
        return points[-1] if points else None

    def recent(self, group: str) -> list[IndexPoint]:
        return [point for point in self.points(group) if point.value is not None][-QUARTERS_SHOWN:]

    def part(self, point: IndexPoint, series: str) -> Contribution | None:
        return next((part for part in point.contributions if part.series == series), None)

    def total(self, point: IndexPoint) -> float:
        return math.fsum(part.points for part in point.contributions)

    def members(self, group: str) -> list[Indicator]:
        """The indicators of a group; of all with ''."""
        return [i for i in self.report.spec.indicators if group in ("", i.group)]

    def contributors(self, group: str) -> list[str]:
        """Series in the order of the specification; the trend term last, where there is one."""
        listed = [indicator.series for indicator in self.members(group)]
        trend = any(part.series == TREND for point in self.points(group) for part in point.contributions)
        return [*listed, TREND] if trend else listed

    def quarterly(self, group: str, series: str) -> Sequence[IndicatorPoint]:
        return self.report.result.indicators.get(group, {}).get(series, ())

    def quarter_point(self, group: str, series: str, quarter: str) -> IndicatorPoint | None:
        return next((point for point in self.quarterly(group, series) if point.quarter == quarter), None)

    def before(self, point: IndexPoint) -> IndexPoint | None:
        points = self.points(point.group)
        return next((first for first, second in pairwise(points) if second == point), None)

    def inputs(self, group: str, series: str) -> list[Input]:
        """Every observation that the indicator rests on in any quarter, by series and period."""
        return sorted({found for point in self.quarterly(group, series) for found in point.inputs})

    def adjustment(self, group: str, series: str) -> Note:
        """How it was adjusted for season, as a sentence."""
        found = self.note(self.report.result.notes.get(group, {}).get(series, ""))
        stop = "。" if found.language == "zh" else "."
        return (
            Note(f"{found.text[:1].upper()}{found.text[1:]}{stop}", found.language) if found.text else found
        )

    # ------------------------------------------------------------------------------------------ charts

    def index_chart(self, group: str) -> Markup:
        found = self.report.analysis
        falls = falls_of(found.turns, group) if found else ()
        drawn = charts.index_chart_svg(
            self.report.result,
            group,
            self.language,
            page=self.details(group),
            falls=falls,
            bands=[b for b in found.bands if b.group == group and not b.any_trend] if found else (),
        )
        return Markup(drawn)  # noqa: S704 - made by us

    def contributions_chart(self, group: str) -> Markup:
        names = {series: self.series_name(series) for series in self.contributors(group)}
        order = [indicator.series for indicator in self.members(group)]
        drawn = charts.contributions_chart_svg(
            self.report.result, group, order, names, self.language, page=self.details(group)
        )
        return Markup(drawn)  # noqa: S704 - made by us

    def layers(self, group: str) -> list[str]:
        """Layers with a contribution, in the order of the specification; the trend term last."""
        parts = {part.layer for point in self.points(group) for part in point.contributions}
        listed = dict.fromkeys(
            indicator.layer for indicator in self.members(group) if indicator.layer in parts
        )
        return [*listed, *sorted(parts - listed.keys())]

    def layer_colour(self, group: str, layer: str) -> str:
        return charts.colour(self.layers(group).index(layer))

    def layers_chart(self, group: str) -> Markup:
        names = {layer: self.layer(layer) for layer in self.layers(group)}
        merged = replace(self.report.result, points=tuple(by_layer(point) for point in self.points(group)))
        drawn = charts.contributions_chart_svg(
            merged, group, self.layers(group), names, self.language, page=self.details(group)
        )
        return Markup(drawn)  # noqa: S704 - made by us

    def colour(self, group: str, series: str) -> str:
        return charts.colour(self.contributors(group).index(series))

    def data_day(self) -> dt.date | None:
        """The latest date of issue among the figures shown."""
        days = [figure.provenance.reading.known_from for figure in self.report.figures.values()]
        return max(days, default=None)

    def publishers(self, group: str) -> str:
        sources = [self.report.series[indicator.series].source for indicator in self.members(group)]
        listed = dict.fromkeys(self.name(self.report.sources[source].publisher) for source in sources)
        return ("、" if self.language == "zh" else "; ").join(listed)

    # ------------------------------------------------------------------------------------------ checks

    def check_lines(self) -> list[checked.CheckLine]:
        return checked.check_lines(self.report.checks)

    def heaviest_checks(self) -> list[CheckResult]:
        return heaviest(self.report.checks)

    def check_gap(self, row: CheckResult) -> str:
        return checked.gap(row, self.report.series[row.series], self.language)

    # ------------------------------------------------------------------------------------------ figures

    def figure(self, evidence: str | None) -> Figure | None:
        return self.report.figures.get(evidence) if evidence else None


def details_page(group: str) -> str:
    """File name of the page that explains a group quarter by quarter."""
    return f"{group}.html"


def by_layer(point: IndexPoint) -> IndexPoint:
    """The point with one contribution a layer, the sum of its indicators'."""
    sums: dict[str, list[Contribution]] = {}
    for part in point.contributions:
        sums.setdefault(part.layer, []).append(part)
    merged = tuple(
        replace(parts[0], series=layer, points=math.fsum(part.points for part in parts))
        for layer, parts in sums.items()
    )
    return replace(point, contributions=merged)


def industry_page(report: Report) -> str:
    """File name of an industry report."""
    return f"report-{report.id}.html"


def falls_of(turns: Iterable[Turn], group: str) -> tuple[tuple[str, str], ...]:
    """From each peak of the index itself to the next trough."""
    own = [turn for turn in turns if (turn.cycle, turn.name) == ("level", group)]
    return tuple((a.quarter, b.quarter) for a, b in pairwise(own) if (a.kind, b.kind) == ("peak", "trough"))


def indicator_of(spec: IndexSpec) -> dict[str, str]:
    """The indicator that an observed series enters, by series: its level or its rate."""
    found: dict[str, str] = {}
    for indicator in spec.indicators:
        for series in (indicator.transform.rate_series, indicator.series):
            if series:
                found.setdefault(series, indicator.series)
    return found


def _set(text: str, language: words.Language) -> str:
    return _typeset(text) if language == "zh" else text


@lru_cache(maxsize=4096)
def _typeset(text: str) -> str:
    return words.typeset(text)
