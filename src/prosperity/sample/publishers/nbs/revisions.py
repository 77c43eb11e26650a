"""Announcements that revise many quarters of the national accounts at once, one for each vintage that is known.

The figures were read from exports of the publisher's database. The day of the publisher's own page is not in the
material: the last day of the month by which the readings were taken stands for it, marked as estimated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from prosperity.sample.figures import periods as known_periods
from prosperity.sample.figures import value
from prosperity.sample.publishers.nbs.pages import Built, heading, paragraphs, release, table
from prosperity.sample.wording import pick, year_month

GDP, SERVICES, COMPUTING = "nbs_gdp", "nbs_tertiary_va", "nbs_it_services_va"
_NAMES = {3: "一季度", 6: "上半年", 9: "前三季度", 12: ""}


@dataclass(frozen=True)
class _Vintage:
    name: str
    issued: dt.date
    cause: str
    read_from: str  #: the exports, in English, for the notice


_VINTAGES = (
    _Vintage(
        "revised_2020", dt.date(2020, 5, 31), "根据第四次全国经济普查结果", "exports of April and May 2020"
    ),
    _Vintage("revised_2022", dt.date(2022, 4, 30), "根据年度最终核实结果", "an export of April 2022"),
    _Vintage(
        "revised_2026",
        dt.date(2026, 5, 31),
        "根据第五次全国经济普查结果",
        "an export of 2026 with its first quarter",
    ),
)


def releases() -> Iterator[Built]:
    for vintage in _VINTAGES:
        yield _announcement(vintage)


def _announcement(vintage: _Vintage) -> Built:
    spoken = [
        period
        for period in known_periods(f"{GDP}_cum", vintage.name)
        if value(f"{GDP}_cum", period, vintage.name)
    ]
    year, month = year_month(spoken[-1])
    title = f"国家统计局关于{vintage.cause}修订{year}年{_NAMES[month]}及以前各季度国内生产总值数据的公告"
    intro = f"{vintage.cause}，国家统计局对季度国内生产总值历史数据进行了修订，修订后的数据见下表。"
    notice = (
        "发布日期为估计值:数值读自数据库导出文件,发布机构公告的实际日期不详; "
        f"date of issue estimated: the figures were read from {vintage.read_from}, "
        "the day of the publisher's own page is not known"
    )
    return release(
        title,
        vintage.name.replace("_", ""),
        vintage.issued,
        True,
        [*paragraphs([intro]), _from_january(vintage.name, spoken), _single_quarters(vintage.name)],
        notice=notice,
    )


def _from_january(vintage: str, spoken: list[str]) -> str:
    """Many periods, one a row; rates are printed where they are known at all."""
    rates = any(value(f"{GDP}_cum_yoy", period, vintage) for period in spoken)
    ends = ("", "_yoy") if rates else ("",)
    names = {
        GDP: "国内生产总值",
        SERVICES: "第三产业增加值",
        COMPUTING: "信息传输、软件和信息技术服务业增加值",
    }
    if rates:
        head = [
            [heading("时期", down=2), *(heading(name, across=2) for name in names.values())],
            [heading(text) for _ in names for text in ("绝对额（亿元）", "同比增长（%）")],
        ]
    else:
        head = [[heading("时期"), *(heading(f"{name}（亿元）") for name in names.values())]]
    rows = [
        [
            _label(period, vintage),
            *(value(f"{stem}_cum{end}", period, vintage) or "-" for stem in names for end in ends),
        ]
        for period in spoken
    ]
    note = "<p>注：绝对额按现价计算，增长速度按不变价计算。</p>" if rates else ""
    return table("国内生产总值累计数据（修订后）", head, rows, note)


def _label(period: str, vintage: str) -> str:
    year, month = year_month(period)
    if month == 3:
        return pick((f"{year}年一季度", f"{year}年1季度"), vintage)
    return pick((f"{year}年{_NAMES[month]}", f"{year}年1-{month // 3}季度"), vintage)


def _single_quarters(vintage: str) -> str:
    """The same product by single quarters: not the figures from January."""
    spoken = [period for period in known_periods(f"{GDP}_quarter", vintage) if "Q" in period]
    head = (tuple(heading(text) for text in ("时期", "国内生产总值（亿元）", "第三产业增加值（亿元）")),)
    rows = [
        [
            f"{period[:4]}年{period[-1]}季度",
            *(value(f"{stem}_quarter", period, vintage) or "-" for stem in (GDP, SERVICES)),
        ]
        for period in spoken
    ]
    return table("国内生产总值分季数据（修订后）", head, rows)
