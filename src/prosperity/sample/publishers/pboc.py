"""PBoC (www.pbc.gov.cn): list in nested tables, quarterly releases on the payment system, page or attached PDF.

The list's folder and the form of the addresses are the publisher's; the numbers of the releases are not known
and carry ``sample``. Footnote marks stand raised behind words and right before figures: copies glued them to
the digits (132313.28亿笔 is note 13 and 2313.28). Releases since 2021 are a bare page with a PDF attached.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from html import escape

from prosperity.sample.figures import PACKAGE, figure, periods, value
from prosperity.sample.lists import ListPage, ListSite, PagedList, by_path, newest_first
from prosperity.sample.model import Document, Item, footer
from prosperity.sample.wording import estimated_issue, pick

HOST = "www.pbc.gov.cn"
FOLDER = "/zhifujiesuansi/128525/128545/128643/"
PAGE_SIZE = 15
PDF = "application/pdf"
SERIES = ("pboc_mobilepay_count", "pboc_mobilepay_amount", "pboc_nonbankpay_count", "pboc_nonbankpay_amount")
#: First release whose text is a PDF attached to an empty page.
FIRST_ATTACHED = "2021"
_LAG_DAYS = 60
_NAMES = {"1": "一", "2": "二", "3": "三", "4": "四"}
_NOTES = {
    "9": "电子支付是指客户通过网上银行、电话银行和手机银行等电子渠道发起的支付业务。",
    "10": "移动支付是指客户使用移动设备通过移动网络发起的支付业务。",
    "13": "非银行支付机构处理网络支付业务量包含支付机构发起的涉及银行账户的网络支付业务量,以及支付账户的网络支付业务量。",
}


def publisher() -> ListSite:
    built = [_release(quarter) for quarter in quarters()]
    items = newest_first(item for item, _ in built)
    documents = by_path(document for _, found in built for document in found)
    return ListSite(HOST, (PagedList(FOLDER, items, _list, PAGE_SIZE, "index{n}.html"),), documents)


def quarters() -> list[str]:
    """The quarters of which a figure is known."""
    return [period for period in periods("pboc_") if re.fullmatch(r"\d{4}-Q[1-4]", period)]


def title_of(quarter: str) -> str:
    return f"{quarter[:4]}年第{_NAMES[quarter[-1]]}季度支付体系运行总体情况"


def issue_of(quarter: str) -> tuple[dt.date, bool]:
    """The date of issue, and whether it is estimated."""
    rows = [figure(series, quarter) for series in SERIES]
    known = [row.published_day for row in rows if row and row.published_day]
    end = f"{quarter[:4]}-{3 * int(quarter[-1]):02d}"
    return (min(known), False) if known else (estimated_issue(end, _LAG_DAYS), True)


def prose(quarter: str, mark: Mapping[str, str]) -> list[str]:
    """The paragraph on electronic payments; ``mark`` gives footnote marks as page or PDF print them."""
    when = f"第{_NAMES[quarter[-1]]}季度" if quarter < "2020" else f"{_NAMES[quarter[-1]]}季度"
    mobile = _pair(
        "pboc_mobilepay", quarter, pick((f"移动支付{mark['10']}业务", f"移动支付业务{mark['10']}"), quarter)
    )
    nonbank = _pair(
        "pboc_nonbankpay",
        quarter,
        f"非银行支付机构{pick(('处理', '处理', '发生'), 'act', quarter)}网络支付业务{mark['13']}",
    )
    opener = pick(("移动支付业务量快速增长", "移动支付业务量保持增长态势"), "opener", quarter)
    text = f"{opener}。{when}，{pick(('', '其中，'), 'lead', quarter)}{mobile}。"
    if nonbank:
        text += f"{pick(('', '此外，'), 'also', quarter)}{when}，{nonbank}。"
    return [f"电子支付{mark['9']}的范围见注释。", text]


def notes() -> list[str]:
    return [f"{number} {text}" for number, text in _NOTES.items()]


def _pair(series: str, quarter: str, name: str) -> str:
    """Number and amount with their rates: 同比分别 together, or each behind its figure where one of them falls."""
    count, amount = value(f"{series}_count", quarter), value(f"{series}_amount", quarter)
    rates = [value(f"{series}_{part}_yoy", quarter) for part in ("count", "amount")]
    if count and amount and all(rate and not rate.startswith("-") for rate in rates):
        return f"{name}{count}亿笔，金额{amount}万亿元，同比分别增长{rates[0]}%和{rates[1]}%"
    if amount and not count:
        return f"{name}金额{amount}万亿元{_change(rates[1])}"
    parts = []
    if count:
        parts.append(f"{name}{count}亿笔{_change(rates[0])}")
    if count and amount:
        parts.append(f"金额{amount}万亿元{_change(rates[1])}")
    return "，".join(parts)


def _change(rate: str | None) -> str:
    if rate is None:
        return ""
    return f"，同比下降{rate.removeprefix('-')}%" if rate.startswith("-") else f"，同比增长{rate}%"


def _release(quarter: str) -> tuple[Item, tuple[Document, ...]]:
    title = title_of(quarter)
    issued, estimated = issue_of(quarter)
    name = f"sample{quarter.replace('-', '').lower()}"
    path = f"{FOLDER}{name}/index.html"
    item = Item(title, path, issued, estimated)
    if quarter < FIRST_ATTACHED:
        mark = {number: f"<sup>{number}</sup>" for number in _NOTES}
        body = "".join(f"<p>　　{text}</p>" for text in prose(quarter, mark))
        body += "".join(f'<p style="font-size: 9pt">{note}</p>' for note in notes())
        return item, (Document(path, _page(title, issued, estimated, body).encode(), issued, estimated),)
    attached = f"{FOLDER}{name}/{name}.pdf"
    body = f'<p>附件：<a href="{attached}">{title}.pdf</a></p>'
    page = Document(path, _page(title, issued, estimated, body).encode(), issued, estimated)
    data = (PACKAGE / "pdf" / f"pboc_{quarter}.pdf").read_bytes()
    return item, (page, Document(attached, data, issued, estimated, PDF))


def _page(title: str, issued: dt.date, estimated: bool, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n</head>\n<body>\n'
        f"<table><tr><td><h2>{escape(title)}</h2></td></tr><tr><td>文章来源：支付结算司 "
        f'<span id="shijian">{issued:%Y-%m-%d} 16:00:00</span></td></tr>\n'
        f'<tr><td><div id="zoom">{body}</div></td></tr></table>\n{footer(estimated)}\n</body>\n</html>\n'
    )


def _list(page: ListPage) -> str:
    """Every row is a table of its own inside a cell of the page's."""
    rows = "\n".join(
        '<table width="100%"><tr><td height="22" align="left"><font class="newslist_style">'
        f'<a href="{item.path}" onclick="void(0)" target="_blank" title="{escape(item.title)}" istitle="true">'
        f'{escape(item.title)}</a></font><span class="hui12">{item.issued:%Y-%m-%d}</span></td></tr></table>'
        for item in page.items
    )
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>支付体系运行总体情况</title>\n</head>\n<body>\n'
        f'<table><tr><td><div class="portlet">\n{rows}\n</div></td></tr></table>\n</body>\n</html>\n'
    )
