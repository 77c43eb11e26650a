"""What the template of past vintages asks: the index as known on a day beside now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from prosperity.publish import plot, words
from prosperity.publish.model import IndexVintage, RevisedPoint
from prosperity.publish.view import View
from prosperity.publish.words import rounded

#: Quarters of a vintage that its table shows, the newest ones.
QUARTERS = 8


@dataclass(frozen=True)
class VintageView(View):
    """The vintages in one language."""

    def of_group(self, vintage: IndexVintage, group: str) -> list[RevisedPoint]:
        return [point for point in vintage.points if point.group == group]

    def last_of(self, vintage: IndexVintage, group: str) -> RevisedPoint | None:
        points = self.of_group(vintage, group)
        return points[-1] if points else None

    def shown_of(self, vintage: IndexVintage, group: str) -> list[RevisedPoint]:
        return self.of_group(vintage, group)[-QUARTERS:]

    def parts_of(self, rows: Sequence[RevisedPoint]) -> list[str]:
        return list(dict.fromkeys(name for row in rows for name in row.parts))

    def part_name(self, code: str) -> str:
        return words.said(words.REVISION_PARTS, code, self.language)

    def has_fan(self, group: str) -> bool:
        return any(self.of_group(vintage, group) for vintage in self.report.vintages)

    def fan_chart(self, group: str) -> Markup:
        """The index of now over what it was at the ends of past years."""
        traces = []
        for vintage in self.report.vintages:
            points = self.of_group(vintage, group)
            if (vintage.day.month, vintage.day.day) == (12, 31) and len(points) > 1:
                href = f"#v-{vintage.day}"
                marks = tuple(
                    plot.Mark(
                        plot.year_fraction(point.quarter),
                        point.then,
                        f"{point.quarter}{self.colon}{rounded(point.then)} ({vintage.day})",
                        href,
                    )
                    for point in points
                )
                traces.append(plot.Trace(str(vintage.day), marks, plot.FAINT))
        now = tuple(
            plot.Mark(
                plot.year_fraction(point.period),
                point.value,
                f"{point.period}{self.colon}{rounded(point.value)}",
                f"{group}.html#q-{group}-{point.period}",
            )
            for point in self.points(group)
            if point.value is not None
        )
        traces.append(plot.Trace(self.t("今天", "now"), now, 0))
        label = f"{self.t('历次指数', 'Vintages')}{self.colon}{self.group(group)}"
        return Markup(plot.lines_svg(traces, label))  # noqa: S704 - made by us
