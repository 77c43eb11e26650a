"""Every figure on the publisher's pages is a published one, read here by the tables' plain order of cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from lxml import html

from prosperity.sample.figures import DATA
from prosperity.sample.lists import ListSite
from prosperity.sample.model import Document
from prosperity.sample.publishers.nbs import publisher

Figures = dict[tuple[str, str, str], Decimal]
QUARTER = {3: "Q1", 6: "Q2", 9: "Q3", 12: "Q4"}


@pytest.fixture(scope="module")
def figures() -> Figures:
    with (DATA / "figures.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["series"].startswith("nbs_")]
    return {(row["series"], row["period"], row["vintage"]): Decimal(row["value"]) for row in rows}


@pytest.fixture(scope="module")
def nbs() -> ListSite:
    return publisher()


def pages(nbs: ListSite, name: str) -> Iterator[tuple[str, html.HtmlElement]]:
    """Period and page of every release of one subject."""
    for document in nbs.documents.values():
        if found := re.search(rf"_sample{name}(\d{{4}})(\d{{2}})\.html", document.path):
            yield f"{found[1]}-{found[2]}", tree_of(document)


def tree_of(document: Document) -> html.HtmlElement:
    return html.fromstring(document.body.decode("gb18030" if document.trap else "utf-8"))


def table(tree: html.HtmlElement, number: int = 1) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
        for row in tree.xpath(f"(//table)[{number}]//tr")
    ]


def shown(cells: list[str]) -> list[Decimal | None]:
    return [None if cell in ("-", "…", "") else Decimal(cell) for cell in cells]


def expected(figures: Figures, names: list[str], period: str, vintage: str = "") -> list[Decimal | None]:
    """Level and rate of every series, as published."""
    return [figures.get((f"{name}{end}", period, vintage)) for name in names for end in ("", "_yoy")]


def test_income(nbs: ListSite, figures: Figures) -> None:
    seen = 0
    for period, tree in pages(nbs, ""):
        for label, *cells in table(tree)[2:]:
            name = "nbs_urban_disp_income_cum" if "城镇" in label else "nbs_disp_income_cum"
            known = [figures.get((f"{name}{end}", period, "")) for end in ("", "_yoy", "_real_yoy")]
            assert shown(cells) == known, (period, label)
            seen += len(known) - known.count(None)
    assert seen == sum("disp_income" in name for name, _, _ in figures)


def test_retail(nbs: ListSite, figures: Figures) -> None:
    """Month and months from January stand side by side; in February there is no month."""
    month, total, goods = "nbs_retail_sales_month", "nbs_retail_sales_cum", "nbs_online_goods_cum"
    seen = set()
    for period, tree in pages(nbs, "retail"):
        rows = table(tree)
        together = period.endswith("-02")
        assert re.sub(r"[-—－]", "-", "|".join(rows[0][1:])) == (
            "1-2月" if together else f"{int(period[5:])}月|1-{int(period[5:])}月"
        )
        by_label = {row[0]: row[1:] for row in rows[2:]}
        wanted = expected(figures, [total] if together else [month, total], period)
        assert shown(by_label["社会消费品零售总额"]) == wanted, period
        seen |= {period}
        if row := by_label.get("其中：实物商品网上零售额"):
            assert shown(row)[-2:] == expected(figures, [goods], period), period
            assert together or shown(row)[:2] == [None, None]
        prose = tree.xpath("string(//div[contains(@class, 'txt-content')])")
        online = figures.get(("nbs_online_retail_cum", period, ""))
        assert (f"全国网上零售额{online}亿元" in prose) == (online is not None), period
    assert seen == {p for n, p, _ in figures if re.match("nbs_(retail_sales_(month|cum)|online)", n)}


def test_industry(nbs: ListSite, figures: Figures) -> None:
    seen = 0
    for period, tree in pages(nbs, "industry"):
        row = shown(table(tree)[2][1:])
        known = [figures.get((f"nbs_iva_growth_{span}", period, "")) for span in ("month", "cum")]
        if period.endswith("-02") and known[0] is None:
            known = known[1:]
        assert row[1::2] == known, period
        assert set(row[::2]) == {None}, "levels are never given"
        seen += len(known) - known.count(None)
    assert seen == sum(name in ("nbs_iva_growth_month", "nbs_iva_growth_cum") for name, _, _ in figures)


def test_accounts(nbs: ListSite, figures: Figures) -> None:
    periods = set()
    for period, tree in pages(nbs, "accounts"):
        by_label = {row[0]: row[1:] for row in table(tree)[2:]}
        quarter = f"{period[:4]}-{QUARTER[int(period[5:])]}"
        for stem, label in (("nbs_gdp", "GDP|国内生产总值"), ("nbs_tertiary_va", "第三产业")):
            row = next(cells for name, cells in by_label.items() if re.fullmatch(label, name))
            single = expected(figures, [f"{stem}_quarter"], quarter)
            total = expected(figures, [f"{stem}_cum"], period)
            pairs = [total] if period.endswith("-03") else [single, total]
            assert shown(row) == [pair[end] for end in (0, 1) for pair in pairs], (period, label)
        periods.add(period)
    assert periods == {p for n, p, v in figures if n in ("nbs_gdp_cum", "nbs_tertiary_va_cum") and not v}


@pytest.mark.parametrize(
    ("name", "vintage", "issued"),
    [
        ("revised2020", "revised_2020", "2020-05-31"),
        ("revised2022", "revised_2022", "2022-04-30"),
        ("revised2026", "revised_2026", "2026-05-31"),
    ],
)
def test_revisions(nbs: ListSite, figures: Figures, name: str, vintage: str, issued: str) -> None:
    """All periods of a vintage in one table, and nothing else; single quarters stand in a table of their own."""
    document = next(d for d in nbs.documents.values() if f"_sample{name}." in d.path)
    assert (document.issued.isoformat(), document.estimated) == (issued, True)
    tree = tree_of(document)
    body = [row for row in table(tree) if re.match(r"20\d\d年", row[0])]
    known = sorted(p for n, p, v in figures if n == "nbs_gdp_cum" and v == vintage)
    assert len(body) == len(known)
    rates = len(body[0]) > 4
    for period, (label, *cells) in zip(known, body, strict=True):
        assert label.startswith(f"{period[:4]}年")
        wanted = [
            figures.get((f"{stem}_cum{end}", period, vintage))
            for stem in ("nbs_gdp", "nbs_tertiary_va", "nbs_it_services_va")
            for end in (("", "_yoy") if rates else ("",))
        ]
        assert shown(cells) == wanted, period
    quarters = [row for row in table(tree, 2) if re.match(r"20\d\d年", row[0])]
    assert len(quarters) == sum(n == "nbs_gdp_quarter" and v == vintage for n, _, v in figures)
    assert "date of issue estimated: the figures were read from" in tree.text_content()


def test_numbers_in_prose_are_published(nbs: ListSite, figures: Figures) -> None:
    """Amounts and rates of every sentence and title, against everything known of that month."""
    checked = 0
    for name in ("", "retail", "industry", "economy", "accounts"):
        for period, tree in pages(nbs, name):
            quarter = f"{period[:4]}-{QUARTER.get(int(period[5:]), '')}"
            known = {
                abs(v) for (_, p, vintage), v in figures.items() if p in (period, quarter) and not vintage
            }
            texts = tree.xpath("//div[contains(@class, 'txt-content')]/div/p//text() | //h1//text()")
            for number in re.findall(r"([\d.]+)(?:亿?元|%)", "\n".join(texts)):
                assert Decimal(number) in known, (name, period, number)
                checked += 1
    assert checked > 800


def test_dates_of_the_communique_and_of_reprints_are_not_dates_of_issue(nbs: ListSite) -> None:
    """The accounts of 2023 are read from the communiqué of 29 February 2024, online sales of December from a text of March."""
    issued = {document.path.rsplit("sample", 1)[1]: document for document in nbs.documents.values()}
    for name in ("economy202312.html", "retail202312.html"):
        assert issued[name].estimated
        assert issued[name].issued.isoformat() < "2024-01-20"
