"""MIIT, telecommunications column: which releases there are, their titles, addresses and dates of issue.

Months 2–12 with a prose page each, for December the communiqué of the year; two tables of main indicators where the
list is known to hold them, and at the end of every year; other subjects of the same column in between.
"""

from __future__ import annotations

import datetime as dt

from prosperity.sample.figures import periods
from prosperity.sample.model import Document, Item, RealItem, path_of, real_items
from prosperity.sample.publishers import miit_page as pages
from prosperity.sample.publishers import miit_telecom_text as text
from prosperity.sample.wording import title_form, year_month

COLUMN = "/gxsj/tjfx/txy"
#: Median lag of 61 releases (19 to 26 days): what is dated later is a reprint. Tables of the year come after up to 45.
_LAG_DAYS, _LATEST, _TABLES_LAG = 21, 30, 45
_PREFIXES = tuple(f"miit_{name}" for name in text.SERIES)


def releases() -> list[tuple[Item, Document]]:
    """Every item of the column with its document."""
    real = {item.period: item for item in real_items("miit_telecom", "release")}
    months = [period for period in _periods() if text_parts(period)]
    built = [_prose(period, real.get(period)) for period in months]
    built += _tables(months)
    built += [pages.empty_page(item) for item in real_items("miit_telecom", "other")]
    return built


def _periods() -> list[str]:
    """Months of the releases; what is known for a year stands in its December. There is no January."""
    found = {period for name in _PREFIXES for period in periods(name)}
    ends = {f"{period}-12" if len(period) == 4 else period for period in found}
    return sorted(period for period in ends if len(period) == 7 and not period.endswith("-01"))


def text_parts(period: str) -> list[tuple[str, list[str]]]:
    return [part for part in text.paragraphs(period) if part[1]]


def _prose(period: str, real: RealItem | None) -> tuple[Item, Document]:
    if real:
        title, path, issued, estimated = real.title, path_of(real.address), real.day, real.estimated
    else:
        title = _title(period)
        issued, estimated = pages.issue(_PREFIXES, period, _LAG_DAYS, _LATEST)
        path = _path(issued, f"tel{period.replace('-', '')}")
    blocks = pages.sections(text_parts(period))
    return _built(title, path, issued, estimated, blocks, period)


def _title(period: str) -> str:
    year, month = year_month(period)
    if month == 12:
        return f"{year}年通信{'运营' if year < 2016 else ''}业统计公报"
    if year < 2019:  # 2018年4月份 although the text runs from January
        return f"{year}年{month}月份通信业经济运行情况"
    return f"{year}年{title_form(month, ('telecom', period))}通信业经济运行情况"


def _tables(months: list[str]) -> list[tuple[Item, Document]]:
    built = []
    real = {(item.period, item.title[-2]): item for item in real_items("miit_telecom", "table")}
    for period in months:
        for number, name in ((1, "一"), (2, "二")):
            html, item = text.table(number, period), real.get((period, name))
            if html and item:
                day = item.day
                built.append(_built(item.title, path_of(item.address), day, item.estimated, [html], period))
            elif html and period.endswith("-12") and period < "2022":
                day, _ = pages.issue((), period, _TABLES_LAG, 0)
                path = _path(day, f"teltable{number}{period.replace('-', '')}")
                title = f"{period[:4]}年12月通信业主要指标完成情况（{name}）"
                built.append(_built(title, path, day, True, [html], period))
    return built


def _path(issued: dt.date, name: str) -> str:
    return f"{COLUMN}/art/{issued.year}/{f'art_sample{name}'.ljust(36, '0')}.html"


def _built(
    title: str, path: str, issued: dt.date, estimated: bool, blocks: list[str], period: str
) -> tuple[Item, Document]:
    body = pages.page(title, issued, estimated, blocks, old=period < "2019").encode()
    return Item(title, path, issued, estimated), Document(path, body, issued, estimated)
