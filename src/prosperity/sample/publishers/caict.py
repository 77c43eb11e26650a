"""CAICT (www.caict.ac.cn): the white-paper list with detail pages and one PDF each, two English pages, and the list
of data whose items are PDFs themselves, behind a firewall (``caict_data``).

The English pages' text is exactly that of the two real pages kept in ``fixtures`` with their oddities: an
empty "Published in", a last heading without a number, an attachment with a Chinese name, and an address whose
date is three months later than the stated "September 2021".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from posixpath import relpath

from prosperity.sample.figures import PACKAGE
from prosperity.sample.lists import ListPage, ListSite, PagedList, by_path, newest_first
from prosperity.sample.model import Document, Item, RealItem, Request, Response, footer, path_of, real_items
from prosperity.sample.publishers import caict_data, caict_reports
from prosperity.sample.publishers.caict_reports import WHITE_PAPERS

HOST = "www.caict.ac.cn"
CHINESE = "/kxyj/qwfb/bps/"
ENGLISH = "/english/research/whitepapers/"
PAGE_SIZE = 20
PDF = "application/pdf"


@dataclass(frozen=True)
class Caict:
    lists: tuple[PagedList, ...]
    documents: Mapping[str, Document]
    host: str = HOST
    firewall: caict_data.Firewall = field(default_factory=caict_data.Firewall)

    def respond(self, request: Request, until: dt.date | None) -> Response:
        if request.path.startswith(caict_data.FOLDER) and (refusal := self.firewall.refusal(request.path)):
            return refusal
        return ListSite(self.host, self.lists, self.documents).respond(request, until)


def publisher() -> Caict:
    reports = real_items("caict_prosperity", "release")
    others = real_items("caict_prosperity", "other")
    papers = real_items(WHITE_PAPERS, "release")
    english = real_items("caict_prosperity", "english")
    chinese_items = [
        Item(report.title, path_of(report.landing), report.day) for report in (*reports, *papers)
    ]
    chinese_items += [Item(other.title, path_of(other.address), other.day) for other in others]
    english_items = [Item(page.title, path_of(page.address), page.day) for page in english]
    documents = [document for report in reports for document in (_detail(report), _report_pdf(report))]
    documents += [
        found for paper in papers for found in (_detail(paper), caict_reports.document(WHITE_PAPERS, paper))
    ]
    documents += [_unbuilt(other) for other in others]
    documents += [document for page in english for document in _english(page)]
    documents += caict_data.documents()
    lists = (
        _paged(CHINESE, chinese_items),
        _paged(ENGLISH, english_items, "html"),
        _paged(caict_data.FOLDER, caict_data.items()),
    )
    return Caict(lists, by_path(documents))


def _paged(folder: str, items: Iterable[Item], ending: str = "htm") -> PagedList:
    names = (f"index.{ending}",)
    render = partial(_list_page, folder)
    return PagedList(folder, newest_first(items), render, PAGE_SIZE, f"index_{{n}}.{ending}", 1, names)


def _list_page(folder: str, page: ListPage) -> str:
    rows = "\n".join(
        '<tr><td width="540" height="30"><span class="kxyj_text">- '
        f'<a class="kxyj_text" href="./{item.path.removeprefix(folder)}" target="_blank" '
        f'title="{escape(item.title)}">{escape(item.title)}</a></span></td>'
        f'<td width="100" align="right"><span class="kxyj_text">{item.issued:%Y-%m-%d}</span></td></tr>'
        for item in page.items
    )
    navigation = "\n".join(
        f'<td class="menu_{n}"><a href="/kxyj/menu{n}.htm">栏目导航</a></td>' for n in range(48)
    )
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">\n<html>\n<head>\n'
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n<title>中国信通院</title>'
        "\n</head>\n<body>\n"
        f'<div class="navigation"><table><tbody><tr>{navigation}</tr></tbody></table></div>\n'
        f'<table width="640" class="pagemain"><tbody>\n{rows}\n</tbody></table>\n'
        f'<script>createPageHTML({page.pages}, {page.number}, "index", "htm");</script>\n</body>\n</html>\n'
    )


def _report_pdf(report: RealItem) -> Document:
    body = (PACKAGE / "pdf" / f"caict_{report.period}.pdf").read_bytes()
    uploaded = re.search(r"/P0(\d{4})(\d\d)(\d\d)", report.address)
    modified = None
    if uploaded:
        year, month, day = (int(part) for part in uploaded.groups())
        modified = dt.datetime(year, month, day, 2, 0, tzinfo=dt.UTC)
    return Document(path_of(report.address), body, report.day, media_type=PDF, modified=modified)


def _detail(report: RealItem) -> Document:
    """The landing page: title, date and exactly one PDF link, relative to its folder."""
    path = path_of(report.landing)
    link = relpath(path_of(report.address), path.rsplit("/", 1)[0])
    link = link if link.startswith("..") else f"./{link}"
    content = f'<p><b>【全文下载】</b> - <a href="{link}" class=kxyj_text>{escape(report.title)}.pdf</a></p>'
    return _landing(report, path, content)


def _unbuilt(other: RealItem) -> Document:
    return _landing(other, path_of(other.address), "<p>样例:此条目只用于列表,文件未重建。</p>")


def _landing(item: RealItem, path: str, content: str) -> Document:
    body = (
        "<!DOCTYPE html>\n<html>\n<head>\n"
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n'
        f"<title>{escape(item.title)}</title>\n</head>\n<body>\n"
        f'<table><tbody><tr><td class="pagemain"><h1>{escape(item.title)}</h1>\n<p>'
        f"发布时间：{item.issued}</p>\n{content}\n"
        f"</td></tr></tbody></table>\n{footer()}\n</body>\n</html>\n"
    )
    return Document(path, body.encode(), item.day)


def _english(page: RealItem) -> list[Document]:
    """The page, every non-empty line of the real text as its own block, and the Chinese PDF it links to."""
    path = path_of(page.address)
    text = (PACKAGE / "fixtures" / f"caict_english_{page.period}.txt").read_text(encoding="utf-8")
    folder = path.rsplit("/", 1)[0]
    attachment = f"{folder}/P0sample{page.period}.pdf"
    blocks = [_english_line(line, attachment.rsplit("/", 1)[1]) for line in text.splitlines() if line.strip()]
    body = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(page.title)}</title>\n</head>\n<body>\n"
        '<div class="article TRS_Editor">\n' + "\n".join(blocks) + f"\n</div>\n{footer()}\n</body>\n</html>\n"
    )
    chinese = (PACKAGE / "pdf" / f"caict_{page.period}.pdf").read_bytes()
    return [Document(path, body.encode(), page.day), Document(attachment, chinese, page.day, media_type=PDF)]


def _english_line(line: str, attachment: str) -> str:
    name = line.strip().removeprefix("- ")
    if not name.endswith(".pdf"):
        return f"<p>{escape(line)}</p>"
    before = line[: line.index(name)]
    return f'<p>{escape(before)}<a href="./{attachment}">{escape(name)}</a></p>'
