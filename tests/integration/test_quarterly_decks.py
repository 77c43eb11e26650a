"""CAICT's quarterly decks through all stages: a list behind a firewall, charts, figures of two quarters in one deck."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from prosperity.extract.reread import Reader
from prosperity.sample import Fault, SamplePublishers, challenge
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

SOURCES = ("caict_listed", "caict_invest")
HOST, LIST = "www.caict.ac.cn", "/kxyj/qwfb/qwsj/"
#: The collection files one measure under several names; and 环比 of a level stands in the note of its row.
NAMES = {
    "caict_invest_amount_growth": "caict_invest_amount_yoy",
    "caict_invest_amount_qoq_yoy": "caict_invest_amount_yoy",
    "caict_invest_deals_growth": "caict_invest_deals_yoy",
    "caict_invest_deals_qoq_yoy": "caict_invest_deals_yoy",
    "caict_invest_amount_global_qoq_yoy": "caict_invest_amount_global_yoy",
    "caict_invest_deals_global_qoq_yoy": "caict_invest_deals_global_yoy",
}
NOTED = re.compile(
    r"qoq ([+-]?[\d.]+)%|text says \+(12)%|(-20\.2)% vs end-2021|\+(7\.8)% vs end of last year"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, publishers: SamplePublishers) -> Iterator[Workspace]:
    settings = Settings(home=tmp_path_factory.mktemp("decks"), today_override=dt.date(2026, 6, 30))
    space = Workspace(settings, hosts=publishers.hosts)
    for source in SOURCES:
        for year in stages.years_of(space, source, 2012, 2023):
            stages.run_year(space, source, year)
    yield space
    space.close()


def published(shared: Path) -> dict[tuple[str, str], set[Decimal]]:
    """From the collection itself, not from the sample data; quarters only (the collection repeats two by month)."""
    found: dict[tuple[str, str], set[Decimal]] = {}
    for name in ("figures.csv", "figures_macro.csv"):
        with (shared / "data" / name).open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                code, period = row["series_code"], row["period"]
                if not code.startswith(SOURCES) or "Q" not in period or row["confidence"] == "C":
                    continue
                figures = [(code, row["value"])]
                if row["yoy_pct"]:
                    figures.append((f"{code}_yoy", row["yoy_pct"]))
                if not code.endswith("qoq") and (noted := NOTED.search(row["note"])):
                    figures.append((f"{code}_qoq", next(filter(None, noted.groups()))))
                for series, value in figures:
                    found.setdefault((NAMES.get(series, series), period), set()).add(Decimal(value))
    # In the note of a rate of growth stands the change on the quarter of the same row: rows of their own hold it.
    return {key: values for key, values in found.items() if not key[0].endswith(("_yoy_qoq", "_growth_qoq"))}


@pytest.mark.shared
def test_observations_are_the_published_figures(filled: Workspace, shared: Path) -> None:
    truth = published(shared)
    series = [name for name, entry in filled.catalogue.series.items() if entry.source in SOURCES]
    changes = {name: filled.warehouse.changes([name]) for name in series}
    wrong = [
        (name, row.period, row.value, truth.get((name, row.period)))
        for name, rows in changes.items()
        for row in rows
        if row.value not in truth.get((name, row.period), set())
    ]
    assert wrong == []
    hit = {(name, row.period) for name, rows in changes.items() for row in rows}
    wanted = {key for key in truth if key[0] in series}
    assert len(wanted) >= 80 and {name for name, _ in wanted} == set(series)
    assert len(wanted - hit) <= 0.03 * len(wanted), sorted(wanted - hit)


def test_what_is_rejected_is_the_chart_whose_bars_are_cut_off(filled: Workspace) -> None:
    assert filled.warehouse.rejections("caict_invest") == []
    [rejection] = filled.warehouse.rejections("caict_listed")
    assert "2021年三季度" in rejection.where and "not in proportion" in rejection.reason
    [value] = [row for row in filled.warehouse.changes(["caict_listed_mcap"]) if row.period == "2021-Q3"]
    assert filled.warehouse.evidence(value.evidence).method == "pdf-text", (
        "the sentence still gives the figure"
    )


def test_evidence_is_read_again_from_the_archived_bytes(filled: Workspace) -> None:
    methods: dict[str, int] = {}
    by_document: dict[str, set[str]] = {}
    for name, entry in filled.catalogue.series.items():
        if entry.source in SOURCES:
            for row in filled.warehouse.changes([name]):
                by_document.setdefault(filled.warehouse.evidence(row.evidence).document, set()).add(
                    row.evidence
                )
    for sha256, identities in by_document.items():
        with Reader(filled.archive.get(sha256), "application/pdf") as reader:
            for identity in sorted(identities):
                place = filled.warehouse.evidence(identity)
                assert reader.text_at(page=place.page, bbox=place.bbox, span=place.span) == place.raw
                methods[place.method] = methods.get(place.method, 0) + 1
    assert methods["pdf-chart"] >= 15 and methods["pdf-text"] >= 40 and methods["pdf-table"] == 2


def test_one_deck_holds_two_quarters(filled: Workspace) -> None:
    """Third quarter of 2020: market value at the end of September, revenue of the second quarter (Xinhua, 2020-10-27)."""
    issued = dt.date(2020, 10, 26)
    found = {
        (name, row.period): row.value
        for name in ("caict_listed_mcap", "caict_listed_rev", "caict_listed_rev_yoy")
        for row in filled.warehouse.changes([name])
        if row.known_from == issued
    }
    assert found["caict_listed_mcap", "2020-Q3"] == Decimal("16.8")
    assert found["caict_listed_rev", "2020-Q2"] == Decimal("7813.2")
    assert found["caict_listed_rev_yoy", "2020-Q2"] == Decimal("15.2")
    assert ("caict_listed_rev", "2020-Q3") not in found


def test_earlier_quarters_are_known_from_the_later_deck(filled: Workspace) -> None:
    """8.00万亿元 of 2018-Q4 was read in the chart of the deck of 2019-07-24, and 10.19 in its own of 2019-04-10."""
    known = {row.period: row.known_from for row in filled.warehouse.changes(["caict_listed_mcap"])}
    assert known["2018-Q4"] == dt.date(2019, 7, 24)
    assert known["2019-Q1"] == dt.date(2019, 4, 10)


def test_quarters_without_an_issue_are_no_failures(filled: Workspace) -> None:
    for year in (2018, 2020, 2023):
        collection = stages.collect_year(filled, "caict_listed", year)
        assert (collection.failures, collection.overdue, collection.not_in_sample) == ((), (), ())


def test_restated_bar_of_a_later_deck_is_a_revision_with_its_own_date(
    space: Workspace, publishers: SamplePublishers
) -> None:
    """A deck made for this test shows 10.25 for 2019-Q1, where the decks before it show 10.19."""
    pytest.importorskip("reportlab", reason="reportlab (development only) is not installed")
    from prosperity.sample.pdf_slides import Chart, Deck

    deck = Deck("2019年三季度我国互联网上市企业运行情况")
    slide = deck.slide("我国上市互联网企业市值")
    quarters, values = ("2019Q1", "2019Q2", "2019Q3"), ("10.25", "9.75", "10.00")
    slide.chart = Chart("我国上市互联网企业总市值(万亿元)", quarters, values, "总市值(万亿元)")
    body = BytesIO()
    deck.write(body)
    publishers.faults[HOST] = [Fault("P020191015335406979830.pdf", body=body.getvalue())]
    try:
        stages.run_year(space, "caict_listed", 2019)
    finally:
        publishers.faults.clear()
    changes = space.warehouse.changes(["caict_listed_mcap"])
    of_quarter = [(row.known_from, row.value) for row in changes if row.period == "2019-Q1"]
    assert of_quarter == [(dt.date(2019, 4, 10), Decimal("10.19")), (dt.date(2019, 10, 15), Decimal("10.25"))]


# ----------------------------------------------------------------------------------------------- the firewall


def test_the_firewall_was_met_and_healed(filled: Workspace, publishers: SamplePublishers) -> None:
    asked = [entry for entry in publishers.log if entry["path"].startswith(LIST)]
    assert {412, 200} <= {entry["status"] for entry in asked}
    challenged = {entry["path"] for entry in asked if entry["status"] == 200 and 0 < entry["bytes"] < 200}
    assert any(path.endswith(".pdf") for path in challenged) and f"{LIST}index.htm" in challenged
    assert sum(len(filled.warehouse.documents(source, None)) for source in SOURCES) == 21 + 28
    sizes = [document.size for source in SOURCES for _, document in filled.warehouse.documents(source, None)]
    assert min(sizes) > 4096, "no challenge page became a document"


@pytest.mark.parametrize("status", [412, 200])
def test_firewall_that_never_lets_through_fails_clearly_and_harms_nobody(
    space: Workspace, publishers: SamplePublishers, status: int
) -> None:
    publishers.faults[HOST] = [challenge(f"{LIST}index.htm", status=status)]
    before = len(publishers.log)
    try:
        collection, summary = stages.run_year(space, "caict_invest", 2022)
        stages.run_year(space, "caict_prosperity", 2021)
    finally:
        publishers.faults.clear()
    [failure] = collection.failures
    cause = "HTTP status 412" if status == 412 else "not a list page: 'kxyj_text' does not occur"
    assert cause in failure.reason and "gave up after 5 tries" in failure.reason
    assert failure.where == f"http://{HOST}{LIST}index.htm" and failure.retryable
    assert summary.documents == 0 and collection.releases == ()
    asked = [entry["path"] for entry in publishers.log[before:]]
    assert asked.count(f"{LIST}index.htm") == 5
    assert space.warehouse.counts()["caict_prosperity"].observations > 0, (
        "the same host's other list still loads"
    )
    collection, _ = stages.run_year(space, "caict_invest", 2022)
    assert collection.failures == () and len(collection.documents) == 4, "the next run heals it"


def test_firewall_before_one_deck_loses_that_deck_only(
    space: Workspace, publishers: SamplePublishers
) -> None:
    publishers.faults[HOST] = [challenge("P020220808565743400685.pdf", status=200)]
    try:
        collection, _ = stages.run_year(space, "caict_invest", 2022)
    finally:
        publishers.faults.clear()
    [failure] = collection.failures
    assert "a challenge page; gave up after 5 tries" in failure.reason
    assert failure.period == "2022-Q2" and failure.retryable
    assert {release.period.code for release in collection.releases if release.period} == {
        "2022-Q1",
        "2022-Q3",
        "2022-Q4",
    }
