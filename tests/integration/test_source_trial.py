"""A new source from nothing: a skeleton, filled in by someone who reads only the README, tried before it is loaded."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from prosperity.cli import cli
from prosperity.collect.skeleton import skeleton
from prosperity.sample import SamplePublishers
from prosperity.workflow import trial
from prosperity.workflow.workspace import Workspace

ADDRESS = "https://www.stats.gov.cn/sj/zxfb/index.html"

SERIES = """
- id: trial_output_growth
  name: {zh: 规模以上工业增加值增速, en: "Industrial value added, growth on year"}
  source: stats
  unit: '%'
  frequency: M
  kind: rate
  theme: macro
  bounds: {minimum: -30, maximum: 60}
"""


def filled(text: str) -> str:
    """What a person does to the skeleton."""
    text = text.replace("{zh: TODO, en: TODO}", "{zh: 国家统计局, en: NBS}")
    text = text.replace("TODO: under which terms the figures may be used", "may be quoted with source")
    text = text.replace("title: 'TODO'", "title: '规模以上工业增加值'").replace(
        "ignore: []  ", "ignore: ['居民收入', '住宅']  ", 1
    )
    text = text.replace("# next_pages:", "next_pages:")
    return text.replace(
        "statements: []",
        "statements: [{measure: '工业增加值', unit: '%', rate: trial_output_growth, period_kinds: [month], kinds_decide: true}]",
    )


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    ended = CliRunner().invoke(cli, ["source", "new", ADDRESS, "--out", str(tmp_path)])
    assert ended.exit_code == 0, ended.output
    path = tmp_path / "stats.yaml"
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    (tmp_path / "series.yaml").write_text(SERIES, encoding="utf-8")
    return path


def test_the_list_shows_what_each_line_is_taken_for(space: Workspace, entry: Path) -> None:
    catalogue, source = trial.with_source(space.catalogue, entry, entry.parent / "series.yaml")
    lines = trial.listed(space, source)
    verdicts = {line.title: line.verdict for line in lines}
    assert verdicts["2019年6月份规模以上工业增加值增长6.3%"] == "2019-06"
    incomes = {verdict for title, verdict in verdicts.items() if "居民收入和消费支出" in title}
    assert incomes == {"ignored"}
    assert catalogue.sources["stats"] is source


def test_a_year_is_read_without_touching_archive_or_warehouse(space: Workspace, entry: Path) -> None:
    """6.3 % in June 2019, as published (NBS, 2019-07-15)."""
    before = space.warehouse.counts()
    catalogue, source = trial.with_source(space.catalogue, entry, entry.parent / "series.yaml")
    found = trial.as_rows(trial.year_tried(space, catalogue, source, 2019))
    values = {row["period"]: row["value"] for row in found["observations"]}
    assert values["2019-06"] == "6.3"
    assert list(space.archive) == [] and space.warehouse.counts() == before


def test_a_file_is_read_by_command(
    space: Workspace, entry: Path, publishers: SamplePublishers, tmp_path: Path
) -> None:
    base = publishers.hosts["www.stats.gov.cn"]
    page = requests.get(f"{base}/sj/zxfb/index.html", timeout=10).text
    title, link = "", ""
    for number in range(1, 30):
        found = re.search(r'href="([^"]+)"[^>]*title="(2019年6月份规模以上工业增加值[^"]*)"', page)
        if found:
            link, title = found.groups()
            break
        page = requests.get(f"{base}/sj/zxfb/index_{number}.html", timeout=10).text
    document = tmp_path / "page.html"
    document.write_bytes(requests.get(f"{base}/sj/zxfb/{link}", timeout=10).content)
    asked = len(publishers.log)
    arguments = ["source", "try", str(entry), "--series", str(tmp_path / "series.yaml"), "--json"]
    ended = CliRunner().invoke(cli, [*arguments, "--document", str(document), "--title", title])
    assert ended.exit_code == 0, ended.output
    assert [row["value"] for row in json.loads(ended.stdout)["observations"]] == ["6.3"]
    untitled = CliRunner().invoke(cli, [*arguments, "--document", str(document)])
    assert untitled.exit_code == 1 and "--title and --issued say what the file is" in untitled.output
    assert len(publishers.log) == asked


def test_an_unfinished_entry_names_what_is_missing(space: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "stats.yaml"
    path.write_text(
        skeleton(ADDRESS)[1].replace("statements: []", "statements: [{unit: 元}]"), encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"stats.yaml: eras.0.statements.0.measure: Field required"):
        trial.with_source(space.catalogue, path)


def test_no_address() -> None:
    assert CliRunner().invoke(cli, ["source", "new", "somewhere"]).exit_code == 2
