"""A document nobody here wrote goes the whole way, from a publisher's list to evidence, by YAML alone.

The document is the yearly government-information report of Huai'an for 2024 (reference material): merged
three-level headers, prose that repeats figures of the tables. Expected figures are read off the document by eye.
"""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from prosperity.catalogue.loader import FOLDER, load
from prosperity.extract.reread import Reader
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

SOURCE = """
id: huaian_disclosure
publisher: {zh: 淮安市人民政府, en: Huai'an municipal government}
title: {zh: 政府信息公开工作年度报告, en: Government information disclosure report}
theme: governance
licence: public government document
cadence: yearly
first_year: 2024
base: http://www.huaian.example
hosts: [www.huaian.example]
media_types: [application/pdf]
discovery:
  - protocol: html_list
    list_address: /reports/index.html
    title: '政府信息公开工作年度报告'
    period: year
calendar: {frequency: A, months: [12], expected_days: 31, latest_days: 60}
eras:
  - id: regulation-tables
    statements:
      - {level: huaian_applications, measure: '受理政府信息公开申请$', unit: 件, period_kinds: [year]}
    ignore: ['.']
    tables:
      - caption: '收到和处理政府信息公开申请情况'
        label_header: '勾稽|申请人情况'
        unit: 件
        level: {header: '总计$'}
        rows:
          - {label: '^一、本年新收', level: huaian_applications, required: true}
          - {label: '^四、结转下年度', level: huaian_carried_over, required: true}
"""

SERIES = """
- id: huaian_applications
  name: {zh: 本年新收政府信息公开申请, en: Applications received in the year}
  source: huaian_disclosure
  unit: 件
  frequency: A
  kind: flow
  theme: governance
- id: huaian_carried_over
  name: {zh: 结转下年度继续办理, en: Applications carried over to the next year}
  source: huaian_disclosure
  unit: 件
  frequency: A
  kind: flow
  theme: governance
"""

LISTING = """<html><body><ul>
<li><a href="./2024.pdf" title="2024年政府信息公开工作年度报告">2024年政府信息公开工作年度报告</a><span>2025-01-24</span></li>
</ul></body></html>"""


@pytest.mark.shared
def test_from_list_to_evidence(tmp_path: Path, shared: Path, httpserver: HTTPServer) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "sources" / "huaian_disclosure.yaml").write_text(SOURCE, encoding="utf-8")
    with (folder / "series.yaml").open("a", encoding="utf-8") as stream:
        stream.write(SERIES)
    body = (shared / "pdf" / "zh" / "huaian_gov_2024.pdf").read_bytes()
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/reports/index.html").respond_with_data(
        LISTING, content_type="text/html; charset=utf-8"
    )
    httpserver.expect_request("/reports/2024.pdf").respond_with_data(body, content_type="application/pdf")
    space = Workspace(
        Settings(home=tmp_path, today_override=dt.date(2025, 3, 1)),
        hosts={"www.huaian.example": httpserver.url_for("").rstrip("/")},
        catalogue=load(folder),
    )
    collection, summary = stages.run_year(space, "huaian_disclosure", 2024)
    assert not collection.failures
    assert not summary.rejections
    found = {(row.series, row.period): row for row in space.warehouse.observations()}
    assert found["huaian_applications", "2024"].value == Decimal(3119)
    assert found["huaian_carried_over", "2024"].value == Decimal(103)
    assert found["huaian_applications", "2024"].known_from == dt.date(2025, 1, 24)

    readings = space.warehouse.provenance("huaian_applications", "2024")
    assert sorted((r.evidence.page, r.evidence.method) for r in readings) == [
        (2, "pdf-text"),
        (4, "pdf-table"),
    ]
    with Reader(space.archive.get(readings[0].document.sha256), "application/pdf") as reader:
        for row in readings:
            e = row.evidence
            assert reader.text_at(page=e.page, bbox=e.bbox, span=e.span) == e.raw
            assert "3119" in e.raw
    space.close()
