"""A changed entry of the catalogue makes its own tables and observations stale, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from prosperity import catalogue
from prosperity.catalogue import Catalogue, Source
from prosperity.workflow.reading import observations_version, tables_version

Versions = dict[str, tuple[str, str]]


def versions(found: Catalogue) -> Versions:
    return {
        name: (tables_version(source), observations_version(found, source))
        for name, source in found.sources.items()
    }


def changed(change: Callable[[Source], Source], source: str) -> set[tuple[str, int]]:
    """Which versions (0: tables, 1: observations) differ after the change of one source."""
    before = catalogue.load()
    after = before.model_copy(update={"sources": before.sources | {source: change(before.sources[source])}})
    old, new = versions(before), versions(after)
    return {(name, n) for name in old for n in (0, 1) if old[name][n] != new[name][n]}


def test_a_new_caption_makes_tables_and_observations_stale() -> None:
    def change(source: Source) -> Source:
        era = source.eras[0]
        table = era.tables[0].model_copy(update={"caption": "收支"})
        return source.model_copy(
            update={"eras": (era.model_copy(update={"tables": (table, *era.tables[1:])}),)}
        )

    assert changed(change, "nbs_income") == {("nbs_income", 0), ("nbs_income", 1)}


def test_a_new_row_leaves_the_tables_as_they_are() -> None:
    def change(source: Source) -> Source:
        era = source.eras[0]
        table = era.tables[0].model_copy(update={"rows": era.tables[0].rows[:1]})
        return source.model_copy(
            update={"eras": (era.model_copy(update={"tables": (table, *era.tables[1:])}),)}
        )

    assert changed(change, "nbs_income") == {("nbs_income", 1)}


def test_pace_and_calendar_change_nothing_of_it() -> None:
    assert changed(lambda source: source.model_copy(update={"pause_seconds": 9.0}), "nbs_income") == set()


def test_bounds_of_a_series_concern_its_sources_only() -> None:
    before = catalogue.load()
    name = "cnnic_netizens"
    other = before.series[name].model_copy(update={"jump": 9.0})
    after = before.model_copy(update={"series": before.series | {name: other}})
    old, new = versions(before), versions(after)
    assert {key for key in old if old[key] != new[key]} == {"cnnic_report", "cnnic_english"}
