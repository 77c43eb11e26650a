"""What the MIIT articles say: one sentence per known figure, in the publisher's patterns.

A sentence whose figure is not known is left out; the real oddities of single texts (a comparison with the
wrong period, a rate in brackets of another period, footnote marks glued to words) are kept where they
occurred.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from prosperity.sample.figures import value
from prosperity.sample.publishers import miit_page as pages
from prosperity.sample.wording import dated_form, growth, pick, stock_form, text_form, year_month

#: Sentences by series; {p} period, {v} amount with unit, {g} change, {d} the era's name of data services.
_FIELDS: dict[str, tuple[str, ...]] = {
    "infoserv_cum": (
        "{p}，信息服务企业共完成信息服务收入{v}{g}。",
        "信息服务收入规模达{v}{g}。",
        "{p}，互联网企业完成信息服务收入{v}{g}。",
    ),
    "platform_cum": (
        "{p}，以提供生产服务平台、生活服务平台等为主的企业实现互联网平台服务收入{v}{g}。",
        "互联网平台服务收入达{v}{g}。",
        "{p}，互联网平台服务企业完成互联网平台服务收入{v}{g}。",
    ),
    "access_cum": (
        "{p}，互联网企业完成互联网接入及相关服务收入{v}{g}。",
        "互联网接入及相关服务收入{v}{g}。",
        "{p}，互联网接入及相关服务收入达到{v}{g}。",
    ),
    "data_cum": (
        "{p}，互联网企业完成{d}收入{v}{g}。",
        "{d}收入达{v}{g}。",
        "{p}，{d}收入{v}{g}。",
    ),
    "ecom_cum": (
        "{p}，电子商务平台收入{v}{g}。",
        "其中，电子商务平台收入达{v}{g}。",
        "{p}，互联网企业完成电子商务平台收入{v}{g}。",
    ),
    "game_cum": (
        "{p}，网络游戏(包括客户端游戏、手机游戏、网页游戏等)业务收入{v}{g}。",
        "网络游戏业务收入达{v}{g}。",
        "{p}，互联网企业完成网络游戏业务收入{v}{g}。",
    ),
}
_RESEARCH = (
    "{p}，互联网企业投入研发费用{v}{g}。",
    "全行业完成研发费用{v}{g}。",
    "{p}，互联网企业研发费用达{v}{g}。",
)
_RESEARCH_2022 = (
    "{p}，我国规模以上互联网企业共投入研发经费{v}{g}。",
    "{p}，规模以上互联网企业研发经费投入{v}{g}。",
    "研发经费方面，{p}共投入{v}{g}。",
)
_HEADINGS = {
    "infoserv_cum": ("信息服务收入情况", "信息服务业务发展情况", "信息服务企业运行情况"),
    "platform_cum": ("平台服务收入情况", "互联网平台服务发展情况", "平台服务企业运行情况"),
    "access_cum": ("互联网接入服务收入情况", "接入服务收入变化", "互联网接入及相关服务情况"),
    "data_cum": ("互联网数据业务情况", "数据业务收入情况", "数据业务发展情况"),
    "ecom_cum": ("电子商务平台收入情况", "电子商务平台发展情况", "电子商务平台运行情况"),
    "game_cum": ("网络游戏收入情况", "网络游戏业务运行情况", "网络游戏发展情况"),
}


def article(title: str, period: str, issued: dt.date, estimated: bool, *, trap: bool = False) -> str:
    """The whole page of a release: head with PubDate, body, footer."""
    parts = [
        ("总体运行情况", _overall(period, title)),
        ("分领域运行情况", _by_field(period)),
        ("分地区运行情况", _by_region(period)),
        ("基础设施情况", _servers(period)),
    ]
    blocks = [*pages.sections(parts), _threshold_note(period)]
    extra = (
        "样例陷阱:标题所称时期与正文不符 / sample trap: the title names another period than the text"
        if trap
        else ""
    )
    return pages.page(title, issued, estimated, blocks, old=period < "2019", extra=extra)


def amount(series: str, period: str) -> str | None:
    """The figure with its unit, in 万亿元 where the reading was written so."""
    figure = value(series, period)
    if figure is None:
        return None
    if series == "miit_inet_rev_cum" and period in ("2019-12", "2021-12"):
        return f"{(Decimal(figure) / 10000).normalize()}万亿元"
    return f"{figure}{'万台' if series.endswith('servers') else '亿元'}"


def _change(series: str, period: str) -> str:
    return growth(value(f"{series}_yoy", period), (series, period))


def _overall(period: str, title: str) -> list[str]:
    paragraphs = [_revenue(period), _profit(period), _research(period)]
    chart = f"图1 {title.split('互联网')[0]}互联网业务收入累计增长情况（%）"
    if paragraphs[1] and period >= "2022":  # the chart below 利润总额 keeps the name of before
        old = "图2 互联网和相关服务业营业利润增长情况（%）"
        paragraphs.insert(2, f'<img src="/cms_files/sample/{period}-2.png" alt="{old}"><br>{old}')
    if paragraphs[0]:
        paragraphs.insert(1, f'<img src="/cms_files/sample/{period}-1.png" alt="{chart}"><br>{chart}')
    return [paragraph for paragraph in paragraphs if paragraph]


def _mark(period: str) -> str:
    """The footnote mark as it really occurs: glued to the word, or raised, or absent."""
    return pick(("1", "<sup>1</sup>", ""), "mark", period)


def _revenue(period: str) -> str:
    money = amount("miit_inet_rev_cum", period)
    if not money:
        return ""
    what = "互联网业务收入" if period < "2018" or period >= "2022" else "业务收入"
    wording = pick(
        (
            "{p}，我国规模以上互联网和相关服务企业{m}（以下简称互联网企业）完成{w}{v}{g}{t}。",
            "{p}，我国规模以上互联网和相关服务企业{m}(以下简称互联网企业)共完成{w}{v}{g}{t}。",
            "{p}，规模以上互联网企业完成{w}{v}{g}{t}。",
            "{p}，全国规模以上互联网和相关服务企业{m}（简称互联网企业）实现{w}{v}{g}{t}。",
        ),
        "revenue",
        period,
    )
    return wording.format(
        p=dated_form(period, period),
        m=_mark(period),
        w=what,
        v=money,
        g=_change("miit_inet_rev_cum", period),
        t=_revenue_tail(period),
    )


def _revenue_tail(period: str) -> str:
    two_year = value("miit_inet_rev_cum_two_year", period)
    if two_year:
        return f"，两年平均增速为{two_year}%"
    points = value("miit_inet_rev_cum_rate_change", period)
    # Printed so: the comparison names the period itself in place of 1-3月.
    return f"，增速较1-4月回升{points}个百分点" if points else ""


def _profit(period: str) -> str:
    for series, name in (("miit_inet_opprofit_cum", "营业利润"), ("miit_inet_profit_cum", "利润总额")):
        money = amount(series, period)
        if money:
            wording = pick(
                (
                    "{p}，互联网企业实现{n}{v}{g}{t}。",
                    "互联网企业实现{n}{v}{g}{t}。",
                    "{p}，全行业共实现{n}{v}{g}{t}。",
                ),
                "profit",
                period,
            )
            before = value("miit_inet_opprofit_cum_yoy", "2020-03")
            turned = f"，扭转1-3月下滑（{before}%）局面" if period == "2020-04" and before else ""
            return wording.format(
                p=text_form(int(period[5:]), (series, period)),
                n=name,
                v=money,
                g=_change(series, period),
                t=turned,
            )
    return ""


def _research(period: str) -> str:
    money = amount("miit_inet_rd_cum", period)
    if not money:
        return ""
    if period == "2020-03":  # the reading says "neared" and "basically flat"
        return f"一季度，互联网企业投入研发费用近{money}，同比基本持平。"
    wording = pick(_RESEARCH_2022 if period >= "2022" else _RESEARCH, "research", period)
    return wording.format(
        p=text_form(int(period[5:]), ("research", period)), v=money, g=_change("miit_inet_rd_cum", period)
    )


def _by_field(period: str) -> list[str]:
    return [paragraph for name in _FIELDS if (paragraph := _field(name, period))]


def _field(name: str, period: str) -> str:
    series = f"miit_inet_{name}"
    money = amount(series, period)
    if not money:
        return ""
    sentence = pick(_FIELDS[name], name, period).format(
        p=text_form(int(period[5:]), (name, period)),
        v=money,
        g=_change(series, period) + _bracket(name, period),
        d="互联网数据中心业务" if period < "2019" else "互联网数据服务",
    )
    return f"{pick(_HEADINGS[name], 'heading', name, period)}。{sentence}"


def _bracket(name: str, period: str) -> str:
    """Oddities of single texts: another period's rate in brackets; a fall said to narrow while it widened."""
    if (name, period) == ("access_cum", "2020-07"):
        before = value("miit_inet_access_cum_yoy", "2020-06")
        return f"（上半年下降{before.removeprefix('-')}%）" if before else ""
    points = value(f"miit_inet_{name}_rate_change", period)
    return f"，降幅收窄{points}个百分点" if points else ""


def _by_region(period: str) -> list[str]:
    money = amount("miit_inet_rev_east_cum", period)
    if not money:
        return []
    wording = pick(
        (
            "{p}，东部地区完成互联网业务收入{v}{g}。",
            "东部地区互联网业务收入达{v}{g}。",
            "{p}，东部地区实现互联网业务收入{v}{g}。",
        ),
        "east",
        period,
    )
    when = text_form(int(period[5:]), ("east", period))
    return [wording.format(p=when, v=money, g=_change("miit_inet_rev_east_cum", period))]


def _servers(period: str) -> list[str]:
    count = amount("miit_inet_servers", period)
    if not count:
        return []
    wording = pick(
        (
            "{p}，互联网企业部署的服务器数量达到{v}{g}。",
            "{p}，互联网企业共部署服务器{v}{g}。",
            "{p}，部署的服务器数量达{v}{g}。",
        ),
        "servers",
        period,
    )
    return [wording.format(p=stock_form(period, period), v=count, g=_change("miit_inet_servers", period))]


def _threshold_note(period: str) -> str:
    year, _ = year_month(period)
    threshold = value("miit_inet_threshold", period) or value("miit_inet_threshold", str(year))
    if threshold:
        text = f"规模以上互联网和相关服务企业口径为上年互联网和相关服务收入{threshold}万元以上的企业。"
    else:
        text = "统计范围为规模以上互联网和相关服务企业，与上年的样本可能不同。"
    mark = "1. " if _mark(period) else ""
    return f'<p style="font-size: 12px;">注：{mark}{text}</p>'
