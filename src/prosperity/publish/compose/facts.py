"""All that a report is composed from, and looking figures up in it as of a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from prosperity.catalogue.model import Bilingual, IndexSpec, Series, Source
from prosperity.catalogue.versions import month_of
from prosperity.index.model import IndexResult
from prosperity.publish.compose.numbers import counted, spoken
from prosperity.publish.content import FigureReference, Years
from prosperity.publish.words import unit
from prosperity.warehouse.model import StoredObservation


@dataclass(frozen=True)
class Facts:
    """``changes``: every change of every figure, as ``Warehouse.changes`` gives them; ``result``: the index of today."""

    series: Mapping[str, Series]
    sources: Mapping[str, Source]
    changes: Sequence[StoredObservation]
    result: IndexResult
    spec: IndexSpec
    today: dt.date
    restated: float = 2.0  #: points between published rate and levels from which they do not compare
    notice: Bilingual | None = None  #: of samples


@dataclass(frozen=True)
class Ledger:
    """The figures as the world knew them on ``as_of``.

    Figures of an interface, which gives no date of issue, are taken as they stand now, whatever the day: they are marked.
    """

    facts: Facts
    as_of: dt.date

    @cached_property
    def _histories(self) -> Mapping[tuple[str, str], list[StoredObservation]]:
        found: dict[tuple[str, str], list[StoredObservation]] = defaultdict(list)
        for change in self.facts.changes:
            found[change.series, change.period].append(change)
        for changes in found.values():
            changes.sort(key=lambda change: change.known_from)
        return found

    @cached_property
    def _periods(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for series, period in self._histories:
            found[series].append(period)
        return {series: sorted(periods, key=month_of) for series, periods in found.items()}

    def history(self, series: str, period: str) -> list[StoredObservation]:
        """Every change of one figure until today, by day."""
        return [
            change
            for change in self._histories.get((series, period), [])
            if change.known_from <= self.facts.today
        ]

    def observation(self, series: str, period: str) -> StoredObservation | None:
        """The figure as known on the day; None where there was none, or it had been withdrawn."""
        known = [
            change
            for change in self.history(series, period)
            if change.known_from <= self.as_of or change.known_from_basis == "first_seen"
        ]
        return known[-1] if known and known[-1].value is not None else None

    def figure(self, series: str, period: str) -> FigureReference | None:
        found = self.observation(series, period)
        return reference(found, self.facts.series[series]) if found else None

    def periods(self, series: str, years: Years) -> list[str]:
        """Periods of the years for which there is a figure, in order of time."""
        return [
            period
            for period in self._periods.get(series, [])
            if years.first <= int(period[:4]) <= years.last and self.observation(series, period)
        ]


def reference(found: StoredObservation, series: Series) -> FigureReference:
    """An observation as it is shown; it must have a value."""
    assert found.value is not None
    return FigureReference(
        series=series.id,
        period=found.period,
        value=found.value,
        unit=Bilingual(zh=unit(series, "zh"), en=unit(series, "en")),
        number=counted(found.value),
        text=spoken(found.value, series, found.qualifier),
        evidence=found.evidence,
        known_from=found.known_from,
        basis=found.known_from_basis,
        status=found.status,
        qualifier=found.qualifier,
    )


def end_of_year(series: Series, year: int) -> str:
    """The period whose figure stands for a year: its last month or quarter, or the year itself."""
    return {"M": f"{year}-12", "Q": f"{year}-Q4", "S": f"{year}-S2", "A": f"{year}"}[series.frequency]


def year_before(period: str) -> str:
    """The same period of the year before."""
    return f"{int(period[:4]) - 1}{period[4:]}"
