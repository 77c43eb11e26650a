"""What the template asks about the analysis: rows in the words of the page, charts, the heat map of the lights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from prosperity.index.analysis_model import (
    Analysis,
    Band,
    Dropped,
    Lead,
    LightQuarter,
    RealTimeTurn,
    Turn,
    WeightRow,
)
from prosperity.publish import analysis_charts, charts, words
from prosperity.publish.model import ComparedValue, SiteMaterial
from prosperity.publish.view import Words

LIGHTS_SHOWN = 14  #: quarters of the heat map


@dataclass(frozen=True)
class AnalysisView(Words):
    """The analysis of a report in one language; templates ask only where there is one, but for ``compared``."""

    report: SiteMaterial

    @cached_property
    def found(self) -> Analysis:
        assert self.report.analysis is not None
        return self.report.analysis

    def called(self, name: str) -> str:
        """An index by its group or an indicator by its series."""
        known = self.report.series.get(name)
        return self.name(known.name) if known else self.group(name)

    def place(self, code: str) -> str:
        return words.said(words.PLACES, code, self.language)

    def turn(self, kind: str) -> str:
        return words.said(words.TURNS, kind, self.language)

    def cycle(self, code: str) -> str:
        return words.said(words.CYCLES, code, self.language)

    def light(self, code: str) -> str:
        return words.said(words.LIGHTS, code, self.language)

    # ------------------------------------------------------------------------------------------ turning points

    @property
    def groups(self) -> list[str]:
        return list(dict.fromkeys(point.group for point in self.found.methods))

    def index_turns(self) -> list[Turn]:
        """Turning points of the indices; those of the indicators stand behind the leads."""
        return [turn for turn in self.found.turns if turn.name in self.groups]

    def leads(self) -> list[Lead]:
        """Of growth: an index that nearly always rises has too few turns of its level to compare."""
        return [lead for lead in self.found.leads if lead.cycle == "growth"]

    def seen(self, turn: RealTimeTurn) -> str:
        """Where later vintages moved a turning point, and how many did not date it."""
        parts = [f"{quarter} ({day})" for day, quarter in turn.moves[1:]]
        missing = len(turn.missing_in)
        if turn.status == "confirmed" and missing:
            parts.append(self.t(f"其后 {missing} 个时点未认定", f"not dated in {missing} later vintages"))
        return self.separator.join(parts) or "–"

    # ------------------------------------------------------------------------------------------ lights

    def lights(self) -> list[LightQuarter]:
        return list(self.found.lights[-LIGHTS_SHOWN:])

    def light_series(self) -> list[str]:
        return list(self.found.lights[-1].scores) if self.found.lights else []

    # ------------------------------------------------------------------------------------------ uncertainty

    def bands(self, group: str) -> list[Band]:
        return [band for band in self.found.bands if band.group == group and not band.any_trend]

    def last_band(self, group: str, any_trend: bool) -> Band | None:
        found = [b for b in self.found.bands if b.group == group and b.any_trend == any_trend]
        return found[-1] if found else None

    def now_band(self, group: str) -> Band | None:
        """The band of the last quarter."""
        return self.last_band(group, any_trend=False)

    def dropped(self, group: str) -> list[tuple[Dropped, WeightRow | None]]:
        """Each indicator dropped, with its weights by method."""
        weights = {row.series: row for row in self.found.weights if row.group == group}
        return [(row, weights.get(row.series)) for row in self.found.dropped if row.group == group]

    def weighted(self, group: str) -> dict[str, float]:
        return dict(self.found.weighted.get(group, {}))

    # ------------------------------------------------------------------------------------------ charts

    def diffusion_chart(self) -> Markup:
        return Markup(analysis_charts.diffusion_svg(self.found.methods, self.language))  # noqa: S704 - made by us

    def diffusion_keys(self) -> list[tuple[str, str]]:
        return [(self.group(group), charts.colour(n)) for n, group in enumerate(self.groups)]

    def band_chart(self, group: str) -> Markup:
        return Markup(analysis_charts.band_svg(self.bands(group), self.language))  # noqa: S704 - made by us

    # ------------------------------------------------------------------------------------------ published

    @cached_property
    def compared(self) -> list[ComparedValue]:
        """Published values of which the change stands beside a change of ours."""
        return [
            row
            for row in self.report.compared
            if row.published_change is not None and row.our_change is not None
        ]

    @property
    def without_then(self) -> list[ComparedValue]:
        """Published values beside ours of which ours could not have been computed on the day of the edition."""
        return [row for row in self.report.compared if row.ours is not None and row.reason_then]

    @property
    def compared_keys(self) -> list[tuple[str, str]]:
        return [(name, charts.colour(n)) for n, name in enumerate(self._kinds)]

    @property
    def _kinds(self) -> tuple[str, str, str]:
        return (
            self.t("已发布", "published"),
            self.t("本指数,今日数据", "ours, data of today"),
            self.t("本指数,该版发布之日", "ours, on the day of the edition"),
        )

    @property
    def compared_chart(self) -> Markup:
        rows = [
            (f"{self.place(row.index)} {row.period}", kind, float(value))
            for row in self.compared
            for kind, value in zip(
                self._kinds, (row.published_change, row.our_change, row.our_change_then), strict=True
            )
            if value is not None
        ]
        return Markup(analysis_charts.changes_svg(rows, self._kinds, self.language))  # noqa: S704 - made by us
