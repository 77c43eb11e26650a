"""Applications in the rebuilt CNNIC reports (development only): their table by era, and a sentence for each.

What belongs here too: how these reports write dates, and which report has which layout. The rest of a report is
in ``pdf_cnnic``.
"""

from __future__ import annotations

from prosperity.sample.figures import figure, value
from prosperity.sample.pdf_layout import BODY, CHAPTER, Report, Span
from prosperity.sample.wording import pick, year_month

#: Last report of the first layout, first report of the third.
EARLY, LATE = 36, 50

#: Applications with their series and the first period that had them as a category of their own.
APPLICATIONS = (
    ("即时通信", "cnnic_im_users", "2013"),
    ("网络新闻", "cnnic_news_users", "2013"),
    ("网络视频（含短视频）", "cnnic_video_users", "2013"),
    ("短视频", "cnnic_shortvideo_users", "2018-06"),
    ("网络直播", "cnnic_live_users", "2016-06"),
    ("网络购物", "cnnic_shop_users", "2013"),
    ("网络支付", "cnnic_pay_users", "2013"),
    ("手机网络支付", "cnnic_mpay_users", "2013"),
    ("在线教育", "cnnic_edu_users", "2015"),
    ("在线医疗", "cnnic_medical_users", "2015-12"),
    ("远程办公", "cnnic_office_users", "2020-06"),
    ("网上外卖", "cnnic_takeout_users", "2020-06"),
    ("网约车", "cnnic_ridehail_users", "2020-06"),
    ("在线旅行预订", "cnnic_travel_users", "2022"),
    ("在线政务服务", "cnnic_egov_users", "2020-06"),
)
#: Other names of an application: from a period on.
_RENAMED = {
    "cnnic_medical_users": (("2022-12", "互联网医疗"),),
    "cnnic_office_users": (("2022-12", "线上办公"), ("2021", "在线办公")),
}
MISSING = "注：“-”表示样例未收录该数值。"


def named(period: str) -> str:
    year, month = year_month(period)
    return f"{year}年{month}月"


def dotted(period: str) -> str:
    year, month = year_month(period)
    return f"{year}.{month}"


def values(series: str, *periods: str) -> list[str]:
    return [value(series, period) or "-" for period in periods]


def applications(built: Report, number: int, period: str, before: str) -> None:
    built.add(CHAPTER, "第四章 互联网应用发展状况")
    built.add(BODY, "本章先给出各类应用的用户规模，再分别说明。")
    built.leave_only(235)
    shown = [(_name(entry, period), entry[1]) for entry in APPLICATIONS if period >= entry[2]]
    if number <= EARLY or number >= LATE:
        header, spans, rows = _with_usage(number, period, before, shown)
        unit = ""
    else:
        header, spans, rows, unit = _without_usage(period, before, shown)
    caption = f"表3 {named(before)}至{named(period)}各类互联网应用用户规模"
    if number <= EARLY:
        caption = f"表3 {named(before)}至{named(period)}中国网民各类网络应用的使用率"
    built.table(caption, header, rows, spans=spans, unit=unit, notes=[MISSING], padding=8)
    built.page()
    for name, series in shown:
        built.add(BODY, _application_sentence(name.partition("（")[0], series, period))
    built.page()


def _name(entry: tuple[str, str, str], period: str) -> str:
    name, series, _ = entry
    if series == "cnnic_video_users" and period < "2015-12":
        return "网络视频"
    return next((other for first, other in _RENAMED.get(series, ()) if period >= first), name)


def _with_usage(
    number: int, period: str, before: str, shown: list[tuple[str, str]]
) -> tuple[list[list[str]], list[Span], list[list[str]]]:
    """Users and share of Internet users of two periods, and the growth between them: a half year's or a year's."""
    early, yearly = number <= EARLY, period[5:] == before[5:]
    first, second = (period, before) if early else (before, period)
    written = named if early else dotted
    growth = "年增长率（%）" if yearly else ("半年增长率（%）" if early else "增长率（%）")
    columns = ["用户规模（亿）", "网民使用率（%）"]
    header = [["应用", written(first), "", written(second), "", growth], ["", *columns, *columns, ""]]
    spans: list[Span] = [((0, 0), (0, 1)), ((1, 0), (2, 0)), ((3, 0), (4, 0)), ((5, 0), (5, 1))]
    rows = []
    for name, series in shown:
        one, other = values(series, first, second)
        rate = value(f"{series}_yoy", period) if yearly else None
        rows.append([name, one, "-", other, "-", rate or "-"])
    return header, spans, rows


def _without_usage(
    period: str, before: str, shown: list[tuple[str, str]]
) -> tuple[list[list[str]], list[Span], list[list[str]], str]:
    """Users of two periods and growth on year, in two headers; the last part is the unit line."""
    if pick((True, False), "applications", period):
        header = [["应用", "用户规模（亿人）", "", "年增长率（%）"], ["", named(period), named(before), ""]]
        spans: list[Span] = [((0, 0), (0, 1)), ((1, 0), (2, 0)), ((3, 0), (3, 1))]
        rows = [
            [name, *values(series, period, before), *values(f"{series}_yoy", period)]
            for name, series in shown
        ]
        return header, spans, rows, ""
    header = [["应用", named(period), "", named(before)], ["", "用户规模", "年增长率（%）", "用户规模"]]
    spans = [((0, 0), (0, 1)), ((1, 0), (2, 0))]
    rows = [
        [name, *values(series, period), *values(f"{series}_yoy", period), *values(series, before)]
        for name, series in shown
    ]
    return header, spans, rows, "单位：亿人"


def _application_sentence(name: str, series: str, period: str) -> str:
    people = value(series, period)
    if not people:
        return ""
    wording = pick(
        (
            "截至{p}，我国{n}用户规模达{v}亿{g}。",
            "截至{p}，{n}用户规模为{v}亿人{g}。",
            "{n}用户规模达到{v}亿人{g}。",
        ),
        series,
        period,
    )
    if (series, period) == ("cnnic_im_users", "2013-06"):  # the reading says so
        wording = "截至{p}，我国{n}网民规模达{v}亿{g}。"
    if (series, period) == ("cnnic_mpay_users", "2016-12"):  # the reading says "close to"
        wording = "截至{p}，{n}用户规模接近{v}亿{g}。"
    yearly, since = value(f"{series}_yoy", period), figure(f"{series}_since", period)
    change = f"，年增长率为{yearly}%" if yearly else ""
    if since:
        change = f"，较{since.base[:4]}年底增长{since.value}%"
    return wording.format(p=named(period), n=name, v=people, g=change)
