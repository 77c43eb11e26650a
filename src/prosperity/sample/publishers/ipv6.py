"""The national platform that monitors the development of IPv6 (www.china-ipv6.cn), of the CAC: pages now and then.

The real site fills its pages by script from an interface that is not documented; what is known are figures that others
quote from it. Stood in for are plain pages with a list, and their addresses carry ``sample``. No page follows a
calendar.
"""

from __future__ import annotations

import datetime as dt
from html import escape

from prosperity.sample.figures import figure, periods, value
from prosperity.sample.lists import ListPage, ListSite, PagedList, by_path, newest_first
from prosperity.sample.model import Document, Item, footer
from prosperity.sample.wording import estimated_issue, pick, year_month

HOST = "www.china-ipv6.cn"
FOLDER = "/sample/news/"
SERIES = ("ipv6_active_users", "ipv6_fixed_share", "ipv6_mobile_share")
_LAG_DAYS = 45


def publisher() -> ListSite:
    built = [_release(period) for period in reported()]
    paged = PagedList(FOLDER, newest_first(item for item, _ in built), _list)
    return ListSite(HOST, (paged,), by_path(document for _, document in built))


def reported() -> list[str]:
    return sorted({period for series in SERIES for period in periods(series)})


def title_of(period: str) -> str:
    year, month = year_month(period)
    return pick(("截至{}年{}月我国IPv6发展数据", "{}年{}月国家IPv6发展监测平台数据"), "title", period).format(
        year, month
    )


def issue_of(period: str) -> dt.date:
    """The date of issue, always estimated: the usual lag, or the day of the quotation where that comes before."""
    rows = [figure(series, period) for series in SERIES]
    quoted = [row.published_day for row in rows if row and row.published_day]
    return min([estimated_issue(period, _LAG_DAYS), *quoted])


def prose(period: str) -> list[str]:
    """What the page says of the month; nothing of a figure that is not known."""
    year, month = year_month(period)
    users, share = value("ipv6_active_users", period), value("ipv6_active_share", period)
    fixed, mobile = value("ipv6_fixed_share", period), value("ipv6_mobile_share", period)
    when = pick((f"截至{year}年{month}月", f"截至{year}年{month}月底"), "when", period)
    forms = ("我国IPv6活跃用户数达{}亿", "我国IPv6活跃用户数达到{}亿", "我国IPv6活跃用户数已达{}亿")
    of_all = f"，占网民总数的{share}%" if share else ""
    first = (
        f"据国家IPv6发展监测平台数据显示，{when}，{pick(forms, 'users', period).format(users)}{of_all}。"
        if users
        else ""
    )
    shares = []
    if mobile:
        shares.append(
            pick((f"移动网络IPv6流量占比达{mobile}%", f"移动网络IPv6流量占比为{mobile}%"), "mobile", period)
        )
    if fixed:
        shares.append(
            pick((f"固定网络IPv6流量占比达{fixed}%", f"固定网络IPv6流量占比为{fixed}%"), "fixed", period)
        )
    second = f"{when}，{'，'.join(shares)}。" if shares else ""
    return [text for text in (first, second) if text]


def _release(period: str) -> tuple[Item, Document]:
    title = title_of(period)
    issued = issue_of(period)
    path = f"{FOLDER}{period.replace('-', '')}.html"
    body = "".join(f"<p>{text}</p>" for text in prose(period))
    page = (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f'<title>{escape(title)}</title>\n<meta name="PubDate" content="{issued:%Y-%m-%d}">\n</head>\n<body>\n'
        f'<h1>{escape(title)}</h1>\n<div class="detail-content">{body}</div>\n{footer(True)}\n</body>\n</html>\n'
    )
    return Item(title, path, issued, True), Document(path, page.encode(), issued, True)


def _list(page: ListPage) -> str:
    rows = "\n".join(
        f'<li><a href="{item.path}" title="{escape(item.title)}">{escape(item.title)}</a>'
        f"<span>{item.issued:%Y-%m-%d}</span></li>"
        for item in page.items
    )
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>国家IPv6发展监测平台</title>\n</head>\n<body>\n'
        f'<ul class="news">\n{rows}\n</ul>\n</body>\n</html>\n'
    )
