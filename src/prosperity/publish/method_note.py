"""The method note of one run: indicators, weights, formulas, constants, hashes; made from the run, not written by hand.

What belongs here: what the note says, in both languages, and its Markdown. What does not: the page (templates).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prosperity.catalogue.lights import Lights
from prosperity.catalogue.model import IndexSpec, Series, Source
from prosperity.index.analysis import DRAWS, MAX_LAG, MINIMUM_PAIRS
from prosperity.index.analysis_model import Constant
from prosperity.index.cycles import QUARTERLY
from prosperity.index.diffusion import BAND
from prosperity.index.model import IndexResult
from prosperity.publish import words
from prosperity.publish.view import Words

NOTICE_ZH, NOTICE_EN = (
    "样例发布方:文件依据公开发布数据重建",
    "sample publishers: documents rebuilt from published figures",
)


@dataclass(frozen=True)
class NoteMaterial:
    """All that the note is made from. ``program``: what adjusts for season; ``latest``: latest release that went in."""

    result: IndexResult
    spec: IndexSpec
    series: Mapping[str, Series]
    sources: Mapping[str, Source]
    run: str
    code_version: str
    sample: bool
    program: str
    constants: Sequence[Constant]
    lights: Lights | None = None
    latest: dt.date | None = None


@dataclass(frozen=True)
class NoteTable:
    """``numbers``: columns set to the right, from 0."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class NoteSection:
    """``lines``: paragraphs; ``steps``: what is done, each a sentence and a formula ('' where none is needed)."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    table: NoteTable | None = None


@dataclass(frozen=True)
class MethodNote:
    language: words.Language
    title: str
    lead: str
    sections: tuple[NoteSection, ...]

    def markdown(self) -> str:
        """The note as Markdown, ending with a newline."""
        parts = [f"# {self.title}", self.lead]
        for section in self.sections:
            parts += [f"## {section.title}", *section.lines]
            if section.steps:
                parts.append("\n".join(_step(n, *step) for n, step in enumerate(section.steps, 1)))
            if section.table:
                parts.append(_table(section.table))
        return "\n\n".join(parts) + "\n"


def method_note(found: NoteMaterial, language: words.Language) -> MethodNote:
    """The note in one language."""
    say = Words(language)
    lead = say.t(
        "本说明由运行结果自动生成。指数仿照中国信息通信研究院互联网行业景气指数的思路编制;其公式、权重与完整指标清单未公开,因此是同类编制而非复现。",
        "Generated from the run. The index is modelled on the prosperity index of CAICT, whose formula, weights and full list of indicators are not public: it is one of its kind, not a reproduction.",
    )
    if found.sample:
        lead += " " + say.t(NOTICE_ZH + "。", NOTICE_EN[0].upper() + NOTICE_EN[1:] + ".")
    sections = (_run, _indicators, _formulas, _constants, _season, _beside, _lights, _again)
    return MethodNote(
        language,
        say.t("互联网行业景气指数:编制方法说明", "Internet industry prosperity index: method note"),
        lead,
        tuple(section for make in sections if (section := make(found, say)) is not None),
    )


# ------------------------------------------------------------------------------------------- sections


def _run(found: NoteMaterial, say: Words) -> NoteSection:
    spans = [
        (say.group(group), found.spec.first_of(group), last)
        for group in found.spec.groups
        if (last := _last_quarter(found.result, group))
    ]
    rows = [
        (say.t("数据截至", "Data cut-off"), str(found.result.as_of)),
        (say.t("最近一次发布", "Latest release used"), str(found.latest or "–")),
        (say.t("设定版本", "Specification"), f"{found.spec.version} ({found.result.spec_hash})"),
        (say.t("数据散列", "Hash of the data"), found.result.data_hash),
        (say.t("运行编号", "Run"), found.run),
        (say.t("程序版本", "Program"), found.code_version),
        (say.t("季节调整程序", "Seasonal adjustment by"), found.program),
        *((name, f"{first} = 100, {say.t('至', 'until')} {last}") for name, first, last in spans),
    ]
    return NoteSection(
        "run",
        say.t("本次运行", "The run"),
        table=NoteTable((say.t("项目", "Item"), say.t("内容", "Value")), tuple(rows)),
    )


def _indicators(found: NoteMaterial, say: Words) -> NoteSection:
    header = (
        say.t("组别", "Index"), say.t("指标", "Indicator"), say.t("来源", "Source"), say.t("层次", "Layer"),
        say.t("权重", "Weight"), say.t("理由", "Reason"), say.t("处理", "Treatment"),
    )  # fmt: skip
    rows = []
    for indicator in found.spec.indicators:
        series = found.series[indicator.series]
        treatment = words.transform(indicator.transform, say.language)
        rows.append((
            say.group(indicator.group), say.name(series.name), say.name(found.sources[series.source].publisher),
            say.layer(indicator.layer), words.plain(indicator.weight), say.name(indicator.reason), say.t(treatment, treatment),
        ))  # fmt: skip
    rule = found.spec.coverage
    share = f"{100 * rule.weight_share:.0f}%"
    return NoteSection(
        "indicators",
        say.t("指标、来源与权重", "Indicators, sources and weights"),
        (
            say.t(
                "权重为专家判断,从不向已发布的指数拟合。",
                "Weights are expert judgement and are never fitted to the published index.",
            ),
            say.t(
                f"覆盖规则:一个季度至少要有 {rule.indicators} 个指标、{share} 的权重,其中互联网行业自身的指标至少 {rule.internet} 个,否则没有数值并说明原因;链条不跨越缺口。",
                f"Coverage rule: a quarter has a value only where at least {rule.indicators} indicators with {share} of the weight, "
                f"{rule.internet} of them of the Internet industry itself, have a change; else it is missing with the reason. Gaps are never bridged.",
            ),
        ),
        table=NoteTable(header, tuple(rows), frozenset({4})),
    )


def _formulas(found: NoteMaterial, say: Words) -> NoteSection:
    trend = {
        "none": say.t("无", "none"),
        "mean_growth": say.t("平均增长率", "mean growth"),
        "log_linear": say.t("对数线性", "log-linear"),
        "cycle_means": say.t("循环均值", "cycle means"),
    }[found.spec.trend]
    rates = [i for i in found.spec.indicators if i.transform.change == "difference"]
    names = say.separator.join(say.name(found.series[i.series].name) for i in rates)
    plain_change = say.t(f"(以差分进入:{names})", f" (by plain difference: {names})") if rates else ""
    steps = (
        (say.t("对称变化率", "Symmetric change") + plain_change, "C(t) = 200 (Y(t) − Y(t−1)) / (Y(t) + Y(t−1))"),
        (say.t("标准化", "Standardised by its mean absolute value over the computed span"), "A = Σ|C| / n, S = C / A"),
        (say.t("加权平均(当季有值的指标)", "Weighted mean over the indicators that have a change"), "R(t) = Σ w S(t) / Σ w"),
        (say.t("以一致组为尺度", "Scaled to the coincident group (its own F is 1)"), "F = Σ|R| / Σ|R₂|, V = R / F"),
        (say.t("链接", "Chained from the first quarter"), "I(t₀) = 100, I(t) = I(t−1) (200 + V(t)) / (200 − V(t))"),
        (say.t(f"趋势调整:{trend}", f"Trend step: {trend}"), "" if found.spec.trend == "none" else "V′ = V + (G − r′)"),
        (say.t("贡献,恰好相加", "Contributions, adding up exactly"), "ΔI(t) = Σ (I(t) + I(t−1)) / 200 · w S(t) / (F Σw)"),
    )  # fmt: skip
    return NoteSection("formulas", say.t("公式", "Formulas"), steps=steps)


def _constants(found: NoteMaterial, say: Words) -> NoteSection | None:
    if not found.constants:
        return None
    header = (
        say.t("组别", "Index"), say.t("指标", "Indicator"), say.t("平均绝对变化 A", "Mean absolute change A"),
        say.t("变化数 n", "Changes n"), say.t("尺度 F", "Scale F"),
    )  # fmt: skip
    rows = tuple(
        (
            say.group(c.group),
            say.name(found.series[c.series].name),
            f"{c.mean_change:.6g}",
            str(c.changes),
            f"{c.scale:.6g}",
        )
        for c in found.constants
    )
    line = say.t(
        "由数据决定的常数;数据修订时随之改变。", "What the data set in these formulas; it changes with them."
    )
    return NoteSection(
        "constants", say.t("常数", "Constants"), (line,), table=NoteTable(header, rows, frozenset({2, 3, 4}))
    )


def _season(found: NoteMaterial, say: Words) -> NoteSection:
    header = (say.t("组别", "Index"), say.t("指标", "Indicator"), say.t("季节调整", "Season"))
    rows = tuple(
        (say.group(i.group), say.name(found.series[i.series].name), say.note(note).text)
        for i in found.spec.indicators
        if (note := found.result.notes.get(i.group, {}).get(i.series))
    )
    line = say.t(
        "季度序列只有在检验显示季节性时(Kruskal–Wallis 检验,5%,至少三个完整年份且无缺口)才作调整;每次运行都由当时的数据重新估计。",
        "A quarterly series is adjusted only if it shows season (Kruskal–Wallis test, 5 %, at least three full years without gaps); factors are estimated anew in every run from the data of its day.",
    )
    return NoteSection(
        "season", say.t("季节调整", "Seasonal adjustment"), (line,), table=NoteTable(header, rows)
    )


def _beside(_: NoteMaterial, say: Words) -> NoteSection:
    rule = QUARTERLY
    steps = (
        say.t("美国经济咨商局方法:变化率按标准差的倒数加权,趋势对齐一致组", "Conference Board: changes weighted by the inverse of their standard deviation, trend as that of the coincident group"),
        say.t(f"扩散指数:上升指标的权重占比,死区 ±{BAND}%,50 为分界", f"Diffusion index: weight of the rising indicators, dead band ±{BAND} %, 50 is the turning line"),
        say.t(
            f"转折点:Bry–Boschan/BBQ,窗口 {rule.window} 季,阶段至少 {rule.phase} 季,循环至少 {rule.cycle} 季,距两端至少 {rule.ends} 季;分别对水平与同比增速定期",
            f"Turning points: Bry–Boschan/BBQ, window {rule.window}, phase {rule.phase}, cycle {rule.cycle}, ends {rule.ends} quarters; of the level and of the growth on the year before",
        ),
        say.t(
            f"分类检验:时差相关与 K-L 信息量,同比(上年 = 100),滞后 ±{MAX_LAG} 季,至少 {MINIMUM_PAIRS} 对观测;以目录的归类为准",
            f"Classification: time-difference correlation and K-L information of growth on the year before, lags ±{MAX_LAG} quarters, at least {MINIMUM_PAIRS} pairs; the catalogue decides",
        ),
        say.t(
            f"不确定性:{DRAWS} 次抽样,权重 ±25%,标准化方式,剔除一个指标;5%、50%、95% 分位",
            f"Uncertainty: {DRAWS} draws over weights ±25 %, normalisation and one indicator dropped; 5, 50 and 95 %",
        ),
    )  # fmt: skip
    return NoteSection(
        "beside", say.t("与指数并列的计算", "Beside the index"), steps=tuple((step, "") for step in steps)
    )


def _lights(found: NoteMaterial, say: Words) -> NoteSection | None:
    if found.lights is None:
        return None
    header = (
        say.t("指标", "Indicator"),
        *(words.said(words.LIGHTS, code, say.language) for code in words.LIGHTS),
    )
    rows = []
    for series in dict.fromkeys(i.series for i in found.spec.indicators if i.series in found.lights.bounds):
        one, two, three, four = (words.plain(bound) for bound in found.lights.bounds[series])
        rows.append((say.name(found.series[series].name), f"< {one}", f"{one}…{two}", f"{two}…{three}", f"{three}…{four}", f"≥ {four}"))  # fmt: skip
    line = say.t(
        f"界限第 {found.lights.version} 版:{found.lights.note.zh}。同比增速(%);本身为增速的指标取其数值。指数 = (2/3) Σ w s,Σ w = 50。",
        f"Version {found.lights.version}: {found.lights.note.en}. Growth on the year before in percent; a rate is taken itself. Index = (2/3) Σ w s with Σ w = 50.",
    )
    return NoteSection(
        "lights", say.t("预警信号灯的界限", "Bounds of the warning lights"), (line,),
        table=NoteTable(header, tuple(rows), frozenset(range(1, 6))),
    )  # fmt: skip


def _again(found: NoteMaterial, say: Words) -> NoteSection:
    sentence = say.t(
        "用随运行保存的设定、日期与数据重新计算,并逐位比较",
        "From the specification, day and data kept with the run, compared to the last digit",
    )
    command = f"prosperity index reproduce {found.run}"
    return NoteSection("again", say.t("重新计算", "Computing it again"), steps=((sentence, command),))


def _last_quarter(result: IndexResult, group: str) -> str | None:
    quarters = [point.period for point in result.points if point.group == group and point.value is not None]
    return max(quarters, default=None)


# ------------------------------------------------------------------------------------------- markdown


def _step(number: int, sentence: str, formula: str) -> str:
    return f"{number}. {sentence}" + (f": `{formula}`" if formula else "")


def _table(table: NoteTable) -> str:
    rule = ["---:" if n in table.numbers else "---" for n in range(len(table.header))]
    rows = [table.header, rule, *table.rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
