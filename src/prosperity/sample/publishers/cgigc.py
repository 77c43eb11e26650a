"""CGIGC (www.cgigc.com.cn): a list and the summaries of the games industry reports, half-year and year.

Neither the addresses of the list nor those of the reports are known: they carry ``sample``. The report on a
year comes out in the middle of December, before the year ends.
"""

from __future__ import annotations

from prosperity.sample.figures import figure, periods, value
from prosperity.sample.lists import ListSite
from prosperity.sample.model import real_items
from prosperity.sample.publishers.one_list import article, one_list
from prosperity.sample.wording import pick, year_month

HOST = "www.cgigc.com.cn"
FOLDER = "/sample/report/"


def publisher() -> ListSite:
    return one_list(
        HOST,
        FOLDER,
        "产业报告",
        real_items("cgigc_games", "release"),
        lambda report: [article(report, prose(report.period))],
    )


def reported() -> list[str]:
    """The half-years and years of which a figure is known, by their last month."""
    return [period for period in periods("cgigc_") if period[5:] in ("06", "12")]


def prose(period: str) -> list[str]:
    """What the report says of the period; nothing of a figure that is not known."""
    when = _when(period)
    sentences = [
        _sentence("cgigc_game_rev", period, when, _TOTAL, "亿元"),
        _sentence("cgigc_game_users", period, when, _USERS, "亿人"),
        _sentence("cgigc_game_mobile_rev", period, when, _MOBILE, "亿元"),
        _sentence("cgigc_game_selfdev_rev", period, when, _SELF, "亿元"),
        _sentence("cgigc_game_overseas", period, when, _ABROAD, "亿美元"),
    ]
    return [sentence for sentence in sentences if sentence]


_TOTAL = (
    "{p}，中国游戏市场实际销售收入{v}{g}。",
    "{p}，中国国内游戏市场实际销售收入为{v}{g}。",
    "报告显示，{p}，全国游戏市场实际销售收入达{v}{g}。",
)
_USERS = (
    "{p}，中国游戏用户规模{v}{g}。",
    "我国网络游戏用户规模达{v}{g}。",
    "{p}，国内游戏用户规模为{v}{g}。",
)
_MOBILE = ("{p}，中国移动游戏市场实际销售收入{v}{g}。", "我国移动游戏市场实际销售收入达到{v}{g}。")
_SELF = ("{p}，中国自主研发游戏国内市场实际销售收入{v}{g}。", "我国自主研发游戏国内市场实销收入达{v}{g}。")
_ABROAD = (
    "{p}，中国自主研发游戏海外市场实际销售收入{v}{g}。",
    "中国自主研发游戏在海外市场的实际销售收入为{v}{g}。",
    "自研产品海外实销收入{v}{g}。",
)


def _when(period: str) -> str:
    year, month = year_month(period)
    if month == 12:
        return f"{year}年"
    return pick((f"{year}年1—6月", f"{year}年1-6月", f"{year}年上半年"), "when", period)


def _sentence(series: str, period: str, when: str, wordings: tuple[str, ...], unit: str) -> str:
    row = figure(series, period)
    if row is None:
        return ""
    # Where the reading says "nearly" or "about", so does the text.
    nearly = "近" if "written 近" in row.note else ("约" if "copy writes 约" in row.note else "")
    amount = f"{nearly}{row.value}{unit}"
    wording = pick(wordings, series, period)
    if nearly:
        wording = wording.replace("达{v}", "{v}").replace("为{v}", "{v}")
    return wording.format(p=when, v=amount, g=_growth(value(f"{series}_yoy", period)))


def _growth(rate: str | None) -> str:
    if rate is None:
        return ""
    return f"，同比下降{rate.removeprefix('-')}%" if rate.startswith("-") else f"，同比增长{rate}%"
