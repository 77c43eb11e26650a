"""What a collection leaves behind: a summary as JSON, the grid of the calendar, and a retry of only what failed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from prosperity.cli import cli
from prosperity.sample import Fault, SamplePublishers
from prosperity.workflow import runs, stages, status
from prosperity.workflow.workspace import Workspace

SOURCE, HOST = "nbs_income", "www.stats.gov.cn"


def summary_of(space: Workspace, year: int = 2019) -> dict[str, Any]:
    found = runs.latest(space, SOURCE, year)
    assert found is not None
    return found


def address_of(space: Workspace, month: str) -> str:
    return next(row["address"] for row in summary_of(space)["new"] if row["period"] == month)


def test_new_then_unchanged_then_changed(space: Workspace, publishers: SamplePublishers) -> None:
    stages.collect_year(space, SOURCE, 2019)
    first = summary_of(space)
    assert {row["period"] for row in first["new"]} == {"2019-Q1", "2019-S1", "2019-09", "2019"}
    assert (first["changed"], first["unchanged"], first["failed"], first["missing"]) == ([], [], [], [])
    assert first["source"] == SOURCE and first["retry"] is False and "sample publishers" in first["instance"]

    stages.collect_year(space, SOURCE, 2019)
    second = summary_of(space)
    assert second["new"] == [] and len(second["unchanged"]) == 4 and second["transferred"] == 0

    address = address_of_half(first)
    path = re.sub(r"^https://[^/]+", "", address)
    old = space.archive.get(next(row["sha256"] for row in first["new"] if row["address"] == address))
    publishers.faults[HOST] = [Fault(path=path, body=old + b"<!-- mended -->")]
    try:
        stages.collect_year(space, SOURCE, 2019)
    finally:
        publishers.faults.clear()
    [changed] = summary_of(space)["changed"]
    assert changed["address"] == address and changed["bytes_difference"] == len(b"<!-- mended -->")
    assert changed["sha256_before"] != changed["sha256"]
    assert changed["sha256"] in space.archive and changed["sha256_before"] in space.archive, "both are kept"


def address_of_half(found: dict[str, Any]) -> str:
    return str(next(row["address"] for row in found["new"] if row["period"] == "2019-S1"))


def test_only_what_failed_is_retried(space: Workspace, publishers: SamplePublishers) -> None:
    stages.collect_year(space, SOURCE, 2018)
    stages.collect_year(space, SOURCE, 2019)
    address = address_of_half(summary_of(space))
    path = re.sub(r"^https://[^/]+", "", address)
    other = Workspace(space.settings, hosts=publishers.hosts)
    publishers.faults[HOST] = [Fault(path=path, status=404)]
    try:
        # Another instance's archive is empty: everything is asked for anew.
        for entry in (other.settings.http / "validators").glob("*.json"):
            entry.unlink()
        stages.collect_year(other, SOURCE, 2019)
    finally:
        publishers.faults.clear()
    failed = summary_of(other)
    [failure] = failed["failed"]
    assert (failure["cause"], failure["where"], failure["period"]) == ("HTTP status 404", address, "2019-S1")

    ended = CliRunner().invoke(cli, ["collect", "--retry-failed", "--json"])
    assert ended.exit_code == 0, ended.output
    [row] = json.loads(ended.stdout)
    assert (row["source"], row["year"], row["failed"], row["documents"]) == (SOURCE, 2019, 0, 1)
    # The command starts sample publishers of its own, which write down what they are asked.
    lines = (space.settings.sample_state / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    paths = [json.loads(line)["path"] for line in lines]
    assert paths.count(path) == 1
    others = {re.sub(r"^https://[^/]+", "", row["address"]) for row in failed["unchanged"] + failed["new"]}
    assert len(others) == 3 and not others & set(paths), "what was had is not asked for again"
    assert summary_of(space)["retry"] is True
    assert runs.to_retry(space, {SOURCE: [2018, 2019]}) == []
    assert (
        CliRunner().invoke(cli, ["collect", "--retry-failed"]).stdout.strip()
        == "nothing failed the last time"
    )
    other.close()


def test_the_grid_shows_failed_and_found(space: Workspace, publishers: SamplePublishers) -> None:
    publishers.faults[HOST] = [Fault(path="/sj/zxfb/", status=500)]
    try:
        stages.collect_year(space, SOURCE, 2019)
    finally:
        publishers.faults.clear()
    [failed] = [entry for entry in status.grid(space) if (entry.source, entry.year) == (SOURCE, 2019)]
    assert failed.marks == "✗✗✗✗"
    assert "list of releases: HTTP status 500" in " ".join(status.problems(failed))
    [retry] = runs.to_retry(space, {SOURCE: [2019]})
    assert retry.only is None, "a list that failed is tried as a whole"

    space.lists.forget()
    stages.collect_year(space, SOURCE, 2019)
    ended = CliRunner().invoke(cli, ["status", "--json"])
    [row] = [r for r in json.loads(ended.stdout) if (r["source"], r["year"]) == (SOURCE, 2019)]
    assert row["found"] == 4 and row["failed"] == 0
    assert row["cells"]["2019-06"] == {"state": "found", "sentence": "nbs_income, 2019-06: found"}
    assert row["last_collection"]["new"] == 4 and row["last_collection"]["failed"] == 0
    shown = CliRunner().invoke(cli, ["status"]).stdout
    assert "●●●●" in shown and "never published" in shown


def test_a_hole_in_the_calendar_is_named_with_its_lag(space: Workspace) -> None:
    """Live, the second quarter of 2022 would be missing: said as the calendar says it."""
    from prosperity.collect.calendar import expectations

    [cell] = [
        cell
        for cell in expectations(
            space.source(SOURCE), 2022, found=(), today=space.settings.today.replace(year=2023)
        )
        if cell.period == "2022-06"
    ]
    assert cell.sentence.startswith(
        "nbs_income, 2022-Q2: expected by 18 days after the period (2022-07-18), not found"
    )


@pytest.mark.parametrize("out", ["package", "package.zip"])
def test_a_year_of_the_archive_is_a_package(space: Workspace, tmp_path: Any, out: str) -> None:
    import hashlib
    import zipfile

    stages.collect_year(space, SOURCE, 2019)
    target = tmp_path / out
    ended = CliRunner().invoke(cli, ["archive", "export", "2019", "--out", str(target), "--json"])
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["documents"] == 4
    folder = target
    if out.endswith(".zip"):
        folder = tmp_path / "unpacked"
        zipfile.ZipFile(target).extractall(folder)
    package = json.loads((folder / "datapackage.json").read_bytes())
    resources = {resource["path"]: resource for resource in package["resources"]}
    files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {"datapackage.json"}
    assert files == set(resources) and len(files) == 5
    for path, resource in resources.items():
        data = (folder / path).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}" and resource["bytes"] == len(
            data
        )
    assert package["sources"][0]["licence"] and "sample" in package["notice"]
    again = CliRunner().invoke(cli, ["archive", "export", "2019", "--out", str(target)])
    assert again.exit_code == 1 and "is there already" in again.output
    none = CliRunner().invoke(cli, ["archive", "export", "1999", "--out", str(tmp_path / "none")])
    assert none.exit_code == 1 and "nothing is archived" in none.output
