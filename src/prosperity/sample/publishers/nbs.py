"""NBS (www.stats.gov.cn): the list of latest releases, income releases with prose and a two-header table.

Other subjects stand in between, with their real growth rates in the title. Pages older than 2023 carry the
date of their re-numbering in the address (``t20230203_``), so that only the list tells the date of issue. One
page is sent in GB18030 without any declared charset.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from prosperity.sample.figures import figure, periods, value
from prosperity.sample.model import Document, Item, Request, Response, footer, issued_document, not_found
from prosperity.sample.wording import dated_form, estimated_issue, pick, year_month

HOST = "www.stats.gov.cn"
FOLDER = "/sj/zxfb/"
PAGE_SIZE = 20
_LAG_DAYS = 17
#: Served in GB18030 without a declared charset, as some pages really are.
_UNDECLARED = "2016-06"
_NAMES = {3: "一季度", 6: "上半年", 9: "前三季度", 12: ""}


@dataclass(frozen=True)
class Nbs:
    items: tuple[Item, ...]
    documents: Mapping[str, Document]
    host: str = HOST

    def respond(self, request: Request, until: dt.date | None) -> Response:
        number = _page_number(request.path)
        if number is None:
            return issued_document(self.documents, request.path, until)
        listed = [item for item in self.items if item.listed(until)]
        pages = max(1, -(-len(listed) // PAGE_SIZE))
        if number >= pages:
            return not_found()
        return Response(_list(listed[number * PAGE_SIZE : (number + 1) * PAGE_SIZE], number, pages).encode())


def publisher() -> Nbs:
    built = []
    for period in periods("nbs_disp_income_cum"):
        income = _income(period)
        built.append(income)
        built += _neighbours(period, income[0])
    items = sorted((item for item, _ in built), key=lambda item: (item.issued, item.path), reverse=True)
    return Nbs(tuple(items), {document.path: document for _, document in built})


def _page_number(path: str) -> int | None:
    """0 for the first list page, N for index_N.html, None for anything else."""
    if path in (FOLDER, FOLDER.rstrip("/"), f"{FOLDER}index.html"):
        return 0
    found = re.fullmatch(rf"{FOLDER}index_([1-9]\d*)\.html", path)
    return int(found.group(1)) if found else None


def _issue(period: str) -> tuple[dt.date, bool]:
    rows = [figure(series, period) for series in ("nbs_disp_income_cum", "nbs_urban_disp_income_cum")]
    known = [row.published_day for row in rows if row and row.published_day]
    return (min(known), False) if known else (estimated_issue(period, _LAG_DAYS), True)


def _path(name: str) -> str:
    """All pages of before 2023 were re-numbered on one day; the running numbers are not known."""
    return f"{FOLDER}202302/t20230203_sample{name}.html"


def _item(title: str, path: str, issued: dt.date, estimated: bool) -> Item:
    return Item(title, path, issued, estimated, href=f"./{path.removeprefix(FOLDER)}")


def _income(period: str) -> tuple[Item, Document]:
    year, month = year_month(period)
    whose = pick(("居民", "居民", "全国居民"), "whose", period)
    title = f"{year}年{_NAMES[month]}{whose}收入和消费支出情况"
    issued, estimated = _issue(period)
    charset = "" if period == _UNDECLARED else '<meta charset="utf-8">\n'
    blocks = [*(f'<p style="font-size:12pt">　　{text}</p>' for text in _prose(period)), _table(period)]
    page = _page(title, issued, estimated, "".join(blocks), charset)
    path = _path(period.replace("-", ""))
    modified = dt.datetime(2023, 2, 3, 10, 30, tzinfo=dt.UTC)
    if period == _UNDECLARED:
        document = Document(
            path, page.encode("gb18030"), issued, estimated, "text/html", modified, trap="undeclared-gb18030"
        )
    else:
        document = Document(path, page.encode(), issued, estimated, modified=modified)
    return _item(title, path, issued, estimated), document


def _prose(period: str) -> list[str]:
    sentences = [
        _sentence(period, "全国居民", "nbs_disp_income_cum"),
        _sentence(period, "城镇居民", "nbs_urban_disp_income_cum"),
    ]
    return [sentence for sentence in sentences if sentence]


def _sentence(period: str, who: str, series: str) -> str:
    money = value(series, period)
    if money is None:
        return ""
    rate, real = value(f"{series}_yoy", period), value(f"{series}_real_yoy", period)
    wording = pick(
        (
            "{p}，{w}人均可支配收入{v}元{g}。",
            "{p}，{w}人均可支配收入为{v}元{g}。",
            "{p}，{w}人均可支配收入达到{v}元{g}。",
        ),
        series,
        period,
    )
    if who == "城镇居民":
        wording = "按常住地分，{w}人均可支配收入{v}元{g}。"
    change = ""
    if rate:
        change = pick(
            ("，比上年同期名义增长{r}%", "，同比名义增长{r}%", "，比上年同期增长{r}%（名义增速）"),
            "rate",
            period,
        )
        if who == "城镇居民":
            change = "，增长{r}%"
        change = change.format(r=rate)
        if real:
            change += f"，扣除价格因素，实际增长{real}%"
    return wording.format(p=dated_form(period, ("nbs", period)), w=who, v=money, g=change)


def _table(period: str) -> str:
    """Two header rows; an unknown cell is a dash, the urban row may be absent altogether."""
    year, month = year_month(period)
    caption = f"{year}年{_NAMES[month]}居民收支主要数据"
    change = pick(("比上年同期增长（%）", "同比增长（%）", "增长（%）"), "header", period)
    amount = pick(("绝对量（元）", "绝对量(元)"), "amount", period)
    head = (
        f'<tr class="firstRow"><td rowspan="2">{_cell("指标")}</td><td rowspan="2">{_cell(amount)}</td>'
        f'<td colspan="2">{_cell(change)}</td></tr><tr><td>{_cell("名义")}</td><td>{_cell("实际")}</td></tr>'
    )
    rows = [
        _row(
            pick(("全国居民人均可支配收入", "（一）全国居民人均可支配收入"), "row", period),
            "nbs_disp_income_cum",
            period,
        )
    ]
    if value("nbs_urban_disp_income_cum", period) or pick((True, False), "dash", period):
        label = pick(("城镇居民人均可支配收入", "　　城镇居民"), "urban", period)
        rows.append(_row(label, "nbs_urban_disp_income_cum", period))
    body = "".join(rows)
    return (
        f'<p style="text-align:center"><strong>{caption}</strong></p>'
        f'<div class="ue_table"><table class="trs_word_table" border="1"><tbody>{head}{body}</tbody>'
        "</table></div>"
        "<p>注：“-”表示样例未收录该数值。</p>"
    )


def _cell(text: str) -> str:
    return f'<p style="text-align:center"><span>{text}</span></p>'


def _row(label: str, series: str, period: str) -> str:
    cells = [value(name, period) or "-" for name in (series, f"{series}_yoy", f"{series}_real_yoy")]
    return f"<tr><td>{_cell(label)}</td>" + "".join(f"<td>{_cell(cell)}</td>" for cell in cells) + "</tr>"


def _neighbours(period: str, income: Item) -> list[tuple[Item, Document]]:
    """Releases of other subjects of the same day: one with a real figure in its title, one without any."""
    year, month = year_month(period)
    built = []
    rate = value("nbs_iva_growth_month", period)
    if rate:
        verb = "下降" if rate.startswith("-") else "增长"
        title = f"{year}年{month}月份规模以上工业增加值{verb}{rate.removeprefix('-')}%"
        text = f"<p>　　{month}月份，规模以上工业增加值同比实际{verb}{rate.removeprefix('-')}%。</p>"
        built.append(_neighbour(title, f"industry{period}", text, income))
    title = f"{year}年{month}月份70个大中城市商品住宅销售价格变动情况"
    built.append(
        _neighbour(title, f"housing{period}", "<p>　　样例:此条目只用于列表,正文未重建。</p>", income)
    )
    return built


def _neighbour(title: str, name: str, text: str, income: Item) -> tuple[Item, Document]:
    path = _path(name.replace("-", ""))
    page = _page(title, income.issued, True, text, '<meta charset="utf-8">\n')
    return _item(title, path, income.issued, True), Document(path, page.encode(), income.issued, True)


def _page(title: str, issued: dt.date, estimated: bool, content: str, charset: str) -> str:
    return (
        f"<!DOCTYPE html>\n<html>\n<head>\n{charset}<title>{escape(title)} - 国家统计局</title>\n"
        f'<meta name="PubDate" content="{issued:%Y/%m/%d} 10:00">\n</head>\n<body>\n'
        f'<div class="detail-title"><h1>{escape(title)}</h1></div>\n'
        f'<div class="detail-title-des"><h2><p>{issued:%Y/%m/%d} 10:00</p><span>来源：国家统计局</span>'
        "</h2></div>\n"
        '<div class="detail-text-content"><div class="txt-content"><div class="trs_editor_view TRS_UEDITOR '
        f'trs_paper_default">{content}</div></div></div>\n{footer(estimated)}\n</body>\n</html>\n'
    )


def _list(items: list[Item], number: int, pages: int) -> str:
    """Every row has its link three times, for three widths of the window."""
    rows = []
    for item in items:
        links = "".join(
            f'<a class="{width}" href="{item.href}" target="_blank" title="{escape(item.title)}">'
            f"{escape(item.title)}</a>"
            for width in ("fl pc_1600", "fl pc_1200", "fl mobile")
        )
        rows.append(f"<li>{links}<span>{item.issued:%Y-%m-%d}</span></li>")
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>数据发布 - 国家统计局</title>\n'
        "</head>\n<body>\n"
        '<div class="wrapper-list-right"><div class="list-content"><ul>\n'
        + "\n".join(rows)
        + "\n</ul></div>\n"
        f'<div class="list-pager"><script>createPageHTML({pages},{number},"index","html");</script></div>'
        "</div>\n"
        "</body>\n</html>\n"
    )
