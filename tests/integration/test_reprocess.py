"""The archive read again after a change of the catalogue: no request, the difference first, only its own documents."""

from __future__ import annotations

import json
from collections.abc import Sequence

from click.testing import CliRunner

from prosperity.catalogue import Catalogue
from prosperity.cli import cli
from prosperity.sample import SamplePublishers
from prosperity.workflow import reprocess, stages
from prosperity.workflow.workspace import Workspace

YEARS = {"nbs_income": [2019], "cnnic_report": [2019]}


def without(catalogue: Catalogue, source: str, series: str) -> Catalogue:
    """The catalogue as it was before someone added ``series``: no table row or sentence of ``source`` names it."""
    entry = catalogue.sources[source]
    eras = tuple(
        era.model_copy(
            update={
                "tables": tuple(
                    table.model_copy(update={"rows": tuple(r for r in table.rows if r.level != series)})
                    for table in era.tables
                ),
                "statements": tuple(rule for rule in era.statements if rule.level != series),
            }
        )
        for era in entry.eras
    )
    return catalogue.model_copy(
        update={"sources": catalogue.sources | {source: entry.model_copy(update={"eras": eras})}}
    )


def told(differences: Sequence[reprocess.Difference]) -> set[tuple[str, str, str, str, str]]:
    return {(d.kind, d.series, d.period, d.before, d.after) for d in differences}


def test_a_new_entry_shows_its_figures_before_they_are_loaded(
    space: Workspace, publishers: SamplePublishers
) -> None:
    """Urban income was not in the catalogue when 2019 was loaded (21342 yuan in June: NBS, 2019-07-15)."""
    older = Workspace(
        space.settings,
        space.hosts,
        catalogue=without(space.catalogue, "nbs_income", "nbs_urban_disp_income_cum"),
    )
    for source, years in YEARS.items():
        for year in years:
            stages.run_year(older, source, year)
    older.close()
    asked = len(publishers.log)
    made = reprocess.plan(space, YEARS)
    found = told(made.differences)
    assert {series.removesuffix("_yoy") for _, series, *_ in found} == {"nbs_urban_disp_income_cum"}
    assert ("added", "nbs_urban_disp_income_cum", "2019-06", "", "21342") in found
    assert made.unchanged > 10 and made.parsed == 0
    assert not space.warehouse.observations("nbs_urban_disp_income_cum"), (
        "nothing is loaded before it is shown"
    )
    summary = reprocess.apply(space, made)
    assert summary.observations_added == len(made.differences)
    assert len(publishers.log) == asked, "no publisher was asked"
    again = reprocess.plan(space, YEARS)
    assert again.differences == () and reprocess.apply(space, again).readings_added == 0


def test_an_entry_taken_away_withdraws_what_was_read(space: Workspace) -> None:
    for source, years in YEARS.items():
        stages.run_year(space, source, years[0])
    changed = Workspace(
        space.settings, space.hosts, catalogue=without(space.catalogue, "cnnic_report", "cnnic_netizens")
    )
    made = reprocess.plan(changed, YEARS)
    kinds = {(d.kind, d.series) for d in made.differences if not d.series.endswith("_yoy")}
    assert kinds == {("gone", "cnnic_netizens")}
    reprocess.apply(changed, made)
    assert not [row for row in changed.warehouse.observations("cnnic_netizens") if row.value is not None]
    changed.close()


def test_only_the_documents_of_a_changed_table_are_parsed_again(space: Workspace) -> None:
    for source, years in YEARS.items():
        stages.run_year(space, source, years[0])
    entry = space.catalogue.sources["nbs_income"]
    era = entry.eras[0]
    table = era.tables[0].model_copy(update={"caption": era.tables[0].caption + "|居民收支"})
    changed = entry.model_copy(
        update={"eras": (era.model_copy(update={"tables": (table, *era.tables[1:])}),)}
    )
    catalogue = space.catalogue.model_copy(
        update={"sources": space.catalogue.sources | {"nbs_income": changed}}
    )
    other = Workspace(space.settings, space.hosts, catalogue=catalogue)
    made = reprocess.plan(other, YEARS)
    income = len(space.warehouse.documents("nbs_income", 2019))
    assert (made.parsed, made.documents) == (
        income,
        income + len(space.warehouse.documents("cnnic_report", 2019)),
    )
    assert made.differences == ()
    other.close()


def test_the_command_prints_the_difference_and_can_leave_it_at_that(space: Workspace) -> None:
    stages.run_year(space, "nbs_income", 2019)
    ended = CliRunner().invoke(cli, ["reprocess", "--source", "nbs_income", "--dry-run", "--json"])
    assert ended.exit_code == 0, ended.output
    found = json.loads(ended.stdout)
    assert found["differences"] == [] and found["loaded"] is None and found["documents"] >= 3
    shown = CliRunner().invoke(cli, ["reprocess", "--source", "nbs_income", "--years", "2019"])
    assert shown.exit_code == 0 and "loaded: nothing changed" in shown.output
