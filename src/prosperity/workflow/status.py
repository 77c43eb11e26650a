"""The release calendar against what the warehouse holds."""

from __future__ import annotations

from typing import Any

from prosperity.collect.calendar import expectations
from prosperity.workflow.stages import years_of
from prosperity.workflow.workspace import Workspace


def calendar_rows(space: Workspace) -> list[dict[str, Any]]:
    """One row per source and year: how many releases are found, due, overdue, never published."""
    rows: list[dict[str, Any]] = []
    today = space.settings.today
    for source in space.catalogue.sources.values():
        for year in years_of(space, source.id, source.first_year, space.settings.last_year):
            found = {
                release.period for release, _ in space.warehouse.documents(source.id, year) if release.period
            }
            cells = expectations(source, year, found=found, today=today, sample=not space.settings.live)
            states = [cell.state for cell in cells]
            rows.append(
                {
                    "source": source.id,
                    "year": year,
                    "found": states.count("found"),
                    "not_out_yet": states.count("not_out_yet"),
                    "overdue": states.count("overdue"),
                    "not_in_sample": states.count("not_in_sample"),
                    "never_published": states.count("never_published"),
                    "next": next((cell.sentence for cell in cells if cell.state == "not_out_yet"), ""),
                }
            )
    return rows
