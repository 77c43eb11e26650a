"""Households' income and consumption expenditure, by quarter: prose and a table with two header rows.

One page is sent in GB18030 without any declared charset, as some pages really are. On the same day stands a
release of another subject in the list.
"""

from __future__ import annotations

from collections.abc import Iterator

from prosperity.sample.figures import periods, value
from prosperity.sample.publishers.nbs.pages import Built, heading, issue, moved, paragraphs, release, table
from prosperity.sample.wording import dated_form, pick, year_month

NATION, TOWNS = "nbs_disp_income_cum", "nbs_urban_disp_income_cum"
_LAG_DAYS = 17
_UNDECLARED = "2016-06"
_NAMES = {3: "一季度", 6: "上半年", 9: "前三季度", 12: ""}


def releases() -> Iterator[Built]:
    for period in sorted({*periods(NATION), *periods(TOWNS)}):
        yield _income(period)
        yield _neighbour(period)


def _income(period: str) -> Built:
    year, month = year_month(period)
    whose = pick(("居民", "居民", "全国居民"), "whose", period)
    issued, estimated = issue(period, (NATION, TOWNS), _LAG_DAYS)
    sentences = (_sentence(period, "全国居民", NATION), _sentence(period, "城镇居民", TOWNS))
    return release(
        f"{year}年{_NAMES[month]}{whose}收入和消费支出情况",
        period.replace("-", ""),
        issued,
        estimated,
        [*paragraphs(sentences), _table(period)],
        undeclared=period == _UNDECLARED,
    )


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
            ("，比上年同期名义{r}", "，同比名义{r}", "，比上年同期{r}（名义增速）"),
            "rate",
            period,
        )
        if who == "城镇居民":
            change = pick(
                ("，{r}", "，{r}", "，增长（以下如无特别说明，均为同比名义增长）{n}%"), "urban", period
            )
        change = change.format(r=moved(rate), n=rate)
        if real:
            change += f"，扣除价格因素，实际{moved(real)}"
    return wording.format(p=dated_form(period, ("nbs", period)), w=who, v=money, g=change)


def _table(period: str) -> str:
    """Two header rows; an unknown cell is a dash, the urban row may be absent altogether."""
    year, month = year_month(period)
    change = pick(("比上年同期增长（%）", "同比增长（%）", "增长（%）"), "header", period)
    amount = pick(("绝对量（元）", "绝对量(元)"), "amount", period)
    head = (
        (heading("指标", down=2), heading(amount, down=2), heading(change, across=2)),
        (heading("名义"), heading("实际")),
    )
    rows = [
        _row(pick(("全国居民人均可支配收入", "（一）全国居民人均可支配收入"), "row", period), NATION, period)
    ]
    if value(TOWNS, period) or pick((True, False), "dash", period):
        label = pick(("城镇居民人均可支配收入", "　　城镇居民"), "urban", period)
        rows.append(_row(label, TOWNS, period))
    return table(f"{year}年{_NAMES[month]}居民收支主要数据", head, rows)


def _row(label: str, series: str, period: str) -> list[str]:
    return [label, *(value(name, period) or "-" for name in (series, f"{series}_yoy", f"{series}_real_yoy"))]


def _neighbour(period: str) -> Built:
    """A release of another subject of the same day, without any figure."""
    year, month = year_month(period)
    issued, _ = issue(period, (NATION, TOWNS), _LAG_DAYS)
    title = f"{year}年{month}月份70个大中城市商品住宅销售价格变动情况"
    text = "<p>　　样例:此条目只用于列表,正文未重建。</p>"
    return release(title, f"housing{period.replace('-', '')}", issued, True, [text])
