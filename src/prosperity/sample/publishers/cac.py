"""CAC (www.cac.gov.cn): the list and the yearly report on digital China, a page with one PDF.

The addresses of list and report are not known and carry ``sample``. Of one report figures are known.
"""

from __future__ import annotations

from html import escape

from prosperity.sample.figures import PACKAGE, value
from prosperity.sample.lists import ListSite
from prosperity.sample.model import Document, RealItem, path_of, real_items
from prosperity.sample.publishers.one_list import article, one_list

HOST = "www.cac.gov.cn"
FOLDER = "/sample/reports/"
SOURCE = "cac_digital_china"


def publisher() -> ListSite:
    return one_list(HOST, FOLDER, "数字中国发展报告", real_items(SOURCE, "release"), _documents)


def prose(item: RealItem) -> list[str]:
    """What the report on a year says: the size of the digital economy, and what the largest companies spend."""
    year = item.period
    size, growth = value("caict_digital_economy", year), value("caict_digital_economy_yoy", year)
    spent, more = value("inet_top100mcap_rd", year), value("inet_top100mcap_rd_yoy", year)
    sentences = []
    if size and growth:
        sentences.append(
            f"{year}年，我国数字经济规模达{size}万亿元，总量稳居世界第二，同比名义增长{growth}%。"
        )
    if spent and more:
        sentences.append(f"我国市值排名前100的互联网企业总研发投入达{spent}亿元，同比增长{more}%。")
    return sentences


def _documents(item: RealItem) -> list[Document]:
    name = path_of(item.address).rsplit("/", 1)[1]
    page = article(item, [f'附件：<a href="./{name}">{escape(item.title)}.pdf</a>'])
    body = (PACKAGE / "pdf" / f"{SOURCE}_{item.period}.pdf").read_bytes()
    attached = Document(path_of(item.address), body, item.day, item.estimated, "application/pdf")
    return [page, attached]
