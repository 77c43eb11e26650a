"""What the templates of the industry report ask: texts with their links, charts, calculations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from prosperity.publish import plot
from prosperity.publish.content import Calculation, FigureChart, FigureReference, Report, Span, Text
from prosperity.publish.rendered import printed_name
from prosperity.publish.view import View

CALCULATIONS = "calculations.html"


@dataclass(frozen=True)
class IndustryView(View):
    """The industry reports in one language."""

    def spans(self, text: Text) -> Sequence[Span]:
        """Words and figures of the text in this language."""
        return text.zh if self.language == "zh" else text.en

    def way(self, figure: FigureReference) -> str:
        """Where a figure leads: evidence, calculation, or the explanation of its quarter."""
        if figure.evidence:
            return f"../evidence/{figure.evidence}.html"
        if figure.calculation:
            return f"{CALCULATIONS}#c-{figure.calculation}"
        group, quarter = figure.quarter or ("", "")
        return f"{group}.html#q-{group}-{quarter}"

    def printed_name(self, report: Report) -> str:
        return printed_name(report, self.language)

    def short_period(self, figure: FigureReference) -> str:
        return self.period(figure.period, self.report.series.get(figure.series))

    def source_names(self, sources: Sequence[str]) -> str:
        names = dict.fromkeys(self.name(self.report.sources[source].publisher) for source in sources)
        return ("、" if self.language == "zh" else "; ").join(names)

    def tone(self, number: int) -> str:
        return f"var(--series-{number % 8 + 1})"

    def drawn(self, chart: FigureChart) -> Markup:
        traces = [
            plot.Trace(
                self.name(line.name),
                tuple(self._mark(chart, self.name(line.name), point) for point in line.points),
                tone,
            )
            for tone, line in enumerate(chart.lines)
        ]
        kind = self.t("柱形图", "Bar chart") if chart.mark == "bars" else self.t("折线图", "Line chart")
        label = f"{kind}{self.colon}{self.name(chart.title)}"
        draw = plot.bars_svg if chart.mark == "bars" else plot.lines_svg
        return Markup(draw(traces, label))  # noqa: S704 - made by us

    def _mark(self, chart: FigureChart, name: str, point: FigureReference) -> plot.Mark:
        at = float(point.period[:4]) if chart.mark == "bars" else plot.year_fraction(point.period)
        unit = self.name(chart.unit)
        words = f"{name}, {self.short_period(point)}{self.colon}{point.qualifier}{point.number} {unit}"
        return plot.Mark(at, float(point.value), words, self.way(point))

    def calculations(self) -> list[Calculation]:
        """Of all reports, each once, by name and period."""
        found = {key: made for report in self.report.reports for key, made in report.calculations.items()}
        return sorted(found.values(), key=lambda made: (self.name(made.name), made.result.period, made.id))
