"""What every page of MIIT has: head with PubDate, the article's container, the footer. No figures, no protocol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape

from prosperity.sample.figures import figures
from prosperity.sample.model import Document, Item, RealItem, footer, path_of
from prosperity.sample.wording import NUMERALS, period_end

HOST = "www.miit.gov.cn"


def page(
    title: str, issued: dt.date, estimated: bool, blocks: Iterable[str], *, old: bool, extra: str = ""
) -> str:
    """The whole page around the blocks of an article. Older pages have only the class, newer ones also the id."""
    container = 'class="ccontent"' if old else 'class="ccontent center" id="con_con"'
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n"
        f'<meta name="ArticleTitle" content="{escape(title)}">\n'
        f'<meta name="PubDate" content="{issued:%Y-%m-%d} 10:00">\n'
        '<meta name="ContentSource" content="运行监测协调局">\n</head>\n<body>\n'
        f'<div class="ctitle"><h1 id="con_title">{escape(title)}</h1></div>\n'
        f'<div class="cinfo"><span id="con_time">发布时间：{issued:%Y-%m-%d} 10:00</span>'
        "<span>来源：运行监测协调局</span></div>\n"
        f"<div {container}>\n"
        + "\n".join(filter(None, blocks))
        + f"\n</div>\n{footer(estimated, extra)}\n</body>\n</html>\n"
    )


def sections(parts: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Numbered headings with their paragraphs; a heading without paragraphs is left out."""
    blocks: list[str] = []
    for number, (heading, paragraphs) in enumerate((part for part in parts if part[1]), start=1):
        blocks.append(f"<p><strong>{NUMERALS[number]}、{heading}</strong></p>")
        blocks += [f'<p style="text-indent: 2em;">{paragraph}</p>' for paragraph in paragraphs]
    return blocks


def issue(prefixes: tuple[str, ...], period: str, lag_days: int, latest_days: int) -> tuple[dt.date, bool]:
    """Date of issue of the release of a period, and whether it is estimated.

    A reprint dated later than ``latest_days`` after the period is no date of issue.
    """
    end = period_end(period)
    known = [
        row.published_day
        for (series, when), rows in figures().items()
        for row in rows
        if series.startswith(prefixes) and when == period and row.published_day
    ]
    early = [day for day in known if day <= end + dt.timedelta(days=latest_days)]
    if early:
        return min(early), False
    return end + dt.timedelta(days=lag_days), True


def empty_page(real: RealItem) -> tuple[Item, Document]:
    """A list item of another subject, or an application without text; some addresses are doubled in the list."""
    path = path_of(real.address.removeprefix(f"https://{HOST}"))
    body = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(real.title)}</title>'
        '<script src="/static/app.js"></script></head><body><div id="app"></div>'
        f"{footer(real.estimated)}</body></html>"
    )
    href = real.address if path_of(real.address) != path else ""
    item = Item(real.title, path, real.day, real.estimated, href=href)
    return item, Document(path, body.encode(), real.day, real.estimated)
