"""What all pages of the publisher have in common: address, frame, tables, list, dates and verbs.

Pages older than 2023 carry the date of their re-numbering in the address (``t20230203_``), so that only the
list tells the date of issue. The running numbers of the real addresses are not known: ours carry ``sample``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape

from prosperity.sample.figures import figure
from prosperity.sample.lists import ListPage
from prosperity.sample.model import Document, Item, footer
from prosperity.sample.wording import estimated_issue, period_end

FOLDER = "/sj/zxfb/"
Built = tuple[Item, Document]

_RENUMBERED = dt.date(2023, 2, 3)
#: A reading dated later than this is of a reprint or of the yearly communiqué, not of the release.
_LONGEST_LAG_DAYS = 24
DECLARED = '<meta charset="utf-8">\n'


def issue(period: str, names: Iterable[str], lag_days: int) -> tuple[dt.date, bool]:
    """Date of issue, and whether it is estimated: the earliest known of the figures', else the usual lag."""
    rows = [figure(name, period) for name in names]
    days = [row.published_day for row in rows if row and row.published_day]
    known = [day for day in days if 0 < (day - period_end(period)).days <= _LONGEST_LAG_DAYS]
    return (min(known), False) if known else (estimated_issue(period, lag_days), True)


def path(name: str, issued: dt.date) -> str:
    day = max(issued, _RENUMBERED)
    return f"{FOLDER}{day:%Y%m}/t{day:%Y%m%d}_sample{name}.html"


def release(
    title: str,
    name: str,
    issued: dt.date,
    estimated: bool,
    blocks: Sequence[str],
    *,
    undeclared: bool = False,
    notice: str = "",
) -> Built:
    """List item and page. ``undeclared``: sent in GB18030 without a declared charset. ``notice``: how the date of
    issue was estimated, where that was not by the usual lag."""
    address = path(name, issued)
    item = Item(title, address, issued, estimated, href=f"./{address.removeprefix(FOLDER)}")
    foot = footer(estimated and not notice, notice)
    page = _page(title, issued, foot, "".join(blocks), "" if undeclared else DECLARED)
    modified = dt.datetime.combine(max(issued, _RENUMBERED), dt.time(10, 30), tzinfo=dt.UTC)
    if undeclared:
        body, media_type, trap = page.encode("gb18030"), "text/html", "undeclared-gb18030"
        return item, Document(address, body, issued, estimated, media_type, modified, trap)
    return item, Document(address, page.encode(), issued, estimated, modified=modified)


def paragraphs(texts: Iterable[str]) -> list[str]:
    return [f'<p style="font-size:12pt">　　{text}</p>' for text in texts if text]


def moved(rate: str, rise: str = "增长", fall: str = "下降") -> str:
    """The verb with the figure: the sign is in the verb."""
    return f"{fall if rate.startswith('-') else rise}{rate.removeprefix('-')}%"


def table(caption: str, head: Sequence[Sequence[str]], rows: Iterable[Sequence[str]], note: str = "") -> str:
    """``head``: rows of finished ``td`` elements; ``rows``: texts, the label first. An unknown cell is a dash."""
    first, *others = ("".join(row) for row in head)
    top = f'<tr class="firstRow">{first}</tr>' + "".join(f"<tr>{row}</tr>" for row in others)
    body = "".join(f"<tr>{''.join(heading(text) for text in row)}</tr>" for row in rows)
    return (
        f'<p style="text-align:center"><strong>{caption}</strong></p>'
        f'<div class="ue_table"><table class="trs_word_table" border="1"><tbody>{top}{body}</tbody>'
        f"</table></div>{note}<p>注：“-”表示样例未收录该数值。</p>"
    )


def heading(text: str, *, down: int = 1, across: int = 1) -> str:
    """One cell, which may span rows and columns."""
    spans = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
    return f'<td{spans}><p style="text-align:center"><span>{text}</span></p></td>'


def _page(title: str, issued: dt.date, foot: str, content: str, charset: str) -> str:
    return (
        f"<!DOCTYPE html>\n<html>\n<head>\n{charset}<title>{escape(title)} - 国家统计局</title>\n"
        f'<meta name="PubDate" content="{issued:%Y/%m/%d} 10:00">\n</head>\n<body>\n'
        f'<div class="detail-title"><h1>{escape(title)}</h1></div>\n'
        f'<div class="detail-title-des"><h2><p>{issued:%Y/%m/%d} 10:00</p><span>来源：国家统计局</span>'
        "</h2></div>\n"
        '<div class="detail-text-content"><div class="txt-content"><div class="trs_editor_view TRS_UEDITOR '
        f'trs_paper_default">{content}</div></div></div>\n{foot}\n</body>\n</html>\n'
    )


def list_page(page: ListPage) -> str:
    """Every row has its link three times, for three widths of the window."""
    rows = []
    for item in page.items:
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
        f'<div class="list-pager"><script>createPageHTML({page.pages},{page.number},"index","html");</script></div>'
        "</div>\n"
        "</body>\n</html>\n"
    )
