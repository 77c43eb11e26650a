"""What an index says now of the quarters that the run before had too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prosperity.index.model import IndexPoint
from prosperity.warehouse.model import IndexRun

#: Values that differ by less are the same: they are printed with two decimals.
SAME = 0.005


@dataclass(frozen=True)
class QuarterChange:
    """One quarter of one group whose value changed, came or went; None: no value."""

    group: str
    quarter: str
    before: float | None
    now: float | None

    @property
    def difference(self) -> float:
        """Points; 0 where one of the two has no value."""
        return 0.0 if self.before is None or self.now is None else self.now - self.before


def changes_since(before: IndexRun | None, points: Iterable[IndexPoint]) -> list[QuarterChange]:
    """Every quarter that differs by ``SAME`` or more, by group and quarter; without a run before, none."""
    if before is None:
        return []
    old = {(value.group, value.period): value.value for value in before.values}
    new = {(point.group, point.period): point.value for point in points}
    found = []
    for group, quarter in sorted({*old, *new}):
        was, now = old.get((group, quarter)), new.get((group, quarter))
        if (was is None) != (now is None) or (was is not None and now is not None and abs(now - was) >= SAME):
            found.append(QuarterChange(group, quarter, was, now))
    return found
