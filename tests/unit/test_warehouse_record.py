"""What is collected and what was collected: catalogue rows, releases, documents, failures, counts."""

from __future__ import annotations

import datetime as dt

import pytest

from prosperity.collect.model import Failure
from prosperity.notation.model import whole_year
from prosperity.warehouse import LoadResult, RecordResult, Warehouse, WarehouseError
from tests.warehouse_fixtures import (
    SERIES,
    cleaned,
    collection,
    document_of,
    figure,
    load,
    release_of,
    series,
    sha,
    source,
)

pytest_plugins = ("tests.warehouse_databases",)


# ------------------------------------------------------------------------------------------- catalogue


def test_catalogue_follows_its_entries(warehouse: Warehouse) -> None:
    before = warehouse.dump("series")
    warehouse.record_catalogue({"miit": source("miit"), "nbs": source("nbs")}, {s.id: s for s in SERIES})
    assert warehouse.dump("series") == before
    warehouse.record_catalogue([source("miit"), source("nbs")], [series("revenue", note="from 500万元 on")])
    assert [row[-1] for row in warehouse.dump("series")] == ["", "from 500万元 on", ""]
    assert len(warehouse.dump("series")) == len(before)
    assert warehouse.series("users")["users"].unit == "户"


def test_another_unit_is_another_series(warehouse: Warehouse) -> None:
    warehouse.record_catalogue([source("miit")], [series("profit", unit="美元")])
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    with pytest.raises(WarehouseError, match="series revenue has readings in 元: in 美元 it is a new series"):
        warehouse.record_catalogue([source("miit")], [series("revenue", unit="美元")])
    assert warehouse.series("revenue")["revenue"].unit == "元"


def test_another_multiplier_only_rescales(warehouse: Warehouse) -> None:
    """5907 亿元 = 59070000 万元."""
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    warehouse.record_catalogue([source("miit"), source("nbs")], [series("revenue", unit_mult=4)])
    assert [str(row.value) for row in warehouse.observations("revenue")] == ["59070000"]


def test_another_order_of_sources_decides_conflicts_anew(warehouse: Warehouse) -> None:
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    load(warehouse, "b", figure("b", "6000", "2019-07-31"), owner="nbs")
    assert [row.value for row in warehouse.observations("revenue")] == [5907]
    warehouse.record_catalogue([source("nbs"), source("miit")], SERIES)
    assert [row.value for row in warehouse.observations("revenue")] == [6000]


# ------------------------------------------------------------------------------------------- collections


def test_recording_again_changes_nothing(warehouse: Warehouse) -> None:
    fault = Failure("miit", "collect", "2019年1－7月情况", "https://example.gov.cn/x.html", "404 not found")
    found = collection((release_of("a"), document_of("a")), failures=(fault,))
    assert warehouse.record_collection(found) == RecordResult(1, 1, 0, 1, 0)
    tables = ("release", "release_change", "document", "release_document", "rejection")
    before = [warehouse.dump(name) for name in tables]
    assert warehouse.record_collection(found) == RecordResult()
    assert [warehouse.dump(name) for name in tables] == before
    assert warehouse.record_collection(collection()).rejections_resolved == 1
    assert warehouse.rejections(resolved=True)[0].reason == "404 not found"


def test_incomplete_collection_resolves_nothing(warehouse: Warehouse) -> None:
    fault = Failure("miit", "collect", "情况", "https://example.gov.cn/x.html", "404 not found")
    warehouse.record_collection(collection(failures=(fault,)))
    assert warehouse.record_collection(collection(), complete=False).rejections_resolved == 0
    assert warehouse.record_collection(collection(year=2018)).rejections_resolved == 0
    assert len(warehouse.rejections("miit", 2019, stage="collect")) == 1
    assert warehouse.rejections("miit", 2018) == []


def test_releases_and_documents_come_back_as_they_were(warehouse: Warehouse) -> None:
    release = release_of(
        "a",
        landing="https://example.gov.cn/",
        stated_date="2019年7月",
        page_date=dt.date(2019, 7, 30),
        edition="44",
        language="en",
    )
    document = document_of("a", encoding="gb18030", sample=True, brought_by="somebody")
    warehouse.record_collection(collection((release, document)))
    assert warehouse.releases() == [release]
    assert warehouse.documents("miit") == [(release, document)]
    assert warehouse.releases("nbs") == []
    assert warehouse.documents("miit", 2018) == []


def test_year_is_the_one_reported_on(warehouse: Warehouse) -> None:
    yearly = release_of("a", period=whole_year(2018))
    unknown = release_of("b", period=None)
    warehouse.record_collection(
        collection((yearly, document_of("a")), (unknown, document_of("b")), year=2019)
    )
    assert warehouse.releases("miit", 2018) == [yearly]
    assert warehouse.releases("miit", 2019) == [unknown]


def test_bytes_fetched_again_are_no_new_document(warehouse: Warehouse) -> None:
    release = release_of("a")
    warehouse.record_collection(collection((release, document_of("a"))))
    later = document_of("a", "2024-05-09T00:00:00+00:00", headers={"date": "later"})
    assert warehouse.record_collection(collection((release, later))).documents_added == 0
    assert warehouse.documents() == [(release, document_of("a"))]


def test_the_document_fetched_last_is_the_current_one(warehouse: Warehouse) -> None:
    release = release_of("a")
    for name, fetched in (("a", "2024-05-01"), ("b", "2024-05-02"), ("a", "2024-05-03")):
        document = document_of(name, f"{fetched}T00:00:00+00:00")
        warehouse.record_collection(collection((release, document)))
    assert [kept.sha256 for _, kept in warehouse.documents()] == [sha("a")]


def test_one_document_may_belong_to_two_releases(warehouse: Warehouse) -> None:
    here, there = release_of("a"), release_of("a", address="https://example.gov.cn/copy.html")
    warehouse.record_collection(collection((here, document_of("a")), (there, document_of("a"))))
    assert len(warehouse.dump("document")) == 1
    for release in (here, there):
        warehouse.load(cleaned("a", figure("a", "5907", "2019-07-31"), release=release.key))
    assert len(warehouse.provenance("revenue", "2019-06")) == 2
    assert [row.conflict for row in warehouse.changes("revenue")] == [False]
    again = warehouse.load(cleaned("a", figure("a", "5907", "2019-07-31"), release=here.key))
    assert again == LoadResult()


@pytest.mark.parametrize(
    ("issued", "basis", "kept", "adopted"),
    [
        ("2019-08-05", "stated", "2019-07-31", False),
        ("2019-08-05", "first_seen", "2019-07-31", False),
        ("2019-07-30", "list_date", "2019-07-31", False),
    ],
)
def test_date_of_issue_known_first_is_kept_and_the_other_one_noted(
    warehouse: Warehouse, issued: str, basis: str, kept: str, adopted: bool
) -> None:
    warehouse.record_collection(collection((release_of("a"), document_of("a"))))
    offered = release_of("a", issued=dt.date.fromisoformat(issued), issued_basis=basis)
    assert warehouse.record_collection(collection((offered, document_of("a")))).dates_changed == 1
    assert warehouse.record_collection(collection((offered, document_of("a")))).dates_changed == 0
    assert warehouse.releases()[0].issued == dt.date.fromisoformat(kept)
    ((_, date, _, previous, _, was_adopted),) = warehouse.dump("release_change")
    assert (date.isoformat(), previous.isoformat(), was_adopted) == (issued, "2019-07-31", adopted)


def test_better_vouched_date_of_issue_replaces_an_estimate(warehouse: Warehouse) -> None:
    estimate = release_of("a", issued=dt.date(2019, 8, 1), issued_basis="estimated")
    warehouse.record_collection(collection((estimate, document_of("a"))))
    warehouse.record_collection(collection((release_of("a"), document_of("a"))))
    assert warehouse.releases() == [release_of("a")]
    assert [row[-1] for row in warehouse.dump("release_change")] == [True]
    no_date = release_of("a", issued=None, issued_basis=None)
    warehouse.record_collection(collection((no_date, document_of("a"))))
    assert warehouse.releases() == [release_of("a")]


def test_collections_that_do_not_fit_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="collection of elsewhere 2019: the source is unknown"):
        warehouse.record_collection(collection(owner="elsewhere"))
    with pytest.raises(WarehouseError, match="entries of other sources: nbs"):
        warehouse.record_collection(collection((release_of("a", "nbs"), document_of("a"))))
    orphan = collection()
    orphan = type(orphan)("miit", 2019, (), {"miit|nowhere": document_of("a")})
    with pytest.raises(WarehouseError, match="documents without a release"):
        warehouse.record_collection(orphan)
    assert warehouse.dump("document") == []


def test_counts_by_source(warehouse: Warehouse) -> None:
    fault = Failure("miit", "clean", "w", "p", "r")
    load(warehouse, "a", figure("a", "1", "2019-07-31"), rejections=(fault,))
    load(warehouse, "b", figure("b", "1", "2019-08-31"), figure("b", "2", "2019-08-31", period="2019-07"))
    counts = warehouse.counts()
    assert list(counts) == ["miit", "nbs"]
    miit = counts["miit"]
    assert (miit.releases, miit.documents, miit.readings, miit.observations) == (2, 2, 3, 2)
    assert (miit.rejections, miit.with_evidence) == (1, 1.0)
    assert counts["nbs"].with_evidence is None


def test_dump_of_an_unknown_table(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="no table runs; there are check_result, document, evidence"):
        warehouse.dump("runs")
