"""The CNNIC reports no. 37–49, rebuilt (development only): known figures in prose and ruled tables.

A figure that is not known is a dash in a table and no sentence at all in prose. Traps that really occur: the
survey of March 2020 in place of December 2019, comparisons over nine and fifteen months, raised footnote
marks, merged header cells, a table over a page break.
"""

from __future__ import annotations

from prosperity.sample.figures import figure, value
from prosperity.sample.model import NOTICE_EN, NOTICE_ZH, RealItem
from prosperity.sample.pdf_layout import BODY, CHAPTER, COVER, COVER_LINE, LIST, NOTE, SECTION, Report, raised
from prosperity.sample.wording import pick, year_month

#: Period surveyed and the one the report's tables compare with, by number of the report.
PERIODS = {
    37: ("2015-12", "2015-06"),
    38: ("2016-06", "2015-12"),
    39: ("2016-12", "2015-12"),
    40: ("2017-06", "2016-12"),
    41: ("2017-12", "2016-12"),
    42: ("2018-06", "2017-12"),
    43: ("2018-12", "2017-12"),
    44: ("2019-06", "2018-12"),
    45: ("2020-03", "2018-12"),
    46: ("2020-06", "2020-03"),
    47: ("2020-12", "2020-03"),
    48: ("2021-06", "2020-12"),
    49: ("2021-12", "2020-12"),
}

#: Applications with their series and the first period that had them as a category of their own.
APPLICATIONS = (
    ("即时通信", "cnnic_im_users", "2015"),
    ("网络新闻", "cnnic_news_users", "2015"),
    ("网络视频（含短视频）", "cnnic_video_users", "2015"),
    ("短视频", "cnnic_shortvideo_users", "2018-06"),
    ("网络直播", "cnnic_live_users", "2016-06"),
    ("网络购物", "cnnic_shop_users", "2015"),
    ("网络支付", "cnnic_pay_users", "2015"),
    ("手机网络支付", "cnnic_mpay_users", "2015"),
    ("在线教育", "cnnic_edu_users", "2015"),
    ("在线医疗", "cnnic_medical_users", "2015"),
)
RESOURCES = (
    ("域名（万个）", "cnnic_domains", "域名总数", "万个"),
    ("其中：“.CN”域名（万个）", "cnnic_cn_domains", "“.CN”域名数量", "万个"),
    ("IPv6地址（块/32）", "cnnic_ipv6", "IPv6地址数量", "块/32"),
)
_MOBILE_NOTE = "1 手机网民指过去半年使用过手机接入互联网的网民。"
_MISSING = "注：“-”表示样例未收录该数值。"


def report(number: int, item: RealItem) -> Report:
    period, before = PERIODS[number]
    built = Report(f"第{number}次《中国互联网络发展状况统计报告》")
    _front(built, number, item)
    _key_data(built, period)
    _resources(built, period, before)
    _netizens(built, number, period, before)
    _structure(built, period)
    _applications(built, period, before)
    _appendix(built, period)
    return built


def named(period: str) -> str:
    year, month = year_month(period)
    return f"{year}年{month}月"


def _front(built: Report, number: int, item: RealItem) -> None:
    built.add(COVER, f"第{number}次", "中国互联网络发展状况统计报告")
    built.add(COVER_LINE, f"（{named(item.stated)}）", "中国互联网络信息中心", NOTICE_ZH, NOTICE_EN)
    built.page()
    built.add(CHAPTER, "样例说明")
    built.add(
        BODY,
        f"{NOTICE_ZH}。{NOTICE_EN}.",
        "本文件的标题、地址和发布日期与原报告一致；章节和文字按原报告的体例另行编写，数值均为公开报道引用的原报告数值。",
        "未见公开引用的数值，在表格中以短横表示，在文字中不作叙述。",
    )
    built.page()
    built.add(CHAPTER, "目录")
    built.add(
        LIST, "核心数据", "第一章 互联网基础资源", "第二章 网民规模", "第三章 网民结构与上网时长",
        "第四章 互联网应用发展状况", "附录一 调查方法", "附录二 术语界定",
    )  # fmt: skip
    built.page()


def _key_data(built: Report, period: str) -> None:
    built.add(CHAPTER, "核心数据")
    lines = [
        _netizen_sentence(period),
        _mobile_sentence(period),
        _rural_sentence(period),
        _hours_sentence(period),
    ]
    built.add(LIST, *(f"◇ {line}" for line in lines if line))
    built.page()


def _netizen_sentence(period: str, key: str = "key") -> str:
    people, share = value("cnnic_netizens", period), value("cnnic_penetration", period)
    wording = pick(
        (
            "截至{p}，我国网民规模达{v}亿人{i}{s}。",
            "截至{p}，我国网民规模为{v}亿人{i}{s}。",
            "截至{p}，中国网民规模达到{v}亿{i}{s}。",
        ),
        key,
        period,
    )
    share_text = f"，互联网普及率{pick(('达', '为', '达到'), 'share', key, period)}{share}%" if share else ""
    return wording.format(
        p=named(period), v=people, i=_increase("cnnic_netizens", period), s=share_text + _points(period)
    )


def _increase(series: str, period: str) -> str:
    """The increase in 万 with the period compared with: nine or fifteen months in 2020."""
    row = figure(f"{series}_increase", period)
    if not row:
        return ""
    year, month = year_month(row.base)
    since = f"{year}年底" if month == 12 else f"{year}年{month}月"
    return pick((f"，较{since}增长{row.value}万人", f"，较{since}新增网民{row.value}万人"), series, period)


def _points(period: str) -> str:
    row = figure("cnnic_penetration_increase", period)
    return f"，较{named(row.base)}提升{row.value}个百分点" if row else ""


def _mobile_sentence(period: str, key: str = "key") -> str:
    people = value("cnnic_mobile_netizens", period)
    if not people:
        return ""
    wording = pick(
        (
            "我国手机网民规模达{v}亿人{i}。",
            "截至{p}，我国手机网民规模达到{v}亿人{i}。",
            "手机网民规模为{v}亿{i}。",
        ),
        "mobile",
        key,
        period,
    )
    increase = _increase("cnnic_mobile_netizens", period).replace("新增网民", "增加")
    return wording.format(p=named(period), v=people, i=increase)


def _rural_sentence(period: str) -> str:
    people = value("cnnic_rural_netizens", period)
    if not people:
        return ""
    wording = pick(
        ("我国农村网民规模为{v}亿人{i}。", "截至{p}，我国农村网民规模达{v}亿人{i}。"), "rural", period
    )
    return wording.format(
        p=named(period), v=people, i=_increase("cnnic_rural_netizens", period).replace("新增网民", "增加")
    )


def _hours_sentence(period: str) -> str:
    hours = value("cnnic_weekly_hours", period)
    if not hours:
        return ""
    wording = pick(
        ("我国网民的人均每周上网时长为{v}小时。", "截至{p}，网民人均每周上网时长达{v}个小时。"),
        "hours",
        period,
    )
    return wording.format(p=named(period), v=hours)


def _resources(built: Report, period: str, before: str) -> None:
    built.add(CHAPTER, "第一章 互联网基础资源")
    built.add(BODY, "本章说明域名和互联网协议地址等基础资源的数量。")
    known = [resource for resource in RESOURCES if value(resource[1], period)]
    for _, series, name, unit in known:
        since = figure(f"{series}_since", period)
        change = f"，较{since.base[:4]}年底增长{since.value}%" if since else ""
        yearly = value(f"{series}_yoy", period)
        change = change or (f"，年增长率为{yearly}%" if yearly else "")
        built.add(BODY, f"截至{named(period)}，我国{name}为{value(series, period)}{unit}{change}。")
    built.page()
    if known:
        rows = [
            [label, *(value(series, when) or "-" for when in (period, before))]
            for label, series, _, _ in RESOURCES
        ]
        built.table(
            f"表1 {named(before)}至{named(period)}互联网基础资源对比",
            [["资源", named(period), named(before)]],
            rows,
            notes=[_MISSING],
        )
    else:
        built.add(BODY, "样例未收录本期基础资源的数值。")
    built.page()


def _netizens(built: Report, number: int, period: str, before: str) -> None:
    built.add(CHAPTER, "第二章 网民规模")
    built.add(SECTION, "一、总体网民规模")
    built.add(BODY, _netizen_sentence(period, "chapter"))
    if number == 45:
        built.add(BODY, f"受疫情影响，本次报告的电话调查截止于{named(period)}，未在上年底进行。")
    built.add(SECTION, "二、手机网民规模")
    text = _mobile_sentence(period, "chapter")
    built.add(BODY, text.replace("手机网民规模", f"手机网民规模{raised('1')}", 1))
    built.add(NOTE, _MOBILE_NOTE)
    built.page()
    dates = ["", named(period), named(before)]
    header, spans = pick(
        (
            ([["指标", "数值", ""], dates], [((0, 0), (0, 1)), ((1, 0), (2, 0))]),
            ([["项目", "规模与比例", ""], dates], [((0, 0), (0, 1)), ((1, 0), (2, 0))]),
            ([["指标", "本期", "上期"], dates], [((0, 0), (0, 1))]),
        ),
        "netizens",
        number,
    )
    marked = value("cnnic_netizens", period) or "-"
    notes = [_MOBILE_NOTE, _MISSING]
    if number == 45:
        marked += raised("2")
        notes.insert(1, f"2 本次调查截止于{named(period)}。")
    rows = [
        ["网民规模（亿人）", marked, value("cnnic_netizens", before) or "-"],
        ["互联网普及率（%）", *_values("cnnic_penetration", period, before)],
        [f"手机网民规模（亿人）{raised('1')}", *_values("cnnic_mobile_netizens", period, before)],
        ["农村网民规模（亿人）", *_values("cnnic_rural_netizens", period, before)],
    ]
    caption = pick(
        ("网民规模和互联网普及率", "网民规模与互联网普及率", "总体网民规模和互联网普及率"), "caption", number
    )
    built.table(f"表2 {caption}", header, rows, spans=spans, notes=notes)
    built.page()


def _values(series: str, *periods: str) -> list[str]:
    return [value(series, period) or "-" for period in periods]


def _structure(built: Report, period: str) -> None:
    built.add(CHAPTER, "第三章 网民结构与上网时长")
    built.add(SECTION, "一、城乡结构")
    built.add(BODY, _rural_sentence(period) or "样例未收录本期城乡结构的数值。")
    built.add(SECTION, "二、上网时长")
    built.add(BODY, _hours_sentence(period) or "样例未收录本期上网时长的数值。")
    built.page()


def _applications(built: Report, period: str, before: str) -> None:
    built.add(CHAPTER, "第四章 互联网应用发展状况")
    built.add(BODY, "本章先给出各类应用的用户规模，再分别说明。")
    built.leave_only(235)
    shown = [entry for entry in APPLICATIONS if period >= entry[2]]
    single = pick((True, False), "applications", period)
    if single:
        header = [["应用", "用户规模（亿人）", "", "年增长率（%）"], ["", named(period), named(before), ""]]
        spans = [((0, 0), (0, 1)), ((1, 0), (2, 0)), ((3, 0), (3, 1))]
        rows = [
            [name, *_values(series, period, before), value(f"{series}_yoy", period) or "-"]
            for name, series, _ in shown
        ]
    else:
        header = [["应用", named(period), "", named(before)], ["", "用户规模", "年增长率（%）", "用户规模"]]
        spans = [((0, 0), (0, 1)), ((1, 0), (2, 0))]
        rows = [
            [
                name,
                value(series, period) or "-",
                value(f"{series}_yoy", period) or "-",
                value(series, before) or "-",
            ]
            for name, series, _ in shown
        ]
    unit = "" if single else "单位：亿人"
    caption = f"表3 {named(before)}至{named(period)}各类互联网应用用户规模"
    built.table(caption, header, rows, spans=spans, unit=unit, notes=[_MISSING], padding=8)
    built.page()
    for name, series, _ in shown:
        built.add(BODY, _application_sentence(name.partition("（")[0], series, period))
    built.page()


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
    if (series, period) == ("cnnic_mpay_users", "2016-12"):  # the reading says "close to"
        wording = "截至{p}，{n}用户规模接近{v}亿{g}。"
    yearly, since = value(f"{series}_yoy", period), figure(f"{series}_since", period)
    change = f"，年增长率为{yearly}%" if yearly else ""
    if since:
        change = f"，较{since.base[:4]}年底增长{since.value}%"
    return wording.format(p=named(period), n=name, v=people, g=change)


def _appendix(built: Report, period: str) -> None:
    built.add(CHAPTER, "附录一 调查方法")
    built.add(
        BODY,
        f"本报告的用户数据来自电话调查，调查对象为有住宅固定电话或手机的常住居民，调查截止于{named(period)}。",
        "基础资源数据由各注册管理机构和有关单位提供，并由中国互联网络信息中心汇总。",
    )  # fmt: skip built.page()
    built.add(CHAPTER, "附录二 术语界定")
    built.add(
        BODY, "网民：过去半年内使用过互联网的常住居民。",
        "手机网民：过去半年使用过手机接入互联网的网民，不限于只用手机的网民。",
    "农村网民：过去半年主要居住在农村地区的网民。", "互联网普及率：网民占常住居民的比例。", )  # fmt: skip
