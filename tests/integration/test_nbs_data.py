"""The interface of the NBS data site from the collector to the warehouse: figures, revisions, ids that change."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from prosperity.cli import cli
from prosperity.extract.reread import Reader
from prosperity.sample import Fault, SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.reporting import evidence_page
from prosperity.workflow.workspace import Workspace

from .test_stages import dumps, published

SOURCE, HOST = "nbs_data", "data.stats.gov.cn"
GDP, INCOME = "nbs_gdp_quarter", "nbs_disp_income_cum"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, publishers: SamplePublishers) -> Iterator[Workspace]:
    """All years, as the sample instance's today shows them; tests in this module only read it (or run it again)."""
    space = Workspace(Settings(home=tmp_path_factory.mktemp("filled")), hosts=publishers.hosts)
    for year in stages.years_of(space, SOURCE, 2012, 2023):
        stages.run_year(space, SOURCE, year)
    yield space
    space.close()


@pytest.fixture
def day(tmp_path: Path, publishers: SamplePublishers) -> Iterator[Callable[[str], Workspace]]:
    """``day("2026-05-20")``: the same instance on that day, with publishers who know what was out then."""
    opened: list[Workspace] = []

    def on(text: str) -> Workspace:
        today = dt.date.fromisoformat(text)
        publishers.until = today
        opened.append(Workspace(Settings(home=tmp_path, today_override=today), hosts=publishers.hosts))
        return opened[-1]

    yield on
    publishers.until = None
    publishers.faults.clear()
    for space in opened:
        space.close()


def series_of(space: Workspace) -> list[str]:
    """The series that the interface is asked for: levels of the accounts without the rates printed elsewhere."""
    source = space.catalogue.sources["nbs_data"]
    rows = [row for era in source.eras for table in era.tables for row in table.rows]
    return sorted({name for row in rows for name in (row.level, row.rate) if name})


@pytest.mark.shared
def test_observations_are_the_published_figures(filled: Workspace, shared: Path) -> None:
    truth = published(shared)
    rows = filled.warehouse.changes(series_of(filled))
    assert [row for row in rows if row.value not in truth.get((row.series, row.period), set())] == []
    assert {row.known_from_basis for row in rows} == {"first_seen"}
    assert {row.known_from for row in rows} == {filled.settings.today}
    wanted = {key for key in truth if key[0] in series_of(filled) and "2012" <= key[1] < "2024"}
    missed = sorted(wanted - {(row.series, row.period) for row in rows})
    assert len(wanted) > 300
    assert len(missed) <= 0.03 * len(wanted), missed
    assert filled.warehouse.rejections(SOURCE) == []


def test_every_figure_is_read_again_at_its_pointer(filled: Workspace) -> None:
    checked = 0
    for row in filled.warehouse.changes(series_of(filled)):
        found = filled.warehouse.evidence(row.evidence)
        assert found.method == "api" and found.pointer is not None
        with Reader(filled.archive.get(found.document), "application/json") as reader:
            assert reader.text_at(pointer=found.pointer) == found.raw
        checked += 1
    assert checked > 300


def test_other_ids_change_nothing(filled: Workspace, publishers: SamplePublishers) -> None:
    before = dumps(filled.warehouse) | {"release_document": filled.warehouse.dump("release_document")}
    publishers.publisher(HOST).renumber()  # type: ignore[attr-defined]
    for year in (2015, 2022):
        collection, summary = stages.run_year(filled, SOURCE, year)
        assert not collection.failures
        assert len(collection.documents) == 5
        posted = {document.sha256 for document in collection.documents.values()}
        assert posted <= {document.sha256 for _, document in filled.warehouse.documents(SOURCE, year)}
        assert (summary.readings_added, summary.observations_added) == (0, 0)
    after = dumps(filled.warehouse) | {"release_document": filled.warehouse.dump("release_document")}
    assert after == before


def test_revision_is_known_from_the_day_it_was_first_seen(day: Callable[[str], Workspace]) -> None:
    """Quarter 2022-Q1: 270177.8 until the revision after the fifth census, then 277175.8."""
    before = day("2026-05-20")
    stages.run_year(before, SOURCE, 2022)
    assert [(row.period, row.value) for row in before.warehouse.changes([GDP])] == [
        ("2022-Q1", Decimal("270177.8"))
    ]
    after = day("2026-06-10")
    stages.run_year(after, SOURCE, 2022)
    changes = [row for row in after.warehouse.changes([GDP]) if row.period == "2022-Q1"]
    assert [(row.value, row.known_from, row.known_from_basis) for row in changes] == [
        (Decimal("270177.8"), dt.date(2026, 5, 20), "first_seen"),
        (Decimal("277175.8"), dt.date(2026, 6, 10), "first_seen"),
    ]

    def as_of(text: str) -> Decimal | None:
        [row] = [
            found
            for found in after.warehouse.observations([GDP], as_of=dt.date.fromisoformat(text))
            if found.period == "2022-Q1"
        ]
        return row.value

    assert as_of("2026-06-09") == Decimal("270177.8")
    assert as_of("2026-06-10") == Decimal("277175.8")
    assert after.warehouse.observations([GDP], as_of=dt.date(2026, 5, 19)) == []
    later = day("2026-06-20")
    stages.run_year(later, SOURCE, 2022)
    assert [row for row in later.warehouse.changes([GDP]) if row.period == "2022-Q1"] == changes


def test_year_in_progress_grows_and_nothing_is_revised(day: Callable[[str], Workspace]) -> None:
    first = day("2022-07-20")
    stages.run_year(first, SOURCE, 2022)
    known = first.warehouse.changes(["nbs_retail_sales_growth_month"])
    assert [row.period for row in known] == ["2022-03", "2022-04", "2022-05", "2022-06"]
    second = day("2022-08-20")
    stages.run_year(second, SOURCE, 2022)
    now = second.warehouse.changes(["nbs_retail_sales_growth_month"])
    assert now[: len(known)] == known
    assert [(row.period, row.value, row.known_from) for row in now[len(known) :]] == [
        ("2022-07", Decimal("2.7"), dt.date(2022, 8, 20))
    ]


def test_year_without_any_figure_is_no_release(day: Callable[[str], Workspace]) -> None:
    space = day("2022-01-05")
    collection, _ = stages.run_year(space, SOURCE, 2022)
    assert not collection.releases and not collection.failures
    assert any("not out yet" in line for line in collection.expected)


def test_figure_that_is_empty_later_is_not_withdrawn(
    day: Callable[[str], Workspace], publishers: SamplePublishers
) -> None:
    space = day("2023-06-30")
    stages.run_year(space, SOURCE, 2022)
    before = space.warehouse.changes(["nbs_retail_sales_growth_month"])
    [retail] = [
        document for release, document in space.warehouse.documents(SOURCE, 2022) if "零售" in release.title
    ]
    answer = json.loads(space.archive.get(retail.sha256))
    emptied = [
        cell for p in answer["data"] if p["name"] == "2022年11月" for cell in p["values"] if cell["value"]
    ]
    assert "-5.9" in {cell["value"] for cell in emptied}
    for cell in emptied:
        cell["value"] = ""
    fault = Fault(body=json.dumps(answer, ensure_ascii=False).encode())
    identity = answer["data"][0]["values"][0]["_id"].encode()
    later = day("2023-07-31")
    publishers.faults[HOST] = lambda request: fault if identity in request.body else None
    collection, _ = stages.run_year(later, SOURCE, 2022)
    assert not collection.failures
    assert fault.body in [later.archive.get(document.sha256) for document in collection.documents.values()]
    assert later.warehouse.changes(["nbs_retail_sales_growth_month"]) == before


def test_release_page_stays_the_first_knowledge(filled: Workspace, day: Callable[[str], Workspace]) -> None:
    """Income of January to June 2018: 14063 on the page of 2018-07-16, the same in the interface in 2026."""
    space = day("2026-06-30")
    stages.run_year(space, SOURCE, 2018)
    [seen] = [row for row in space.warehouse.changes([INCOME]) if row.period == "2018-06"]
    assert (seen.known_from, seen.known_from_basis) == (dt.date(2026, 6, 30), "first_seen")
    stages.run_year(space, "nbs_income", 2018)
    [row] = [row for row in space.warehouse.changes([INCOME]) if row.period == "2018-06"]
    assert (row.value, row.known_from) == (Decimal(14063), dt.date(2018, 7, 16))
    readings = space.warehouse.provenance(INCOME, "2018-06")
    assert {found.release.source for found in readings} == {"nbs_income", SOURCE}
    assert not any(found.conflict for found in space.warehouse.changes([INCOME]))


def test_evidence_page_shows_pointer_row_and_json(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    [found] = filled.warehouse.provenance("nbs_it_services_va_cum", "2022-12")
    page = evidence_page(filled, found.evidence.id).read_text(encoding="utf-8")
    assert found.evidence.pointer is not None and f">{found.evidence.pointer}</code>" in page
    assert "<mark>51036.3</mark>" in page  # NBS export of 2026
    assert "2022年第四季度" in page and "信息传输、软件和信息技术服务业增加值_累计值" in page
    assert 'id="excerpt"' in page and "i_showname" in page
    assert (
        filled.settings.report / "evidence" / "pictures" / f"{found.evidence.id}.png"
    ).stat().st_size > 5000
    for name, value in filled.settings.environment().items():
        monkeypatch.setenv(name, value)
    ended = CliRunner().invoke(cli, ["evidence", "nbs_it_services_va_cum", "2022-12"])
    assert ended.exit_code == 0, ended.output
    assert f"pointer {found.evidence.pointer}" in ended.output.replace("\n", "")
