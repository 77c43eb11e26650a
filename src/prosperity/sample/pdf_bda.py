"""The BDA reports on broadband speed and penetration, rebuilt (development only): prose, tables and a chart.

The provincial table is as wide and as long as the publisher's; of its figures only those of the whole country are
known, the others are dashes. The 4G speed of the second quarter of 2017 is printed with a change on the quarter before
(环比) that contradicts the levels: the text itself is wrong, and the change is none on the year.
"""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable

from prosperity.sample.figures import figure, value
from prosperity.sample.model import ESTIMATED_EN, ESTIMATED_ZH, NOTICE_EN, NOTICE_ZH
from prosperity.sample.pdf_layout import BODY, CHAPTER, COVER, COVER_LINE, SECTION, Report
from prosperity.sample.pdf_slides import HEIGHT, Chart, draw_chart, register_font
from prosperity.sample.publishers import bda
from prosperity.sample.wording import pick

MISSING = "注：“-”表示样例未收录该数值。"
PROVINCES = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
]


def report(source: str, quarter: str) -> Report:
    built = Report(bda.title_of(source, quarter))
    _, estimated = bda.issue_of(source, quarter)
    built.add(COVER, "中国宽带速率状况报告" if source == bda.SPEED else "中国宽带普及状况报告")
    lines = [f"第{bda.number(source, quarter)}期", f"（{bda.named(quarter)}）", "宽带发展联盟"]
    built.add(COVER_LINE, *lines, NOTICE_ZH, NOTICE_EN, *([ESTIMATED_ZH, ESTIMATED_EN] if estimated else []))
    built.page()
    (_speed if source == bda.SPEED else _penetration)(built, quarter)
    return built


# ------------------------------------------------------------------------------------------------ speed


def _speed(built: Report, quarter: str) -> None:
    built.add(CHAPTER, "一、全国宽带网络速率")
    built.add(SECTION, "（一）总体情况")
    built.add(BODY, _fixed(quarter), _mobile(quarter))
    built.add(SECTION, "（二）固定宽带下载速率")
    known = [one for one in bda.quarters(bda.SPEED) if one <= quarter and value("bda_fixed_speed", one)][-4:]
    chart = Chart(
        title="全国固定宽带网络平均下载速率（Mbit/s）", categories=[one.replace("-", "") for one in known],
        bars=[value("bda_fixed_speed", one) for one in known], bar_name="平均下载速率（Mbit/s）",
    )  # fmt: skip
    built.story.append(_Drawing(chart))
    built.page()
    built.table(
        f"表1 {bda.named(quarter)}全国宽带网络平均下载速率",
        [["指标", "平均下载速率（Mbit/s）", "同比提升（%）", "环比提升（%）"]],
        [
            [name, *(value(f"bda_{kind}_speed{rate}", quarter) or "-" for rate in ("", "_yoy", "_qoq"))]
            for name, kind in (("固定宽带网络", "fixed"), ("4G移动宽带网络", "4g"))
        ],
        notes=[MISSING],
    )


def _fixed(quarter: str) -> str:
    speed = value("bda_fixed_speed", quarter)
    before = bda.named(f"{int(quarter[:4]) - 1}{quarter[4:]}")
    forms = (
        "{q}，我国固定宽带网络平均下载速率达到{v}Mbit/s{g}。",
        "{q}我国固定宽带网络平均可用下载速率为{v}Mbit/s{g}。",
        "{q}，我国固定宽带用户的平均下载速率达到{v}Mbps{g}。",
    )
    return pick(forms, "fixed", quarter).format(
        q=bda.named(quarter), v=speed, g=_changes("fixed", quarter, before)
    )


def _mobile(quarter: str) -> str:
    speed = value("bda_4g_speed", quarter)
    before = bda.named(f"{int(quarter[:4]) - 1}{quarter[4:]}")
    forms = (
        "我国移动宽带用户使用4G网络访问互联网时的平均下载速率达到{v}Mbit/s{g}。",
        "同期，4G移动宽带用户访问互联网的平均下载速率为{v}Mbit/s{g}。",
    )
    return pick(forms, "4g", quarter).format(v=speed, g=_changes("4g", quarter, before))


def _changes(kind: str, quarter: str, before: str) -> str:
    yearly, quarterly = (value(f"bda_{kind}_speed_{rate}", quarter) for rate in ("yoy", "qoq"))
    said = ""
    if quarterly:
        said += pick((f"，环比上季度提升了{quarterly}%", f"，环比提升{quarterly}%"), "qoq", kind, quarter)
    if yearly:
        forms = (
            f"，同比{before}提升达到{yearly}%",
            f"，同比去年同期提升了{yearly}%",
            f"，年度提升幅度达到{yearly}%",
        )
        said += pick(forms, "yoy", kind, quarter)
    return said


class _Drawing(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A chart as the slide decks draw it, on a page of running text."""

    height = 190.0

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart = chart

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, min(self.height, height)

    def draw(self) -> None:
        register_font()
        canvas: Any = self.canv
        canvas.saveState()
        canvas.translate(0, self.height - HEIGHT)  # slides count from their upper edge
        draw_chart(canvas, self._chart, 20, 30, 400, 110)
        canvas.restoreState()


# ------------------------------------------------------------------------------------------------ penetration


def _penetration(built: Report, quarter: str) -> None:
    month = bda.month_of(quarter)
    households, share = value("bda_fbb_households", month), value("bda_fbb_penetration", month)
    users = value("bda_mbb_users", month)
    built.add(CHAPTER, "一、全国宽带普及状况")
    if households:
        rate = f"，普及率达到{share}%" if share else ""
        built.add(BODY, f"截至{bda.named(quarter)}，我国固定宽带家庭用户数累计达到{households}万户{rate}。")
    if users:
        operators = (
            "（包含基础电信企业和移动转售业务服务提供商的移动宽带用户）" if _with_resale(month) else ""
        )
        built.add(BODY, f"移动宽带（3G和4G）用户数累计达到{users}万户{operators}。")
    built.page()
    built.add(CHAPTER, "二、各省（区、市）宽带普及状况")
    header = [
        ["地区", "固定宽带家庭用户", "", "移动宽带用户", ""],
        ["", "用户数（万户）", "普及率（%）", "用户数（万户）", "普及率（%）"],
    ]
    spans = [((0, 0), (0, 1)), ((1, 0), (2, 0)), ((3, 0), (4, 0))]
    rows = [["全国", households or "-", share or "-", users or "-", "-"]]
    rows += [[province, "-", "-", "-", "-"] for province in PROVINCES]
    built.table(
        f"表1 截至{bda.named(quarter)}各省（区、市）宽带用户数和普及率",
        header,
        rows,
        spans=spans,
        notes=[MISSING],
        padding=2,
    )


def _with_resale(month: str) -> bool:
    """Where the reading says that users of virtual operators are counted, so does the text."""
    row = figure("bda_mbb_users", month)
    return row is not None and "virtual operators" in row.note
