"""MIIT (www.miit.gov.cn): a JavaScript shell, a list in JSON, articles in prose.

Speaks the protocol of the Internet and the telecommunications columns: the shell carries ``queryData``, in which
``pageId`` is the column's; the list interface pages only by compact ``paramJson``; shell and articles want a
browser-like User-Agent and a Referer, the interface X-Requested-With besides; list dates are ``MM-DD``. What the
Internet articles say is in ``miit_text``; the telecommunications column is ``miit_telecom``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from prosperity.sample.figures import periods
from prosperity.sample.model import (
    Document,
    Item,
    RealItem,
    Request,
    Response,
    issued_document,
    not_found,
    path_of,
    real_items,
)
from prosperity.sample.publishers import miit_telecom
from prosperity.sample.publishers.miit_page import HOST, empty_page, issue
from prosperity.sample.publishers.miit_text import article
from prosperity.sample.wording import title_form, year_month

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
PAGE_SIZE = 24
#: Parameters of every column, as measured on the real site; ``pageId`` is the column's own.
QUERY = {
    "webId": "8d828e408d90447786ddbe128d495e9e",
    "tplSetId": "209741b2109044b5b7695700b2bec37e",
    "pageType": "column",
    "tagId": "右侧内容",
    "editType": "null",
}
#: Compact JSON only: with blanks the real interface falls back to the first page.
_PARAM_JSON = re.compile(r'^\{"pageNo":(\d+),"pageSize":"?(\d+)"?\}$')
#: Median lag of 35 releases; a reprint dated later than _LATEST days after the period is no date of issue.
_LAG_DAYS, _LATEST = 30, 60
#: A sample item whose title names another period than its text, with the real figures of the text's period.
_LYING = ("2018-11", "2018年1－10月份互联网和相关服务业运行情况")


@dataclass(frozen=True)
class Column:
    """One column: its shell's folder, its name, the ``pageId`` of its list and what the list holds."""

    folder: str
    name: str
    page_id: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Miit:
    columns: tuple[Column, ...]
    documents: Mapping[str, Document]
    host: str = HOST

    def respond(self, request: Request, until: dt.date | None) -> Response:
        if request.path == "/robots.txt":
            return not_found()
        if not _looks_like_a_browser(request):
            return _forbidden()
        if request.path == UNIT:
            return self._unit(request, until)
        for column in self.columns:
            if request.path in (f"{column.folder}/index.html", f"{column.folder}/"):
                return Response(_shell(column).encode())
        return issued_document(self.documents, request.path, until)

    def _unit(self, request: Request, until: dt.date | None) -> Response:
        if request.headers.get("x-requested-with", "").lower() != "xmlhttprequest":
            return _forbidden()
        query = request.query
        wrong = [name for name, value in QUERY.items() if query.get(name) != value]
        column = next((one for one in self.columns if one.page_id == query.get("pageId")), None)
        if wrong or column is None or query.get("parseType") not in ("buildstatic", "bulidstatic"):
            return _json({"success": False, "code": "500", "message": "模板解析失败", "data": None})
        found = _PARAM_JSON.match(query.get("paramJson", ""))
        page, size = (int(found.group(1)), min(int(found.group(2)), PAGE_SIZE)) if found else (1, PAGE_SIZE)
        listed = [item for item in column.items if item.listed(until)]
        shown = listed[max(page - 1, 0) * size : max(page, 1) * size]
        data = {"html": _list_html(shown, page, size, len(listed)), "count": len(listed)}
        return _json({"success": True, "code": "200", "message": "操作成功", "data": data})


def publisher() -> Miit:
    internet, telecom = _internet(), miit_telecom.releases()
    columns = (
        Column("/gxsj/tjfx/hlw", "互联网", "3047f3df89414d0ca8c6eef37a44088e", _listed(internet)),
        Column(miit_telecom.COLUMN, "通信业", "1434685f08314ae8ae78f78b6a5a7915", _listed(telecom)),
    )
    return Miit(columns, {document.path: document for _, document in (*internet, *telecom)})


def _listed(entries: list[tuple[Item, Document]]) -> tuple[Item, ...]:
    return tuple(
        sorted((item for item, _ in entries), key=lambda item: (item.issued, item.path), reverse=True)
    )


def _internet() -> list[tuple[Item, Document]]:
    real = {item.period: item for item in real_items("miit_internet", "release")}
    built = [_release(period, real.get(period)) for period in periods("miit_inet_") if len(period) == 7]
    built.append(_lying())
    return built + [empty_page(item) for item in real_items("miit_internet", "other")]


def _issue(period: str) -> tuple[dt.date, bool]:
    return issue(("miit_inet_",), period, _LAG_DAYS, _LATEST)


def _release(period: str, real: RealItem | None) -> tuple[Item, Document]:
    if real:
        title, path, issued, estimated = real.title, path_of(real.address), real.day, real.estimated
    else:
        year, month = year_month(period)
        title = f"{year}年{title_form(month, period)}互联网和相关服务业运行情况"
        issued, estimated = _issue(period)
        code = f"art_sample{period.replace('-', '')}".ljust(36, "0")
        path = f"/gxsj/tjfx/hlw/art/{issued.year}/{code}.html"
    return _built(title, path, period, issued, estimated)


def _lying() -> tuple[Item, Document]:
    period, title = _LYING
    issued, _ = _issue(period)
    path = f"/gxsj/tjfx/hlw/art/{issued.year}/{'art_samplelyingtitle'.ljust(36, '0')}.html"
    return _built(title, path, period, issued, True, trap="title-period")


def _built(
    title: str, path: str, period: str, issued: dt.date, estimated: bool, trap: str = ""
) -> tuple[Item, Document]:
    body = article(title, period, issued, estimated, trap=bool(trap)).encode()
    return Item(title, path, issued, estimated), Document(path, body, issued, estimated, trap=trap)


def _looks_like_a_browser(request: Request) -> bool:
    return "Mozilla/" in request.headers.get("user-agent", "") and bool(request.headers.get("referer"))


def _forbidden() -> Response:
    return Response(
        b"<html><head><title>403 Forbidden</title></head><body>403 Forbidden</body></html>", status=403
    )


def _json(content: object) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(), "application/json;charset=UTF-8")


def _list_html(items: list[Item], page: int, size: int, count: int) -> str:
    rows = "".join(
        f'<li><a href="{escape(item.href or item.path)}" target="_blank" title="{escape(item.title)}">'
        f"{escape(item.title)}</a><span>{item.issued:%m-%d}</span></li>"
        for item in items
    )
    if not rows:
        return ""
    pager = f'<div class="page-pagination" count="{count}" pageNo="{page}" pageSize="{size}"></div>'
    return f'<div class="page-content"><ul>{rows}</ul></div>{pager}'


def _shell(column: Column) -> str:
    """The column page: about 5 KB in which the list itself does not occur."""
    query = "{" + ",".join(f"'{n}':'{v}'" for n, v in {**QUERY, "pageId": column.page_id}.items()) + "}"
    styles = "".join(
        f'<link rel="stylesheet" href="/static/css/column-{n}.css?v=20230301">\n' for n in range(24)
    )
    scripts = "".join(f'<script src="/static/js/module-{n}.js?v=20230301"></script>\n' for n in range(30))
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="SiteName" content="中华人民共和国工业和信息化部">\n'
        f'<meta name="ColumnName" content="{column.name}">\n'
        f"<title>{column.name}</title>\n{styles}</head>\n<body>\n<noscript>请启用JavaScript后浏览本页。</noscript>\n"
        f'<div id="右侧内容"></div>\n<script url="{UNIT}" queryData="{query}" id="unit-right"></script>\n'
        f"{scripts}</body>\n</html>\n"
    )
