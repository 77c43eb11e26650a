"""The stand-in for the NBS data site over real sockets: who is let in, trees, indicators, figures by vintage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from prosperity.sample import SamplePublishers

HOST = "data.stats.gov.cn"
PAGE = "/dg/website/page.html"
INTERFACE = "/dg/website/publicrelease/web/external/"
NATION = [{"text": "全国", "value": "000000000000"}]


@pytest.fixture(scope="module")
def running() -> Iterator[SamplePublishers]:
    with SamplePublishers() as publishers:
        yield publishers


class Visitor:
    """A browser that has loaded the page."""

    def __init__(self, publishers: SamplePublishers) -> None:
        self.base = publishers.hosts[HOST]
        self.session = requests.Session()
        self.session.headers.update({"User-Agent": "Mozilla/5.0 (test)", "Referer": f"https://{HOST}{PAGE}"})
        assert "样例文件" in self.session.get(self.base + PAGE, timeout=5).content.decode()

    def get(self, call: str, **parameters: str) -> Any:
        answer = self.session.get(self.base + INTERFACE + call, params=parameters, timeout=5)
        assert (answer.status_code, answer.json()["success"]) == (200, True)
        assert answer.headers["X-Sample"] == "rebuilt"
        return answer.json()["data"]

    def children(self, pid: str, code: str) -> dict[str, str]:
        return {node["name"]: node["_id"] for node in self.get("new/queryIndexTreeAsync", pid=pid, code=code)}

    def leaf(self, code: str, *names: str) -> tuple[str, str]:
        """(cid, rootId) of the set below the root; names as the site prints them."""
        (root,) = self.children("", code).values()
        cid = root
        for name in names:
            cid = self.children(cid, code)[name]
        return cid, root

    def post(self, body: dict[str, Any]) -> requests.Response:
        return self.session.post(self.base + INTERFACE + "stream/esData", json=body, timeout=5)

    def figures(self, code: str, names: tuple[str, ...], *dts: str, **changed: Any) -> dict[str, list[str]]:
        cid, root = self.leaf(code, *names)
        listed = self.get("new/queryIndicatorsByCid", cid=cid, dt="", name="")["list"]
        body = {
            "cid": cid, "indicatorIds": [row["_id"] for row in listed], "daCatalogId": "", "das": NATION,
            "showType": "1", "rootId": root, "dts": list(dts),
        }  # fmt: skip
        answer = self.post(body | changed)
        assert answer.status_code == 200
        return {row["name"]: [cell["value"] for cell in row["values"]] for row in answer.json()["data"]}


GDP = ("国民经济核算", "国内生产总值(现价) ")
RETAIL = ("国内贸易 ", "社会消费品零售总额(2021-)  ")


def test_old_interface_is_gone(running: SamplePublishers) -> None:
    answer = requests.get(f"{running.hosts[HOST]}/easyquery.htm?m=QueryData&dbcode=hgyd", timeout=5)
    assert (answer.status_code, answer.headers["reason"]) == (403, "UrlACL")


@pytest.mark.parametrize("missing", ["cookie", "User-Agent", "Referer"])
def test_only_who_has_loaded_the_page_is_answered(running: SamplePublishers, missing: str) -> None:
    visitor = Visitor(running)
    if missing == "cookie":
        visitor.session.cookies.clear()
    else:
        visitor.session.headers[missing] = "none"
    answer = visitor.session.get(f"{visitor.base}{INTERFACE}new/queryIndexTreeAsync?pid=&code=1", timeout=5)
    assert answer.status_code == 403


def test_trees_have_one_root_and_names_with_blanks(running: SamplePublishers) -> None:
    visitor = Visitor(running)
    roots = {code: list(visitor.children("", code)) for code in "123"}
    assert roots == {"1": ["月度数据"], "2": ["季度数据"], "3": ["年度数据"]}
    trade = visitor.leaf("1", "国内贸易 ")[0]
    assert set(visitor.children(trade, "1")) == {
        "社会消费品零售总额(-2015)", "社会消费品零售总额(2016-2020) ", "社会消费品零售总额(2021-)  ",
    }  # fmt: skip
    assert visitor.children("no such id", "1") == {}


def test_period_codes_and_names(running: SamplePublishers) -> None:
    visitor = Visitor(running)
    months = visitor.figures("1", RETAIL, "202311MM-202312MM")
    assert months["2023年12月"] == ["43550", "471495", "7.4", "7.2"]  # NBS, 2024-01-17
    assert list(months) == ["2023年12月", "2023年11月"]
    quarters = visitor.figures("2", GDP, "202201SS-202204SS")
    assert list(quarters) == ["2022年第四季度", "2022年第三季度", "2022年第二季度", "2022年第一季度"]
    assert list(visitor.figures("3", ("国民经济核算", "国内生产总值"), "2023YY")) == ["2023年"]


def test_series_is_cut_into_ranges_of_years(running: SamplePublishers) -> None:
    """The leaf of 2016 to 2020 knows nothing of December 2023."""
    visitor = Visitor(running)
    assert visitor.figures("1", ("国内贸易 ", "社会消费品零售总额(2016-2020) "), "202312MM-202312MM") == {}


def test_requests_out_of_order(running: SamplePublishers) -> None:
    visitor = Visitor(running)
    assert visitor.figures("1", RETAIL, "202312MM", cid="0" * 32) == {}, "an unknown id is no error"
    ignored = visitor.figures("1", RETAIL, "202312MM", daCatalogId="x")
    assert ignored == {"2023年12月": ["", "", "", ""]}, "a catalogue of places makes it ignore das"
    cid, root = visitor.leaf("1", *RETAIL)
    body = {"cid": cid, "indicatorIds": [], "daCatalogId": "", "das": NATION, "showType": "1", "rootId": root}
    assert visitor.post(body | {"dts": "202312MM"}).status_code == 500, "dts must be a list"
    assert visitor.post(body | {"dts": ["2023-12"]}).status_code == 500
    assert visitor.post(body).status_code == 500


def test_ids_change_and_names_stay() -> None:
    with SamplePublishers() as first, SamplePublishers() as second:
        one, other = Visitor(first), Visitor(second)
        before = one.leaf("2", *GDP)
        assert before != other.leaf("2", *GDP), "in another process"
        figures = one.figures("2", GDP, "202201SS-202204SS")
        first.publisher(HOST).renumber()  # type: ignore[attr-defined]
        assert one.leaf("2", *GDP) != before
        assert one.figures("2", GDP, "202201SS-202204SS") == figures


@pytest.mark.parametrize(
    ("until", "gdp"),
    [
        (dt.date(2022, 4, 10), ""),  # the first quarter of 2022 was published on 2022-04-18
        (dt.date(2022, 5, 1), "270177.8"),  # first release
        (dt.date(2026, 5, 30), "270177.8"),
        (dt.date(2026, 5, 31), "277175.8"),  # after the fifth economic census
        (None, "277175.8"),
    ],
)
def test_latest_vintage_known_on_the_day(until: dt.date | None, gdp: str) -> None:
    with SamplePublishers(until=until) as publishers:
        visitor = Visitor(publishers)
        assert visitor.figures("2", GDP, "202201SS")["2022年第一季度"][0] == gdp


def test_last_period_follows_the_day() -> None:
    with SamplePublishers(until=dt.date(2020, 9, 1)) as publishers:
        visitor = Visitor(publishers)
        cid, root = visitor.leaf("1", "国内贸易 ", "社会消费品零售总额(2016-2020) ")
        last = visitor.get("new/queryDtByCid", cid=cid, rootId=root)
        assert last == {"dt_all": "202007MM", "dt_name": "2020年7月"}  # published on 2020-08-14
