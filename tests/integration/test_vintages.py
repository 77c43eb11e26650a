"""Runs on a filled instance: computed again to the last digit, compared, and what is said when something differs."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from dagster import materialize
from sqlalchemy import text

from pipelines.assets.index import ANALYSIS, index_assets
from pipelines.resources import WorkspaceResource
from prosperity.cli import cli
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.indexing import compute_index
from prosperity.workflow.vintages import RunError, compare_runs, reproduce
from prosperity.workflow.workspace import Workspace

PAST = dt.date(2020, 8, 1)
INCOME = "nbs_disp_income_cum"


@pytest.fixture
def space(
    tmp_path: Path, filled_home: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    settings = Settings(home=filled_home(tmp_path))
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    made = Workspace(settings, hosts={})
    yield made
    made.close()


def asked(*arguments: str, status: int = 0) -> Any:
    ended = CliRunner().invoke(cli, [*arguments, "--json"])
    assert ended.exit_code == status, ended.output
    return json.loads(ended.output)


def test_a_past_day_is_computed_from_what_was_out_and_reproduced(space: Workspace) -> None:
    found = asked("index", "--as-of", PAST.isoformat())
    assert "applied in retrospect" in found["composition"]
    run = space.warehouse.run(found["run"])
    used = {identity for part in run.contributions for identity in part.inputs}
    days = {row.evidence: row.known_from for row in space.warehouse.changes()}
    assert used and max(days[identity] for identity in used) <= PAST
    again = asked("index", "reproduce", run.id)
    assert (again["exact"], again["causes"], again["largest"]) == (True, [], 0.0)
    assert again["numbers"] > 100
    assert run.id in [row["run"] for row in asked("index", "runs")]


def test_another_number_is_found_and_named(space: Workspace) -> None:
    run = compute_index(space, PAST).run
    with space.warehouse.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE index_value SET value = value + 1e-9 "
                "WHERE period = '2019-Q4' AND index_group = 'coincident' AND run = :run"
            ),
            {"run": run},
        )
    found = asked("index", "reproduce", run, status=1)
    assert [row["what"] for row in found["differing"]] == ["coincident 2019-Q4"]
    assert found["largest"] == pytest.approx(1e-9, rel=1e-3)
    assert not found["exact"]


def test_figures_withdrawn_since_are_taken_as_they_were_held(space: Workspace) -> None:
    run = compute_index(space, PAST).run
    for cleaned in stages.clean_year(space, "nbs_income", 2019):
        rest = tuple(o for o in cleaned.observations if (o.series, o.period) != (INCOME, "2019-06"))
        space.warehouse.load(replace(cleaned, observations=rest), space.priority)
    assert compute_index(space, PAST).run != run
    found = reproduce(space, run)
    assert found.exact
    assert [cause for cause in found.causes if "those it held at the time" in cause]


def test_a_run_whose_specification_was_not_kept(space: Workspace) -> None:
    kept = space.warehouse.run(compute_index(space, PAST).run)
    other = space.warehouse.save_run(
        replace(kept, spec_hash="0" * 12, specification={}, contributions=(), id="")
    )
    with pytest.raises(RunError, match="was not kept"):
        reproduce(space, other)
    assert CliRunner().invoke(cli, ["index", "reproduce", other]).exit_code == 1


def test_parts_of_a_revision_sum_to_what_the_two_runs_say(space: Workspace) -> None:
    old, new = compute_index(space, PAST), compute_index(space)
    found = asked("index", "compare", old.run, new.run)
    values = {
        side.run: {(p.group, p.period): p.value for p in side.result.points if p.value is not None}
        for side in (old, new)
    }
    assert [row["group"] for row in found["revisions"]] == list(new.result.notes)
    for row in found["revisions"]:
        key = row["group"], row["quarter"]
        assert row["quarter"] == max(period for group, period in values[old.run] if group == row["group"])
        assert row["total"] == values[new.run][key] - values[old.run][key] != 0
        assert math.fsum(row["parts"].values()) == pytest.approx(row["total"], abs=1e-9)
    assert all(abs(math.fsum(q[n] for n in row["parts"]) - q["total"]) < 1e-9 for q in found["quarters"])
    assert sum(row["added"] for row in found["figures"]) > 50
    same = compare_runs(space, new.run, new.run)
    assert all(row.total == 0 and set(row.parts.values()) == {0.0} for row in same.revisions)


def test_methods_side_by_side_and_analysis(space: Workspace) -> None:
    index = {(p.group, p.period): p.value for p in compute_index(space).result.points if p.value is not None}
    rows = asked("index", "--methods")["points"]
    assert {(row["group"], row["quarter"]): row["chinese"] for row in rows} == index
    assert all(0 <= row["diffusion"] <= 100 for row in rows if row["diffusion"] is not None)
    found = asked("index", "analyse", "--from", "2021-01-01", "--to", "2023-06-30")
    assert found["vintages"][0] == "2021-03-31" and len(found["vintages"]) == 11
    assert found["vintages"][-1] == space.settings.today.isoformat()
    now = {
        (t["cycle"], t["name"], t["quarter"]) for t in found["turns"] if t["name"] in {g for g, _ in index}
    }
    assert {(t["cycle"], t["group"], t["quarter"]) for t in found["real_time"] if t["quarter"]} == now
    assert found["lights_version"] == space.catalogue.lights.version
    groups = {group for group, _ in index}
    assert {row["group"] for row in found["bands"]} == groups == {row["group"] for row in found["dropped"]}
    assert {row["series"] for row in found["verdicts"]} == {
        i.series for i in space.catalogue.index.indicators
    }
    ended = CliRunner().invoke(cli, ["index", "analyse", "--from", "1990-01-01"])
    assert ended.exit_code == 1 and "at most" in ended.output


def test_the_analysis_asset_shows_its_tables(space: Workspace) -> None:
    (asset,) = [found for found in index_assets(space.catalogue) if ANALYSIS in found.keys]
    result = materialize([asset], resources={"workspace": WorkspaceResource(space)})
    shown = result.asset_materializations_for_node("index__analysis")[0].metadata
    assert len(shown["band"].value.records) > 8
    assert {"methods", "turning points", "classification", "warning lights", "weights"} <= shown.keys()


def test_wrong_usage(space: Workspace) -> None:
    for arguments in (["one"], ["one", "two", "--from", "2020-01-01"], ["--from", "2020-01-01"]):
        assert CliRunner().invoke(cli, ["index", "compare", *arguments]).exit_code == 2
    assert CliRunner().invoke(cli, ["index", "--as-of", "2020-01-01", "runs"]).exit_code == 2
