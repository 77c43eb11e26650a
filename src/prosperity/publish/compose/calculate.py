"""Figures computed for the report: growth, sums, means. Each is kept with its formula and its inputs.

Nothing here is rounded before the end, and nothing computed where levels do not compare (versions of the catalogue).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from decimal import Decimal

from prosperity.catalogue.model import Bilingual, Series
from prosperity.catalogue.versions import break_between
from prosperity.publish.compose.numbers import counted, percent, plain_name, points, spoken
from prosperity.publish.content import Calculation, FigureReference

PERCENT = Bilingual(zh="%", en="%")
POINTS = Bilingual(zh="个百分点", en="percentage points")
INDEX_POINTS = Bilingual(zh="点", en="points")


class Calculator:
    """Makes calculated figures and remembers them by id; the same calculation made twice is one."""

    def __init__(self) -> None:
        self.made: dict[str, Calculation] = {}

    def growth(self, series: Series, now: FigureReference, before: FigureReference) -> FigureReference | None:
        """Growth of the level on the same period of the year before, percent; None across a break."""
        if break_between(series.versions, before.period, now.period) or float(before.value) <= 0:
            return None
        value = 100 * (float(now.value) / float(before.value) - 1)
        return self._made(
            "growth", series, now.period, value, PERCENT, percent(value), (now, before),
            Bilingual(zh="100 × (本期 ÷ 上年同期 − 1)", en="100 × (this period ÷ the year before − 1)"),
            Bilingual(zh="按水平值计算的同比增速", en="growth on the year before, by the levels"),
        )  # fmt: skip

    def difference(self, series: Series, now: FigureReference, before: FigureReference) -> FigureReference:
        """A percentage less another, in points."""
        value = float(now.value) - float(before.value)
        return self._made(
            "difference", series, now.period, value, POINTS, points(value), (now, before),
            Bilingual(zh="本期 − 上年同期", en="this period − the year before"),
            Bilingual(zh="变动", en="change"),
        )  # fmt: skip

    def mean_growth(
        self, series: Series, first: FigureReference, last: FigureReference
    ) -> FigureReference | None:
        """Mean annual growth of the level between two years, percent; None across a break."""
        years = int(last.period[:4]) - int(first.period[:4])
        if years < 2 or float(first.value) <= 0 or float(last.value) <= 0:
            return None
        if break_between(series.versions, first.period, last.period):
            return None
        value = 100 * ((float(last.value) / float(first.value)) ** (1 / years) - 1)
        return self._made(
            "mean_growth", series, last.period, value, PERCENT, percent(value), (first, last),
            Bilingual(zh=f"100 × ((末年 ÷ 首年)^(1/{years}) − 1)", en=f"100 × ((last ÷ first)^(1/{years}) − 1)"),
            Bilingual(zh="年均增速(水平值)", en="mean annual growth, by the levels"),
        )  # fmt: skip

    def mean_of_rates(self, series: Series, rates: Sequence[FigureReference]) -> FigureReference | None:
        """Geometric mean of published annual rates, percent: what joins levels that do not compare."""
        factors = [1 + float(rate.value) / 100 for rate in rates]
        if len(factors) < 2 or min(factors) <= 0:
            return None
        value = 100 * (math.prod(factors) ** (1 / len(factors)) - 1)
        return self._made(
            "mean_of_rates", series, rates[-1].period, value, PERCENT, percent(value), tuple(rates),
            Bilingual(zh=f"{len(factors)} 个年度公布增速的几何平均", en=f"geometric mean of {len(factors)} published annual rates"),
            Bilingual(zh="年均增速(公布增速)", en="mean annual growth, by the published rates"),
        )  # fmt: skip

    def total(self, series: Series, year: int, quarters: Sequence[FigureReference]) -> FigureReference:
        """The four quarters of a year together, in the unit of the series."""
        value = sum((Decimal(quarter.value) for quarter in quarters), Decimal(0))
        return self._made(
            "total", series, str(year), value, quarters[0].unit, spoken(value, series), tuple(quarters),
            Bilingual(zh="四个季度之和", en="sum of the four quarters"),
            Bilingual(zh="全年", en="year"),
        )  # fmt: skip

    def index_change(
        self, group: str, name: Bilingual, now: FigureReference, before: FigureReference
    ) -> FigureReference:
        """An index point less an earlier one, in points."""
        value = float(now.value) - float(before.value)
        shown = f"{abs(value):.2f}"
        made = Series(
            id=group,
            name=name,
            source="",
            unit="点",
            frequency="Q",
            kind="index",
            theme="",
        )
        return self._made(
            "index_change", made, now.period, value, INDEX_POINTS,
            Bilingual(zh=f"{shown}点", en=f"{shown} points"), (now, before),
            Bilingual(zh="本期 − 上年同期", en="this quarter − the same quarter a year before"),
            Bilingual(zh="较上年同期变动", en="change on the year"),
        )  # fmt: skip

    def _made(
        self,
        kind: str,
        series: Series,
        period: str,
        value: Decimal | float,
        unit: Bilingual,
        text: Bilingual,
        inputs: tuple[FigureReference, ...],
        formula: Bilingual,
        what: Bilingual,
    ) -> FigureReference:
        material = "|".join([kind, series.id, period, *(_identity(found) for found in inputs)])
        identity = hashlib.sha256(material.encode()).hexdigest()[:16]
        number = counted(value) if isinstance(value, Decimal) else _rounded(value, kind)
        days = [found.known_from for found in inputs if found.known_from]
        result = FigureReference(
            series=series.id,
            period=period,
            value=value,
            unit=unit,
            number=number,
            text=text,
            calculation=identity,
            known_from=max(days, default=None),
            basis="first_seen" if any(found.undated for found in inputs) else None,
            status="A" if all(found.status == "A" for found in inputs) else "E",
        )
        name = plain_name(series)
        named = Bilingual(zh=f"{name.zh}:{what.zh}", en=f"{name.en}: {what.en}")
        self.made[identity] = Calculation(identity, named, formula, result, inputs)
        return result


def _rounded(value: float, kind: str) -> str:
    return f"{value:+.{2 if kind == 'index_change' else 1}f}".replace("-", "−")


def _identity(found: FigureReference) -> str:
    return found.evidence or found.calculation or "-".join(found.quarter or ())
