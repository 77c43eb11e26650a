"""MOFCOM (www.mofcom.gov.cn): a column of talks by heads of department, among them those on online retail.

The text words the statistics office's figures again, half-year and year. The column's folder and the way it goes on
(``?2``) are the publisher's; the numbers of the articles are not known and carry ``sample``. Round figures are printed
in 万亿元, as the readings say; others are printed to the last digit known, though the publisher would round them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html import escape

from prosperity.sample.figures import figure, periods, value
from prosperity.sample.lists import ListPage, ListSite, PagedList, by_path, newest_first
from prosperity.sample.model import Document, Item, footer
from prosperity.sample.wording import estimated_issue, period_end, pick, year_month

HOST = "www.mofcom.gov.cn"
FOLDER = "/article/xwfb/xwsjfzr/"
PAGE_SIZE = 12
SERIES = ("nbs_online_retail_cum", "nbs_online_goods_cum")
#: The first half-year of which a reading of this text is known.
FIRST = "2017-06"
_LAG_DAYS = 25
#: A reading dated between these is one of this text; earlier ones are of the statistics office's release.
_EARLIEST, _LATEST = 18, 40
#: Another subject of the same column.
_OTHERS = (
    ("商务部外国投资管理司负责人谈{year}年吸收外资情况", 20),
    ("商务部消费促进司负责人谈{year}年消费市场情况", 22),
)


def publisher() -> ListSite:
    built = [_release(period) for period in reported()]
    built += [
        _other(year, *other) for year in sorted({period[:4] for period in reported()}) for other in _OTHERS
    ]
    paged = PagedList(FOLDER, newest_first(item for item, _ in built), _list, PAGE_SIZE, "?{n}", first=())
    return ListSite(HOST, (paged,), by_path(document for _, document in built))


def reported() -> list[str]:
    """The half-years and years of which a figure is known, by their last month."""
    known = {period for series in SERIES for period in periods(series)}
    return sorted(period for period in known if period >= FIRST and period[5:] in ("06", "12"))


def title_of(period: str) -> str:
    year, month = year_month(period)
    when = f"{year}年上半年" if month == 6 else f"{year}年"
    forms = (
        "商务部电子商务司负责人介绍{when}网络零售市场发展情况",
        "商务部电子商务司负责人谈{when}我国网络零售市场发展情况",
    )
    return pick(forms, "title", period).format(when=when)


def issue_of(period: str) -> tuple[dt.date, bool]:
    """The date of issue, and whether it is estimated."""
    rows = [figure(series, period) for series in SERIES]
    days = [row.published_day for row in rows if row and row.published_day and "written" in row.note]
    known = [day for day in days if _EARLIEST <= (day - period_end(period)).days <= _LATEST]
    return (min(known), False) if known else (estimated_issue(period, _LAG_DAYS), True)


def prose(period: str) -> list[str]:
    """What the talk says of the period; nothing of a figure that is not known."""
    year, month = year_month(period)
    when = pick(("上半年", "1-6月", f"{year}年上半年"), "when", period) if month == 6 else f"{year}年"
    total, goods = (_amount(series, period) for series in SERIES)
    grown, grown_goods = (value(f"{series}_yoy", period) for series in SERIES)
    source = pick(("国家统计局数据显示，", "据国家统计局数据，", ""), "source", period)
    sentences = []
    if total:
        name = pick(("全国网上零售额", "全国网上零售额达", "全国网络零售额达"), "total", period)
        sentences.append(f"{source}{when}，{name}{total}{_growth(grown)}。")
    if goods:
        lead = "其中，" if total else f"{source}{when}，"
        name = pick(("实物商品网上零售额", "实物商品网上零售额达"), "goods", period)
        sentences.append(f"{lead}{name}{goods}{_growth(grown_goods)}。")
    return [f"该负责人介绍，{''.join(sentences)}", "下一步，商务部将继续推动电子商务创新发展。"]


def _amount(series: str, period: str) -> str | None:
    """71600 → 7.16万亿元; a figure with further digits as it is known: 48161亿元."""
    printed = value(series, period)
    if printed is None:
        return None
    large = Decimal(printed) / 10_000
    digits = -int(large.normalize().as_tuple().exponent)
    return f"{large.normalize():f}万亿元" if large >= 1 and digits <= 2 else f"{printed}亿元"


def _growth(rate: str | None) -> str:
    if rate is None:
        return ""
    return f"，同比下降{rate.removeprefix('-')}%" if rate.startswith("-") else f"，同比增长{rate}%"


def _release(period: str) -> tuple[Item, Document]:
    issued, estimated = issue_of(period)
    return _article(title_of(period), f"{period.replace('-', '')}", issued, estimated, prose(period))


def _other(year: str, title: str, day: int) -> tuple[Item, Document]:
    issued = dt.date(int(year) + 1, 1, day)
    name = f"other{year}{day}"
    return _article(title.format(year=year), name, issued, True, ["样例:此条目只用于列表,文件未重建。"])


def _article(
    title: str, name: str, issued: dt.date, estimated: bool, texts: list[str]
) -> tuple[Item, Document]:
    path = f"{FOLDER}{issued:%Y%m}/sample{name}.shtml"
    body = "".join(f'<p style="text-indent: 2em;">{text}</p>' for text in texts)
    page = (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f'<title>{escape(title)}</title>\n<meta name="PubDate" content="{issued:%Y-%m-%d} 10:00:00">\n</head>\n<body>\n'
        f'<h1 id="artitle">{escape(title)}</h1>\n<div class="art-con" id="zoom">{body}</div>\n'
        f"{footer(estimated)}\n</body>\n</html>\n"
    )
    return Item(title, path, issued, estimated), Document(path, page.encode(), issued, estimated)


def _list(page: ListPage) -> str:
    rows = "\n".join(
        f'<li><a href="{item.path}" target="_blank" title="{escape(item.title)}">{escape(item.title)}</a>'
        f"<span>[{item.issued:%Y-%m-%d}]</span></li>"
        for item in page.items
    )
    links = " ".join(f'<a href="?{number}">{number}</a>' for number in range(1, page.pages + 1))
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>司局负责人 - 商务部</title>\n</head>\n<body>\n'
        f'<ul class="txtList_01">\n{rows}\n</ul>\n<div class="page">{links}</div>\n</body>\n</html>\n'
    )
