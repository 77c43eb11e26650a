"""BDA, the broadband development alliance (www.chinabda.cn): one list, detail pages, PDFs of two reports.

Speed (no. 15 is the first quarter of 2017) and penetration (no. 4). Host and the folder of uploads are the
publisher's; the addresses of list, pages and files are not known and carry ``sample``. Nothing came after the issues
on the third quarter of 2019; of most issues no figure is known, and they are not listed.
"""

from __future__ import annotations

import datetime as dt
import re
from html import escape
from urllib.parse import quote

from prosperity.sample.figures import PACKAGE, figure, periods
from prosperity.sample.lists import ListPage, ListSite, PagedList, by_path, newest_first
from prosperity.sample.model import Document, Item, footer
from prosperity.sample.wording import NUMERALS, estimated_issue, pick

HOST = "www.chinabda.cn"
FOLDER = "/sample/report/"
UPLOADS = "/Site/Default/Uploads/kindeditor/file/"
PAGE_SIZE = 4
PDF = "application/pdf"
SPEED, PENETRATION = "bda_speed", "bda_penetration"
SERIES = {
    SPEED: ("bda_fixed_speed", "bda_4g_speed"),
    PENETRATION: ("bda_fbb_households", "bda_fbb_penetration", "bda_mbb_users"),
}
_NAMES = {SPEED: "中国宽带速率状况报告", PENETRATION: "中国宽带普及状况报告"}
#: Number of the issue on the first quarter of 2017.
_NUMBERS = {SPEED: 15, PENETRATION: 4}
_LAG_DAYS = 30


def publisher() -> ListSite:
    built = [_release(source, quarter) for source in SERIES for quarter in quarters(source)]
    paged = PagedList(FOLDER, newest_first(item for item, _ in built), _list, PAGE_SIZE, "index_{n}.html")
    return ListSite(HOST, (paged,), by_path(document for _, found in built for document in found))


def quarters(source: str) -> list[str]:
    """The quarters of which a figure is known; stocks stand at the end of theirs."""
    known = {period for series in SERIES[source] for period in periods(series)}
    months = {period for period in known if re.fullmatch(r"\d{4}-\d\d", period)}
    ends = {f"{month[:4]}-Q{int(month[5:]) // 3}" for month in months}
    return sorted(ends | {period for period in known if re.fullmatch(r"\d{4}-Q[1-4]", period)})


def number(source: str, quarter: str) -> int:
    return _NUMBERS[source] + 4 * (int(quarter[:4]) - 2017) + int(quarter[-1]) - 1


def named(quarter: str) -> str:
    return f"{quarter[:4]}年第{NUMERALS[int(quarter[-1])]}季度"


def title_of(source: str, quarter: str) -> str:
    issue = number(source, quarter)
    forms = (
        f"{_NAMES[source]}（第{issue}期）（{named(quarter)}）",
        f"《{_NAMES[source]}》第{issue}期（{quarter.replace('-', '')}）",
        f"宽带发展联盟发布第{issue}期《{_NAMES[source]}》（{named(quarter)}）",
    )
    return pick(forms, "title", source, quarter)


def month_of(quarter: str) -> str:
    return f"{quarter[:4]}-{3 * int(quarter[-1]):02d}"


def issue_of(source: str, quarter: str) -> tuple[dt.date, bool]:
    """The date of issue, and whether it is estimated."""
    rows = [figure(series, period) for series in SERIES[source] for period in (quarter, month_of(quarter))]
    days = [row.published_day for row in rows if row and row.published_day]
    return (min(days), False) if days else (estimated_issue(month_of(quarter), _LAG_DAYS), True)


def _release(source: str, quarter: str) -> tuple[Item, tuple[Document, ...]]:
    title = title_of(source, quarter)
    issued, estimated = issue_of(source, quarter)
    path = f"{FOLDER}{source}{quarter.replace('-', '').lower()}.html"
    attached = f"{UPLOADS}{issued:%Y%m%d}/sample_{_NAMES[source]}_第{number(source, quarter)}期.pdf"
    address = quote(attached)  # as the publisher's editor writes links
    page = (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        f'<div class="info">发布时间：<span class="time">{issued:%Y-%m-%d}</span></div>\n'
        f'<div class="content"><p>报告全文请下载附件。</p><p><a class="ke-insertfile" href="{address}" '
        f'target="_blank">{escape(title)}.pdf</a></p></div>\n{footer(estimated)}\n</body>\n</html>\n'
    )
    body = (PACKAGE / "pdf" / f"{source}_{quarter}.pdf").read_bytes()
    documents = (
        Document(path, page.encode(), issued, estimated),
        Document(address, body, issued, estimated, PDF),
    )
    return Item(title, path, issued, estimated), documents


def _list(page: ListPage) -> str:
    rows = "\n".join(
        f'<li><a href="{item.path}" title="{escape(item.title)}">{escape(item.title)}</a>'
        f'<span class="date">{item.issued:%Y-%m-%d}</span></li>'
        for item in page.items
    )
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>研究报告 - 宽带发展联盟</title>\n</head>\n'
        f'<body>\n<ul class="news_list">\n{rows}\n</ul>\n<div class="pages">第{page.number + 1}/{page.pages}页</div>\n'
        "</body>\n</html>\n"
    )
