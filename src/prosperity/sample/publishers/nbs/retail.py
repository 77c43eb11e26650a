"""Total retail sales of consumer goods, monthly: prose and a table with the month beside the months from January.

January and February are surveyed and released together. Online retail is given from January only: its cells
under the month are dashes, and the total of it stands in the prose alone. At the end of a quarter the text may
begin with the figure from January and name the month in its second sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from prosperity.sample.figures import periods, value
from prosperity.sample.publishers.nbs.pages import Built, heading, issue, moved, paragraphs, release, table
from prosperity.sample.wording import dated_form, pick, text_form, year_month

MONTH, TOTAL = "nbs_retail_sales_month", "nbs_retail_sales_cum"
ONLINE, GOODS = "nbs_online_retail_cum", "nbs_online_goods_cum"
SERIES = (MONTH, TOTAL, ONLINE, GOODS)
_LAG_DAYS = 15
_NAMES = {3: "一季度", 6: "上半年", 9: "前三季度", 12: ""}


def releases() -> Iterator[Built]:
    for period in sorted({period for name in SERIES for period in periods(name)}):
        yield _retail(period)


def _retail(period: str) -> Built:
    year, month = year_month(period)
    issued, estimated = issue(period, SERIES, _LAG_DAYS)
    whole_first = (
        month in _NAMES and value(TOTAL, period) is not None and pick((True, False), "first", period)
    )
    when = f"{month}月份"
    if month == 2:
        when = pick(("1-2月份", "1—2月份"), "together", period)
    elif whole_first:
        when = _NAMES[month]
    rate = value(f"{TOTAL}_yoy", period) if whole_first or month == 2 else value(f"{MONTH}_yoy", period)
    title = f"{year}年{when}社会消费品零售总额{moved(rate) if rate else '主要数据'}"
    sales = [_total(period, not whole_first), _month(period, whole_first)]
    texts = ["".join(sales)] if whole_first else sales[::-1]
    return release(
        title, f"retail{period.replace('-', '')}", issued, estimated,
        [*paragraphs([*texts, _online(period)]), _table(period)],
    )  # fmt: skip


def _month(period: str, inside: bool) -> str:
    """``inside``: the second sentence of a text that begins with the figure from January."""
    amount, rate = value(MONTH, period), value(f"{MONTH}_yoy", period)
    if amount is None:
        return ""
    year, month = year_month(period)
    when = pick((f"{month}月份", f"{year}年{month}月份"), "month", period)
    beginning = f"其中，{month}月份" if inside else f"{when}，"
    return f"{beginning}社会消费品零售总额{amount}亿元{_grown(rate, period)}。"


def _total(period: str, after_month: bool) -> str:
    amount, rate = value(TOTAL, period), value(f"{TOTAL}_yoy", period)
    if amount is None:
        return ""
    dated = dated_form(period, ("retail", period))
    when = pick((dated, text_form(year_month(period)[1], ("retail", period))), "total", period)
    return (
        f"{when if after_month else dated}，社会消费品零售总额{amount}亿元{_grown(rate, (period, 'sum'))}。"
    )


def _grown(rate: str | None, key: object) -> str:
    if rate is None:
        return ""
    wordings = (
        "，同比{r}",
        "，比上年同期{r}",
        "，同比名义{r}（以下除特殊说明外均为名义增长）",
        "，同比{r}（扣除价格因素后的实际增速见附表，以下除特殊说明外均为名义增长）",
    )
    return pick(wordings, "grown", key).format(r=moved(rate))


def _online(period: str) -> str:
    total, goods = value(ONLINE, period), value(GOODS, period)
    when = pick(
        (dated_form(period, ("online", period)), text_form(year_month(period)[1], ("online", period))),
        "online",
        period,
    )
    parts = []
    if total:
        rate = value(f"{ONLINE}_yoy", period)
        parts.append(f"{when}，全国网上零售额{total}亿元{f'，同比{moved(rate)}' if rate else ''}。")
    if goods:
        rate = value(f"{GOODS}_yoy", period)
        beginning = "其中，" if total else f"{when}，"
        parts.append(f"{beginning}实物商品网上零售额{goods}亿元{f'，{moved(rate)}' if rate else ''}。")
    return "".join(parts)


def _table(period: str) -> str:
    year, month = year_month(period)
    dash = pick(("-", "—", "－"), "dash", period)
    from_january = f"1{dash}{month}月"
    amount = pick(("绝对量（亿元）", "绝对量 (亿元)"), "amount", period)
    stub = pick(("指标", "指 标", "指　标"), "stub", period)
    when = [from_january] if month == 2 else [f"{month}月", from_january]
    head = (
        (heading(stub, down=2), *(heading(text, across=2) for text in when)),
        tuple(heading(text) for _ in when for text in (amount, "同比增长（%）")),
    )
    rows = [["社会消费品零售总额", *_cells(period, MONTH, TOTAL)]]
    rows.append(
        [pick(("其中：限额以上单位消费品零售额", "其中：除汽车以外的消费品零售额"), "threshold", period)]
    )
    if value(GOODS, period) or year > 2014:
        rows.append(["其中：实物商品网上零售额", *_cells(period, "", GOODS)])
    rows.append(["按经营地分", *[""] * (2 * len(when))])
    rows.append(["　　城镇"])
    width = 2 * len(when) + 1
    return table(
        f"{year}年{f'1{dash}2月份' if month == 2 else f'{month}月份'}社会消费品零售总额主要数据",
        head,
        [[*row, *["-"] * (width - len(row))] for row in rows],
        "<p>注：此表速度均为未扣除价格因素的名义增速。</p>",
    )


def _cells(period: str, month: str, total: str) -> list[str]:
    """Level and rate of the month and of the months from January; in February there is no month."""
    names = [total] if year_month(period)[1] == 2 else [month, total]
    return [
        (value(f"{name}{end}", period) if name else None) or "-" for name in names for end in ("", "_yoy")
    ]
