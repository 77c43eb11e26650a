"""Every figure that the sample documents state is a published one, read back here by separate means."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest
from lxml import html

from prosperity.sample import SamplePublishers, provenance
from prosperity.sample.figures import DATA, PACKAGE
from prosperity.sample.figures import figures as all_figures
from prosperity.sample.model import Document, path_of, real_items

Figures = dict[tuple[str, str], Decimal]


@pytest.fixture(scope="module")
def figures() -> Figures:
    with (DATA / "figures.csv").open(encoding="utf-8") as stream:
        return {(row["series"], row["period"]): Decimal(row["value"]) for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def publishers() -> SamplePublishers:
    return SamplePublishers()


# ------------------------------------------------------------------------------------------------ the data


def test_figures_are_those_of_the_collection(shared: Path) -> None:
    """Value, address and confidence of every row, against the collection; nothing suspicious is served."""
    known: set[tuple[str, str, Decimal, str, str]] = set()
    notes: dict[tuple[str, str], str] = {}
    for name in ("figures.csv", "figures_macro.csv"):
        with (shared / "data" / name).open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                period = row["period"].rsplit("..", 1)[-1]
                place = (row["source_url"], row["confidence"])
                known.add((row["series_code"], period, Decimal(row["value"]), *place))
                if row["yoy_pct"]:
                    known.add((f"{row['series_code']}_yoy", period, Decimal(row["yoy_pct"]), *place))
                notes[row["source_url"], period] = notes.get((row["source_url"], period), "") + row["note"]
    with (DATA / "figures.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) > 500
    for row in rows:
        assert row["confidence"] in ("A", "B")
        if row["series"].startswith("caict_index_"):
            continue
        reading = (row["series"], row["period"], Decimal(row["value"]), row["source_url"], row["confidence"])
        if "quoted in the note of" in row["note"]:
            fragment = row["note"].split(": ", 1)[1].split("; base")[0]
            assert any(fragment in note for (url, _), note in notes.items() if url == row["source_url"]), row
        else:
            assert reading in known, row


def test_index_values_are_the_published_ones(shared: Path, figures: Figures) -> None:
    with (shared / "data" / "published_index.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["edition"].isdigit() and row["value"] and ".." not in row["period"]:
                period = row["period"].replace("-H", "-S")
                assert figures[f"caict_index_{row['index_type']}", period] == Decimal(row["value"])
                assert figures[f"caict_index_{row['index_type']}_change", period] == Decimal(
                    row["change_points"]
                )


def test_provenance_names_address_reading_and_confidence() -> None:
    (row,) = provenance("miit_inet_rev_cum", "2021-06")
    assert (row.value, row.unit, row.confidence) == ("6951", "亿元", "A")
    assert row.source_url == "http://jhren.com/mjtu.qiq?je=1990"
    assert provenance("miit_inet_rev_cum", "2021-01..2021-06") == [row]
    (rate,) = provenance("miit_inet_rev_cum_yoy", "2021-06")
    assert rate.value == "25.6"
    assert provenance("caict_index_coincident", "2020-H1")[0].value == "105.62"
    assert provenance("miit_inet_rev_cum", "2018-01") == []


def test_of_two_readings_the_better_one_is_taken_and_the_other_named() -> None:
    (row,) = provenance("nbs_disp_income_cum", "2019-09")
    assert (row.value, row.confidence) == ("22882.05", "A")
    assert "left out: 22882 (B, http://gdcenn.cn/a/201910/427244.html)" in row.note


def test_suspicious_readings_are_withheld(figures: Figures) -> None:
    with (DATA / "withheld.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows and all(row["confidence"] == "C" for row in rows)
    # Of some a better reading is served.
    withheld = {((row["series"], row["period"]), Decimal(row["value"])) for row in rows}
    assert not withheld & set(figures.items())


# ------------------------------------------------------------------------------------------------ MIIT

#: What each series looks like in a MIIT sentence, written down independently of the generator.
MIIT_PATTERNS = {
    "miit_inet_rev_cum": r"(?:完成|实现)(?:互联网)?业务收入([\d.]+)(亿元|万亿元)",
    "miit_inet_opprofit_cum": r"营业利润([\d.]+)(亿元)",
    "miit_inet_profit_cum": r"利润总额([\d.]+)(亿元)",
    "miit_inet_rd_cum": r"(?:研发(?:费用[达近]?|经费(?:投入)?)|^研发经费方面，.*?共投入)([\d.]+)(亿元)",
    "miit_inet_infoserv_cum": r"信息服务收入(?:规模达)?([\d.]+)(亿元)",
    "miit_inet_platform_cum": r"平台服务收入达?([\d.]+)(亿元)",
    "miit_inet_access_cum": r"接入及相关服务收入(?:达到)?([\d.]+)(亿元)",
    "miit_inet_data_cum": r"数据(?:中心业务|服务)收入达?([\d.]+)(亿元)",
    "miit_inet_ecom_cum": r"电子商务平台收入达?([\d.]+)(亿元)",
    "miit_inet_game_cum": r"网络游戏(?:\(.*?\))?业务收入达?([\d.]+)(亿元)",
    "miit_inet_rev_east_cum": r"东部地区(?:完成|实现)?互联网业务收入达?([\d.]+)(亿元)",
    "miit_inet_servers": r"服务器(?:数量)?(?:达到|达)?([\d.]+)(万台)",
}
RATE = r"[^。；]*?(?:同比|上年同期)(增长|下降|下滑|增速为)([\d.]+)%"


def articles(publishers: SamplePublishers) -> list[tuple[str, str, Document]]:
    """(reported period, text, document) of the Internet column; the period from sample paths and real list items."""
    found = []
    real = {item.address: item.period for item in real_items("miit_internet", "release")}
    for document in publishers.publisher("www.miit.gov.cn").documents.values():
        if "/hlw/" not in document.path:
            continue
        tree = html.fromstring(document.body.decode())
        body = tree.xpath("//div[contains(concat(' ', @class, ' '), ' ccontent ')]")
        if not body:
            continue
        named = re.search(r"art_sample(\d{4})(\d{2})0", document.path)
        if named:
            period = f"{named.group(1)}-{named.group(2)}"
        elif "samplelyingtitle" in document.path:
            period = "2018-11"
        else:
            period = real[f"https://www.miit.gov.cn{document.path}"]
        for mark in body[0].xpath(".//sup"):
            mark.drop_tree()
        found.append((period, body[0].text_content(), document))
    return found


def test_miit_sentences_state_published_figures(publishers: SamplePublishers, figures: Figures) -> None:
    stated: set[tuple[str, str]] = set()
    for period, text, document in articles(publishers):
        sentences = re.split(r"[。\n]", text)
        for series, pattern in MIIT_PATTERNS.items():
            for sentence in sentences:
                found = re.search(pattern, sentence)
                if not found or ("东部" in sentence) != (series == "miit_inet_rev_east_cum"):
                    continue
                factor = 10000 if found.group(2) == "万亿元" else 1
                assert Decimal(found.group(1)) * factor == figures[series, period], (document.path, sentence)
                stated.add((series, period))
                rate = re.match(RATE, sentence[found.end() :])
                if rate:
                    sign = -1 if rate.group(1) in ("下降", "下滑") else 1
                    assert sign * Decimal(rate.group(2)) == figures[f"{series}_yoy", period], (
                        document.path,
                        sentence,
                    )
                    stated.add((f"{series}_yoy", period))
    due = {key for key in figures if key[0].removesuffix("_yoy") in MIIT_PATTERNS}
    assert stated == due  # nothing known is left out either


def test_miit_states_no_other_number(publishers: SamplePublishers, figures: Figures) -> None:
    """Every number with a unit is a figure of that period, or of one that the real text quotes beside it."""
    elsewhere = {"2020-04": ["2020-03"], "2020-07": ["2020-06"]}
    for period, text, document in articles(publishers):
        periods = [period, period[:4], *elsewhere.get(period, [])]
        allowed = {abs(value) for (_, when), value in figures.items() if when in periods}
        for number, unit in re.findall(r"([\d.]+)(万亿元|亿元|万元|万台|%|个百分点)", text):
            value = Decimal(number) * (10000 if unit == "万亿元" else 1)
            assert value in allowed, (document.path, number, unit)
        rest = re.sub(r"[\d.]+(?:万亿元|亿元|万元|万台|%|个百分点)", "", text)
        rest = re.sub(r"\d{4}年|\d+(?:[-—－至]\d+)?月|前\d+个月|图[12]|注：1|企业1", "", rest)
        assert not re.findall(r"\d", rest), (document.path, rest)


def test_miit_keeps_the_oddities_of_single_texts(publishers: SamplePublishers) -> None:
    texts = {period: text for period, text, document in articles(publishers) if not document.trap}
    assert "增速较1-4月回升3.4个百分点" in texts["2020-04"]
    assert "扭转1-3月下滑（-24.9%）局面" in texts["2020-04"]
    assert "（上半年下降5.8%）" in texts["2020-07"]
    assert "近121亿元，同比基本持平" in texts["2020-03"]
    assert "两年平均增速为19.7%" in texts["2021-06"]
    assert "1.21万亿元" in texts["2019-12"]
    assert "6951亿元" in texts["2021-06"] and "8869亿元" in texts["2021-07"]
    raw = [d.body.decode() for d in publishers.publisher("www.miit.gov.cn").documents.values()]
    assert any("企业<sup>1</sup>" in text for text in raw)
    assert any(re.search("企业1[（(]以下简称", text) for text in raw)


def test_no_extractor_can_lean_on_one_wording(publishers: SamplePublishers) -> None:
    revenue = {
        re.sub(r"[\d.]+|[前上半年一二三季度全至月份个—－-]", "", sentence).split("收入")[0]
        for _, text, _ in articles(publishers)
        for sentence in re.split(r"[。\n]", text)
        if re.search(MIIT_PATTERNS["miit_inet_rev_cum"], sentence) and "东部" not in sentence
    }
    assert len(revenue) >= 3
    alltext = " ".join(text for _, text, _ in articles(publishers))
    for form in ("-", "—", "－", "至"):
        assert re.search(rf"1{form}\d+月", alltext), form


#: Numbers with a unit on telecommunications pages.
TELECOM_NUMBER = re.compile(
    r"([\d.]+)((?:万亿|亿|万)?余?(?:元|户|个(?!月)|公里)|亿GB?|(?:GB|MB)/户·月|MB|M(?!b)|%)"
)
POWERS = (("万亿", 12), ("亿", 8), ("万", 4))


def sized(value: Decimal, unit: str) -> Decimal:
    """In base units; MB as a part of a GB."""
    power = next((power for word, power in POWERS if unit.startswith(word)), 0)
    return value / 1024 if unit.startswith("M") else value.scaleb(power)


def test_miit_telecom_states_every_known_figure_and_no_other(publishers: SamplePublishers) -> None:
    """Every number is a figure of the page's month (of its year on a communiqué) or quoted in the note of one."""
    stated = 0
    for period, text in telecom_pages(publishers):
        rows = [
            row
            for (series, when), known in all_figures().items()
            for row in known
            if series.startswith("miit_") and "_inet_" not in series
            and when in (period, period[:4] if period.endswith("-12") else period)
        ]  # fmt: skip
        allowed = {abs(sized(row.number, row.unit)) for row in rows}
        notes = " ".join(row.note for row in rows)
        found = [(Decimal(number), unit, number) for number, unit in TELECOM_NUMBER.findall(text)]
        for number, unit, raw in found:
            assert sized(number, unit) in allowed or re.search(rf"(?<![\d.]){raw}(?![.\d])", notes), (
                period,
                raw,
                unit,
            )
        rest = TELECOM_NUMBER.sub("", text)
        rest = re.sub(r"\d{4}年|\d+(?:[-—－至]\d+)?月|前\d+个月|10{2,3}Mbps|[345]G|\([12]\)", "", rest)
        assert not re.findall(r"\d", rest), (period, rest)
        numbers = {sized(number, unit) for number, unit, _ in found}
        due = {
            (row.series, abs(sized(row.number, row.unit)))
            for row in rows
            if row.series.removesuffix("_yoy") in TELECOM_SERIES
            and (row.series, row.period) not in NOT_STATED
        }
        assert {key for key in due if key[1] not in numbers} == set(), period
        stated += len(due)
    assert stated > 560


#: Series of the column, written down independently of the generator, and what their pages must not say.
TELECOM_SERIES = {
    "miit_tel_rev_cum", "miit_tel_volume", "miit_tel_mobiledata_rev", "miit_tel_fixeddata_rev",
    "miit_tel_fixed_rev", "miit_tel_mobile_rev", "miit_tel_fbb_rev", "miit_tel_newbiz_cum",
    "miit_tel_fai", "miit_mobile_users", "miit_phone_users", "miit_4g_users", "miit_5g_users",
    "miit_5g_connections", "miit_mbb_users", "miit_fbb_users", "miit_fbb100m_users",
    "miit_fbb1000m_users", "miit_fibre_users", "miit_iptv_users", "miit_iot_users",
    "miit_minet_users", "miit_mdata_cum", "miit_mdata_phone_cum", "miit_dou", "miit_dou_avg",
    "miit_mobile_bs", "miit_4g_bs", "miit_5g_bs", "miit_bb_ports", "miit_fibre_cable",
}  # fmt: skip
NOT_STATED = {("miit_5g_users", "2021-10"), ("miit_5g_users", "2021-11")}  # of another scope: connections


def telecom_pages(publishers: SamplePublishers) -> list[tuple[str, str]]:
    """(reported month, text) of the pages in prose."""
    real = {item.address: item.period for item in real_items("miit_telecom", "release")}
    found = []
    for document in publishers.publisher("www.miit.gov.cn").documents.values():
        named = re.search(r"art_sampletel(\d{4})(\d{2})0", document.path)
        period = f"{named[1]}-{named[2]}" if named else real.get(f"https://www.miit.gov.cn{document.path}")
        if "/txy/" in document.path and period:
            tree = html.fromstring(document.body.decode())
            body = tree.xpath("//div[contains(concat(' ', @class, ' '), ' ccontent ')]")[0]
            found.append((period, body.text_content()))
    return found


def test_miit_tables_of_main_indicators_hold_figures_of_their_month(publishers: SamplePublishers) -> None:
    """Cells in the unit that their row names; approximate figures (超16亿户) are in no table."""
    seen = []
    for document in publishers.publisher("www.miit.gov.cn").documents.values():
        tree = html.fromstring(document.body.decode())
        title = tree.xpath("string(//title)")
        if "主要指标完成情况" not in title or not tree.xpath("//table"):
            continue
        day = re.match(r"(\d{4})年(?:1－)?(?:(\d+)月|(一季度)|(上半年))", title)
        assert day, title
        period = f"{day[1]}-{int(day[2] or (3 if day[3] else 6)):02d}"
        known = {
            sized(row.number, row.unit): row
            for (series, when), rows in all_figures().items()
            for row in rows
            if series.startswith("miit_") and when == period
        }
        for line in tree.xpath("//tr[count(td) = 5]"):
            label, unit, *cells = [cell.text_content() for cell in line.xpath("td")]
            for cell, printed in zip(cells, (unit, "%", unit), strict=True):
                if re.fullmatch(r"[-\d.]*\d", cell):
                    row = known[sized(Decimal(cell), printed)]
                    assert not re.search("[超余近]", row.note)
                    seen.append((period, label, cell))
    assert ("2022-12", "其中：电信业务收入", "15808") in seen
    assert ("2022-12", "1000Mbps及以上速率用户", "9175") in seen
    assert not any(period == "2019-12" and "移动电话用户合计" in label for period, label, _ in seen)
    assert len(seen) > 80


def test_miit_telecom_keeps_the_oddities_of_single_texts(publishers: SamplePublishers) -> None:
    texts = dict(telecom_pages(publishers))
    assert "净增②2406万户" in texts["2018-02"]
    assert "35948亿元(2)" in texts["2016-12"] and "6834亿元(1)" in texts["2017-04"]
    assert "8万余个" in texts["2019-09"] and "超13万个" in texts["2019-12"]
    assert "340.8M" in texts["2015-08"] and "2752MB/户·月" in texts["2017-12"]
    assert "1.58万亿元" in texts["2022-12"] and "15808亿元" in texts["2022-12"]
    assert "5G手机终端连接数" in texts["2021-11"] and "5G移动电话用户" not in texts["2021-11"]
    assert "5G移动电话用户" in texts["2021-12"]
    assert "电信主营业务收入" in texts["2013-08"] and "主营" not in texts["2015-08"]
    assert "按可比口径测算" in texts["2015-12"]
    assert re.search(
        "12月当月.*2125亿GB", texts["2021-12"], re.S
    )  # a figure of the year behind that of a month
    # No release is for January.
    assert not any(period.endswith("-01") for period in texts)


# ------------------------------------------------------------------------------------------------- NBS


def test_nbs_neighbours_state_published_figures(publishers: SamplePublishers, figures: Figures) -> None:
    titles = [item.title for item in publishers.publisher("www.stats.gov.cn").lists[0].items]  # type: ignore[attr-defined]
    found = [re.match(r"(\d{4})年(\d+)月份规模以上工业增加值(增长|下降)([\d.]+)%", title) for title in titles]
    rates = [match for match in found if match]
    assert len(rates) > 10
    for match in rates:
        sign = -1 if match.group(3) == "下降" else 1
        period = f"{match.group(1)}-{int(match.group(2)):02d}"
        assert sign * Decimal(match.group(4)) == figures["nbs_iva_growth_month", period]


# ------------------------------------------------------------------------------------------------- PDFs

LABELS = {
    "网民规模": "cnnic_netizens",
    "互联网普及率": "cnnic_penetration",
    "手机网民规模": "cnnic_mobile_netizens",
    "农村网民规模": "cnnic_rural_netizens",
    "即时通信": "cnnic_im_users",
    "网络新闻": "cnnic_news_users",
    "网络视频": "cnnic_video_users",
    "短视频": "cnnic_shortvideo_users",
    "网络直播": "cnnic_live_users",
    "网络购物": "cnnic_shop_users",
    "网络支付": "cnnic_pay_users",
    "手机网络支付": "cnnic_mpay_users",
    "在线教育": "cnnic_edu_users",
    "在线医疗": "cnnic_medical_users",
    "互联网医疗": "cnnic_medical_users",
    "远程办公": "cnnic_office_users",
    "在线办公": "cnnic_office_users",
    "线上办公": "cnnic_office_users",
    "网上外卖": "cnnic_takeout_users",
    "网约车": "cnnic_ridehail_users",
    "在线旅行预订": "cnnic_travel_users",
    "在线政务服务": "cnnic_egov_users",
    "网站": "cnnic_websites",
    "域名": "cnnic_domains",
    "其中：“.CN”域名": "cnnic_cn_domains",
    "IPv6地址": "cnnic_ipv6",
}


def cnnic_cells(number: int) -> tuple[int, list[tuple[str, str, str]]]:
    """Pages, and (label, joined header, cell) of every numeric cell; raised marks are told by their size."""
    cells = []
    with pdfplumber.open(PACKAGE / "pdf" / f"cnnic_{number}.pdf") as pdf:
        for page in pdf.pages:
            plain = page.filter(lambda thing: thing.get("object_type") != "char" or thing["size"] > 7)
            for table in plain.extract_tables():
                height = 2 if table[1][0] in (None, "") else 1
                for column in range(1, len(table[0])):
                    header = "".join(
                        table[row][column] or table[row][column - 1] or "" for row in range(height)
                    )
                    cells += [
                        (row[0] or "", header, row[column] or "")
                        for row in table[height:]
                        if row[column] != "-"
                    ]
        return len(pdf.pages), cells


@pytest.mark.parametrize("number", [34, 35, 38, 41, 44, 45, 49, 50, 53])
def test_cnnic_tables_state_published_figures(number: int, figures: Figures) -> None:
    pages, cells = cnnic_cells(number)
    assert 12 <= pages <= 20
    assert len(cells) >= 4
    for label, header, cell in cells:
        series = LABELS[label.split("（")[0].replace("\n", "")]
        date = re.search(r"(\d{4})[年.](\d{1,2})", header)
        if "增长率" in header:
            known = {value for (name, _), value in figures.items() if name == f"{series}_yoy"}
            assert Decimal(cell) in known
        else:
            assert date, (label, header, cell)
            assert Decimal(cell) == figures[series, f"{date.group(1)}-{int(date.group(2)):02d}"], (
                label,
                header,
            )


def test_cnnic_no_45_has_march_in_place_of_december() -> None:
    _, cells = cnnic_cells(45)
    headers = {header for _, header, _ in cells}
    assert any("2020年3月" in header for header in headers)
    assert not any("2019年12月" in header for header in headers)


def test_cnnic_prose_and_notice() -> None:
    with pdfplumber.open(PACKAGE / "pdf" / "cnnic_46.pdf") as pdf:
        pages = [page.extract_text() for page in pdf.pages]
        raised = [char["text"] for page in pdf.pages for char in page.chars if char["size"] < 7]
    assert all("样例文件:依据公开发布数据重建,非发布机构原件" in page for page in pages)
    text = "".join(pages).replace("\n", "")
    assert re.search("网民规模.{0,3}9.40亿", text)
    assert "较2020年3月增长3063万人" in text or "较2020年3月增加3063万人" in text
    assert "50903块/32" in text
    assert raised and set(raised) == {"1"}


#: Period of every report and the one its tables compare with, from the reports themselves.
SURVEYS = {
    32: ("2013-06", "2012-12"), 33: ("2013-12", "2012-12"), 34: ("2014-06", "2013-12"),
    35: ("2014-12", "2013-12"), 36: ("2015-06", "2014-12"),
    37: ("2015-12", "2015-06"), 38: ("2016-06", "2015-12"), 39: ("2016-12", "2015-12"),
    40: ("2017-06", "2016-12"), 41: ("2017-12", "2016-12"), 42: ("2018-06", "2017-12"),
    43: ("2018-12", "2017-12"), 44: ("2019-06", "2018-12"), 45: ("2020-03", "2018-12"),
    46: ("2020-06", "2020-03"), 47: ("2020-12", "2020-03"), 48: ("2021-06", "2020-12"),
    49: ("2021-12", "2020-12"), 50: ("2022-06", "2021-12"), 51: ("2022-12", "2021-12"),
    52: ("2023-06", "2022-12"), 53: ("2023-12", "2022-12"),
}  # fmt: skip


@pytest.mark.parametrize("number", SURVEYS)
def test_cnnic_states_no_other_number(number: int, figures: Figures) -> None:
    """Every number with a unit, and every decimal in a table, is a figure of the report's two periods."""
    document = pypdfium2.PdfDocument(PACKAGE / "pdf" / f"cnnic_{number}.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in document)
    allowed = {
        value
        for (series, period), value in figures.items()
        if series.startswith("cnnic_") and period in SURVEYS[number]
    }
    if number == 45:  # surveyed in March 2020; listed companies stand at the end of 2019
        allowed |= {figures["cnnic_listed_mcap", "2019-12"], figures["cnnic_listed_mcap_yoy", "2019-12"]}
    found = re.findall(r"([\d.]+)(?:亿|%|万人|个百分点|块/32|万个|小时|个小时)", text)
    assert found
    assert [value for value in found if Decimal(value) not in allowed] == []
    decimals = [value for value in re.findall(r"^(\d+\.\d+?)\r?$", text, re.M) if number != 45]
    assert [value for value in decimals if Decimal(value) not in allowed] == []


def test_cnnic_layouts_change_with_the_era() -> None:
    """No. 34: the older period first and half a year's growth; no. 41: the present first; no. 50: dotted dates."""
    headers = {number: [header for _, header, _ in cnnic_cells(number)[1]] for number in (34, 41, 50)}
    assert any("2014年6月" in header and "用户规模" in header for header in headers[34])
    assert not any("." in header for header in headers[34] + headers[41])
    assert any(header.startswith("2022.6") and "用户规模" in header for header in headers[50])


# -------------------------------------------------------------------------------------- payments and games


def test_pboc_texts_state_published_figures(publishers: SamplePublishers, figures: Figures) -> None:
    """Every figure of a quarter is stated, and no other; marks of notes stand raised, never in the line."""
    stated: set[Decimal] = set()
    for document in publishers.publisher("www.pbc.gov.cn").documents.values():
        named = re.search(r"sample(\d{4})(q\d)", document.path)
        assert named
        quarter = f"{named.group(1)}-{named.group(2).upper()}"
        if document.media_type == "application/pdf":
            with pdfplumber.open(io.BytesIO(document.body)) as pdf:
                text = "".join(
                    page.filter(
                        lambda thing: thing.get("object_type") != "char" or thing["size"] > 7
                    ).extract_text()
                    for page in pdf.pages
                ).replace("\n", "")
        else:
            tree = html.fromstring(document.body.decode())
            for mark in tree.xpath("//sup"):
                mark.drop_tree()
            text = tree.xpath("string(//div[@id='zoom'])")
        allowed = {
            abs(value): key
            for key, value in figures.items()
            if key[0].startswith("pboc_") and key[1] == quarter
        }
        for number in re.findall(r"([\d.]+)(?:亿笔|万亿元|%)", text):
            assert Decimal(number) in allowed, (document.path, number)
            stated.add(Decimal(number))
    assert stated == {abs(value) for (name, _), value in figures.items() if name.startswith("pboc_")}


def test_cgigc_texts_state_published_figures(publishers: SamplePublishers, figures: Figures) -> None:
    seen = 0
    for document in publishers.publisher("www.cgigc.com.cn").documents.values():
        named = re.search(r"/(\d{4})(\d{2})\.html", document.path)
        assert named
        period = f"{named.group(1)}-{named.group(2)}"
        text = html.fromstring(document.body.decode()).xpath("string(//div[@class='article'])")
        known = {
            abs(value)
            for (name, when), value in figures.items()
            if name.startswith("cgigc_") and when == period
        }
        printed = {Decimal(number) for number in re.findall(r"([\d.]+)(?:亿元|亿美元|亿人|%)", text)}
        assert printed == known, document.path
        seen += len(printed)
    assert seen == sum(name.startswith("cgigc_") and "Q" not in when for name, when in figures)


@pytest.mark.parametrize(
    "source", ["caict_licences", "caict_prices", "caict_white_papers", "cac_digital_china"]
)
def test_reports_state_published_figures_only(source: str, publishers: SamplePublishers) -> None:
    """Every number with a unit, in every document of the source, is a figure that is at hand for its period."""
    site = publishers.publisher("www.cac.gov.cn" if source.startswith("cac_") else "www.caict.ac.cn")
    stated = 0
    for item in real_items(source, "release"):
        with pdfplumber.open(io.BytesIO(site.documents[path_of(item.address)].body)) as pdf:
            text = "".join("".join((page.extract_text() or "").split()) for page in pdf.pages)
        printed = [Decimal(number) for number in re.findall(r"([\d.]+)(?=家|元|亿元|万亿元|%)", text)]
        assert set(printed) <= OF_REPORTS[source].get(item.period, set()), item.title
        assert bool(printed) != ("样例未收录本期数值" in text), item.title
        stated += len(printed)
    assert stated == sum(len(figures) for figures in OF_REPORTS[source].values())


#: By hand from the collection of published figures and the reprints named in further.csv, by source and period.
OF_REPORTS: dict[str, dict[str, set[Decimal]]] = {
    "caict_licences": {
        "2016-03": {Decimal(34505), Decimal(4182), Decimal(30323)},
        "2017-03": {Decimal(40854), Decimal(6111), Decimal(34743)},
        "2018-08": {Decimal(56847), Decimal(11590), Decimal(45257)},
        "2021-06": {Decimal(106281), Decimal(24355), Decimal(86826)},
        "2022-02": {Decimal(121824), Decimal(27515), Decimal(99424)},
        "2022-08": {Decimal(134177), Decimal(29462), Decimal(110211)},
    },
    "caict_prices": {"2018-Q1": {Decimal("13.5"), Decimal("60.5"), Decimal("42.5")}},
    "caict_white_papers": {"2023": {Decimal("50.2"), Decimal("10.3")}},
    "cac_digital_china": {"2022": {Decimal("50.2"), Decimal("10.3"), Decimal(3384), Decimal("9.1")}},
}


def test_the_strongest_companies_state_every_known_figure_and_no_other(
    publishers: SamplePublishers, figures: Figures
) -> None:
    """The figures are of the year before, the index is of the year of the report."""
    stated: set[tuple[str, Decimal]] = set()
    for document in publishers.publisher("www.isc.org.cn").documents.values():
        edition = document.path[-9:-5]
        text = html.fromstring(document.body.decode()).xpath("string(//div[@class='article'])")
        for number in re.findall(
            r"([\d.]+)(?=万亿元|亿元|分(?!）)|%)", text.replace("2013年为基期100分", "")
        ):
            stated.add((edition, Decimal(number)))
    known = {
        (period if name.startswith("isc_strength") else str(int(period) + 1), abs(value))
        for (name, period), value in figures.items()
        if name.startswith("isc_")
    }
    assert stated == known


def test_an_application_table_runs_over_a_page_break() -> None:
    with pdfplumber.open(PACKAGE / "pdf" / "cnnic_48.pdf") as pdf:
        starts = [
            page.page_number
            for page in pdf.pages
            for table in page.extract_tables()
            if (table[0][0] or "").startswith("应用")
        ]
    assert len(starts) == 2 and starts[1] == starts[0] + 1


@pytest.mark.parametrize(
    ("edition", "present", "absent"),
    [
        ("2016", ["105.8", "105.9", "105.1", "0.91", "0.25", "0.86", "2014年一季度=100", "0.77"], []),
        ("2017", ["样例未收录本期的指数值"], ["合成指数为"]),
        ("2018", ["105.67", "0.73", "先行合成指数和滞后合成指数也有所上升"], ["=100"]),
        ("2019", ["首次出现下降"], ["合成指数为"]),
        ("2020", ["105.62", "105.95", "较上一期下降0.80点", "较上一期下降1.65点", "-0.80"], ["=100"]),
        (
            "2021",
            ["103.8", "环比上升0.17点", "46.5%", "16.7%", "The industry was generally in an uptrend"],
            [],
        ),
    ],
)
def test_caict_reports(edition: str, present: list[str], absent: list[str]) -> None:
    with pdfplumber.open(PACKAGE / "pdf" / f"caict_{edition}.pdf") as pdf:
        text = "".join((page.extract_text() or "") for page in pdf.pages).replace("\n", "")
    for part in present:
        assert part in text, part
    for part in absent:
        assert part not in text, part


def test_the_pdfs_are_small_enough() -> None:
    assert sum(path.stat().st_size for path in (PACKAGE / "pdf").glob("*.pdf")) < 4_000_000


def test_pdfs_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    pytest.importorskip("reportlab", reason="reportlab (development only) is not installed")
    import json

    from prosperity.sample import build_pdfs
    from prosperity.sample.pdf_layout import FONT_FILE

    if not FONT_FILE.is_file():
        pytest.skip(f"font not installed: {FONT_FILE} (Debian package fonts-wqy-microhei)")
    recorded = json.loads((build_pdfs.PDFS / "built_with.json").read_text())
    if recorded != build_pdfs.versions():
        pytest.skip(f"made with other versions: {recorded}, here {build_pdfs.versions()}")
    assert build_pdfs.main([str(tmp_path)]) == 0
    committed = {path.name: path.read_bytes() for path in build_pdfs.PDFS.glob("*.pdf")}
    again = {path.name: path.read_bytes() for path in tmp_path.glob("*.pdf")}
    assert set(again) == set(committed)
    assert [name for name in committed if committed[name] != again[name]] == []


# --------------------------------------------------------------------------------------- quarterly decks


DECKS = sorted(path.name for path in (PACKAGE / "pdf").glob("caict_[il][in]*_*.pdf"))


def deck_text(name: str) -> str:
    """All pages without white space."""
    document = pypdfium2.PdfDocument(PACKAGE / "pdf" / name)
    pages = [document[page].get_textpage().get_text_range() for page in range(len(document))]
    return "".join("".join(pages).split())


@pytest.mark.parametrize("name", DECKS)
def test_decks_state_published_figures_only(name: str, figures: Figures) -> None:
    """Figures that stand in words (…达9.75万亿), by pdfium's text, against those of the deck's quarter and the one
    before; the labels of charts are read by the integration test."""
    quarter = name[-11:-4]
    year, number = int(quarter[:4]), int(quarter[-1])
    before = f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"
    known = {
        abs(value)
        for (series, period), value in figures.items()
        if series.startswith(name[: len("caict_listed")]) and period in (quarter, before)
    }
    text = deck_text(name)
    assert "样例文件:依据公开发布数据重建,非发布机构原件" in text
    worded = r"(?<!超过)(?<=[\u4e00-\u9fff])(\d+(?:\.\d+)?)(?=万亿|亿元|亿美元|笔|家|%)"
    stated = [Decimal(figure) for figure in re.findall(worded, text)]
    assert [figure for figure in stated if figure not in known] == []
    assert bool(stated) != ("样例未收录本期数值" in text)


def test_deck_without_a_known_figure_says_so() -> None:
    silent = [name for name in DECKS if "样例未收录本期数值" in deck_text(name)]
    assert len(DECKS) == 21 + 28 and len(silent) == len(DECKS) - 11


@pytest.mark.parametrize(
    ("series", "period", "value"),
    [
        ("miit_data_price", "2018-Q1", "13.5"),
        ("caict_invest_deals_yoy", "2022-Q2", "-36"),
        ("caict_invest_deals_global_yoy", "2022-Q1", "6.5"),
    ],
)
def test_origin_is_found_under_the_names_of_the_collection(series: str, period: str, value: str) -> None:
    assert [row.value for row in provenance(series, period)] == [value]
