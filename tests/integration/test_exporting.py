"""From a filled warehouse to files, by the command: selections, days, errors."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prosperity.cli import cli
from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

INCOME = "nbs_disp_income_cum"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, publishers: SamplePublishers) -> Iterator[Workspace]:
    """Two years of one source: enough to select from."""
    settings = Settings(home=tmp_path_factory.mktemp("filled"), today_override=dt.date(2022, 3, 31))
    space = Workspace(settings, hosts=publishers.hosts)
    for year in (2018, 2019):
        stages.run_year(space, "nbs_income", year)
    yield space
    space.close()


@pytest.fixture
def export(filled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    for name, value in filled.settings.environment().items():
        monkeypatch.setenv(name, value)

    def run(*options: str, form: str = "csv") -> Result:
        return CliRunner().invoke(cli, ["export", "--format", form, "--out", str(tmp_path), *options])

    yield run


def rows(folder: Path, name: str = "observations") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text(encoding="utf-8"), newline="")))


def test_everything_that_holds(export: object, filled: Workspace, tmp_path: Path) -> None:
    done = export("--json")  # type: ignore[operator]
    assert done.exit_code == 0, done.output
    found = rows(tmp_path)
    assert (
        json.loads(done.output)["rows"]["observations"] == len(found) == len(filled.warehouse.observations())
    )
    # NBS, 17 January 2020: 30733 元 in 2019.
    (year,) = (row for row in found if (row["series"], row["TIME_PERIOD"]) == (INCOME, "2019-12"))
    assert (year["OBS_VALUE"], year["unit"], year["UNIT_MULT"]) == ("30733", "元", "0")
    assert year["sample"] == "true"
    kept = filled.archive.get(year["document_sha256"]).decode()
    assert year["raw"] in kept
    (run,) = {row["run"] for row in rows(tmp_path, "index_values")}
    assert filled.warehouse.run(run).as_of == dt.date(2022, 3, 31)


def test_as_of_a_day_and_vintages(export: object, tmp_path: Path) -> None:
    day = "2019-08-01"
    assert export("--as-of", day).exit_code == 0  # type: ignore[operator]
    found = rows(tmp_path)
    assert found
    assert max(row["known_from"] for row in found) <= day
    assert all(not row["known_until"] or row["known_until"] > day for row in found)
    assert {row["as_of"] for row in rows(tmp_path, "index_values")} == {day}
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert package["as_of"] == day
    assert export("--vintages").exit_code == 0  # type: ignore[operator]
    assert len(rows(tmp_path)) >= len(found)


def test_chosen_series_come_without_index(export: object, tmp_path: Path) -> None:
    assert export("--series", INCOME, "--series", f"{INCOME}_yoy").exit_code == 0  # type: ignore[operator]
    assert {row["series"] for row in rows(tmp_path)} == {INCOME, f"{INCOME}_yoy"}
    assert {path.name for path in tmp_path.iterdir()} == {
        "observations.csv",
        "dictionary.md",
        "datapackage.json",
    }


@pytest.mark.parametrize("form", ["parquet", "xlsx", "sdmx-csv"])
def test_other_formats(export: object, tmp_path: Path, form: str) -> None:
    done = export(form=form)  # type: ignore[operator]
    assert done.exit_code == 0, done.output
    assert "sample publishers" in done.output
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert {entry["path"] for entry in package["resources"]} > {"dictionary.md"}


def test_wrong_usage_and_nothing_to_export(export: object, tmp_path: Path) -> None:
    assert export("--series", "no_such_series").exit_code == 2  # type: ignore[operator]
    assert export("--as-of", "yesterday").exit_code == 2  # type: ignore[operator]
    assert export(form="sav").exit_code == 2  # type: ignore[operator]
    early = export("--as-of", "2001-01-01")  # type: ignore[operator]
    assert early.exit_code == 1
    assert "knows no observation of any series by 2001-01-01" in early.output
    assert list(tmp_path.iterdir()) == []
