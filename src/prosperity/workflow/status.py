"""The release calendar against what is held: every source and period with its state, at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prosperity.collect.calendar import Expectation, State, expectations
from prosperity.notation.model import Period
from prosperity.workflow import runs
from prosperity.workflow.stages import years_of
from prosperity.workflow.workspace import Workspace

#: How a state is shown in the grid, and what it is called there.
MARKS: dict[State, tuple[str, str]] = {
    "found": ("●", "found"),
    "not_out_yet": ("·", "due later"),
    "overdue": ("!", "due, not found"),
    "failed": ("✗", "failed"),
    "lost_online": ("†", "lost online"),
    "never_published": ("–", "never published"),
    "not_in_sample": ("○", "not among the sample documents"),
}


@dataclass(frozen=True)
class YearStatus:
    """One source and year: the cells of its calendar, and how its last collection went."""

    source: str
    year: int
    cells: tuple[Expectation, ...]
    last: dict[str, Any] | None

    @property
    def marks(self) -> str:
        """One character per period, in the order of the calendar."""
        return "".join(MARKS[cell.state][0] for cell in self.cells)

    def count(self, state: State) -> int:
        return sum(cell.state == state for cell in self.cells)


def grid(space: Workspace) -> Iterator[YearStatus]:
    """Every source and year of the catalogue, as of the instance's own day."""
    for source in space.catalogue.sources.values():
        found: dict[int, set[Period]] = defaultdict(set)
        for release, _ in space.warehouse.documents(source.id):
            if release.period:
                found[release.period.year].add(release.period)
        for year in years_of(space, source.id, source.first_year, space.settings.last_year):
            last = runs.latest(space, source.id, year)
            cells = expectations(
                source,
                year,
                found=found[year],
                today=space.settings.today,
                sample=not space.settings.live,
                failed={(year, month) for month in (last or {}).get("failed_months", ())},
            )
            yield YearStatus(source.id, year, tuple(cells), last)


def row(status: YearStatus) -> dict[str, Any]:
    last = status.last or {}
    return {
        "source": status.source,
        "year": status.year,
        "found": status.count("found"),
        "not_out_yet": status.count("not_out_yet"),
        "overdue": status.count("overdue"),
        "failed": status.count("failed"),
        "not_in_sample": status.count("not_in_sample"),
        "never_published": status.count("never_published"),
        "lost_online": status.count("lost_online"),
        "next": next((cell.sentence for cell in status.cells if cell.state == "not_out_yet"), ""),
        "cells": {cell.period: {"state": cell.state, "sentence": cell.sentence} for cell in status.cells},
        "last_collection": {
            name: len(last[name]) if isinstance(last[name], list) else last[name]
            for name in ("finished", "retry", "requests", "transferred", "new", "changed", "unchanged", "failed", "missing", "warnings")
            if name in last
        },
    }  # fmt: skip


def problems(status: YearStatus) -> list[str]:
    """What a person should look at: periods that are missing, failures with their cause, warnings."""
    last = status.last or {}
    found = [cell.sentence for cell in status.cells if cell.state in ("overdue", "failed")]
    found += [
        f"{failure['what']}: {failure['cause']} ({failure['where']})" for failure in last.get("failed", ())
    ]
    return [*found, *last.get("warnings", ()), *last.get("gone_from_list", ())]
