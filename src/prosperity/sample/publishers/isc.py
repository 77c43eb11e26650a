"""ISC (www.isc.org.cn): a list and the yearly pages on the hundred strongest Internet companies.

Addresses are not known and carry ``sample``. A report of one year gives the companies' figures of the year before and,
since 2022, an index of its own year. In some the year of the edition stands in front of figures of the year before
(2019年互联网百强企业); the report of 2022 counts all revenue, the others Internet revenue.
"""

from __future__ import annotations

from prosperity.sample.figures import value
from prosperity.sample.lists import ListSite
from prosperity.sample.model import RealItem, real_items
from prosperity.sample.publishers.one_list import article, one_list
from prosperity.sample.wording import pick

HOST = "www.isc.org.cn"
FOLDER = "/sample/top100/"
#: The report that counts all revenue of the companies.
ALL_REVENUE = "2022"
#: The report that puts its own year in front of the figures of the year before.
NAMED_BY_EDITION = "2019"


def publisher() -> ListSite:
    return one_list(
        HOST,
        FOLDER,
        "中国互联网企业综合实力研究",
        real_items("isc_top100", "release"),
        lambda report: [article(report, prose(report))],
    )


def prose(report: RealItem) -> list[str]:
    """What the report of a year says; nothing of a figure that is not known."""
    edition = report.period
    year = str(int(edition) - 1)
    who = "前百家企业" if edition >= "2022" else "互联网百强企业"
    when = edition if edition == NAMED_BY_EDITION else year
    profit = _figure("isc_top100_profit", year, f"{who}营业利润总额", "亿元")
    spent = _figure("isc_top100_rd", year, f"{when}年{who}的研发投入", "亿元")
    sentences = [_strength(edition), _revenue(edition, year, f"{when}年{who}"), profit, spent]
    return [f"{sentence}。" for sentence in sentences if sentence]


def _strength(edition: str) -> str:
    name = pick(("我国互联网企业综合实力指数值", "互联网企业综合实力指数值"), "isc", edition)
    score, rate = value("isc_strength_index", edition), value("isc_strength_index_yoy", edition)
    if score is None:
        return ""
    change = _change(rate).replace("同比", pick(("较上一年度", "同比"), "against", edition))
    return f"{edition}年{name}为{score}分（以2013年为基期100分）{change}"


def _revenue(edition: str, year: str, who: str) -> str:
    if edition == ALL_REVENUE:
        return _figure("isc_top100_rev", year, f"{who}营业收入", "万亿元")
    name = pick(("互联网业务收入总规模", "的互联网业务收入总规模", "互联网业务收入"), "revenue", edition)
    return _figure("isc_top100_rev", year, f"{who}{name}", "万亿元")


def _figure(series: str, year: str, name: str, unit: str) -> str:
    amount = value(series, year)
    if amount is None:
        return ""
    verb = pick(("达到", "达", "为", "高达"), series, year)
    return f"{name}{verb}{amount}{unit}{_change(value(f'{series}_yoy', year))}"


def _change(rate: str | None) -> str:
    if rate is None:
        return ""
    return f"，同比下降{rate.removeprefix('-')}%" if rate.startswith("-") else f"，同比增长{rate}%"
