"""What CAICT's reports on licences, domains and prices and its white papers say: a sentence for each known figure.

Of most of them nothing is known but title, address and date: such a document says so, and nothing else. What does not
belong here: addresses and lists (``caict``, ``caict_data``), layout (``pdf_plain``, ``pdf_reports``).
"""

from __future__ import annotations

import datetime as dt

from prosperity.sample.figures import PACKAGE, value
from prosperity.sample.model import (
    ESTIMATED_EN,
    ESTIMATED_ZH,
    NOTICE_EN,
    NOTICE_ZH,
    Document,
    RealItem,
    path_of,
)
from prosperity.sample.pdf_plain import plain_pdf
from prosperity.sample.wording import growth, pick, stock_form

#: In the list of data; the white papers have a list of their own.
DATA_SOURCES = ("caict_domains", "caict_licences", "caict_prices")
WHITE_PAPERS = "caict_white_papers"
SOURCES = (*DATA_SOURCES, WHITE_PAPERS)
NOTHING_KNOWN = (
    "样例未收录本期数值。",
    "本文件的标题、地址和发布日期与原报告一致；原报告的文字、图表和数值未收录，因此本文件不含任何数值，也不作任何推算。",
    "Title, address and date of issue are those of the real report. Its text, charts and figures are not at hand: this "
    "file therefore states none, and none is inferred. The release calendar counts the report as found; nothing can be "
    "loaded from it.",
)
_NUMERALS = "一二三四"
_SUBJECT = "中国数字经济"


def prose(source: str, item: RealItem) -> list[str]:
    """The sentences of one report; none where no figure of it is known."""
    written = _WRITTEN.get(source)
    return [sentence for sentence in written(item) if sentence] if written else []


def laid_out(source: str, item: RealItem) -> list[str]:
    """The sentences of a report that is laid out like one (``build_pdfs``): where a figure is known, and in all papers
    on the digital economy, lest the one with figures be ten times as large as the others."""
    known = prose(source, item)
    return known or [NOTHING_KNOWN[0]] * (source == WHITE_PAPERS and _SUBJECT in item.title)


def file_name(source: str, item: RealItem) -> str:
    return f"{source.removeprefix('caict_')}_{item.period}.pdf"


def document(source: str, item: RealItem) -> Document:
    """The PDF of one report; of those that are not laid out one plain page."""
    if laid_out(source, item):
        body = (PACKAGE / "pdf" / file_name(source, item)).read_bytes()
    else:
        estimate = [ESTIMATED_ZH, ESTIMATED_EN] if item.estimated else []
        # The day tells two reports of one title apart.
        body = plain_pdf(
            [item.title, f"发布日期：{item.day}", "", *NOTHING_KNOWN, "", NOTICE_ZH, NOTICE_EN, *estimate]
        )
    modified = dt.datetime.combine(item.day, dt.time(2, 0), dt.UTC)
    return Document(path_of(item.address), body, item.day, item.estimated, "application/pdf", modified)


def _licences(item: RealItem) -> list[str]:
    """Enterprises with a licence: all, those licensed by the ministry, those licensed by a province."""
    period = item.period
    total, ministry, provinces = (
        value(f"caict_licences_{part}", period) for part in ("total", "ministry", "provinces")
    )
    if not (total and ministry and provinces):
        return []
    when = stock_form(period, "licences") if period >= "2018" else f"截至{period[:4]}年{int(period[5:])}月底"
    wording = pick(
        (
            "{when}，全国增值电信业务经营许可企业共{total}家，其中工业和信息化部许可的跨地区企业{ministry}家，"
            "各省（区、市）通信管理局许可的本地企业合计{provinces}家。",
            "{when}，全国增值电信业务经营许可企业共{total}家。其中，工业和信息化部许可的跨地区企业{ministry}家；"
            "各省（区、市）通信管理局许可的本地企业合计{provinces}家。",
        ),
        "licences",
        period,
    )
    return [wording.format(when=when, total=total, ministry=ministry, provinces=provinces)]


def _prices(item: RealItem) -> list[str]:
    year, number = item.period.split("-Q")
    when = f"{year}年第{_NUMERALS[int(number) - 1]}季度"
    month = f"{year}-{3 * int(number):02d}"
    broadband, data = value("miit_fixed_arpu", month), value("miit_data_price", month)
    spent, fell = value("miit_fixed_arpu_yoy", month), value("miit_data_price_yoy", month)
    return [
        f"{when}，我国固定宽带月户均支出为{broadband}元{growth(spent, item.period)}。" if broadband else "",
        f"移动数据流量平均资费为{data}元/GB{growth(fell, item.period)}。" if data else "",
    ]


def _digital_economy(item: RealItem) -> list[str]:
    """The paper of one year gives the size in the year before. The ones on the whole world give another."""
    if _SUBJECT not in item.title:
        return []
    year = str(int(item.period) - 1)
    size, rate = value("caict_digital_economy", year), value("caict_digital_economy_yoy", year)
    if size is None:
        return []
    rise = f"，同比名义增长{rate}%" if rate else ""
    return [f"{year}年，我国数字经济规模达到{size}万亿元{rise}。"]


#: Sources of which figures are known at all.
_WRITTEN = {"caict_licences": _licences, "caict_prices": _prices, WHITE_PAPERS: _digital_economy}
