"""Value added of industry above the threshold, monthly: rates only, in prose and in a table without levels.

January and February are released together: from 2013 on there is no rate of February alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from prosperity.sample.figures import periods, value
from prosperity.sample.publishers.nbs.pages import Built, heading, issue, moved, paragraphs, release, table
from prosperity.sample.wording import pick, text_form, year_month

MONTH, TOTAL = "nbs_iva_growth_month", "nbs_iva_growth_cum"
_LAG_DAYS = 15


def releases() -> Iterator[Built]:
    for period in sorted({*periods(MONTH), *periods(TOTAL)}):
        yield _industry(period)


def _industry(period: str) -> Built:
    year, month = year_month(period)
    issued, estimated = issue(period, (MONTH, TOTAL), _LAG_DAYS)
    when, rate = f"{month}月份", value(MONTH, period)
    if month == 2:
        when, rate = "1-2月份", value(TOTAL, period)
    subject = pick(("规模以上工业增加值", "规模以上工业增加值", "规模以上工业生产"), "subject", period)
    title = f"{year}年{when}规模以上工业增加值{moved(rate)}" if rate else f"{year}年{when}{subject}运行情况"
    return release(
        title, f"industry{period.replace('-', '')}", issued, estimated,
        [*paragraphs([_month(period), _total(period)]), _table(period)],
    )  # fmt: skip


def _month(period: str) -> str:
    rate = value(MONTH, period)
    if rate is None:
        return ""
    year, month = year_month(period)
    when = pick((f"{month}月份", f"{year}年{month}月份"), "month", period)
    wordings = (
        "{p}，规模以上工业增加值同比实际{r}（以下增加值增速均为扣除价格因素的实际增长率）。",
        "{p}，规模以上工业增加值同比{r}。",
        "{p}，全国规模以上工业增加值同比实际{r}（增加值增速均为扣除价格因素的实际增长率）。",
        "{p}，规模以上工业增加值比上年同期{r}。",
    )
    return pick(wordings, "month", period).format(p=when, r=moved(rate))


def _total(period: str) -> str:
    rate = value(TOTAL, period)
    if rate is None:
        return ""
    year, month = year_month(period)
    when = text_form(month, ("industry", period))
    if value(MONTH, period) is None:
        when = f"{year}年{when}"
    return f"{when}，规模以上工业增加值同比{moved(rate)}。"


def _table(period: str) -> str:
    """Levels are never given: their cells hold an ellipsis."""
    year, month = year_month(period)
    dash = pick(("-", "—"), "dash", period)
    columns = {f"{month}月": value(MONTH, period), f"1{dash}{month}月": value(TOTAL, period)}
    if month == 2 and value(MONTH, period) is None:
        columns.pop("2月")
    stub = pick(("指标", ""), "stub", period)
    head = (
        (heading(stub, down=2), *(heading(text, across=2) for text in columns)),
        tuple(heading(text) for _ in columns for text in ("绝对量", "同比增长（%）")),
    )
    label = pick(
        ("规模以上工业增加值", "一、规模以上工业增加值", "（一）规模以上工业增加值"), "label", period
    )
    cells = [text for rate in columns.values() for text in ("…", rate or "-")]
    name = "1-2月份" if month == 2 else f"{month}月份"
    rows = [[label, *cells], ["　　其中：国有控股企业", *["…", "-"] * len(columns)]]
    return table(f"{year}年{name}规模以上工业生产主要数据", head, rows)
