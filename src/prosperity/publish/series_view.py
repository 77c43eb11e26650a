"""What the templates of the series pages ask: histories, revisions with their colours, what the checks say."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from prosperity.checks.model import CheckResult
from prosperity.publish import plot
from prosperity.publish.compose.numbers import counted
from prosperity.publish.model import PeriodHistory, SeriesHistory
from prosperity.publish.view import View
from prosperity.warehouse.model import StoredObservation

#: Bounds of the colours of a revision, per cent of the first release (points, where the series is a rate itself).
HEAT = (0.5, 2.0)


@dataclass(frozen=True)
class SeriesView(View):
    """The series in one language."""

    def series_by_source(self) -> list[tuple[str, list[SeriesHistory]]]:
        found: dict[str, list[SeriesHistory]] = defaultdict(list)
        for history in self.report.histories:
            found[history.series.source].append(history)
        return [(source, found[source]) for source in self.report.sources if source in found]

    def figures_known(self) -> int:
        return sum(len(history.periods) for history in self.report.histories)

    def newest_of(self, found: SeriesHistory) -> dt.date:
        return max(change.known_from for period in found.periods for change in period.changes)

    def most_changes(self, found: SeriesHistory) -> int:
        return max(len(period.changes) for period in found.periods)

    # ---------------------------------------------------------------------------------------- chart

    def history_chart(self, found: SeriesHistory) -> Markup:
        """Every figure as known now, and where it was revised its first release beside it."""
        name = self.name(found.series.name)
        now = [self._mark(found, period, period.now) for period in found.periods if period.now.value is not None]  # fmt: skip
        first = [
            self._mark(found, period, period.changes[0], hollow=True)
            for period in found.revised
            if period.changes[0].value is not None
        ]
        traces = [plot.Trace(name, tuple(now), 0)]
        if first:
            traces.append(plot.Trace(self.t("首次发布", "first release"), tuple(first), 1, dots=True))
        breaks = [
            (plot.year_fraction(version.first), f"{self.t('口径变动', 'break')} {version.first}")
            for version in found.series.versions
            if version.first and version.splice and not version.splice.comparable
        ]
        label = f"{self.t('折线图', 'Line chart')}{self.colon}{name}"
        return Markup(plot.lines_svg(traces, label, breaks)) if now else Markup("")  # noqa: S704 - made by us

    def _mark(
        self, found: SeriesHistory, period: PeriodHistory, change: StoredObservation, hollow: bool = False
    ) -> plot.Mark:
        shown = self.with_unit(change.value, found.series)
        words = f"{self.period(period.period, found.series)}{self.colon}{change.qualifier}{shown} ({change.known_from})"
        return plot.Mark(
            plot.year_fraction(period.period),
            float(change.value or 0),
            words,
            f"../evidence/{change.evidence}.html",
            hollow,
        )

    # ---------------------------------------------------------------------------------------- revisions

    def heat(self, found: SeriesHistory, row: PeriodHistory, change: StoredObservation) -> str:
        """Class of the colour of a revised figure: how far it lies from the first release."""
        first = row.changes[0]
        if first.value is None or change.value is None or change is first:
            return ""
        moved = _moved(found, float(first.value), float(change.value))
        size = sum(abs(moved) >= bound for bound in HEAT) + 1 if moved else 0
        return f"heat-{'up' if moved > 0 else 'down'}-{size}" if size else "heat-0"

    def revision_size(self, found: SeriesHistory, row: PeriodHistory) -> str:
        """The whole revision with its sign: per cent, or points of a rate."""
        first, last = row.changes[0].value, row.now.value
        if first is None or last is None:
            return "–"
        moved = _moved(found, float(first), float(last))
        unit = self.t("点", " points") if found.series.kind == "rate" else "%"
        return f"{moved:+.2f}{unit}".replace("-", "−")

    # ---------------------------------------------------------------------------------------- checks

    def flags(self, found: SeriesHistory) -> int:
        """How many comparisons contradict."""
        return sum(row.severity == "warn" for row in found.checks)

    def struck(self, found: SeriesHistory) -> list[tuple[CheckResult, str]]:
        """What did not fit, with the id of its row; the same as the links of ``checks_of``."""
        return [
            (row, f"k-{number}-{row.check}-{period.period}")
            for period in found.periods
            for number, row in enumerate(self.checks_of(found, period.period), 1)
        ]

    def checks_of(self, found: SeriesHistory, period: str) -> Sequence[CheckResult]:
        """What did not fit of one period."""
        return [row for row in found.checks if row.period == period and row.severity != "none"]


def _moved(found: SeriesHistory, first: float, last: float) -> float:
    """From first to last: points of a rate, else per cent."""
    if found.series.kind == "rate" or not first:
        return last - first
    return 100 * (last - first) / abs(first)


def shown_value(value: object) -> str:
    """A figure of the warehouse as tables print it; an en dash for a withdrawal."""
    return "–" if value is None else counted(value)  # type: ignore[arg-type]
