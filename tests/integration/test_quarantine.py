"""From a refused figure to a resolved one: by a correction in the catalogue, by a better rule, by the publisher."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from prosperity import catalogue
from prosperity.catalogue import Catalogue
from prosperity.catalogue.loader import FOLDER
from prosperity.cli import cli
from prosperity.sample import Fault, SamplePublishers
from prosperity.warehouse.model import StoredObservation, StoredRejection
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

SERIES, PERIOD = "nbs_disp_income_cum", "2019-12"
HOST = "www.stats.gov.cn"
PAGE = "/sj/zxfb/202302/t20230203_sample201912.html"

DROP = """
- series: nbs_disp_income_cum
  period: 2019-12
  action: drop
  expect: 307330
  reason: misprint, one digit too many
  reference: https://www.stats.gov.cn
"""
OVERRIDE = DROP.replace("drop", "override\n  value: 30733")


def catalogue_with(folder: Path, corrections: str = "[]", **replaced: str) -> Catalogue:
    """A copy of the catalogue with these corrections; ``replaced``: texts of nbs_income.yaml."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "corrections.yaml").write_text(corrections, encoding="utf-8")
    path = folder / "sources" / "nbs_income.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return catalogue.load(folder)


def with_catalogue(space: Workspace, entries: Catalogue) -> Workspace:
    return Workspace(space.settings, hosts=space.hosts, catalogue=entries)


def open_ones(space: Workspace) -> list[StoredRejection]:
    return space.warehouse.rejections("nbs_income")


def figure(space: Workspace) -> StoredObservation | None:
    found = [row for row in space.warehouse.observations([SERIES]) if row.period == PERIOD]
    return found[0] if found else None


def state(space: Workspace) -> dict[str, list[tuple[object, ...]]]:
    return {table: space.warehouse.dump(table) for table in ("reading", "observation", "rejection")}


@pytest.fixture
def misprinted(space: Workspace, publishers: SamplePublishers) -> Workspace:
    """The release of 2019 says 307330元 for 30733元 (NBS, 17 January 2020); loaded with the catalogue as it is."""
    page = requests.get(publishers.hosts[HOST] + PAGE, timeout=10)
    body = page.content.replace(b"30733", b"307330")
    assert body != page.content
    publishers.faults[HOST] = [Fault(path=PAGE, body=body)]
    stages.run_year(space, "nbs_income", 2019)
    return space


@pytest.fixture(autouse=True)
def no_faults_left(publishers: SamplePublishers) -> object:
    yield
    publishers.faults.clear()


def test_refused_figure_can_be_looked_at(misprinted: Workspace) -> None:
    found, _ = open_ones(misprinted)  # the figure of the table, and that of the sentence
    assert found.reason.startswith("307330 is outside the bounds 3000.0 to 100000.0")
    assert figure(misprinted) is None
    runner = CliRunner()
    listed = json.loads(runner.invoke(cli, ["rejections", "--source", "nbs_income", "--year", "2019", "--json"]).output)  # fmt: skip
    assert listed[0]["number"] == 1
    assert json.loads(runner.invoke(cli, ["rejections", "--year", "2018", "--json"]).output) == []
    for name in ("1", found.id[:6]):
        shown = runner.invoke(cli, ["rejections", "show", name])
        assert shown.exit_code == 0, shown.output
        assert found.reason in shown.output
        assert PAGE in shown.output
    path = Path(json.loads(runner.invoke(cli, ["rejections", "show", "1", "--json"]).output)["file"])
    assert path.suffix == ".html"
    assert "307330" in path.read_text(encoding="utf-8")
    for name in ("99", "ab", "ffffffffffff"):
        assert runner.invoke(cli, ["rejections", "show", name]).exit_code == 1


def test_correction_resolves_it_and_later_runs_leave_it_so(
    misprinted: Workspace, publishers: SamplePublishers, tmp_path: Path
) -> None:
    (refused,) = {row.what: row for row in open_ones(misprinted)}.values()
    corrected = with_catalogue(misprinted, catalogue_with(tmp_path / "override", OVERRIDE))
    stages.load_year(corrected, "nbs_income", 2019)
    assert open_ones(corrected) == []
    (resolved, *_) = corrected.warehouse.rejections("nbs_income", resolved=True)
    assert resolved.what == refused.what
    found = figure(corrected)
    assert found is not None
    assert (found.value, found.status) == (Decimal(30733), "E"), "corrected by us, and it says so"
    assert "307330" in corrected.warehouse.evidence(found.evidence).raw, "the evidence is what the page says"

    before = state(corrected)
    stages.run_year(corrected, "nbs_income", 2019)
    assert state(corrected) == before

    # The publisher mends the page: the correction is out of date and says so; the page's own figure counts.
    publishers.faults.clear()
    stages.run_year(corrected, "nbs_income", 2019)
    (late,) = {row.reason for row in open_ones(corrected)}
    assert late == "correction expects 307330.0, the document says 30733: out of date, not applied"
    found = figure(corrected)
    assert found is not None
    assert (found.value, found.status) == (Decimal(30733), "A")
    corrected.close()


def test_dropped_figure_is_kept_but_not_open(misprinted: Workspace, tmp_path: Path) -> None:
    dropped = with_catalogue(misprinted, catalogue_with(tmp_path / "drop", DROP))
    for _ in range(2):
        stages.load_year(dropped, "nbs_income", 2019)
        assert open_ones(dropped) == []
        assert figure(dropped) is None
        reasons = {row.reason for row in dropped.warehouse.rejections("nbs_income", resolved=True)}
        assert any(reason.startswith("dropped by correction: misprint") for reason in reasons)
    # The correction is taken back: the figure is refused again, and open again.
    stages.load_year(misprinted, "nbs_income", 2019)
    assert {row.reason for row in open_ones(misprinted)} == {
        reason for reason in reasons if "outside the bounds" in reason
    }
    dropped.close()


def test_better_rule_resolves_it(space: Workspace, tmp_path: Path) -> None:
    """A rule asks for a row that the table does not have; the catalogue as it is asks for the right one."""
    wrong = catalogue_with(
        tmp_path / "wrong",
        **{"label: '全国居民人均可支配收入$', level": "label: '全国居民收入总计', level"},
    )
    asking = with_catalogue(space, wrong)
    stages.run_year(asking, "nbs_income", 2019)
    refused = open_ones(asking)
    assert refused
    assert all("lacks nbs_disp_income_cum: nothing loaded from it" in row.reason for row in refused)
    asking.close()
    for _ in range(2):
        stages.run_year(space, "nbs_income", 2019)
        assert open_ones(space) == []
        assert {row.id for row in space.warehouse.rejections("nbs_income", resolved=True)} == {
            row.id for row in refused
        }
