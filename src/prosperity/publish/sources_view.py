"""What the template of sources and coverage asks: the release calendar as grids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from prosperity.publish import words
from prosperity.publish.model import CalendarRow
from prosperity.publish.view import View

Cell = tuple[str, str, str]


@dataclass(frozen=True)
class SourcesView(View):
    """Sources and coverage in one language."""

    @property
    def states(self) -> list[tuple[str, str]]:
        """States and their marks, those that occur."""
        used = {cell[1] for row in self.report.calendar for cell in row.cells}
        return [(state, mark) for state, mark in words.STATE_MARKS.items() if state in used]

    def state(self, code: str) -> str:
        return words.said(words.STATES, code, self.language)

    def mark(self, code: str) -> str:
        return words.STATE_MARKS.get(code, "?")

    def calendars(self) -> list[tuple[str, list[CalendarRow]]]:
        found: dict[str, list[CalendarRow]] = defaultdict(list)
        for row in self.report.calendar:
            if row.cells:
                found[row.source].append(row)
        return [(source, rows) for source, rows in found.items() if source in self.report.sources]

    def months_of(self, rows: Sequence[CalendarRow]) -> list[str]:
        """The last months of the periods that a source reports on."""
        return sorted({cell[0][5:] for row in rows for cell in row.cells})

    def cell_of(self, row: CalendarRow, month: str) -> Cell | None:
        return next((cell for cell in row.cells if cell[0][5:] == month), None)

    def found_of(self, rows: Sequence[CalendarRow]) -> str:
        cells = [cell for row in rows for cell in row.cells]
        held = sum(cell[1] == "found" for cell in cells)
        return self.t(f"{len(cells)} 期中已采集 {held} 期", f"{held} of {len(cells)} releases collected")
