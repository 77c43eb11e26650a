"""The data dictionary says what catalogue and schema say, completely."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from prosperity import catalogue
from prosperity.cli import cli
from prosperity.publish.dictionary import DataDictionary
from prosperity.warehouse.describe import describe
from prosperity.warehouse.schema import OBS_STATUSES, metadata
from prosperity.warehouse.views import metadata as views
from prosperity.workflow.dictionary import dictionary

ENTRIES = catalogue.load()


@pytest.fixture(scope="module")
def made() -> DataDictionary:
    return dictionary(ENTRIES)


def test_every_series_says_what_it_is_and_where_it_is_read(made: DataDictionary) -> None:
    assert [entry.id for entry in made.series] == list(ENTRIES.series)
    for entry in made.series:
        assert entry.name_zh, entry.id
        assert entry.name_en, entry.id
    read = {entry.id: entry.read_at for entry in made.series}
    named = {
        name
        for source in ENTRIES.sources.values()
        for era in source.eras
        for rule in (*era.statements, *(row for table in era.tables for row in table.rows))
        for name in (rule.level, rule.rate, getattr(rule, "difference", None))
        if name
    }
    assert {name for name, places in read.items() if places} == named


def test_places_are_those_of_the_catalogue(made: DataDictionary) -> None:
    places = {entry.id: entry.read_at for entry in made.series}
    assert places["nbs_disp_income_cum"] == (
        "two-header-table: sentence, measure `全国居民人均可支配收入$` in 元",
        "two-header-table: table `居民收支主要数据|居民收入`, row `全国居民人均可支配收入$`, column `绝对量`",
    )
    assert "cumulative-prose (2017-07 to now): sentence, growth rate printed beside the measure `研发(费用|经费|投入|支出)` in 元" in places["miit_inet_rd_cum_yoy"]  # fmt: skip


def test_every_table_and_column_of_the_database_is_described(made: DataDictionary) -> None:
    described = {table.name: [column.name for column in table.columns] for table in made.tables}
    schema = {**metadata.tables, **views.tables}
    assert described == {name: table.columns.keys() for name, table in schema.items()}
    for table in made.tables:
        assert table.meaning, table.name
        for column in table.columns:
            assert column.meaning, f"{table.name}.{column.name}"
            assert column.type in KINDS or column.type.startswith("text, at most"), column.type


KINDS = {
    "text",
    "integer",
    "large integer",
    "number",
    "date",
    "true or false",
    "exact decimal",
    "moment, UTC",
    "JSON",
}


def test_keys_references_and_codes_are_those_of_the_schema() -> None:
    tables = {table.name: {column.name: column for column in table.columns} for table in describe()}
    status = tables["observation"]["obs_status"]
    assert status.codes == OBS_STATUSES
    assert tables["observation"]["series_id"].references == "series.id"
    assert [name for name, column in tables["observation"].items() if column.key] == [
        "series_id",
        "period",
        "known_from",
    ]
    assert tables["observation"]["value"].type == "exact decimal"
    assert tables["observation"]["value"].nullable
    assert not tables["observation"]["evidence_id"].nullable
    assert tables["release"]["state"].codes == ("found", "fetched", "failed")


def test_markdown_tables_are_well_formed(made: DataDictionary) -> None:
    """Patterns hold bars; a cell that is not escaped would shift the columns."""
    width = None
    for line in made.markdown().splitlines():
        if not line.startswith("|"):
            width = None
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        assert width in (None, cells), line
        width = cells
    for entry in ENTRIES.series:
        assert f"### `{entry}`" in made.markdown()


def test_command_prints_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROSPERITY_HOME", str(tmp_path))
    runner = CliRunner()
    printed = runner.invoke(cli, ["dictionary"])
    assert printed.exit_code == 0
    assert printed.output.startswith("# Data dictionary")
    asked = runner.invoke(cli, ["dictionary", "--json", "--out", str(tmp_path / "new" / "dictionary.json")])
    assert asked.exit_code == 0, asked.output
    found = json.loads((tmp_path / "new" / "dictionary.json").read_text(encoding="utf-8"))
    assert {table["name"] for table in found["tables"]} >= {"observation", "evidence_of"}
    assert "known_until > :day" in found["as_of_query"]
    refused = runner.invoke(cli, ["dictionary", "--out", str(tmp_path / "new" / "dictionary.json" / "x")])
    assert refused.exit_code == 1
    assert "cannot be written" in refused.output
