"""Gross domestic product by quarter: the press release on the economy (prose) and, a day later, the preliminary
accounts (a table with the quarter beside the months from January).

The press release also speaks of income, retail sales and industry. Where the readings give only the yearly
communiqué's date, the usual lag stands in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from prosperity.sample.figures import periods, value
from prosperity.sample.publishers.nbs.pages import Built, heading, issue, moved, paragraphs, release, table
from prosperity.sample.wording import pick, text_form, year_month

GDP, SERVICES, COMPUTING = "nbs_gdp", "nbs_tertiary_va", "nbs_it_services_va"
_LAG_DAYS = 17
_NAMES = {3: "一季度", 6: "上半年", 9: "前三季度", 12: "全年"}
_QUARTER = "一二三四"


def releases() -> Iterator[Built]:
    for period in sorted({*periods(f"{GDP}_cum"), *periods(f"{SERVICES}_cum")}):
        if "-" in period and "Q" not in period:
            yield _press_release(period)
            yield _preliminary_accounts(period)


def _issue(period: str) -> tuple[dt.date, bool]:
    return issue(period, (f"{GDP}_cum", f"{SERVICES}_cum"), _LAG_DAYS)


def _quarter(period: str) -> str:
    year, month = year_month(period)
    return f"{year}-Q{month // 3}"


# ------------------------------------------------------------------------------------- press release


def _press_release(period: str) -> Built:
    year, month = year_month(period)
    name = "" if month == 12 else _NAMES[month]
    titles = ("{y}年{n}国民经济运行情况", "{y}年{n}国民经济运行总体平稳", "{y}年{n}国民经济稳中有进")
    title = pick(titles, "press", period).format(y=year, n=name)
    texts = [_product(period), *_other_subjects(period)]
    return release(title, f"economy{period.replace('-', '')}", *_issue(period), paragraphs(texts))


def _product(period: str) -> str:
    year, month = year_month(period)
    when = pick((_NAMES[month], f"{year}年{_NAMES[month] if month != 12 else ''}"), "product", period)
    parts = []
    if amount := value(f"{GDP}_cum", period):
        rate = value(f"{GDP}_cum_yoy", period)
        basis = pick(("按可比价格计算，", "按不变价格计算，"), "basis", period)
        against = "比上年" if month == 12 else "同比"
        growth = f"，{basis}{against}{moved(rate)}" if rate else ""
        parts.append(f"初步核算，{when}国内生产总值{amount}亿元{growth}。")
    if amount := value(f"{SERVICES}_cum", period):
        rate = value(f"{SERVICES}_cum_yoy", period)
        growth = f"，{pick(('', '同比'), 'services', period)}{moved(rate)}" if rate else ""
        begin = "分产业看，" if parts else f"分产业看，{when}"
        parts.append(f"{begin}第三产业增加值{amount}亿元{growth}。")
    quarter = value(f"{GDP}_quarter", _quarter(period))
    if quarter and month != 3:
        rate = value(f"{GDP}_quarter_yoy", _quarter(period))
        growth = f"，同比{moved(rate)}" if rate else ""
        parts.append(f"其中，{_QUARTER[month // 3 - 1]}季度国内生产总值{quarter}亿元{growth}。")
    return "".join(parts)


def _other_subjects(period: str) -> Iterator[str]:
    """What other releases of these days say: known here, and taken from them."""
    when = text_form(year_month(period)[1], ("economy", period))
    if rate := value("nbs_iva_growth_cum", period):
        yield f"{when}，全国规模以上工业增加值同比{moved(rate)}。"
    if amount := value("nbs_retail_sales_cum", period):
        yield f"{when}，社会消费品零售总额{amount}亿元。"
    if amount := value("nbs_disp_income_cum", period):
        yield f"{when}，全国居民人均可支配收入{amount}元。"


# -------------------------------------------------------------------------------- preliminary accounts


def _preliminary_accounts(period: str) -> Built:
    year, month = year_month(period)
    name = {12: pick(("四季度和全年", ""), "year", period)}.get(month, _NAMES[month])
    product = pick(("国内生产总值(GDP)", "国内生产总值", "国内生产总值（GDP）"), "gdp", period)
    issued, estimated = _issue(period)
    intro = f"经初步核算，{year}年{name}国内生产总值（以下简称GDP）核算结果见表1。"
    return release(
        f"{year}年{name}{product}初步核算结果",
        f"accounts{period.replace('-', '')}",
        issued + dt.timedelta(days=1),
        estimated,
        [*paragraphs([intro]), _accounts(period, name), _growth_by_quarter(period)],
    )


def _accounts(period: str, name: str) -> str:
    year, month = year_month(period)
    number = month // 3
    quarter = pick((f"{number}季度", f"{_QUARTER[number - 1]}季度"), "quarter", period)
    whole = pick((_NAMES[month], f"1-{number}季度"), "whole", period) if month in (6, 9) else _NAMES[month]
    columns = [quarter] if month == 3 else [quarter, whole]
    stub = pick(("", "指标"), "stub", period)
    change = pick(("比上年同期增长（%）", "比上年同期增长(%)"), "change", period)
    head = (
        (
            heading(stub, down=2),
            heading("绝对额（亿元）", across=len(columns)),
            heading(change, across=len(columns)),
        ),
        tuple(heading(text) for _ in range(2) for text in columns),
    )
    first = pick(("GDP", "国内生产总值"), "label", period)
    rows = [
        [first, *_cells(period, GDP, len(columns))],
        ["第一产业", *["-"] * (2 * len(columns))],
        ["第三产业", *_cells(period, SERVICES, len(columns))],
        ["信息传输、软件和信息技术服务业", *_cells(period, COMPUTING, len(columns))],
    ]
    note = "<p>注：绝对额按现价计算，增长速度按不变价计算。</p>"
    return table(f"表1　{year}年{name}GDP初步核算数据", head, rows, note)


def _cells(period: str, stem: str, columns: int) -> list[str]:
    """Levels of quarter and year to date, then their rates; in the first quarter the two are one."""
    places = [(f"{stem}_quarter", _quarter(period)), (f"{stem}_cum", period)][-columns:]
    return [value(f"{name}{end}", when) or "-" for end in ("", "_yoy") for name, when in places]


def _growth_by_quarter(period: str) -> str:
    """Growth on year by quarters, one row a year: quarters that are not from January."""
    year = period[:4]
    rates = [value(f"{GDP}_quarter_yoy", f"{year}-Q{number}") or "-" for number in range(1, 5)]
    if set(rates) == {"-"}:
        return ""
    head = (tuple(heading(text) for text in ("年份", "1季度", "2季度", "3季度", "4季度")),)
    return table("表2　GDP同比增长速度", head, [[year, *rates]], "<p>单位：%</p>")
