"""What an operator asks of the catalogue: which theme has which source, and is a publisher still as described."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from prosperity import catalogue
from prosperity.catalogue import Catalogue
from prosperity.catalogue.themes import load_themes, served, unassigned
from prosperity.cli import cli
from prosperity.sample import Fault, SamplePublishers, challenge
from prosperity.workflow.doctor import examine
from prosperity.workflow.workspace import Workspace

SHIPPED = catalogue.load()
#: The chapters of the yearly report (issue and sources page).
THEMES = [
    "industry_trend", "network_facilities", "applications", "factors", "innovation", "international", "governance",
    "market",
]  # fmt: skip


def test_every_theme_is_listed_and_every_word_belongs_to_one() -> None:
    assert [theme.id for theme in load_themes()] == THEMES
    assert unassigned(SHIPPED, load_themes()) == []


def test_a_theme_without_sources_is_a_named_gap(space: Workspace) -> None:
    ended = CliRunner().invoke(cli, ["sources", "--themes", "--json"])
    assert ended.exit_code == 0, ended.output
    rows = {row["theme"]: row for row in json.loads(ended.stdout)}
    assert list(rows) == THEMES
    assert "miit_internet" in rows["industry_trend"]["sources"]
    assert all((row["gap"] == "no source") == (not row["sources"]) for row in rows.values())
    small = dict(SHIPPED) | {"sources": {"miit_internet": SHIPPED.sources["miit_internet"]}}
    gaps = {
        entry.theme.id
        for entry in served(Catalogue.model_construct(**small), load_themes())
        if not entry.sources
    }
    assert "market" in gaps and "industry_trend" not in gaps


@pytest.mark.parametrize("source_id", ["nbs_income", "miit_internet", "cnnic_report", "caict_prosperity"])
def test_a_healthy_publisher_passes_with_few_requests(
    space: Workspace, publishers: SamplePublishers, source_id: str
) -> None:
    asked = len(publishers.log)
    found = examine(space, space.source(source_id))
    assert [finding for finding in found if not finding.ok] == []
    assert {"list", "title", "period", "document"} <= {finding.step for finding in found}
    # robots.txt, list (a shell and its interface at MIIT), detail page, document: for each language.
    paths = [entry["path"] for entry in publishers.log[asked:]]
    assert len(paths) <= 4 * len(space.source(source_id).discovery) + 1
    assert list(space.archive) == [] and space.warehouse.documents() == []


@pytest.mark.parametrize(
    ("fault", "step", "cause"),
    [
        (challenge("/sj/zxfb/", status=412), "list", "HTTP status 412"),
        (Fault("/sj/zxfb/index", body=b"<html><body><p>moved</p></body></html>"), "title", "none of 0 lines fits"),
        (Fault("/sj/zxfb/2", body=b"<html><body><p>moved</p></body></html>"), "document", "no article in the page"),
    ],
)  # fmt: skip
def test_what_has_changed_is_named(
    space: Workspace, publishers: SamplePublishers, fault: Fault, step: str, cause: str
) -> None:
    publishers.faults["www.stats.gov.cn"] = [fault]
    try:
        found = examine(space, space.source("nbs_income"))
    finally:
        publishers.faults.clear()
    bad = {finding.step: finding.what for finding in found if not finding.ok}
    assert cause in bad[step]


def test_the_command_ends_with_1_for_an_ill_publisher_and_2_for_an_unknown_one(space: Workspace) -> None:
    assert CliRunner().invoke(cli, ["doctor", "nope"]).exit_code == 2
    ended = CliRunner().invoke(cli, ["doctor", "nbs_income", "--json"])
    assert ended.exit_code == 0, ended.output
    assert all(finding["ok"] for finding in json.loads(ended.stdout))
