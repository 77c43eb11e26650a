"""What the telecommunications pages of MIIT say: one sentence per known figure, and the tables of main indicators.

Figures are printed as they were written where a reading says so (8万余个, 340.8M, 1.36万亿元); what the note of a
reading quotes beside it (increases, shares, footnote marks glued to words and figures) stands beside it here too.
"""

from __future__ import annotations

import re

from prosperity.sample.figures import Row, figure, value
from prosperity.sample.wording import dated_form, growth, pick, stock_form, text_form, year_month

#: Sentences by series; {p} period, {s} point in time, {v} amount with unit, {g} change, {x} what is quoted beside it.
_REVENUES: dict[str, tuple[str, ...]] = {
    "tel_fixed_rev": (
        "{p}，三家基础电信企业实现固定通信业务收入{v}{g}。",
        "{p}，固定通信业务实现收入{v}{g}。",
        "{p}，三家基础电信企业固定通信业务收入完成{v}{g}。",
    ),
    "tel_mobile_rev": (
        "{p}，三家基础电信企业实现移动通信业务收入{v}{g}。",
        "{p}，移动通信业务实现收入{v}{g}。",
        "{p}，移动通信业务收入完成{v}{g}。",
    ),
    "tel_fixeddata_rev": (
        "{p}，三家基础电信企业完成固定数据及互联网业务收入为{v}{g}。",
        "{p}，固定数据及互联网业务实现收入{v}{g}。",
    ),
    "tel_mobiledata_rev": (
        "{p}，三家基础电信企业完成{m}业务收入{v}{g}。",
        "{p}，{m}业务实现收入{v}{g}。",
        "{p}，完成{m}业务收入{v}{g}。",
    ),
    "tel_fbb_rev": (
        "{p}，三家基础电信企业完成互联网宽带业务收入为{v}{g}。",
        "{p}，完成固定互联网宽带接入业务收入{v}{g}。",
    ),
    "tel_newbiz_cum": (
        "三家基础电信企业积极发展互联网数据中心、大数据、云计算、物联网等新兴业务，{p}共完成业务收入{v}{g}。",
        "数据中心、云计算、大数据、物联网等新兴业务快速发展，{p}共完成业务收入{v}{g}。",
        "三家基础电信企业积极发展IPTV、互联网数据中心、云计算等新兴业务，{p}共完成新兴业务收入{v}{g}。",
    ),
    "tel_fai": (
        "{p}，三家基础电信企业{t}共完成固定资产投资{v}{g}。",
        "{p}，三家基础电信企业{t}完成电信固定资产投资{v}{g}。",
    ),
}
_USERS: dict[str, tuple[str, ...]] = {
    "phone_users": ("{s}，全国电话用户总数达{v}{x}{g}。", "{s}，电话用户总数为{v}{x}{g}。"),
    "mobile_users": (
        "{s}，三家基础电信企业的移动电话用户总数达{v}{g}{x}。",
        "{s}，移动电话用户总数{v}{g}{x}。",
        "{s}，全国移动电话用户总数达到{v}{g}{x}。",
    ),
    "mbb_users": (
        "移动宽带用户（即3G和4G用户）总数达到{v}{x}{g}。",
        "{s}，移动宽带用户（即3G和4G用户）总数{v}{x}{g}。",
    ),
    "4g_users": (
        "4G用户总数达到{v}{x}{g}。",
        "其中，4G用户规模为{v}{x}{g}。",
        "{s}，4G用户数为{v}{x}{g}。",
    ),
    "5g_connections": ("其中，5G手机终端连接数达{v}{x}{g}。", "{s}，5G手机终端连接数达到{v}{x}{g}。"),
    "5g_users": ("其中，5G移动电话用户达{v}{x}{g}。", "{s}，5G移动电话用户总数达到{v}{x}{g}。"),
    "fbb_users": (
        "{s}，三家基础电信企业的固定互联网宽带接入用户总数达{v}{g}{x}。",
        "{s}，固定互联网宽带接入用户总数达到{v}{g}{x}。",
    ),
    "fbb100m_users": (
        "其中，100Mbps及以上接入速率的固定互联网宽带接入用户达{v}{x}{g}。",
        "{s}，100Mbps及以上接入速率的固定互联网宽带接入用户总数达{v}{x}{g}。",
    ),
    "fbb1000m_users": (
        "{s}，1000Mbps及以上接入速率的固定互联网宽带接入用户达{v}{x}{g}。",
        "其中，1000Mbps及以上接入速率的用户数达{v}{x}{g}。",
    ),
    "fibre_users": (
        "{s}，光纤接入（FTTH/O）用户总数达到{v}{g}{x}。",
        "光纤接入（FTTH/O）用户{v}{g}{x}。",
    ),
    "iot_users": (
        "{s}，三家基础电信企业发展{i}终端用户{v}{g}{x}。",
        "{s}，{i}用户达{v}{g}{x}。",
    ),
    "iptv_users": ("{s}，IPTV（网络电视）总用户数达{v}{g}{x}。", "IPTV（网络电视）用户总数达{v}{g}{x}。"),
    "minet_users": ("{s}，移动互联网用户数达{v}{g}{x}。", "{s}，移动互联网用户总数达到{v}{g}{x}。"),
}
#: In this order: after 12月当月 the text goes on about the year.
_TRAFFIC: dict[str, tuple[str, ...]] = {
    "mdata_cum": (
        "{p}，移动互联网累计流量达{v}{g}。",
        "{p}，移动互联网接入流量消费达{v}{g}。",
        "{p}，全国移动互联网接入流量达{v}{g}。",
    ),
    "dou_avg": ("全年移动互联网月户均流量（DOU）达{v}{g}。", "全年月户均移动互联网接入流量达到{v}{g}。"),
    "dou": (
        "{c}户均移动互联网接入流量（DOU）达到{v}{g}。",
        "{c}DOU达{v}{g}。",
        "{c}户均移动互联网接入流量达{v}{g}。",
    ),
    "mdata_phone_cum": (
        "其中，通过手机上网的流量达到{v}{g}{x}。",
        "手机上网流量达到{v}{g}{x}。",
    ),
}
_CAPACITY: dict[str, tuple[str, ...]] = {
    "bb_ports": (
        "{s}，全国互联网宽带接入端口数量达{v}{g}{x}。",
        "{s}，互联网宽带接入端口总数达到{v}{g}{x}。",
    ),
    "mobile_bs": ("{s}，全国移动通信基站总数达{v}{g}{x}。", "{s}，移动电话基站总数达到{v}{g}{x}。"),
    "4g_bs": ("其中4G基站总数达到{v}{x}{g}。", "其中，4G基站达{v}{x}{g}。"),
    "5g_bs": ("{s}，5G基站总数达{v}{x}{g}。", "{s}，累计建成并开通5G基站{v}{x}{g}。"),
    "fibre_cable": ("{s}，全国光缆线路总长度达到{v}{g}{x}。", "{s}，光缆线路总长度达{v}{g}{x}。"),
}
PARTS = {
    "总体运行情况": _REVENUES,
    "电信用户发展情况": _USERS,
    "电信业务使用情况": _TRAFFIC,
    "网络基础设施建设情况": _CAPACITY,
}
#: Every series that a page can state.
SERIES = ("tel_rev_cum", "tel_volume", *(name for part in PARTS.values() for name in part))
#: What a share quoted beside a figure is a share of.
_WHOLES = {
    "fbb100m_users": "固定互联网宽带接入用户总数",
    "fibre_users": "固定互联网宽带接入用户总数",
    "mdata_phone_cum": "移动互联网总流量",
}
_WRITTEN = re.compile(r"(?:^|; )(?:written|published as) ((?:超|近)?\d[^\s;,]*)")
_WRITTEN_UNIT = re.compile(r"(?:^|; )written (亿G)(?:;|$)")
_APPROXIMATE = re.compile(r"[超近余]")
_INCREASE = re.compile(r"(?:^|[;,] )([+-])(\d[\d.]*[万亿])(?!G)")
_SHARE = re.compile(r"(?:^|, )(\d[\d.]*)%")


def known(name: str, period: str) -> Row | None:
    """The figure of a series for a release: that of its month, or for a mean of the year, in December, the year's.

    What readings call 5G users before December 2021 are 5G手机终端连接数, a series of their own.
    """
    if name == "5g_users" and period < "2021-12":
        return None
    if name == "dou_avg":
        return figure(f"miit_{name}", period[:4]) if period.endswith("-12") else None
    return figure(f"miit_{name}", period)


def printed(row: Row) -> str:
    """The figure as it was written, as far as the reading says how."""
    if match := _WRITTEN.search(row.note):
        return match.group(1)
    unit = _WRITTEN_UNIT.search(row.note)
    return f"{row.value}{unit.group(1) if unit else row.unit}"


def paragraphs(period: str) -> list[tuple[str, list[str]]]:
    """The parts of a page: heading and one paragraph per known figure."""
    parts = [(heading, _sentences(part, period)) for heading, part in PARTS.items()]
    return [(parts[0][0], [*_total(period), *_volume(period), *parts[0][1]]), *parts[1:]]


def _sentences(part: dict[str, tuple[str, ...]], period: str) -> list[str]:
    found = []
    for name, wordings in part.items():
        row = known(name, period)
        if row:
            found.append(_filled(pick(wordings, name, period), name, row, period))
    return found


def _filled(wording: str, name: str, row: Row, period: str) -> str:
    _, month = year_month(period)
    return wording.format(
        p=_when(name, period),
        s=stock_form(period, (name, period)),
        c=f"{month}月当月",
        v=printed(row),
        g=_change(name, row.period),
        x=_beside(name, row, period),
        m="移动数据流量" if period >= "2022" else pick(("移动数据及互联网", "移动数据及移动互联网"), period),
        i="蜂窝物联网" if period < "2023-12" else "移动物联网",
        t="和中国铁塔股份有限公司" if period >= "2019" else "",
    )


def _when(name: str, period: str) -> str:
    year, month = year_month(period)
    return f"{year}年" if month == 12 else text_form(month, (name, period))


def _change(name: str, period: str) -> str:
    words = growth(value(f"miit_{name}_yoy", period), (name, period))
    restated = name == "tel_rev_cum" and period[:4] in ("2014", "2015")
    return words.replace("，", "，按可比口径测算", 1) if restated else words


def _beside(name: str, row: Row, period: str) -> str:
    """Increase and share as the note quotes them; the mark of February 2018 stood between word and number."""
    if "净增②" in row.note:
        return f"，{row.note.split(' ')[0]}"
    words = ""
    if found := _INCREASE.search(row.note):
        since = "全年" if period.endswith("-12") else "比上年末"
        verb = "净增" if found.group(1) == "+" else "净减"
        words += f"，{since}{verb}{found.group(2)}{'户' if 'users' in name else '个'}"
    if (share := _SHARE.search(row.note)) and name in _WHOLES:
        words += f"，占{_WHOLES[name]}的{share.group(1)}%"
    return words


def _total(period: str) -> list[str]:
    row = known("tel_rev_cum", period)
    if not row:
        return []
    what = "电信主营业务收入" if period < "2014" else "电信业务收入"
    wording = pick(
        (
            "{p}，{w}累计完成{v}{g}。",
            "{p}，{w}完成{v}{g}。",
            "经初步核算，{p}{w}累计完成{v}{g}。"
            if period.endswith("-12")
            else "{p}，全国{w}累计完成{v}{g}。",
        ),
        "total",
        period,
    )
    text = wording.format(
        p=dated_form(period, ("total", period)), w=what, v=printed(row), g=_change("tel_rev_cum", period)
    )
    lead = re.search(r"also written (\S+)", row.note)
    return [f"{period[:4]}年，{what}达{lead.group(1)}，行业运行平稳。", text] if lead else [text]


def _volume(period: str) -> list[str]:
    row = known("tel_volume", period)
    if not row:
        return []
    footnote = re.search(r"footnote(?: marker)? (\(\d\))", row.note)
    if period >= "2020":
        wording = pick(
            ("按照上年不变价计算的电信业务总量为{v}{g}。", "按照上年价格计算的电信业务总量{v}{g}。"),
            "volume",
            period,
        )
    else:
        base = "2015" if period >= "2017" else "2010"
        wording = pick(
            (
                "{p}，电信业务总量完成{v}{f}{g}。",
                f"{{p}}，电信业务总量达到{{v}}{{f}}（按照{base}年不变单价计算）{{g}}。",
            ),
            "volume",
            period,
        )
    return [
        wording.format(
            p=dated_form(period, ("volume", period)),
            v=printed(row),
            f=footnote.group(1) if footnote else "",
            g=_change("tel_volume", period),
        )
    ]


# ------------------------------------------------------------------------------------------------- tables

#: Rows of the two tables: label, unit where no figure is known, series; a row without series has dashes only.
_FIRST = (
    ("营业收入", "亿元", ""),
    ("其中：电信业务收入", "亿元", "tel_rev_cum"),
    ("电信业务总量", "亿元", "tel_volume"),
    ("电信固定资产投资完成额", "亿元", "tel_fai"),
    ("移动短信业务量", "亿条", ""),
    ("移动互联网接入流量", "万GB", "mdata_cum"),
)
_SECOND = (
    ("固定电话用户合计", "万户", ""),
    ("移动电话用户合计", "万户", "mobile_users"),
    ("其中：4G移动电话用户", "万户", "4g_users"),
    ("5G移动电话用户", "万户", "5g_users"),
    ("互联网宽带接入用户", "万户", "fbb_users"),
    ("其中：光纤接入（FTTH/O）用户", "万户", "fibre_users"),
    ("100Mbps及以上速率用户", "万户", "fbb100m_users"),
    ("1000Mbps及以上速率用户", "万户", "fbb1000m_users"),
    ("IPTV用户", "万户", "iptv_users"),
)
_HEADS = {
    1: (
        ("本年本月止累计到达", "比上年同期累计（±%）", "本月"),
        ("本年累计", ("到达", "比上年同期增长（%）"), "本月"),
    ),
    2: (
        ("本月末到达", "比上年末净增", "本月净增"),
        ("本月末", ("到达", "比上年末净增"), "本月净增"),
    ),
}


def table(number: int, period: str) -> str:
    """Table one or two of main indicators; empty where no cell of it is known."""
    lines = []
    found = False
    for label, unit, name in _FIRST if number == 1 else _SECOND:
        row = _exact(name, period)
        rate = value(f"miit_{name}_yoy", period) if row and number == 1 else None
        found = found or row is not None
        cells = (label, row.unit if row else unit, row.value if row else "-", rate or "-", "-")
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f'<table border="1">{_head(number, period)}{"".join(lines)}</table>' if found else ""


def _exact(name: str, period: str) -> Row | None:
    """A figure that can stand in a table: an approximate one cannot."""
    row = known(name, period) if name else None
    return None if row is not None and _APPROXIMATE.search(printed(row)) else row


def _head(number: int, period: str) -> str:
    plain, spanned = _HEADS[number]
    if pick((True, False), "head", number, period):
        cells = "".join(f"<td>{text}</td>" for text in ("指标名称", "单位", *plain))
        return f"<tr>{cells}</tr>"
    group, (first, second), last = spanned
    return (
        '<tr><td rowspan="2">指标名称</td><td rowspan="2">单位</td>'
        f'<td colspan="2">{group}</td><td rowspan="2">{last}</td></tr>'
        f"<tr><td>{first}</td><td>{second}</td></tr>"
    )
