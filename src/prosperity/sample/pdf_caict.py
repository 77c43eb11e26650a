"""The CAICT prosperity reports 2016–2021, rebuilt (development only).

Known index values stand in a sentence and in a small table; editions without known values (2017, 2019) have
neither. The 2021 report carries the real chapter titles (English original under our Chinese wording).
"""

from __future__ import annotations

import re

from prosperity.sample.figures import PACKAGE, Row, figures
from prosperity.sample.model import NOTICE_EN, NOTICE_ZH, RealItem
from prosperity.sample.pdf_layout import BODY, CHAPTER, COVER, COVER_LINE, LIST, NOTE, SECTION, Report

KINDS = (("leading", "先行"), ("coincident", "一致"), ("lagging", "滞后"))
#: What is known of an edition in words only.
WORDS = {
    "2018": "先行合成指数和滞后合成指数也有所上升。",
    "2019": "2018年互联网行业景气指数首次出现下降，行业仍处于景气区间，景气指数小幅下降。",
}
#: Chapter titles of the 2021 report in our Chinese wording, in the order of the real English table of
#: contents.
CHAPTERS_2021 = (
    ("一、“十三五”时期我国互联网行业实现高速发展", (
        "行业总体处于上升区间", "网络设施升级", "应用创新持续活跃", "发展要素逐步齐备", "技术创新取得突破",
        "市场拓展走向国际", "行业管理转向综合治理",
    )),
    ("二、“十四五”时期我国互联网行业迈向高质量发展", (
        "新型网络建设加快", "技术创新空前受到重视", "数据要素作用充分发挥", "信息技术加快赋能生产",
    "数字规则重塑带来新机遇", )),
    ("三、互联网行业有序健康发展仍面临挑战", (
        "国际竞争力仍然较弱", "产业侧拓展将是长期过程", "数据要素市场不成熟", "平台规范健康发展有待加强",
        "劳动者权益保护制度有待完善", "完善的数据治理规则亟待建立",
    )),
    ("四、多措并举推动互联网行业可持续发展", (
        "加强多方合作，增强国际竞争力", "深化企业侧融合创新，培育产业互联网",
        "完善数据体系建设，优化数据市场配置", "改进行业监管，引导平台竞争秩序",
    "完善社会保障机制，保护消费者和劳动者权益", "参与全球数字治理，推动全球共享共治", )),
)  # fmt: skip


def report(edition: str, item: RealItem) -> Report:
    built = Report(item.title)
    built.add(COVER, item.title)
    built.add(COVER_LINE, f"{item.day.year}年{item.day.month}月", "中国信息通信研究院", NOTICE_ZH, NOTICE_EN)
    built.page()
    built.add(CHAPTER, "样例说明")
    built.add(
        BODY, f"{NOTICE_ZH}。{NOTICE_EN}.",
        "本文件的标题、地址和发布日期与原报告一致；文字另行编写，指数值均为公开报道引用的原报告数值。每一期报告都会重新计算全部指数，各期数值不可连接。",
    )  # fmt: skip
    built.page()
    if edition == "2021":
        _chapters_2021(built)
    else:
        built.add(CHAPTER, "一、互联网行业发展态势")
        built.add(BODY, "本章说明行业总体情况，样例未收录原文。")
        built.page()
        built.add(CHAPTER, "二、互联网行业景气指数")
        _index(built, edition)
    built.page()
    built.add(CHAPTER, "附录 编制说明")
    built.add(
        BODY,
        "景气指数由先行、一致、滞后三个合成指数构成，指标分为宏观经济、基础能力、产业发展和业务发展四个层次。",
    )
    return built


def _chapters_2021(built: Report) -> None:
    contents = _english_contents()
    built.add(CHAPTER, "目录")
    for title, _ in CHAPTERS_2021:
        built.add(LIST, title)
    for number, (title, sections) in enumerate(CHAPTERS_2021):
        built.page()
        built.add(CHAPTER, title)
        built.add(NOTE, contents[number][0])
        for position, section in enumerate(sections):
            built.add(SECTION, f"（{'一二三四五六七八九'[position]}）{section}")
            built.add(NOTE, contents[number][1][position])
            if (number, position) == (0, 0):
                _index(built, "2021")
                _growth(built)


def _english_contents() -> list[tuple[str, list[str]]]:
    """The real table of contents: chapters with their sections; the last section has lost its number."""
    text = (PACKAGE / "fixtures" / "caict_english_2021.txt").read_text(encoding="utf-8")
    lines = [
        " ".join(line.split())
        for line in text.partition("[Table of Contents]")[2].splitlines()
        if line.strip()
    ]
    chapters: list[tuple[str, list[str]]] = []
    for line in lines:
        if re.match(r"\d\. ", line):
            chapters.append((line, []))
        elif not line.endswith(".pdf"):
            chapters[-1][1].append(line)
    return chapters


def _edition_rows(edition: str) -> list[Row]:
    return [
        row
        for (series, _), rows in figures().items()
        for row in rows
        if series.startswith("caict_index_") and row.base == edition
    ]


def period_name(period: str) -> str:
    """2016-Q1 → 2016年一季度, 2020-S1 → 2020年上半年."""
    year, part = period.split("-")
    return f"{year}年{ {'S1': '上半年', 'S2': '下半年'}.get(part) or '一二三四'[int(part[1]) - 1] + '季度' }"


def _index(built: Report, edition: str) -> None:
    rows = {row.series: row for row in _edition_rows(edition)}
    parts = [part for kind, name in KINDS if (part := _sentence(rows, kind, name, edition))]
    if parts:
        period = period_name(rows["caict_index_coincident"].period)
        built.add(BODY, f"{period}，" + "；".join(parts) + "。")
        _average(built, rows)
        _index_table(built, rows, edition)
    built.add(BODY, WORDS.get(edition, ""))
    if not parts and edition not in WORDS:
        built.add(BODY, "样例未收录本期的指数值。")


def _previous(edition: str) -> str:
    """The half-year value of 2020 is compared with the period before, the others with the quarter before."""
    return "较上一期" if edition == "2020" else "环比"


def _sentence(rows: dict[str, Row], kind: str, name: str, edition: str) -> str:
    row, change = rows.get(f"caict_index_{kind}"), rows.get(f"caict_index_{kind}_change")
    if not row:
        return ""
    base = "（2014年一季度=100）" if edition == "2016" and kind == "coincident" else ""
    text = f"互联网行业{name}合成指数为{row.value}{base}"
    if change:
        verb = "下降" if change.value.startswith("-") else "上升"
        text += f"，{_previous(edition)}{verb}{change.value.removeprefix('-')}点"
    return text


def _average(built: Report, rows: dict[str, Row]) -> None:
    row = rows.get("caict_index_coincident_average_change")
    if row:
        built.add(BODY, f"2012年以来至{period_name(row.period)}，一致合成指数平均每季度上升{row.value}点。")


def _index_table(built: Report, rows: dict[str, Row], edition: str) -> None:
    period = period_name(rows["caict_index_coincident"].period)
    compared = "较上一期变动（点）" if edition == "2020" else "环比变动（点）"
    header = [["指数", period, ""], ["", "指数值", compared]]
    body = []
    for kind, name in KINDS:
        cells = [rows.get(f"caict_index_{kind}{end}") for end in ("", "_change")]
        body.append([f"{name}合成指数", *(cell.value if cell else "-" for cell in cells)])
    notes = ["注：“-”表示样例未收录该数值。"]
    if edition == "2016":
        notes.insert(0, "注：2014年一季度=100。")
    spans = [((0, 0), (0, 1)), ((1, 0), (2, 0))]
    built.table("表1 互联网行业景气指数", header, body, spans=spans, notes=notes)


def _growth(built: Report) -> None:
    known = [(year, figures().get(("caict_listed_rev_growth_year", year), ())) for year in ("2015", "2020")]
    values = [(year, rows[0].value) for year, rows in known if rows]
    if len(values) == 2:
        (first, before), (last, now) = values
        built.add(BODY, f"行业营收年度增速由{first}年的{before}%回落至{last}年的{now}%。")
        rows = [["行业营收年度增速（%）", *(number for _, number in values)]]
        built.table("表2 互联网行业营收年度增速", [["指标", *(f"{year}年" for year, _ in values)]], rows)
