"""Reconciliation over collected documents: stage, asset, command and report give the same results."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import html

from pipelines.definitions import build_defs
from pipelines.instance import prepare
from pipelines.jobs import PUBLISH_JOB
from pipelines.resources import WorkspaceResource
from prosperity.checks.model import KINDS
from prosperity.checks.run import heaviest
from prosperity.cli import cli
from prosperity.workflow import stages
from prosperity.workflow.checking import reconcile
from prosperity.workflow.workspace import Workspace


@pytest.fixture
def filled(space: Workspace) -> Workspace:
    """MIIT's releases on 2020 and 2021: levels, rates, the fall of profit and the jump of July 2021."""
    for year in (2020, 2021):
        stages.run_year(space, "miit_internet", year)
    return space


def test_known_contradictions_are_found_again_in_the_documents(filled: Workspace) -> None:
    """From restatement_check.csv and sources.md §6: 6951/5907 against +25.6 %, 1193 → 1187, 6951 → 8869."""
    first = reconcile(filled)
    found = {(row.check, row.series, row.period, row.basis): row for row in first.results}
    rate = found["rate_against_levels", "miit_inet_rev_cum_yoy", "2021-06", "first_release"]
    assert rate.verdict == "restated" and rate.gap is not None and round(rate.gap, 1) == Decimal("-7.9")
    small = found["rate_against_levels", "miit_inet_rev_cum_yoy", "2021-11", "first_release"]
    assert small.verdict == "small"
    fall = found["cumulative_fall", "miit_inet_opprofit_cum", "2020-12", "latest"]
    assert (fall.verdict, fall.severity, fall.gap) == ("strikes", "note", -6)
    jump = found["pace_within_year", "miit_inet_rev_cum", "2021-07", "latest"]
    assert jump.verdict == "strikes"
    for row in first.results:
        for figure in row.figures:
            assert filled.warehouse.evidence(figure.evidence).raw
    kept = filled.warehouse.dump("check_result")
    again = reconcile(filled)
    assert (again.saved.added, again.saved.removed) == (0, 0)
    assert filled.warehouse.dump("check_result") == kept
    assert filled.warehouse.checks() == list(first.results)


def test_verdicts_of_the_pairs_that_the_documents_hold(filled: Workspace, shared: Path) -> None:
    """From the page's sentence to the verdict: all 19 pairs of the oracle on these two years agree."""
    with (shared / "data" / "restatement_check.csv").open(encoding="utf-8") as file:
        oracle = {(row["series_code"], row["period"].split("..")[-1]): row for row in csv.DictReader(file)}
    found = {
        (row.series.removesuffix("_yoy"), row.period): row
        for row in reconcile(filled).results
        if row.basis == "first_release" and row.check == "rate_against_levels" and row.verdict != "unpaired"
    }
    both = oracle.keys() & found.keys()
    of_2021 = {key for key in oracle if key[0].startswith("miit_inet_") and key[1].startswith("2021-")}
    assert len(of_2021) == 19 and both == of_2021
    for key in both:
        assert found[key].verdict == oracle[key]["verdict"].removesuffix("_or_rebased"), key


def test_command_prints_and_keeps_the_results(filled: Workspace) -> None:
    answer = CliRunner().invoke(cli, ["check", "reconcile", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert found["basis"] == "first_release" and found["saved"]["total"] == len(filled.warehouse.checks())
    rows = {(row["check"], row["series"], row["period"]): row for row in found["results"]}
    half = rows["rate_against_levels", "miit_inet_rev_cum_yoy", "2021-06"]
    assert half["verdict"] == "restated" and half["gap"].startswith("-7.92")
    assert [figure["value"] for figure in half["figures"]] == ["25.6", "6951", "5907"]
    assert CliRunner().invoke(cli, ["check", "reconcile", "--basis", "newest"]).exit_code == 2
    readable = CliRunner().invoke(cli, ["check", "reconcile"])
    assert readable.exit_code == 0


def test_asset_runs_in_both_jobs_and_warns_without_stopping(filled: Workspace) -> None:
    from dagster import AssetCheckSeverity, DagsterInstance

    prepare(filled.settings)
    repository = build_defs({"workspace": WorkspaceResource(filled)}, filled.settings).get_repository_def()
    with DagsterInstance.ephemeral() as instance:
        result = repository.get_job(PUBLISH_JOB).execute_in_process(instance=instance)
    assert result.success
    evaluations = {
        check.check_name: check
        for check in result.get_asset_check_evaluations()
        if check.asset_key.path == ["warehouse", "reconciliation"]
    }
    assert set(evaluations) == set(KINDS)
    assert all(check.severity == AssetCheckSeverity.WARN for check in evaluations.values())
    assert not evaluations["rate_against_levels"].passed and not evaluations["pace_within_year"].passed
    assert evaluations["cumulative_fall"].passed, "a fall that may be is a note"
    assert evaluations["cumulative_fall"].metadata["notes"].value == 1

    page = html.parse(filled.settings.report / "en" / "checks.html")
    links = page.xpath("//table[@id='check-worst']//a/@href")
    named = [figure for row in heaviest(filled.warehouse.checks()) for figure in row.figures]
    assert links == [f"../evidence/{figure.evidence}.html" for figure in named]
    for link in links:
        assert (filled.settings.report / "en" / link).resolve().exists()
