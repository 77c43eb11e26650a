"""Which period a sentence that names none refers to.

What belongs here: what sentences and paragraphs hand on to the next. What does not: periods within a sentence
(``sentence``, ``english``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from prosperity.notation.model import Period
from prosperity.notation.periods import find_periods

#: Measures of a span of time and of a day; after 截至9月末 the former still refer to the months up to it.
_FLOW = re.compile(
    r"收入|营收|销售额|零售额|交易额|利润|费用|成本|支出|经费|投入|投资|流量|业务量|业务总量|金额|增加值"
    r"|revenue|profit|sales|income|spending|traffic|investment|expenditure|output",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"用户|网民|基站|普及率|使用率|总数|端口|光缆|域名|地址数|连接数|账户|机架|\busers?\b|netizens|base stations|penetration",
    re.IGNORECASE,
)
#: A look at single quarters or months within a text about the span.
_BESIDE = re.compile(r"分季度|分月|环比(?:增速|情况)?来?看")
#: What may stand before the period in a sentence without figures that sets the scene for the next.
_SCENE = re.compile(r"(?:^[截至在]{0,3}|[,;:、]|显示|获悉|公布|披露|数据)\s*$")


@dataclass(frozen=True)
class Context:
    """What later sentences and paragraphs inherit: the last period named, and the last one of the other sort (of a day, of
    a span) with the same end. An actor only holds within its block."""

    period: Period | None = None
    subject: str = ""  #: actor to assume where a block's first sentence names none
    other: Period | None = None


def after(context: Context, last: Period | None, sentence: str, issued: dt.date | None) -> Context:
    """The context behind a sentence whose last period is ``last``."""
    if context.period is not None and _BESIDE.search(sentence):
        return context
    period = _after(context.period, last, sentence, issued)
    if period == context.period or period is None:
        return replace(context, period=period)
    known = [one for one in (context.period, context.other) if one is not None]
    other = next((one for one in known if one.end == period.end and _day(one) != _day(period)), None)
    return replace(context, period=period, other=other)


def fitting(measure: str, period: Period | None, context: Context, sentence: str) -> Period | None:
    """The period of a figure: where its sentence names none, and what it measures is of the other sort than the one
    inherited, the last one of its own sort with the same end."""
    if period is None or context.other is None or period != context.period or find_periods(sentence):
        return period
    if _day(period) == _day(context.other):
        return period
    flow, stock = bool(_FLOW.search(measure)), bool(_STOCK.search(measure))
    wanted = (flow and not stock) if _day(period) else (stock and not flow)
    return context.other if wanted else period


def sets_the_scene(sentence: str, issued: dt.date | None) -> bool:
    """A sentence without figures gives its period to the next one only if a clause begins with it.

    "(In) 2021, 1—9月, the ministry …" does; "the survey was not made at the end of last year" does not.
    """
    named = find_periods(sentence, issued)
    return bool(named) and _SCENE.search(sentence[: named[0][1][0]]) is not None


def handed_on(before: Period | None, behind: Context) -> Context:
    """What the next block inherits: a stock in a text about the months up to it holds in its block only."""
    after_block = behind.period
    if before and after_block and _day(after_block) and not _day(before) and before.end == after_block.end:
        return replace(behind, period=before, other=after_block)
    return behind


def _after(
    before: Period | None, last: Period | None, sentence: str, issued: dt.date | None
) -> Period | None:
    """12月当月, in a text about the months up to it, holds in its sentence only."""
    if last is None or last.kind != "month" or "月当月" not in sentence:
        return last
    named = [before, *(period for period, _ in find_periods(sentence, issued))]
    around = [period for period in named if period and period.end == last.end and period.kind != "month"]
    return around[-1] if around else last


def _day(period: Period) -> bool:
    return period.kind == "stock"
