"""What pages call things, in Chinese and English: units, periods, statuses, sources of dates, transforms.

What belongs here: words for values of the catalogue and the warehouse. What does not: sentences of pages (those
stand in the templates) and steps written by the index stage (``translate``).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from prosperity.catalogue.model import Bilingual, Series, Transform

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")


def _both(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


#: What is said wherever figures of samples are shown.
SAMPLE = _both(
    "样例发布方:文件依据公开发布数据重建",
    "sample publishers: documents rebuilt from published figures",
)
GROUPS = {
    "leading": _both("先行指数", "Leading index"),
    "coincident": _both("一致指数", "Coincident index"),
    "lagging": _both("滞后指数", "Lagging index"),
}
LAYERS = {
    "macro": _both("宏观经济", "macro economy"),
    "capability": _both("基础能力", "basic capability"),
    "industry": _both("行业发展", "industry development"),
    "business": _both("企业经营", "business development"),
    "trend": _both("趋势项", "trend term"),
}
#: SDMX OBS_STATUS as shown.
STATUSES = {
    "A": _both("公布数据", "observed, as published"),
    "I": _both("插补或拆分", "interpolated or split"),
    "E": _both("由插补值推算", "derived from an interpolated value"),
    "B": _both("口径变动", "break in the series"),
    "M": _both("缺失", "missing"),
    "P": _both("初步数", "provisional"),
    "S": _both("特殊因素", "special event"),
    "U": _both("可靠性低", "low reliability"),
}
BASES = {
    "stated": _both("文中写明", "stated in the document"),
    "list_date": _both("列表或地址中的日期", "date in the publisher's list or address"),
    "address": _both("地址中的日期", "date in the address"),
    "estimated": _both("估计:期末加通常时滞", "estimated: end of the period plus the usual lag"),
    "first_seen": _both("首次见到之日", "day we first saw it"),
}
CHECKS = {
    "rate_against_levels": _both("公布增速与水平值之比", "published rate against the levels"),
    "cumulative_fall": _both("累计数年内不降", "year to date does not fall"),
    "pace_within_year": _both("年内月均值不突变", "no month stands out in its year"),
    "parts_within_whole": _both("部分不大于总体", "parts within their whole"),
    "twins": _both("同义指标相符", "twins agree"),
}
CHECK_ROLES = {
    "rate": _both("公布增速", "published rate"),
    "level": _both("本期", "level"),
    "level_before": _both("上年同期", "year before"),
    "earlier": _both("前值", "before"),
    "later": _both("后值", "after"),
    "part": _both("部分", "part"),
    "whole": _both("总体", "whole"),
    "left": _both("甲", "one"),
    "right": _both("乙", "other"),
}
CHECK_SEVERITIES = {
    "none": _both("相符", "agrees"),
    "note": _both("提示", "noted"),
    "warn": _both("矛盾", "contradicts"),
}
CHECK_VERDICTS = {
    "rounding": _both("舍入误差", "rounding"),
    "small": _both("差异较小", "small"),
    "restated": _both("已重述或换基", "restated or rebased"),
    "unpaired": _both("无可比数据", "no counterpart"),
}
LIGHTS = {
    "blue": _both("蓝灯", "blue"),
    "light_blue": _both("浅蓝灯", "light blue"),
    "green": _both("绿灯", "green"),
    "yellow": _both("黄灯", "yellow"),
    "red": _both("红灯", "red"),
}
PLACES = {
    "leading": _both("先行", "leading"),
    "coincident": _both("一致", "coincident"),
    "lagging": _both("滞后", "lagging"),
    "undecided": _both("无法判定", "undecided"),
}
TURNS = {"peak": _both("峰", "peak"), "trough": _both("谷", "trough")}
CYCLES = {"level": _both("水平", "level"), "growth": _both("同比增速", "growth on year")}
METHODS = {
    "pdf-table": _both("PDF 表格单元格", "table cell in a PDF"),
    "pdf-text": _both("PDF 正文", "running text of a PDF"),
    "pdf-chart": _both("PDF 图表标签", "label of a chart in a PDF"),
    "html-table": _both("网页表格单元格", "table cell of a web page"),
    "html-prose": _both("网页正文", "running text of a web page"),
    "api": _both("数据接口", "data interface"),
    "ocr": _both("文字识别", "text recognition"),
}
STATES = {
    "found": _both("已采集", "collected"),
    "not_out_yet": _both("尚未到发布日", "not out yet"),
    "overdue": _both("逾期未见", "overdue"),
    "failed": _both("采集失败", "failed"),
    "lost_online": _both("网上已不存", "lost online"),
    "never_published": _both("从未发布", "never published"),
    "not_in_sample": _both("样例文件中没有", "not among the sample documents"),
}
STATE_MARKS = {
    "found": "●", "not_out_yet": "·", "overdue": "!", "failed": "✗", "lost_online": "†", "never_published": "–",
    "not_in_sample": "○",
}  # fmt: skip
REVISION_PARTS = {
    "new_data": _both("新增数据", "new data"),
    "revised_data": _both("数据修订", "revised data"),
    "seasonal_factors": _both("季节因子", "season"),
    "specification": _both("设定", "specification"),
    "code": _both("程序", "code"),
}
DOWNLOADS = {
    "observations": _both("每个数字的每次发布,带出处", "every value of every figure, with its place"),
    "index_values": _both("指数", "index points"),
    "index_contributions": _both("各指标贡献", "contributions"),
}
_UNITS = {
    "元": "yuan", "户": "households", "人": "persons", "台": "units", "%": "%", "指数": "index points",
    "点": "points", "百分点": "percentage points", "个": "items",
    "家": "companies", "笔": "deals", "美元": "US dollars", "公里": "km", "小时": "hours", "块/32": "/32 blocks",
    "GB/户·月": "GB per user and month",
}  # fmt: skip
_FACTORS = {0: ("", ""), 2: ("百", "hundred"), 3: ("千", "thousand"), 4: ("万", "10 thousand"),
            6: ("百万", "million"), 8: ("亿", "100 million"), 12: ("万亿", "trillion")}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PERIOD = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|S([12])))?")


def said(words: dict[str, Bilingual], code: str, language: Language) -> str:
    """The word for a code; a code without a word is shown as it is."""
    found = words.get(code)
    return getattr(found, language) if found else code


def unit(series: Series, language: Language) -> str:
    """Unit in which the figures of a series are kept: 亿元 / 100 million yuan."""
    factor = _FACTORS.get(series.unit_mult, (f"10^{series.unit_mult} ", f"10^{series.unit_mult}"))
    if language == "zh":
        return f"{factor[0]}{series.unit}"
    return f"{factor[1]} {_UNITS.get(series.unit, series.unit)}".strip()


def english_unit(code: str) -> str:
    """The base unit in English; one without a word stays as it is."""
    return _UNITS.get(code, code)


def with_unit(value: Decimal | None, series: Series, language: Language) -> str:
    """``10125 亿元``, ``10125 × 100 million yuan``; percent stands close."""
    name = unit(series, language)
    if name == "%":
        return f"{plain(value)}%"
    times = "× " if language == "en" and series.unit_mult else ""
    return f"{plain(value)} {times}{name}"


def plain(value: Decimal | float | None) -> str:
    """A figure as printed: all digits, no exponent; an en dash for none."""
    if value is None:
        return "–"
    return format(value, "f") if isinstance(value, Decimal) else format(value, ",.10g")


def rounded(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def signed(value: Decimal | float | None, digits: int = 2) -> str:
    """With its sign, a true minus."""
    if value is None:
        return "–"
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "").replace("+", "")


def period(code: str, series: Series | None, language: Language) -> str:
    """A TIME_PERIOD in words, in the sense of its series: a month may be year-to-date or the end of a month."""
    if ".." in code:
        first, last = (period(end, series, language) for end in code.split("..", 1))
        return f"{first}至{last}" if language == "zh" else f"{first} to {last}"
    found = _PERIOD.fullmatch(code)
    if found is None:
        return code
    year, month, quarter, half = found.groups()
    if quarter:
        return f"{year}年{'一二三四'[int(quarter) - 1]}季度" if language == "zh" else f"Q{quarter} {year}"
    if half:
        return f"{year}年{'上下'[int(half) - 1]}半年" if language == "zh" else f"H{half} {year}"
    if not month:
        return f"{year}年" if language == "zh" else year
    return _month(year, int(month), series, language)


def _month(year: str, month: int, series: Series | None, language: Language) -> str:
    name = _MONTHS[month - 1]
    if series is not None and series.cumulative and month > 1:
        return f"{year}年1—{month}月" if language == "zh" else f"Jan–{name} {year}"
    if series is not None and series.kind == "stock":
        return f"{year}年{month}月末" if language == "zh" else f"end of {name} {year}"
    return f"{year}年{month}月" if language == "zh" else f"{name} {year}"


def transform(entry: Transform, language: Language) -> str:
    """What is done with the observations before they enter the index; the run says how season was treated."""
    parts = [_method(entry, language)]
    if entry.first:
        parts.append(
            f"只用 {entry.first} 起的观测。"
            if language == "zh"
            else f"Observations from {entry.first} on are used."
        )
    if entry.interpolate:
        zh, en = ("线性", "linearly") if entry.method == "mean" else ("对数线性", "log-linearly")
        parts.append(
            f"缺口不超过 {entry.interpolate} 个季度时按{zh}插补(标 I)。" if language == "zh"
            else f"Gaps of at most {_count(entry.interpolate, 'quarter')} are filled {en} (status I)."
        )  # fmt: skip
    if entry.interpolate_rate_months:
        parts.append(
            f"缺季末增速时,用同年前后 {entry.interpolate_rate_months} 个月内公布的增速线性插补(标 I)。"
            if language == "zh"
            else f"A missing quarter-end rate is interpolated between rates published within "
            f"{_count(entry.interpolate_rate_months, 'month')} on both sides in the same year (status I)."
        )
    if entry.split_gap:
        parts.append(
            "年内缺一个季末时,差额按最近一个完整年份的比例拆分(标 I)。" if language == "zh"
            else "Where one quarter end of a year is missing, the difference is split as in the nearest earlier year (status I)."
        )  # fmt: skip
    return ("" if language == "zh" else " ").join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _method(entry: Transform, language: Language) -> str:
    zh, en = {
        "decumulate": (
            "年初累计数相减得到季度值。",
            "Year-to-date figures are differenced to quarterly ones.",
        ),
        "chain": (
            "水平值与公布增速互相矛盾,因此链接公布的同比增速,得到可比口径的水平。",
            "Level and published rate contradict each other, so the published year-on-year rates are chained "
            "into a level on a comparable basis.",
        ),
        "last": ("取季末数。", "The stock at the end of the quarter is taken."),
        "mean": (
            "取季内各月增速的均值,以差分进入指数。",
            "The mean of the quarter's monthly rates is taken; it enters by its plain difference.",
        ),
    }[entry.method]
    return zh if language == "zh" else en


_HAN = "[\u3007\u4e00-\u9fff“”‘’、。《》〈〉]"
_FULL = str.maketrans(",:;()?", "，：；（）？")
_LOOSE = re.compile("([，：；？]) ")
_BESIDE_HAN = re.compile(rf"(?<={_HAN})[,:;()?]+|[,:;()]+(?={_HAN})")


def typeset(text: str) -> str:
    """Chinese text with full-width punctuation wherever it touches an ideograph; figures keep theirs."""
    return _LOOSE.sub(r"\1", _BESIDE_HAN.sub(lambda found: found.group().translate(_FULL), text))
