"""An index result as the frames that the methods of this package take.

What belongs here: bringing points into frames, and growth on the year before. What does not: any method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from prosperity.catalogue.model import IndexSpec, Indicator
from prosperity.index.composite import REFERENCE, composite_indices
from prosperity.index.frames import Change
from prosperity.index.model import IndexResult


@dataclass(frozen=True)
class Panels:
    """A result as frames, rows quarters. ``frames``: by group what its index was computed from, ``indices``: its
    values, ``growth``: growth on the year before of every indicator in percent (a rate: itself), by series."""

    spec: IndexSpec
    frames: Mapping[str, pd.DataFrame]
    indices: Mapping[str, pd.Series[float]]
    weights: Mapping[str, Mapping[str, float]]
    changes: Mapping[str, Change]
    growth: pd.DataFrame
    members: Mapping[str, Indicator]  #: by series; of a series in two groups the first

    @classmethod
    def of(cls, result: IndexResult, spec: IndexSpec) -> Panels:
        members: dict[str, Indicator] = {}
        for indicator in spec.indicators:
            members.setdefault(indicator.series, indicator)
        frames: dict[str, pd.DataFrame] = {}
        indices: dict[str, pd.Series[float]] = {}
        weights: dict[str, dict[str, float]] = {}
        for group in spec.groups:
            points = [point for point in result.points if point.group == group and point.value is not None]
            # The trend term is a contribution without a series of its own.
            names = {part.series for point in points for part in point.contributions if part.inputs}
            if not names:
                continue
            quarters = [point.period for point in points]
            indices[group] = pd.Series([point.value for point in points], quarters, dtype=float)
            columns = {name: _values(result, group, name) for name in sorted(names)}
            frames[group] = pd.DataFrame(columns).reindex(quarters)
            weights[group] = {
                i.series: i.weight for i in spec.indicators if i.group == group and i.series in names
            }
        growth = {
            name: growth_of(_values(result, member.group, name), member.transform.change)
            for name, member in members.items()
        }
        return cls(
            spec,
            frames,
            indices,
            weights,
            {name: member.transform.change for name, member in members.items()},
            pd.DataFrame(growth).sort_index(),
            members,
        )

    @property
    def reference(self) -> str:
        """The group that sets the scale of all: the coincident one, or without it each group its own."""
        return REFERENCE if REFERENCE in self.frames else ""

    def indices_with(
        self, group: str, frame: pd.DataFrame | None = None, weights: Mapping[str, float] | None = None
    ) -> pd.Series[float]:
        """The index of a group, scaled as in the specification, from another frame or with other weights."""
        names = {group, self.reference} - {""}
        frames = {name: self.frames[name] for name in names} | {
            group: self.frames[group] if frame is None else frame
        }
        weighted = {name: self.weights[name] for name in names} | {
            group: self.weights[group] if weights is None else weights
        }
        weighted[group] = {name: weight for name, weight in weighted[group].items() if name in frames[group]}
        changes = {str(name): self.changes[str(name)] for part in frames.values() for name in part}
        found = composite_indices(
            frames,
            weights=weighted,
            trend=self.spec.trend,
            changes=changes,
            reference=self.reference or group,
        )
        return pd.Series(found[group].reindex(self.frames[group].index), dtype=float)

    def changes_in(self, group: str) -> dict[str, Change]:
        return {str(name): self.changes[str(name)] for name in self.frames[group]}


def growth_of(values: pd.Series[float], change: Change = "symmetric") -> pd.Series[float]:
    """Growth on the same quarter of the year before in percent; a rate (``difference``) is its own growth."""
    if not len(values):
        return values
    quarters = pd.period_range(values.index.min(), values.index.max(), freq="Q")
    whole = values.reindex([f"{quarter.year}-Q{quarter.quarter}" for quarter in quarters])
    return whole if change == "difference" else 100 * (whole / whole.shift(4) - 1)


def _values(result: IndexResult, group: str, series: str) -> pd.Series[float]:
    found = result.indicators.get(group, {}).get(series, ())
    return pd.Series({point.quarter: point.value for point in found}, dtype=float)


def index_of(result: IndexResult, group: str) -> pd.Series[float]:
    """The values of one group by quarter."""
    points = [point for point in result.points if point.group == group and point.value is not None]
    return pd.Series({point.period: point.value for point in points}, dtype=float)


def known(value: Any) -> float | None:
    """A number, None for what is missing."""
    return None if value is None or pd.isna(value) else float(value)
