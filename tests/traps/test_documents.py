"""Traps 13 to 20 and 22 to 24: revisions, reference dates, slides, recognised text, addresses, titles, mirrors."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from prosperity.clean.model import Cleaned
from prosperity.collect.archive import Archive
from prosperity.collect.calendar import expectations
from prosperity.collect.discover import Item, jpaas
from prosperity.collect.http import Client, Fetched, FetchError
from prosperity.collect.model import Collection, Document, Release
from prosperity.collect.reported import reported_period
from prosperity.extract.model import ExtractionError
from prosperity.notation import parse_period
from prosperity.notation.model import stock
from prosperity.warehouse import Warehouse
from tests.traps.reading import (
    SHIPPED,
    extracted,
    miit,
    page,
    read,
    reasons,
    released,
    rows,
    small_catalogue,
    values,
)
from tests.unit.made_pdfs import made

REVENUE = "miit_inet_rev_cum"
GDP = {"id": "gdp", "unit": "元", "unit_mult": 8, "kind": "flow", "cumulative": True}


@pytest.mark.shared
def test_trap_13_quiet_revision_is_a_vintage(tmp_path: Path, shared: Path) -> None:
    """GDP of 2013: 568845亿元 when first released, another figure after the census; both stay, each from its day."""
    with (shared / "data" / "figures_macro.csv").open(encoding="utf-8") as stream:
        rows_of_2013 = [
            row for row in csv.DictReader(stream)
            if row["series_code"] == "nbs_gdp_cum" and row["period_end"] == "2013-12"
        ]  # fmt: skip
    first = next(row["value"] for row in rows_of_2013 if "first_release" in row["note"])
    census = next(row["value"] for row in rows_of_2013 if "revised_2020" in row["note"])
    rule = {"level": "gdp", "measure": "国内生产总值$", "unit": "元"}
    whole = small_catalogue([GDP], {"statements": [rule]})
    store = Warehouse(f"sqlite:///{tmp_path / 'w.sqlite'}")
    store.migrate()
    store.record_catalogue(whole.sources.values(), whole.series.values())
    for figure, issued in ((first, "2014-01-20"), (census, "2020-11-01")):
        release = released("other", "2013年国内生产总值核算", issued)
        release = Release(**{**vars(release), "address": f"https://publisher.example/{issued}"})
        cleaned = read(page(f"2013年,国内生产总值为{figure}亿元。"), release, whole)
        seen = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
        document = Document(cleaned.document, "text/html", 1, release.address, seen)
        store.record_collection(Collection("other", 2013, (release,), {release.key: document}))
        store.load(cleaned)
    known = {day: store.as_of(["gdp"], day)[0].value for day in (dt.date(2015, 1, 1), dt.date(2021, 1, 1))}
    assert known == {dt.date(2015, 1, 1): Decimal(first), dt.date(2021, 1, 1): Decimal(census)}
    assert len(store.changes(["gdp"])) == 2
    store.close()


def cnnic(text: str, number: int, issued: str, end: tuple[int, int]) -> Cleaned:
    title = f"第{number}次《中国互联网络发展状况统计报告》"
    return read(page(text), released("cnnic_report", title, issued, period=stock(*end)))


def test_trap_14_reference_date_moves() -> None:
    """No. 45 surveyed March 2020; 7508万 more than at the end of 2018 is growth over fifteen months, no rate on year."""
    item = Item("第45次《中国互联网络发展状况统计报告》", "https://x/1", dt.date(2020, 4, 28), "list_date")
    assert reported_period(SHIPPED.sources["cnnic_report"].discovery[0], item) == stock(2020, 3)
    cleaned = cnnic(
        "截至2020年3月,我国网民规模达9.04亿人,较2018年底增长7508万人,互联网普及率达64.5%,较2018年底提升4.9个百分点。",
        45, "2020-04-28", (2020, 3),
    )  # fmt: skip
    assert values(cleaned) == {
        ("cnnic_netizens", "2020-03"): Decimal("9.04"),
        ("cnnic_penetration", "2020-03"): Decimal("64.5"),
    }
    version = SHIPPED.series["cnnic_netizens"].version_of("2020-03")
    assert version and version.change == "reference_date"


def test_trap_14_growth_since_another_date_is_not_growth_on_year() -> None:
    """IPv6: 50286块/32 in June 2019, +14.3% on the end of 2018."""
    series = [
        {"id": "ipv6", "unit": "块/32", "kind": "stock"},
        {"id": "ipv6_yoy", "unit": "%", "kind": "rate", "rate_of": "ipv6"},
    ]
    rule = {"level": "ipv6", "rate": "ipv6_yoy", "measure": "IPv6地址", "unit": "块/32"}
    whole = small_catalogue(series, {"statements": [rule]})
    text = "截至2019年6月,我国IPv6地址数量为50286块/32,较2018年底增长14.3%。"
    cleaned = read(page(text), released("other", "2019年6月情况", "2019-08-30"), whole)
    assert values(cleaned) == {("ipv6", "2019-06"): Decimal(50286)}


def test_trap_15_market_value_and_revenue_of_two_quarters() -> None:
    """The report on 2022Q1: value at the end of March, revenue of the fourth quarter of 2021."""
    series = [
        {"id": "value", "unit": "元", "unit_mult": 12, "kind": "stock", "frequency": "Q"},
        {"id": "revenue", "unit": "元", "unit_mult": 8, "kind": "flow", "frequency": "Q"},
    ]
    rules = [
        {"level": "value", "measure": "总市值", "unit": "元"},
        {"level": "revenue", "measure": "营业收入", "unit": "元"},
    ]
    whole = small_catalogue(series, {"statements": rules})
    cleaned = read(
        page(
            "截至2022年一季度末,上市互联网企业总市值为9.9万亿元。2021年四季度,上市互联网企业营业收入为9863亿元。"
        ),
        released("other", "2022年一季度互联网上市企业运行情况", "2022-05-14"),
        whole,
    )
    assert values(cleaned) == {("value", "2022-Q1"): Decimal("9.9"), ("revenue", "2021-Q4"): Decimal(9863)}


SLIDE = ("9.929.068.0010.199.752.7%-8.7%-11.7%27.4%-4.3%", "2腾讯控股29,5310.2%", "市值52%38%10%")


def test_trap_16_slides_without_separators_give_nothing() -> None:
    """Labels of CAICT's chart of 2019Q2 run together in the text layer: 9.92, 9.06, 8.00, 10.19, 9.75万亿元 and
    their changes. Where one label ends cannot be known, so none is taken."""
    series = {"id": "value", "unit": "元", "unit_mult": 12, "kind": "stock", "frequency": "Q"}
    rule = {"level": "value", "measure": "市值", "unit": "元"}
    whole = small_catalogue([series], {"statements": [rule]})

    def draw(sheet: Any) -> None:
        sheet.text(60, 80, "2019年二季度上市互联网企业市值(万亿元)", 18)
        for number, line in enumerate(SLIDE):
            sheet.text(60, 160 + 60 * number, line, 14)

    release = released("other", "2019年二季度互联网上市企业运行情况", "2019-07-29")
    cleaned = read(made(draw), release, whole, media_type="application/pdf")
    assert not cleaned.observations


def test_trap_16_arrow_for_a_sign_is_not_read_as_a_rise() -> None:
    """环比 13.2% under a picture of a falling arrow: 环比 alone is no direction."""
    found = extracted(
        page("二季度,上市互联网企业总市值为8.00万亿元,环比13.2%。"),
        released("miit_internet", "2018年", "2019-02-01"),
    )
    assert all(statement.rate is None for statement in found.statements)


@pytest.mark.parametrize(
    "text",
    ["完成业务收人5907亿元", "完成业务收,人5907亿元", "完成业务菅收5907亿元", "完成互联风业务收人5907亿元"],
)
def test_trap_17_recognition_errors_are_reported_not_matched(text: str) -> None:
    cleaned = miit(
        f"上半年,互联网企业{text}。", title="2020年上半年互联网和相关服务业运行情况", issued="2020-08-02"
    )
    assert not cleaned.observations
    assert len(cleaned.unclaimed) == 1 and "5907亿元" in cleaned.unclaimed[0]


@pytest.mark.parametrize(
    "text",
    ["互聯網企業完成互聯網業務收入5907億元，同比增長14.1%", "互聯(lián)網(wǎng)企業(yè)完成互聯(lián)網(wǎng)業(yè)務(wù)收入5907億元，同比增長14.1%"],
)  # fmt: skip
def test_trap_17_traditional_script_is_the_same_text(text: str) -> None:
    cleaned = miit(f"上半年，{text}。", title="2020年上半年互联网和相关服务业运行情况", issued="2020-08-02")
    assert values(cleaned)[REVENUE, "2020-06"] == 5907
    assert "5907億元" in {found.evidence.raw for found in cleaned.observations}, "the evidence is as printed"


class Listing:
    """A column page and its interface, as far as the protocol module asks."""

    def __init__(self, html: str) -> None:
        self.html = html

    def get(
        self,
        address: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        shell = b"""<script queryData="{'webId':'w','pageId':'p'}"></script>"""
        body = (
            json.dumps({"success": True, "data": {"html": self.html, "count": 3}}).encode()
            if params
            else shell
        )
        return Fetched(address, body, "", {}, dt.datetime(2024, 2, 1, tzinfo=dt.UTC), not_modified=False)


def test_trap_18_addresses_and_dates_of_lists() -> None:
    """Prefix joined twice; a date without a year takes that of publication, so 01-31 is not the year reported on."""
    html = (
        '<li><a href="https://www.miit.gov.cnhttps://www.miit.gov.cn/gxsj/tjfx/hlw/art/2024/art_1.html">'
        "2023年互联网和相关服务业运行情况</a><span>01-31</span></li>"
        '<li><a href="/gxsj/tjfx/hlw/art/2023/art_2.html">2023年1－10月份互联网和相关服务业运行情况</a><span>11-30</span></li>'
        '<li><a href="/n1/c2/content.html">2016年互联网业务收入</a><span>01-31</span></li>'
    )
    discovery = SHIPPED.sources["miit_internet"].discovery[0]
    found = list(jpaas.items(Listing(html), discovery, "https://www.miit.gov.cn"))
    assert found[0].address == "https://www.miit.gov.cn/gxsj/tjfx/hlw/art/2024/art_1.html"
    assert found[0].issued == dt.date(2024, 1, 31)
    assert reported_period(discovery, found[0]).code == "2023"
    assert found[1].issued == dt.date(2023, 11, 30)
    assert found[2].issued is None, "no folder of a year: no date is made up"


@pytest.mark.parametrize(
    ("title", "issued", "end"),
    [
        ("2023年上半年互联网和相关服务业运行情况", "2023-07-31", (2023, 6)),
        ("2023年1－10月份互联网和相关服务业运行情况", "2023-11-30", (2023, 10)),
        ("2023年前2个月互联网和相关服务业运行情况", "2023-03-30", (2023, 2)),
        ("2023年第一季度互联网和相关服务业运行情况", "2023-05-06", (2023, 3)),
        ("2024年互联网和相关服务业运行平稳", "2025-01-27", (2024, 12)),
        ("国内增值电信业务许可情况报告（2018.11）", "2018-11-14", (2018, 11)),
        ("前三季度互联网和相关服务业运行情况", "2023-10-30", (2023, 9)),
    ],
)
def test_trap_19_titles_name_the_period(title: str, issued: str, end: tuple[int, int]) -> None:
    found = parse_period(title, issued=dt.date.fromisoformat(issued))
    assert (found.end.year, found.end.month) == end


def test_trap_19_a_title_that_is_wrong_loads_nothing() -> None:
    """As （2023.3） that stood on two reports, the second on April: 4083亿元 is January to April 2023, not March."""
    cleaned = miit(
        "1—4月份,互联网企业完成互联网业务收入4083亿元,同比增长3.3%。",
        title="2023年1－3月份互联网和相关服务业运行情况",
        issued="2023-05-31",
    )
    assert not cleaned.observations
    said = reasons(cleaned)
    assert "title says 2023-03, the text speaks of 2023-04 (2 figures)" in said
    assert "the calendar expects 2023-04 on the date of issue 2023-05-31: nothing loaded" in said


def test_trap_19_other_series_in_the_same_list_are_left() -> None:
    import re

    discovery = SHIPPED.sources["miit_internet"].discovery[0]
    for title in ("2023年电子信息制造业运行情况", "2023年通信业统计公报"):
        assert not re.search(discovery.title, title) or any(re.search(p, title) for p in discovery.ignore)


def test_trap_20_missing_issues_are_known_as_such() -> None:
    """December 2019 was never surveyed; the prosperity report ended with 2021; neither is ever overdue."""
    late = dt.date(2024, 6, 1)
    users = expectations(SHIPPED.sources["cnnic_report"], 2019, found=[stock(2019, 6)], today=late)
    states = {entry.period: entry.state for entry in users}
    assert states == {"2019-06": "found", "2019-12": "never_published"}
    assert "2020年3月" in next(entry.sentence for entry in users if entry.period == "2019-12")
    report = expectations(SHIPPED.sources["caict_prosperity"], 2022, found=[], today=late)
    assert [entry.state for entry in report] == ["never_published"]
    gone = expectations(SHIPPED.sources["miit_internet"], 2023, found=[], today=late)
    assert {entry.state for entry in gone} == {"overdue"}, "a release nobody explains stays red"


@pytest.mark.parametrize(
    "text",
    [
        "上半年,鸿沟以上互联网企业完成营业支出5907亿元。",
        "上半年,社会破钞品零卖总额5907亿元。",
        "上半年,互联网企业完成业务收入XX亿元,同比增长X%。",
    ],
)
def test_trap_22_spoilt_mirrors_match_nothing(text: str) -> None:
    cleaned = miit(text, title="2020年上半年互联网和相关服务业运行情况", issued="2020-08-02")
    assert not cleaned.observations
    assert cleaned.rejections or cleaned.unclaimed


def test_trap_22_rewritten_years_contradict_the_edition() -> None:
    """No. 49 (December 2021) shown as 截至2023年12月…10.32亿."""
    cleaned = cnnic("截至2023年12月,我国网民规模达10.32亿人。", 49, "2022-02-25", (2021, 12))
    assert not cleaned.observations
    assert "title says 2021-12, the text speaks of 2023-12" in reasons(cleaned)


@pytest.mark.parametrize(
    "address", ["http://renwen.czt.cc/x.html", "http://yyfangchan.com/fanwen/1711617.html"]
)
def test_trap_22_only_publishers_pages_are_asked(tmp_path: Path, address: str) -> None:
    """Invented values (2024-12 "10.8亿, 76.5%") look right: what keeps them out is that no mirror is asked."""
    client = Client(
        archive=Archive(tmp_path / "archive"), state=tmp_path / "http", user_agent="test",
        hosts=SHIPPED.sources["cnnic_report"].hosts, pause=0.0,
    )  # fmt: skip
    with pytest.raises(FetchError, match="is not one the source names"):
        client.get(address)


@pytest.mark.parametrize(
    "text",
    [
        "预计全年互联网企业业务收入将达到15500亿元。",
        "2021年,互联网企业业务收入有望突破1.55万亿元。",
        "预计2021年互联网企业业务收入将突破2.2万亿元。",
    ],
)
def test_trap_23_forecasts_are_rejected_by_name(text: str) -> None:
    cleaned = miit(
        "上半年,互联网企业完成业务收入6951亿元,同比增长25.6%。", text,
        title="2021年上半年互联网和相关服务业运行情况", issued="2021-07-30",
    )  # fmt: skip
    assert set(values(cleaned)) == {(REVENUE, "2021-06"), (f"{REVENUE}_yoy", "2021-06")}
    assert "forecast" in reasons(cleaned)


def test_trap_23_two_year_mean_is_not_the_rate() -> None:
    cleaned = miit(
        "上半年,互联网企业完成业务收入6951亿元,同比增长25.6%,两年平均增速为19.7%。",
        title="2021年上半年互联网和相关服务业运行情况",
        issued="2021-07-30",
    )
    assert values(cleaned)[f"{REVENUE}_yoy", "2021-06"] == Decimal("25.6")


def test_trap_23_quarter_and_year_to_date_beside_each_other() -> None:
    """ICT value added: 7.6% in the second quarter, 9.2% in the first half (2022 style): each its own period."""
    series = {"id": "ict_yoy", "unit": "%", "kind": "rate", "cumulative": True}
    rule = {"rate": "ict_yoy", "measure": "信息技术服务业增加值", "unit": "%"}
    whole = small_catalogue([series], {"statements": [rule]})
    cleaned = read(
        page("上半年,信息传输、软件和信息技术服务业增加值同比增长9.2%。二季度,信息传输、软件和信息技术服务业增加值同比增长7.6%。"),
        released("other", "2022年上半年国民经济运行情况", "2022-07-15"),
        whole,
    )  # fmt: skip
    assert values(cleaned) == {("ict_yoy", "2022-06"): Decimal("9.2")}
    assert "does not fit ict_yoy" in reasons(cleaned)


def test_trap_23_forecast_of_games_is_not_the_actual() -> None:
    """2024 "将达到" 3246.44亿元 was forecast beside the 3029.64 of 2023; the actual became 3257.83."""
    data = page(
        "2023年，中国游戏市场实际销售收入3029.64亿元。2024年中国游戏市场实际销售收入将达到3246.44亿元。"
    ).replace(b'class="', b'class="article ')
    cleaned = read(data, released("cgigc_games", "2023年中国游戏产业报告", "2023-12-15"))
    assert values(cleaned) == {("cgigc_game_rev", "2023-12"): Decimal("3029.64")}
    assert "forecast" in reasons(cleaned)


def test_trap_23_report_before_the_year_ends() -> None:
    """The game report on 2023 is issued on 2023-12-15: the printed year wins over the date of issue."""
    assert parse_period("2023年中国游戏产业报告", issued=dt.date(2023, 12, 15)).code == "2023"


def test_trap_24_holiday_notices_are_not_monthly_data() -> None:
    import re

    discovery = SHIPPED.sources["miit_internet"].discovery[0]
    title = "2023年春节假期移动互联网流量情况"
    assert not re.search(discovery.title, title) or any(re.search(p, title) for p in discovery.ignore)


def test_trap_24_january_and_february_are_never_split() -> None:
    """1—2月 1990亿元 in 2021 is one observation; a month alone (half of it, made up here) cannot fill a year-to-date series."""
    both = miit(
        "1—2月,互联网企业完成业务收入1990亿元,同比增长29%。",
        title="2021年1－2月互联网和相关服务业运行情况", issued="2021-04-01",
    )  # fmt: skip
    assert {period for _, period in values(both)} == {"2021-02"}
    month = miit(
        "2月,互联网企业完成业务收入995亿元。",
        title="2021年1－2月互联网和相关服务业运行情况", issued="2021-04-01",
    )  # fmt: skip
    assert not month.observations
    assert "does not fit" in reasons(month)


def test_a_page_without_a_document_is_refused() -> None:
    """A "page moved" body has no article: nothing is read from it."""
    release = released("miit_internet", "2021年1－2月互联网和相关服务业运行情况", "2021-04-01")
    with pytest.raises(ExtractionError):
        extracted(b"<html><body><p>\xe9\xa1\xb5\xe9\x9d\xa2</p></body></html>", release)


def test_two_header_table_with_dashes() -> None:
    """NBS: a dash is no figure; the row beside it is read."""
    table = "<p>居民收支主要数据</p>" + rows(
        ("指标", "绝对量(元)", "比上年增长(%)"),
        ("全国居民人均可支配收入", "32189", "4.7"),
        ("城镇居民人均可支配收入", "-", "-"),
    )
    cleaned = read(page(table=table), released("nbs_income", "2020年居民收入和消费支出情况", "2021-01-18"))
    assert {series for series, _ in values(cleaned)} == {"nbs_disp_income_cum", "nbs_disp_income_cum_yoy"}
