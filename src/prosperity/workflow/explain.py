"""Where does this come from? From an index point down to the cells and sentences it rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from prosperity import sample
from prosperity.index.model import Contribution, IndexPoint
from prosperity.warehouse.model import Provenance
from prosperity.workflow.indexing import index_result, quarter_of
from prosperity.workflow.workspace import Workspace


class NothingToExplain(ValueError):
    """There is no such point; the message says what there is."""


@dataclass(frozen=True)
class Explanation:
    """An index point with its contributions and, for each, the observations and their places."""

    point: IndexPoint
    contributions: list[dict[str, Any]]
    notice: str

    def as_dict(self) -> dict[str, Any]:
        total = math.fsum(part["points"] for part in self.contributions)
        return {
            "index": self.point.group,
            "period": self.point.period,
            "value": self.point.value,
            "change": self.point.change,
            "sum_of_contributions": total if self.contributions else None,
            "indicators": self.point.indicators,
            "indicators_total": self.point.indicators_total,
            "weight_share": self.point.weight_share,
            "reason": self.point.reason or None,
            "contributions": self.contributions,
            "notice": self.notice,
        }


def explain(space: Workspace, period: str, group: str = "coincident") -> Explanation:
    """The point of ``group`` in quarter ``period`` with all it rests on.

    :raises NothingToExplain: where there is no such quarter or group.
    """
    quarter = quarter_of(period)
    result = index_result(space)
    found = next((p for p in result.points if p.group == group and p.period == quarter), None)
    if found is None:
        spans = {p.group: (p.period, q.period) for p, q in _ends(result.points).values()}
        raise NothingToExplain(
            f"no {group} index for {quarter}; there is {spans or 'no index yet: run first'}"
        )
    contributions = [_contribution(space, part) for part in found.contributions]
    return Explanation(found, contributions, space.settings.notice)


def _ends(points: tuple[IndexPoint, ...]) -> dict[str, tuple[IndexPoint, IndexPoint]]:
    ends: dict[str, tuple[IndexPoint, IndexPoint]] = {}
    for point in points:
        first, _ = ends.get(point.group, (point, point))
        ends[point.group] = (first, point)
    return ends


def _contribution(space: Workspace, part: Contribution) -> dict[str, Any]:
    return {
        "series": part.series,
        "layer": part.layer,
        "weight": part.weight,
        "standardised_change": part.standardised_change,
        "points": part.points,
        "status": part.status,
        "steps": list(part.steps),
        "inputs": [
            observation(space, found.series, found.period, found.evidence, found.value)
            for found in part.inputs
        ],
    }


def observation(
    space: Workspace, series: str, period: str, evidence_id: str, value: float | None
) -> dict[str, Any]:
    """One observation with its place: page for PDF, node path for HTML, pointer for an interface."""
    entry: dict[str, Any] = {"series": series, "period": period, "value": value, "evidence": evidence_id}
    known = space.catalogue.series.get(series)
    if known and (version := known.version_of(period)):
        entry["version"] = version.id
    found = next(
        (p for p in space.warehouse.provenance(series, period) if p.evidence.id == evidence_id), None
    )
    if found is None:
        return entry
    entry |= {
        "place": found.evidence.place,
        "raw": found.evidence.raw,
        "document": found.document.sha256,
        "title": found.release.title,
        "address": found.release.address,
        "issued": found.release.issued.isoformat() if found.release.issued else None,
        "known_from": found.reading.known_from.isoformat(),
        "known_from_basis": found.reading.known_from_basis,
    }
    if found.document.sample:
        entry["sample_of"] = origins(space, series, period)
    return entry


def origin_rows(space: Workspace, series: str, period: str) -> list[sample.Row]:
    """For samples: where the figure was really published; a rate without a row of its own stood beside its level."""
    rows = sample.provenance(series, period)
    level = space.catalogue.series[series].rate_of
    return list(rows or (sample.provenance(level, period) if level else ()))


def origins(space: Workspace, series: str, period: str) -> list[dict[str, str]]:
    """The same in plain types: address, reading, how surely it was read, note."""
    rows = origin_rows(space, series, period)
    return [
        {
            "address": row.source_url,
            "reading": f"{row.value} {row.unit}",
            "confidence": row.confidence,
            "note": row.note,
        }
        for row in rows
    ]


def series_provenance(space: Workspace, series: str, period: str) -> list[Provenance]:
    """All readings of one figure, by date of issue. :raises NothingToExplain: where there is none."""
    found = space.warehouse.provenance(series, period)
    if not found:
        raise NothingToExplain(f"no reading of {series} for {period} in the warehouse")
    return list(found)
