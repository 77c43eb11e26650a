"""How publishers word periods, changes and amounts; one of several wordings, chosen by the document.

The choice is a hash of the document's key, so that a document never changes between runs while an extractor
cannot lean on one wording. What does not belong here: any figure, any publisher's sentences.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import TypeVar

from prosperity.notation.model import last_day

T = TypeVar("T")
NUMERALS = "零一二三四五六七八九十"


def pick(options: Sequence[T], *key: object) -> T:
    """One of the options, the same for the same key on every machine."""
    digest = hashlib.sha256("|".join(str(part) for part in key).encode()).digest()
    return options[int.from_bytes(digest[:4], "big") % len(options)]


def year_month(period: str) -> tuple[int, int]:
    return int(period[:4]), int(period[5:7])


def period_end(period: str) -> dt.date:
    return last_day(*year_month(period))


def estimated_issue(period: str, lag_days: int) -> dt.date:
    return period_end(period) + dt.timedelta(days=lag_days)


def title_form(month: int, key: object) -> str:
    """The period as titles of monthly cumulative releases write it; empty for the whole year."""
    named = {3: ("一季度", "第一季度"), 6: ("上半年",), 9: ("前三季度", "1－9月份"), 12: ("",)}
    by_month = (f"1－{month}月份", f"1—{month}月", f"前{month}个月", f"1-{month}月份")
    return pick(named.get(month, by_month), "title", key)


def text_form(month: int, key: object) -> str:
    """The cumulative period in running text, without its year."""
    named = {
        3: ("一季度", "第一季度", "1-3月"),
        6: ("上半年", "1－6月份", "上半年"),
        9: ("前三季度", "1—9月份"),
        12: ("全年", "1－12月份"),
    }
    by_month = (f"1-{month}月", f"1—{month}月份", f"1－{month}月份", f"前{month}个月", f"1至{month}月")
    return pick(named.get(month, by_month), "text", key)


def dated_form(period: str, key: object) -> str:
    """The cumulative period with its year: 2019年1—8月份, 2019年 for the whole year."""
    year, month = year_month(period)
    if month == 12:
        return f"{year}年"
    return f"{year}年{text_form(month, key)}"


def stock_form(period: str, key: object) -> str:
    """The point in time of a stock figure: 截至9月末, 截止到9月底, 截至2018年9月末."""
    year, month = year_month(period)
    return pick((f"截至{month}月末", f"截至{year}年{month}月底", f"截止到{month}月末"), "stock", key)


def growth(rate: str | None, key: object) -> str:
    """The year-on-year change with a leading comma, sign in the verb; nothing where no rate is known."""
    if rate is None:
        return ""
    if rate.startswith("-"):
        verb = pick(("同比下降", "同比下滑", "比上年同期下降"), "fall", key)
    else:
        verb = pick(("同比增长", "同比增长", "比上年同期增长", "同比增速为"), "rise", key)
    return f"，{verb}{rate.removeprefix('-')}%"
