"""Steps, reasons and verdicts that other stages write in English, said in Chinese.

One rule per sentence pattern. A sentence without a rule stays English, and pages mark it as such: nothing is lost
when a stage words something anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_N, _Q, _P = r"(-?[\d,]+(?:\.\d+)?)", r"(\d{4}-Q[1-4])", r"(\d{4}(?:-\w{2})?)"
_YEAR_TO_DATE = rf"{_N}, the year to date at {_P}"
_DIFFERENCE = rf"{_N}, the year to date {_N} at {_P} less {_N} at {_P}"

_RULES: tuple[tuple[str, str], ...] = (
    (
        rf"{_Q} to {_Q}, before the first rate, are taken to have grown evenly from 1 at {_N} % a year, the mean of "
        r"the first four rates \((.*)\); this only sets their relative heights\.",
        r"\1 至 \2 在首个增速之前,假定从 1 起按前四个增速的均值(每年 \3%)匀速增长(\4);这只决定它们的相对高低。",
    ),
    (
        rf"{_Q}: level of {_Q}, {_N}, raised by the published year-on-year rate of {_P}, {_N} %, is {_N}\.",
        r"\1：\2 的水平 \3 按公布的 \4 同比增速 \5% 推算,得 \6。",
    ),
    (
        rf"{_Q}: level of {_Q}, {_N}, raised by a year-on-year rate of {_N} %, interpolated for {_P} between {_N} % "
        rf"\({_P}\) and {_N} % \({_P}\), is {_N}\.",
        r"\1：\2 的水平 \3 按同比增速 \4% 推算(\5 的增速由 \7 的 \6% 与 \9 的 \8% 插补),得 \g<10>。",
    ),
    (
        rf"{_Q}: no rate to chain; the level is interpolated log-linearly between {_Q} \({_N}\) and {_Q} \({_N}\), is {_N}\.",
        r"\1：没有可链接的增速;水平在 \2(\3)与 \4(\5)之间按对数线性插补,得 \6。",
    ),
    (
        rf"{_Q}: no level four quarters before to chain on; the level is interpolated log-linearly between {_Q} "
        rf"\({_N}\) and {_Q} \({_N}\), is {_N}\.",
        r"\1：四个季度之前没有可链接的水平;水平在 \2(\3)与 \4(\5)之间按对数线性插补,得 \6。",
    ),
    (rf"{_Q}: {_N} at the end of {_P}, as published\.", r"\1：\3 末公布数 \2。"),
    (
        rf"{_Q}: no figure for {_P}; interpolated log-linearly, (\d+) of (\d+) months from {_N} \({_P}\) to {_N} "
        rf"\({_P}\), is {_N}\.",
        r"\1：缺 \2 的数据;在 \5(\6)与 \7(\8)之间按对数线性插补(\4 个月中的第 \3 个月),得 \9。",
    ),
    (
        rf"{_Q}: {_N}, the mean of (.*?); only (\d) of its 3 months known\.",
        r"\1：\2,为 \3 的均值;三个月中只有 \4 个月有数。",
    ),
    (rf"{_Q}: {_N}, the mean of (.*?)\.", r"\1：\2,为 \3 的均值。"),
    (
        rf"{_Q}: no month known; interpolated linearly between {_Q} \({_N}\) and {_Q} \({_N}\), is {_N}\.",
        r"\1：各月均缺;在 \2(\3)与 \4(\5)之间线性插补,得 \6。",
    ),
    (rf"{_Q}: {_YEAR_TO_DATE}\.", r"\1：\2,为截至 \3 的年初累计数。"),
    (rf"{_Q}: {_DIFFERENCE}\.", r"\1：\2,即截至 \4 的累计数 \3 减去截至 \6 的 \5。"),
    (
        rf"{_Q} and {_Q} together: {_YEAR_TO_DATE}; no figure for {_P}\.",
        r"\1 与 \2 合计:\3,为截至 \4 的年初累计数;缺 \5 的数据。",
    ),
    (
        rf"{_Q} and {_Q} together: {_DIFFERENCE}; no figure for {_P}\.",
        r"\1 与 \2 合计:\3,即截至 \5 的累计数 \4 减去截至 \7 的 \6;缺 \8 的数据。",
    ),
    (
        rf"{_Q}: split as {_Q} : {_Q} \({_N} : {_N}, the nearest earlier year with both\), {_N} % like {_Q}, is {_N}\.",
        r"\1：按最近一个两季俱全的年份 \2 : \3(\4 : \5)拆分,同 \7 占 \6%,得 \8。",
    ),
    (
        rf"{_Q}: {_N} divided by the seasonal factor {_N} is {_N} \((\S+); estimated from all (\d+) quarters\)\.",
        r"\1：\2 除以季节因子 \3,得 \4(\5,由全部 \6 个季度估计)。",
    ),
    (
        rf"{_Q}: {_N} less the seasonal {_N} is {_N} \((\S+); estimated from all (\d+) quarters\)\.",
        r"\1：\2 减去季节分量 \3,得 \4(\5,由全部 \6 个季度估计)。",
    ),
    (
        r"(\d+) of (\d+) indicators \((\d+) % of weight, (\d+) of the Internet industry\) have a (change|value): need "
        r"(\d+), (\d+) % and (\d+); missing: (.*)",
        r"\2 个指标中只有 \1 个可用(占权重 \3%,其中互联网行业指标 \4 个);要求至少 \6 个、权重 \7%、互联网行业指标 \8 个。缺:\9",
    ),
    (rf"the chain ended at {_Q} \((.*)\)", r"链条止于 \1(\2)"),
    (r"not adjusted for season, as specified", "按设定不作季节调整"),
    (
        r"not adjusted for season: a level chained from year-on-year rates has none by construction",
        "不作季节调整:由同比增速链接的水平本身不含季节性",
    ),
    (r"not adjusted for season: (\d+) of (\d+) values are interpolated", r"不作季节调整:\2 个值中有 \1 个为插补"),
    (r"adjusted for season by (.*?) \((.*)\); season shown \((.*)\)", r"以 \1 作季节调整(\2);检验有季节性(\3)"),
    (r"no value: no usable observation", "没有值:没有可用的观测"),
    (r"not computable: (.*)", r"不可计算:\1"),
    (r"change has the same sign", "变动方向相同"),
    (r"change has the other sign", "变动方向相反"),
    (r"other base, compare the changes", "基期不同, 请比较变动"),
    (r"(\S+) \(base\)", r"\1(基期)"),
    (r"no quarter of it could be computed from what was out", "当时已发布的数据不足以计算任何一个季度"),
    (rf"before the first quarter of the index, {_Q}", r"早于本指数的首个季度 \1"),
    (r"no (leading|coincident|lagging|live streaming) index is composed in version (\S+)", r"第 \2 版未编制\1指数"),
    (r"our index does not reach back to (\d{4})", r"本指数不回溯到 \1 年"),
    (r"the edition prints no value", "该版报告未给出数值"),
    (
        r"a weighted level index of live streaming \(CAICT and 网宿科技\), not this index",
        "网络直播的加权水平指数(中国信通院与网宿科技), 并非本指数",
    ),
    (r"average change (\S+) points a quarter", r"平均每季变动 \1 点"),
    (r"first decline of the index \(words only\)", "指数首次下降(仅有文字)"),
    (r"not in any collected document", "已采集的文件中没有"),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.DOTALL), said) for pattern, said in _RULES)
_PLACE = re.compile(r"\\g<(\d+)>|\\(\d)")
_PARTS = {"leading": "先行", "coincident": "一致", "lagging": "滞后", "live streaming": "网络直播"}


def chinese(sentence: str) -> str | None:
    """The sentence in Chinese, parts of it too; None where no rule fits and it stays English."""
    for pattern, words in _COMPILED:
        found = pattern.fullmatch(sentence)
        if found is not None:
            return _filled(words, [_part(group or "") for group in found.groups()])
    return None


def _part(text: str) -> str:
    if text in _PARTS:
        return _PARTS[text]
    return chinese(text) or text if " " in text else text


def _filled(words: str, parts: Sequence[str]) -> str:
    return _PLACE.sub(lambda place: parts[int(place[1] or place[2]) - 1], words)


def named(sentence: str, names: Mapping[str, str]) -> str:
    """Ids of series in a sentence replaced by their names."""
    return re.sub(
        r"\b[a-z]+(?:_[a-z0-9]+)+\b", lambda found: names.get(found.group(), found.group()), sentence
    )
