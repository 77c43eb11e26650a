"""The CNNIC reports no. 32–53, rebuilt (development only): known figures in prose and ruled tables.

A figure that is not known is a dash in a table and no sentence at all in prose. Traps that really occur: the
survey of March 2020 in place of December 2019, comparisons over nine and fifteen months, raised footnote
marks, merged header cells, a table over a page break. Tables are laid out by era: no. 32–36 with the older period
first and the growth of half a year beside it, no. 37–49, no. 50–53 with dotted dates (2022.6).
"""

from __future__ import annotations

from prosperity.sample.figures import figure, value
from prosperity.sample.model import ESTIMATED_EN, ESTIMATED_ZH, NOTICE_EN, NOTICE_ZH, RealItem
from prosperity.sample.pdf_cnnic_applications import EARLY, LATE, MISSING, applications, dotted, named, values
from prosperity.sample.pdf_layout import BODY, CHAPTER, COVER, COVER_LINE, LIST, NOTE, SECTION, Report, raised
from prosperity.sample.wording import pick, year_month

#: Period surveyed and the one the report's tables compare with, by number of the report.
PERIODS = {
    32: ("2013-06", "2012-12"),
    33: ("2013-12", "2012-12"),
    34: ("2014-06", "2013-12"),
    35: ("2014-12", "2013-12"),
    36: ("2015-06", "2014-12"),
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
    50: ("2022-06", "2021-12"),
    51: ("2022-12", "2021-12"),
    52: ("2023-06", "2022-12"),
    53: ("2023-12", "2022-12"),
}
RESOURCES = (
    ("域名（万个）", "cnnic_domains", "域名总数", "万个"),
    ("其中：“.CN”域名（万个）", "cnnic_cn_domains", "“.CN”域名数量", "万个"),
    ("网站（万个）", "cnnic_websites", "网站数量", "万个"),
    ("IPv6地址（块/32）", "cnnic_ipv6", "IPv6地址数量", "块/32"),
)
_MOBILE_NOTE = "1 手机网民指过去半年使用过手机接入互联网的网民。"


def report(number: int, item: RealItem) -> Report:
    period, before = PERIODS[number]
    built = Report(f"第{number}次《中国互联网络发展状况统计报告》")
    _front(built, number, item)
    _key_data(built, period)
    _resources(built, number, period, before)
    _netizens(built, number, period, before)
    _structure(built, period)
    applications(built, number, period, before)
    _companies(built, number, period)
    _appendix(built, period)
    return built


def _front(built: Report, number: int, item: RealItem) -> None:
    built.add(COVER, f"第{number}次", "中国互联网络发展状况统计报告")
    estimated = [ESTIMATED_ZH, ESTIMATED_EN] if item.estimated else []
    built.add(
        COVER_LINE, f"（{named(item.stated)}）", "中国互联网络信息中心", NOTICE_ZH, NOTICE_EN, *estimated
    )
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
        p=named(period),
        v=people,
        i=_increase("cnnic_netizens", period) + _yearly("cnnic_netizens", period),
        s=share_text + _points(period),
    )


def _yearly(series: str, period: str) -> str:
    rate = value(f"{series}_yoy", period)
    return f"，年增长率为{rate}%" if rate else ""


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
    increase = _increase("cnnic_rural_netizens", period).replace("新增网民", "增加")
    return wording.format(p=named(period), v=people, i=increase + _yearly("cnnic_rural_netizens", period))


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


def _resources(built: Report, number: int, period: str, before: str) -> None:
    built.add(CHAPTER, "第一章 互联网基础资源")
    built.add(BODY, "本章说明域名和互联网协议地址等基础资源的数量。")
    known = [resource for resource in RESOURCES if value(resource[1], period)]
    for _, series, name, unit in known:
        change = _resource_change(series, period, before)
        built.add(BODY, f"截至{named(period)}，我国{name}为{value(series, period)}{unit}{change}。")
    built.page()
    if known:
        shown = [(entry[0], entry[1]) for entry in RESOURCES]
        header = [["资源", named(period), named(before)]]
        rows = [[label, *values(series, period, before)] for label, series in shown]
        if number <= EARLY:
            growth = "年增长率（%）" if period[5:] == before[5:] else "半年增长率（%）"
            header = [["资源", named(before), named(period), growth]]
            rows = [[label, *values(series, before, period), "-"] for label, series in shown]
        elif number >= LATE:
            header = [["资源", dotted(before), dotted(period)]]
            rows = [[label, *values(series, before, period)] for label, series in shown]
        built.table(f"表1 {named(before)}至{named(period)}互联网基础资源对比", header, rows, notes=[MISSING])
    else:
        built.add(BODY, "样例未收录本期基础资源的数值。")
    built.page()


def _resource_change(series: str, period: str, before: str) -> str:
    """The change printed behind a figure: since another date, or on year in one of two wordings."""
    since, yearly = figure(f"{series}_since", period), value(f"{series}_yoy", period)
    if since:
        return f"，较{since.base[:4]}年底增长{since.value}%"
    if not yearly:
        return ""
    # The period compared with is one year before: both say the same.
    same_month = period[5:] == before[5:] and period >= "2022"
    return f"，较{named(before)}增长{yearly}%" if same_month else f"，年增长率为{yearly}%"


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
    if number <= EARLY:
        header, spans = [["项目", named(period), named(before)]], []
    elif number >= LATE:
        header, spans = [["指标", dotted(period), dotted(before)]], []
    marked = value("cnnic_netizens", period) or "-"
    notes = [_MOBILE_NOTE, MISSING]
    if number == 45:
        marked += raised("2")
        notes.insert(1, f"2 本次调查截止于{named(period)}。")
    rows = [
        ["网民规模（亿人）", marked, value("cnnic_netizens", before) or "-"],
        ["互联网普及率（%）", *values("cnnic_penetration", period, before)],
        [f"手机网民规模（亿人）{raised('1')}", *values("cnnic_mobile_netizens", period, before)],
        ["农村网民规模（亿人）", *values("cnnic_rural_netizens", period, before)],
    ]
    caption = pick(
        ("网民规模和互联网普及率", "网民规模与互联网普及率", "总体网民规模和互联网普及率"), "caption", number
    )
    built.table(f"表2 {caption}", header, rows, spans=spans, notes=notes)
    built.page()


def _structure(built: Report, period: str) -> None:
    built.add(CHAPTER, "第三章 网民结构与上网时长")
    built.add(SECTION, "一、城乡结构")
    built.add(BODY, _rural_sentence(period) or "样例未收录本期城乡结构的数值。")
    built.add(SECTION, "二、上网时长")
    built.add(BODY, _hours_sentence(period) or "样例未收录本期上网时长的数值。")
    built.page()


def _companies(built: Report, number: int, period: str) -> None:
    """Listed companies stand at the end of the year, also in the report whose survey was in March 2020."""
    when = "2019-12" if number == 45 else period
    total, rate = value("cnnic_listed_mcap", when), value("cnnic_listed_mcap_yoy", when)
    if not total:
        return
    change = f"，较{int(when[:4]) - 1}年底增长{rate}%" if rate else ""
    built.add(CHAPTER, "第五章 互联网企业")
    built.add(BODY, f"截至{named(when)}，我国境内外互联网上市企业总市值为{total}万亿元人民币{change}。")
    built.page()


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
