"""The protocol of the NBS data site as the collector speaks it, against the stand-in: names, years, same documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from prosperity.catalogue.model import Discovery
from prosperity.collect.archive import Archive
from prosperity.collect.discover import DiscoveryError, Item, nbs_data, retrieve
from prosperity.collect.http import Client, Fetched, FetchError, Limits
from prosperity.sample import Fault, SamplePublishers

HOST = "data.stats.gov.cn"
BASE = f"https://{HOST}"
RETAIL = "国内贸易 > 社会消费品零售总额"


@pytest.fixture
def publishers() -> Iterator[SamplePublishers]:
    with SamplePublishers() as servers:
        yield servers


@pytest.fixture
def client(tmp_path: Path, publishers: SamplePublishers) -> Iterator[Client]:
    made = Client(
        archive=Archive(tmp_path / "archive"),
        state=tmp_path / "http",
        user_agent="Mozilla/5.0 (test)",
        hosts=(HOST,),
        pause=0.0,
        overrides=publishers.hosts,
        limits=Limits(connect_seconds=2, read_seconds=5, retry_pause=0.01, budget_seconds=5),
    )
    with made:
        yield made


def discovery(path: str = RETAIL, period: str = "month", **options: str | int) -> Discovery:
    return Discovery(
        protocol="nbs_data",
        list_address="/dg/website/page.html",
        title=".",
        period="year",
        options={"path": path, "period": period, "first_year": 2012, **options},
    )


def listed(client: Client, found: Discovery) -> dict[str, Item]:
    return {item.title: item for item in nbs_data.items(client, found, BASE)}


def document(client: Client, found: Discovery, title: str) -> Fetched:
    return retrieve(client, found, listed(client, found)[title], BASE)


def figures(answer: Fetched) -> dict[str, dict[str, str]]:
    return {
        period["name"]: {cell["i_showname"]: cell["value"] for cell in period["values"]}
        for period in json.loads(answer.body)["data"]
    }


def test_one_item_a_year_over_all_ranges(client: Client) -> None:
    items = listed(client, discovery())
    assert sorted(items) == [f"社会消费品零售总额 {year}年" for year in range(2012, 2024)]
    found = items["社会消费品零售总额 2018年"]
    assert found.address.endswith("/stream/esData#国内贸易/社会消费品零售总额/2018")
    assert (found.issued, found.basis) == (None, None)


def test_each_year_is_asked_of_the_leaf_that_holds_it(client: Client) -> None:
    for year, growth in ((2018, "8.2"), (2023, "7.4")):  # growth of December, NBS
        answer = document(client, discovery(), f"社会消费品零售总额 {year}年")
        assert figures(answer)[f"{year}年12月"]["社会消费品零售总额_同比增长 (%) "] == growth
        assert len(figures(answer)) == 12


@pytest.mark.parametrize(
    ("path", "period", "title", "name", "value"),
    [
        ("国民经济核算>国内生产总值（现价）", "quarter", "国内生产总值(现价) 2022年", "2022年第一季度", "277175.8"),
        ("国民经济核算 > 国内生产总值", "year", "国内生产总值 2022年", "2022年", "1234029.4"),
    ],
)  # fmt: skip
def test_quarters_and_years(
    client: Client, path: str, period: str, title: str, name: str, value: str
) -> None:
    """Levels after the fifth economic census; blanks and full-width brackets in names do not matter."""
    first = next(iter(figures(document(client, discovery(path, period), title))[name].values()))
    assert first == value


def test_only_wanted_indicators_are_asked_for(client: Client) -> None:
    answer = document(client, discovery(indicators="_同比增长"), "社会消费品零售总额 2023年")
    assert {len(cells) for cells in figures(answer).values()} == {1}


def test_other_ids_are_no_other_document(client: Client, publishers: SamplePublishers) -> None:
    before = document(client, discovery(), "社会消费品零售总额 2023年")
    publishers.publisher(HOST).renumber()  # type: ignore[attr-defined]
    publishers.log.clear()
    after = document(client, discovery(), "社会消费品零售总额 2023年")
    assert (after.not_modified, after.sha256, after.fetched_at) == (True, before.sha256, before.fetched_at)
    [posted] = [entry for entry in publishers.log if entry["method"] == "POST"]
    assert posted["status"] == 200 and posted["bytes"] == len(before.body), (
        "it was asked, and differs in ids only"
    )


def test_another_figure_is_another_document(client: Client, publishers: SamplePublishers) -> None:
    before = document(client, discovery(), "社会消费品零售总额 2023年")
    changed = before.body.replace(b'"7.4"', b'"7.5"')
    assert changed != before.body
    publishers.faults[HOST] = [Fault("stream/esData", body=changed)]
    after = document(client, discovery(), "社会消费品零售总额 2023年")
    assert (after.not_modified, after.body) == (False, changed)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("国内贸易 > 网上零售", r"0 nodes '网上零售'; there are: 社会消费品零售总额\(-2015\)"),
        ("商业 > 社会消费品零售总额", "0 nodes '商业'; there are: 工业; 国内贸易"),
        ("国内贸易 >", "names no set"),
    ],
)
def test_name_that_is_not_there_is_named_with_those_that_are(client: Client, path: str, said: str) -> None:
    with pytest.raises(DiscoveryError, match=said):
        listed(client, discovery(path))


def test_unknown_tree_and_unknown_indicator(client: Client) -> None:
    with pytest.raises(DiscoveryError, match="option period is 'week'"):
        listed(client, discovery(period="week"))
    with pytest.raises(
        DiscoveryError, match="no indicator like '网上'; there are: 社会消费品零售总额_当期值"
    ):
        document(client, discovery(indicators="网上"), "社会消费品零售总额 2023年")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>challenge</html>", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"success": false, "message": "busy", "data": []}', "no success: 'busy'"),
        (b'{"success": true, "data": []}', "holds no figures"),
        (b'{"success": true, "data": {"a": 1}}', "not laid out as expected"),
        (
            '{"success":true,"data":[{"name":"2022年1月","values":[{"i_showname":"a","value":"1"}]}]}'.encode(),
            "asked for 2023, the answer speaks of 2022年1月",
        ),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_neither_document_nor_kept(
    client: Client, publishers: SamplePublishers, body: bytes, said: str
) -> None:
    item = listed(client, discovery())["社会消费品零售总额 2023年"]
    before = len(list(client.archive))
    publishers.faults[HOST] = [Fault("stream/esData", body=body)]
    with pytest.raises(DiscoveryError, match=said):
        retrieve(client, discovery(), item, BASE)
    assert len(list(client.archive)) == before


def test_site_that_refuses_is_said_to(client: Client, publishers: SamplePublishers) -> None:
    publishers.faults[HOST] = [Fault("queryIndexTree", status=403)]
    with pytest.raises(FetchError, match="HTTP status 403"):
        listed(client, discovery())
