"""The stand-in publishers over real sockets: each publisher's protocol, validators, ranges, until, faults."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pdfplumber
import pytest
import requests
from lxml import html

from prosperity.sample import Fault, SamplePublishers, challenge

MIIT, CNNIC, NBS, CAICT = "www.miit.gov.cn", "www.cnnic.net.cn", "www.stats.gov.cn", "www.caict.ac.cn"
PBOC, CGIGC = "www.pbc.gov.cn", "www.cgigc.com.cn"
BDA, MOFCOM, ENGLISH, IPV6 = "www.chinabda.cn", "www.mofcom.gov.cn", "www.cnnic.com.cn", "www.china-ipv6.cn"
BROWSER = {
    "User-Agent": "Mozilla/5.0 (compatible; test)",
    "Referer": "https://www.miit.gov.cn/gxsj/tjfx/hlw/index.html",
}
AJAX = {**BROWSER, "X-Requested-With": "XMLHttpRequest"}
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"


@pytest.fixture(scope="module")
def running() -> Iterator[SamplePublishers]:
    with SamplePublishers() as publishers:
        yield publishers


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[SamplePublishers]:
    with SamplePublishers(tmp_path) as publishers:
        yield publishers


def get(base: str, path: str, **options: object) -> requests.Response:
    return requests.get(urljoin(base, path), timeout=5, **options)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ MIIT


def miit_query(base: str, column: str = "hlw") -> dict[str, str]:
    shell = get(base, f"/gxsj/tjfx/{column}/index.html", headers=BROWSER).text
    found = re.search(r'queryData="(\{.*?\})"', shell)
    assert found
    pairs = dict(re.findall(r"'(\w+)':'([^']*)'", found.group(1)))
    return {"parseType": "buildstatic", **pairs}


def miit_rows(
    base: str, page: str | None = None, column: str = "hlw", **extra: str
) -> list[tuple[str, str, str]]:
    parameters = {**miit_query(base, column), **extra}
    if page:
        parameters["paramJson"] = page
    answer = get(base, UNIT, params=parameters, headers=AJAX).json()
    assert answer["success"] is True
    if not answer["data"]["html"]:
        return []
    tree = html.fragment_fromstring(answer["data"]["html"], create_parent=True)
    return [(li[0].get("href"), li[0].get("title"), li[1].text) for li in tree.iter("li")]


def test_miit_shell_is_a_shell(running: SamplePublishers) -> None:
    shell = get(running.hosts[MIIT], "/gxsj/tjfx/hlw/index.html", headers=BROWSER)
    assert 4000 < len(shell.content) < 7000
    assert "/art/" not in shell.text
    query = miit_query(running.hosts[MIIT])
    assert query["pageId"] == "3047f3df89414d0ca8c6eef37a44088e"
    assert query["webId"] == "8d828e408d90447786ddbe128d495e9e"
    assert query["tplSetId"] == "209741b2109044b5b7695700b2bec37e"
    assert query["tagId"] == "右侧内容"


@pytest.mark.parametrize("missing", ["User-Agent", "Referer", "X-Requested-With"])
def test_miit_interface_refuses_what_is_no_browser(running: SamplePublishers, missing: str) -> None:
    headers = {name: value for name, value in AJAX.items() if name != missing}
    assert (
        get(running.hosts[MIIT], UNIT, params=miit_query(running.hosts[MIIT]), headers=headers).status_code
        == 403
    )


def test_miit_articles_want_agent_and_referer(running: SamplePublishers) -> None:
    path = miit_rows(running.hosts[MIIT])[3][0]
    assert get(running.hosts[MIIT], path).status_code == 403
    assert get(running.hosts[MIIT], path, headers={"Referer": "x"}).status_code == 403
    assert get(running.hosts[MIIT], path, headers=BROWSER).status_code == 200


def test_miit_pages_only_by_compact_param_json(running: SamplePublishers) -> None:
    base = running.hosts[MIIT]
    first = miit_rows(base)
    assert len(first) == 24
    second = miit_rows(base, '{"pageNo":2,"pageSize":24}')
    assert second
    assert not {href for href, _, _ in first} & {href for href, _, _ in second}
    assert miit_rows(base, '{"pageNo": 2, "pageSize": 24}') == first  # blanks: falls back to page 1
    assert miit_rows(base, pageNo="2") == first
    assert miit_rows(base, '{"pageNo":9,"pageSize":24}') == []
    third = miit_rows(base, '{"pageNo":3,"pageSize":24}')
    count = get(base, UNIT, params=miit_query(base), headers=AJAX).json()["data"]["count"]
    assert count == len(first) + len(second) + len(third)


def miit_all(base: str, column: str = "hlw") -> list[tuple[str, str, str]]:
    rows, number = [], 1
    while found := miit_rows(base, f'{{"pageNo":{number},"pageSize":24}}', column):
        rows += found
        number += 1
    return rows


def test_miit_columns_differ_by_page_id(running: SamplePublishers) -> None:
    base = running.hosts[MIIT]
    assert miit_query(base, "txy")["pageId"] == "1434685f08314ae8ae78f78b6a5a7915"
    rows = miit_all(base, "txy")
    assert all(re.match(r"/gxsj/tjfx/txy/art/20\d\d/art_\w+\.html", href) for href, _, _ in rows)
    assert not {href for href, _, _ in rows} & {href for href, _, _ in miit_all(base)}
    # Real items with their real addresses, tables and other subjects among them.
    assert (
        "/gxsj/tjfx/txy/art/2023/art_77b586a554e64763ab2c2888dcf0b9e3.html",
        "2022年通信业统计公报",
        "01-19",
    ) in rows
    titles = [title for _, title, _ in rows]
    for part in (
        "主要指标完成情况（一）",
        "主要指标完成情况（二）",
        "分省情况",
        "春节假期",
        "通信运营业统计公报",
    ):
        assert any(part in title for title in titles), part
    assert any(
        re.match(r"2018年\d+月份通信业", title) for title in titles
    )  # although the text runs from January
    unknown = {**miit_query(base), "pageId": "0" * 32}
    answer = get(base, UNIT, params=unknown, headers=AJAX).json()
    assert answer["success"] is False and answer["data"] is None


def test_miit_list_has_its_real_traps(running: SamplePublishers) -> None:
    base = running.hosts[MIIT]
    rows = miit_all(base)
    assert all(re.fullmatch(r"\d\d-\d\d", date) for _, _, date in rows)
    doubled = {
        title for href, title, _ in rows if href.startswith("https://www.miit.gov.cnhttps://www.miit.gov.cn/")
    }
    assert doubled == {
        "2020年互联网和相关服务业年度统计数据",
        "2021年互联网和相关服务业年度统计数据",
        "2021年电子信息制造业年度统计数据",
        "2022年互联网和相关服务业年度统计数据",
    }
    # The real article of November 2021, with its real address.
    assert (
        "/gxsj/tjfx/hlw/art/2021/art_c11f934d11e0405cbb5777fd57a7517f.html",
        "2021年1－11月份互联网和相关服务业运行情况",
        "12-30",
    ) in rows
    # Published in January: the folder's year, not the reported one.
    assert any(
        title == "2019年互联网和相关服务业运行情况" and "/art/2020/" in href for href, title, _ in rows
    )
    assert not any(re.search(r"年1月份?互联网", title) for _, title, _ in rows)  # there is no January release


def test_miit_titles_vary_in_how_they_name_the_period(running: SamplePublishers) -> None:
    base = running.hosts[MIIT]
    titles = " ".join(title for _, title, _ in miit_all(base))
    for form in ("上半年", "季度", "前三季度", "前7个月", "1－10月份"):
        assert form in titles


def test_miit_article(running: SamplePublishers) -> None:
    path = "/gxsj/tjfx/hlw/art/2021/art_c11f934d11e0405cbb5777fd57a7517f.html"
    answer = get(running.hosts[MIIT], path, headers=BROWSER)
    assert answer.headers["X-Sample"] == "rebuilt"
    assert "X-Sample-Issued" not in answer.headers
    tree = html.fromstring(answer.content.decode())
    assert tree.xpath("//meta[@name='PubDate']/@content") == ["2021-12-30 10:00"]
    assert "14155亿元" in tree.xpath("string(//div[@id='con_con'])")
    assert "样例文件:依据公开发布数据重建,非发布机构原件" in tree.text_content()


def test_one_miit_title_lies_and_says_so_only_in_header_and_footer(running: SamplePublishers) -> None:
    documents = running.publisher(MIIT).documents.values()
    lying = [document for document in documents if document.trap == "title-period"]
    assert len(lying) == 1
    answer = get(running.hosts[MIIT], lying[0].path, headers=BROWSER)
    assert answer.headers["X-Sample-Trap"] == "title-period"
    assert "<title>2018年1－10月份" in answer.text
    assert "8518亿元" in answer.text  # January to November, as published


# ----------------------------------------------------------------------------------------------- CNNIC


def test_cnnic_list_detail_pdf(running: SamplePublishers) -> None:
    base = running.hosts[CNNIC]
    rows = []
    for name in ("index.html", "index2.html", "index3.html"):
        tree = html.fromstring(get(base, f"/6/86/88/{name}").content.decode())
        rows += [(li[0].get("href"), li[0].get("title"), li[1].text) for li in tree.xpath("//ul/li")]
    assert get(base, "/6/86/88/index4.html").status_code == 404
    assert [re.findall(r"\d+", title)[0] for _, title, _ in rows] == [str(n) for n in range(53, 31, -1)]
    detail, title, date = rows[4]
    assert (detail, date) == ("/n4/2022/0401/c88-1131.html", "2022-02-25")
    assert "第49次" in title
    page = html.fromstring(get(base, detail).content.decode())
    links = page.xpath("//a[contains(@href, '.pdf')]/@href")
    assert links == ["/NMediaFile/2023/0807/MAIN1691372884990HDTP1QOST8.pdf"]
    assert "2022-02-25" not in html.tostring(page, encoding="unicode")  # only the list has the date
    pdf = get(base, links[0])
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-") and b"%%EOF" in pdf.content[-32:]
    assert pdf.headers["X-Sample"] == "rebuilt"


def test_cnnic_report_of_which_only_the_month_is_known(running: SamplePublishers) -> None:
    """No. 36 came out in July 2015; the day is that of the upload, and every answer says that it is an estimate."""
    base = running.hosts[CNNIC]
    for path in ("/n4/2022/0401/c88-sample36.html", "/NMediaFile/old_attach/P020150723549500667087.pdf"):
        assert get(base, path).headers["X-Sample-Issued"] == "estimated"


# ------------------------------------------------------------------------------------------------ PBoC


def test_pboc_list_page_and_attachment(running: SamplePublishers) -> None:
    """Nested tables; until 2020 the text is on the page with raised marks, then in a PDF attached to a bare page."""
    base, folder = running.hosts[PBOC], "/zhifujiesuansi/128525/128545/128643/"
    tree = html.fromstring(get(base, f"{folder}index.html").content.decode())
    rows = [
        (cell.xpath("string(font/a/@title)"), cell.xpath("string(font/a/@href)"), cell.xpath("string(span)"))
        for cell in tree.xpath("//td[font[@class='newslist_style']]")
    ]
    assert [title for title, _, _ in rows] == [
        "2022年第一季度支付体系运行总体情况",
        "2021年第二季度支付体系运行总体情况",
        "2020年第三季度支付体系运行总体情况",
        "2019年第三季度支付体系运行总体情况",
        "2018年第二季度支付体系运行总体情况",
        "2017年第三季度支付体系运行总体情况",
    ]
    assert rows[1][2] == "2021-09-06" and rows[5][2] == "2017-12-05"
    assert get(base, f"{folder}index2.html").status_code == 404
    page = html.fromstring(get(base, rows[5][1]).content.decode())
    text = page.xpath("string(//div[@id='zoom'])")
    assert "778.33亿笔" in text and "49.26万亿元" in text
    assert page.xpath("//div[@id='zoom']//sup/text()") == ["9", "10", "13"]
    bare = html.fromstring(get(base, rows[1][1]).content.decode())
    assert "亿笔" not in bare.text_content()
    (link,) = bare.xpath("//div[@id='zoom']//a/@href")
    assert get(base, link).content.startswith(b"%PDF-")


# ----------------------------------------------------------------------------------------------- CGIGC


def test_cgigc_year_comes_before_it_ends(running: SamplePublishers) -> None:
    base = running.hosts[CGIGC]
    tree = html.fromstring(get(base, "/sample/report/index.html").content.decode())
    rows = [(li[0].get("href"), li[0].get("title"), li[1].text) for li in tree.xpath("//ul/li")]
    assert (rows[0][1], rows[0][2]) == ("2023年中国游戏产业报告", "2023-12-15")
    page = get(base, rows[0][0]).content.decode()
    assert "163.66亿美元，同比下降5.65%" in page and "3029.64亿元" in page
    assert "20.71" not in page


# ------------------------------------------------------------------------------------------------- NBS


def nbs_rows(base: str) -> list[tuple[str, str, str]]:
    rows, number = [], 0
    while True:
        answer = get(base, f"/sj/zxfb/index{f'_{number}' if number else ''}.html")
        if answer.status_code == 404:
            return rows
        tree = html.fromstring(answer.content.decode())
        for li in tree.xpath("//div[@class='list-content']//li"):
            links = li.xpath("a/@href")
            assert len(links) == 3 and len(set(links)) == 1
            rows.append((links[0], li.xpath("a/@title")[0], li.xpath("string(span)")))
        number += 1


def test_nbs_list_and_release(running: SamplePublishers) -> None:
    base = running.hosts[NBS]
    rows = nbs_rows(base)
    income = [row for row in rows if "居民收入和消费支出情况" in row[1]]
    assert len(income) == 36
    assert len({row[0] for row in rows}) == len(rows) > 5 * len(income)  # other subjects in between
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)
    for href, _, date in rows:
        day = max(date, "2023-02-03")  # what is older was numbered again on that day
        assert re.fullmatch(rf"\./{day[:4]}{day[5:7]}/t{day.replace('-', '')}_sample\w+\.html", href)
    href, _, date = next(row for row in income if row[1].startswith("2018年上半年"))
    assert date == "2018-07-16"  # the address says 2023-02-03
    page = html.fromstring(get(urljoin(base, "/sj/zxfb/"), href).content.decode())
    cells = [
        [" ".join(td.text_content().split()) for td in tr.xpath("td")] for tr in page.xpath("//table//tr")
    ]
    assert len(cells[0]) == 3 and cells[1] == ["名义", "实际"]
    assert page.xpath("//tr[1]/td/@rowspan") == ["2", "2"] and page.xpath("//tr[1]/td/@colspan") == ["2"]
    assert cells[2][1:] == ["14063", "8.7", "6.6"]  # NBS, 2018-07-16
    assert cells[3][1:] == ["19770", "7.9", "-"]


def test_one_nbs_page_is_gb18030_without_saying_so(running: SamplePublishers) -> None:
    base = running.hosts[NBS]
    href = next(href for href, title, _ in nbs_rows(base) if title.startswith("2016年上半年"))
    answer = get(urljoin(base, "/sj/zxfb/"), href)
    assert answer.headers["Content-Type"] == "text/html"
    assert b"charset" not in answer.content
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")
    assert "全国居民人均可支配收入" in answer.content.decode("gb18030")


# ----------------------------------------------------------------------------------------------- CAICT


def caict_rows(base: str, path: str) -> list[tuple[str, str, str]]:
    tree = html.fromstring(get(base, path).content.decode())
    return [
        (a.get("href"), a.get("title"), tr.xpath("string(td[2]/span[@class='kxyj_text'])"))
        for tr in tree.xpath("//tr[td[@width='540']]")
        for a in tr.xpath("td[1]//a[@class='kxyj_text']")
    ]


def test_caict_list_detail_and_single_pdf(running: SamplePublishers) -> None:
    base = running.hosts[CAICT]
    assert len(get(base, "/kxyj/qwfb/bps/index.htm").content) > 4096
    rows = [
        row
        for name in ("index.htm", "index_1.htm", "index_2.htm")
        for row in caict_rows(base, f"/kxyj/qwfb/bps/{name}")
    ]
    assert get(base, "/kxyj/qwfb/bps/index_3.htm").status_code == 404
    reports = [row for row in rows if "景气指数报告" in row[1]]
    assert len(reports) == 6 and len(rows) > 30
    by_date = {date: href for href, _, date in reports}
    assert by_date["2021-09-23"] == "./202109/t20210923_390218.htm"
    assert by_date["2016-06-02"] == "./201804/t20180426_158275.htm"  # re-hung: the folder is not the date
    for href in by_date.values():
        address = urljoin(base + "/kxyj/qwfb/bps/", href)
        links = html.fromstring(get(address, "").content.decode()).xpath("//a[contains(@href, '.pdf')]/@href")
        assert len(links) == 1
        pdf = get(address, links[0])
        assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF-")
        assert re.search(r"/kxyj/qwfb/bps/20\d{4}/P020\d+\.pdf$", pdf.url)


DATA = "/kxyj/qwfb/qwsj/"


def through(base: str, path: str) -> list[requests.Response]:
    """The answers until the firewall lets the client through; the last one is the page itself."""
    answers = [get(base, path)]
    while answers[-1].status_code == 412 or (
        answers[-1].status_code == 200
        and len(answers[-1].content) < 4096
        and b"<script>" in answers[-1].content
    ):
        assert len(answers) < 5, "a client that tries five times gets through"
        answers.append(get(base, path))
    return answers


def test_caict_data_list_stands_behind_a_firewall(fresh: SamplePublishers) -> None:
    base = fresh.hosts[CAICT]
    answers = through(base, DATA + "index.htm")
    assert [answer.status_code for answer in answers] == [412, 200, 200]
    assert all(len(answer.content) < 4096 and b"kxyj_text" not in answer.content for answer in answers[:-1])
    assert b"kxyj_text" in answers[-1].content
    assert len(through(base, DATA + "index.htm")) == 1, "who has passed is let through"
    rows: list[tuple[str, str, str]] = []
    number = 0
    while (
        page := through(base, DATA + (f"index_{number}.htm" if number else "index.htm"))[-1]
    ).status_code == 200:
        tree = html.fromstring(page.content.decode())
        rows += [
            (a.get("href"), a.get("title"), tr.xpath("string(td[2]/span[@class='kxyj_text'])"))
            for tr in tree.xpath("//tr[td[@width='540']]")
            for a in tr.xpath("td[1]//a[@class='kxyj_text']")
        ]
        number += 1
    titles = [title for _, title, _ in rows]
    assert sum("上市企业运行情况" in title or "行业市场运行情况" in title for title in titles) == 21
    assert sum("互联网投融资运行情况" in title for title in titles) == 28
    assert sum("增值电信业务" in title for title in titles) == 89
    # Of one report on prices neither address nor day are known.
    odd = [href for href, _, _ in rows if not re.fullmatch(r"\./20\d{4}/P0\d+\.pdf", href)]
    assert odd == ["./201807/P0sample2018q1.pdf"]
    assert sum("宽带资费水平" in title for title in titles) == 5
    assert sum("域名行业季报" in title for title in titles) == 7
    # The folder is not the date: items of 2016 and 2017 were hung up again in April 2018.
    assert (
        "./201804/P020171129610769090122.pdf",
        "2017年三季度互联网行业市场运行情况（市值、营收）",
        "2017-10-10",
    ) in rows


def test_caict_decks_are_small_pdfs_and_neighbours_are_not_rebuilt(fresh: SamplePublishers) -> None:
    base = fresh.hosts[CAICT]
    paths = [
        path
        for path, document in fresh.publisher(CAICT).documents.items()
        if path.startswith(DATA) and len(document.body) > 10_000
    ]
    assert len(paths) == 21 + 28 + 7, "decks, and reports with a figure"
    first = [len(through(base, path)) for path in paths]
    assert 1 < sum(count > 1 for count in first) < len(paths), "some are challenged, some are not"
    for path in paths:
        [answer] = through(base, path)
        assert answer.headers["Content-Type"] == "application/pdf" and len(answer.content) < 60_000
    # 2017年中国互联网行业发展景气指数
    assert through(base, DATA + "201804/P020170824595264440743.pdf")[-1].status_code == 404


def test_caict_reports_without_a_known_figure_say_so(fresh: SamplePublishers) -> None:
    """Domains of 2021-Q4: title, address and date are real, the rest is not at hand."""
    base, path = fresh.hosts[CAICT], DATA + "202203/P020220308538865929653.pdf"
    answer = through(base, path)[-1]
    assert answer.headers["X-Sample"] == "rebuilt" and answer.content.rstrip().endswith(b"%%EOF")
    with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
        [page] = pdf.pages
        text = "".join((page.extract_text() or "").split())
    assert text.startswith("互联网域名行业季报（2021年第四季度）发布日期：2022-03-08样例未收录本期数值。")
    assert "样例文件:依据公开发布数据重建,非发布机构原件" in text
    assert re.findall(r"\d+", text.replace("2021年", "").replace("2022-03-08", "")) == []


@pytest.mark.parametrize(
    ("year", "address"), [(2020, "202008/t20200805_288286"), (2021, "202112/t20211224_394506")]
)
def test_caict_english_text_is_that_of_the_real_page(
    running: SamplePublishers, shared: Path, year: int, address: str
) -> None:
    base = running.hosts[CAICT]
    rows = caict_rows(base, "/english/research/whitepapers/index.html")
    assert f"./{address}.html" in {href for href, _, _ in rows}
    answer = get(base, f"/english/research/whitepapers/{address}.html")
    article = html.fromstring(answer.content.decode()).xpath("//div[contains(@class, 'article')]")[0]
    seeds = [path.read_text(encoding="utf-8") for path in sorted((shared / "seeds").glob("*.txt"))]
    expected = next(seed for seed in seeds if ("(2020)" in seed.split("\n")[0]) == (year == 2020))
    ours = [line.strip() for line in article.text_content().splitlines() if line.strip()]
    assert ours == [line.strip() for line in expected.splitlines() if line.strip()]
    assert article.xpath("string(.//a[contains(@href, '.pdf')])").startswith("中国互联网行业")


# ------------------------------------------------------------------------------- lists in pages, one helper


@pytest.mark.parametrize(
    ("host", "pages", "behind", "rows"),
    [
        (BDA, ["/sample/report/index.html", "/sample/report/index_2.html"], "/sample/report/index_3.html", 6),
        (
            ENGLISH,
            ["/IDR/ReportDownloads/", "/IDR/ReportDownloads/index_1.html"],
            "/IDR/ReportDownloads/index_2.html",
            6,
        ),
        (
            MOFCOM,
            ["/article/xwfb/xwsjfzr/", "/article/xwfb/xwsjfzr/?2", "/article/xwfb/xwsjfzr/?3"],
            "/article/xwfb/xwsjfzr/?4",
            26,
        ),
        (IPV6, ["/sample/news/index.html"], "/sample/news/index_2.html", 3),
    ],
)
def test_list_in_pages(
    running: SamplePublishers, host: str, pages: list[str], behind: str, rows: int
) -> None:
    base, dates, links = running.hosts[host], [], []
    for page in pages:
        tree = html.fromstring(get(base, page).content.decode())
        found = tree.xpath("//li[a[@href]]")
        assert found, page
        links += [urljoin(page, str(row[0].get("href"))) for row in found]
        dates += [re.search(r"\d{4}-\d\d-\d\d", row.text_content())[0] for row in found]  # type: ignore[index]
    assert len(links) == len(set(links)) == rows
    assert dates == sorted(dates, reverse=True), "newest first, over all pages"
    assert get(base, behind).status_code == 404
    assert {get(base, link).status_code for link in links} == {200}


def test_bda_files_hang_on_detail_pages(running: SamplePublishers) -> None:
    base = running.hosts[BDA]
    page = html.fromstring(get(base, "/sample/report/bda_speed2018q2.html").content.decode())
    (link,) = page.xpath('//a[contains(@href, ".pdf")]/@href')
    answer = get(base, link)
    assert answer.headers["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert "%E4%B8%AD%E5%9B%BD" in link, "the file's Chinese name is percent-encoded"


# --------------------------------------------------------------------------------- the same for all


def test_robots_are_absent(running: SamplePublishers) -> None:
    assert {get(base, "/robots.txt").status_code for base in running.hosts.values()} == {404}


def test_only_this_machine_is_served(running: SamplePublishers) -> None:
    assert {MIIT, CNNIC, NBS, CAICT, PBOC, CGIGC, BDA, MOFCOM, ENGLISH, IPV6} <= set(running.hosts)
    assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+", base) for base in running.hosts.values())
    assert len(set(running.hosts.values())) == len(running.hosts)


def test_every_document_carries_the_notice(running: SamplePublishers) -> None:
    for host, base in running.hosts.items():
        for document in running.publisher(host).documents.values():
            for _ in range(3):  # the firewall of CAICT's data list lets those through that ask again
                answer = get(base, document.path, headers=AJAX)
                if "X-Sample" in answer.headers:
                    break
            assert answer.headers["X-Sample"] == "rebuilt", document.path
            assert answer.headers.get("X-Sample-Issued") == ("estimated" if document.estimated else None)
            if document.media_type.startswith("text/html"):
                text = answer.content.decode("gb18030" if "gb18030" in document.trap else "utf-8")
                assert "样例文件:依据公开发布数据重建,非发布机构原件" in text
                assert "Sample: rebuilt from published figures, not the publisher's own file" in text
                assert ("date of issue estimated" in text) == document.estimated


def test_documents_are_the_same_on_every_start() -> None:
    first, second = SamplePublishers(), SamplePublishers()
    for host in (MIIT, NBS):
        bodies = [{p: d.body for p, d in s.publisher(host).documents.items()} for s in (first, second)]
        assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (MIIT, "/gxsj/tjfx/hlw/art/2021/art_c11f934d11e0405cbb5777fd57a7517f.html"),
        (CNNIC, "/6/86/88/index.html"),
        (NBS, "/sj/zxfb/index.html"),
        (CAICT, "/kxyj/qwfb/bps/202109/P020210923338177677850.pdf"),
    ],
)
def test_validators(running: SamplePublishers, host: str, path: str) -> None:
    full = get(running.hosts[host], path, headers=BROWSER)
    tag = full.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]+"', tag)
    assert int(full.headers["Content-Length"]) == len(full.content) > 0
    again = get(running.hosts[host], path, headers={**BROWSER, "If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = get(running.hosts[host], path, headers={**BROWSER, "If-None-Match": '"something else"'})
    assert other.status_code == 200


def test_last_modified_on_some(running: SamplePublishers) -> None:
    path = "/kxyj/qwfb/bps/202109/P020210923338177677850.pdf"
    modified = get(running.hosts[CAICT], path).headers["Last-Modified"]
    assert modified == "Thu, 23 Sep 2021 02:00:00 GMT"
    assert get(running.hosts[CAICT], path, headers={"If-Modified-Since": modified}).status_code == 304
    article = get(running.hosts[MIIT], miit_rows(running.hosts[MIIT])[3][0], headers=BROWSER)
    assert "Last-Modified" not in article.headers


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=5-2", 416, slice(0, 0)),
        ("pages=1-2", 200, slice(None)),
    ],
)
def test_ranges_of_pdfs(running: SamplePublishers, asked: str, status: int, part: slice) -> None:
    path = "/kxyj/qwfb/bps/202109/P020210923338177677850.pdf"
    full = get(running.hosts[CAICT], path).content
    answer = get(running.hosts[CAICT], path, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, full[part])
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(full)}")


def test_range_of_another_version_gives_the_whole(running: SamplePublishers) -> None:
    path = "/kxyj/qwfb/bps/202109/P020210923338177677850.pdf"
    answer = get(running.hosts[CAICT], path, headers={"Range": "bytes=0-3", "If-Range": '"old"'})
    assert answer.status_code == 200


def test_head_and_post(running: SamplePublishers) -> None:
    answer = requests.head(running.hosts[CNNIC] + "/6/86/88/index.html", timeout=5)
    assert answer.status_code == 200 and int(answer.headers["Content-Length"]) > 0 and not answer.content
    assert (
        requests.post(running.hosts[CNNIC] + "/6/86/88/index.html", data=b"x", timeout=5).status_code == 405
    )


# ------------------------------------------------------------------------------------------- until, log


def test_until_hides_what_is_not_out_yet(fresh: SamplePublishers, tmp_path: Path) -> None:
    base = fresh.hosts[CNNIC]

    def reports() -> list[str]:
        tree = html.fromstring(get(base, "/6/86/88/index.html").content.decode())
        return tree.xpath("//ul/li/a/@title")

    fresh.until = dt.date(2021, 9, 14)
    assert "第47次" in reports()[0]
    pdf = "/NMediaFile/old_attach/P020210915523670981527.pdf"
    assert get(base, pdf).status_code == 404
    fresh.until = dt.date(2021, 9, 15)
    assert "第48次" in reports()[0]
    assert get(base, pdf).status_code == 200
    (tmp_path / "until").write_text("2019-02-28")
    assert "第43次" in reports()[0]
    (tmp_path / "until").write_text("nonsense")
    assert "第43次" in reports()[0]  # the last day that could be read
    (tmp_path / "until").unlink()
    assert "第53次" in reports()[0]


def test_log_of_requests(fresh: SamplePublishers, tmp_path: Path) -> None:
    base = fresh.hosts[NBS]
    full = get(base, "/sj/zxfb/index.html?x=1")
    get(base, "/sj/zxfb/index.html?x=1", headers={"If-None-Match": full.headers["ETag"]})
    lines = [json.loads(line) for line in (tmp_path / "requests.jsonl").read_text().splitlines()]
    assert lines == fresh.log
    assert [(line["status"], line["bytes"]) for line in lines] == [(200, len(full.content)), (304, 0)]
    assert (
        lines[0]["host"] == NBS
        and lines[0]["path"] == "/sj/zxfb/index.html?x=1"
        and lines[0]["method"] == "GET"
    )
    assert lines[1]["validators"] == {"if-none-match": full.headers["ETag"]}
    assert dt.datetime.fromisoformat(lines[0]["time"]).tzinfo is not None


# ----------------------------------------------------------------------------------------------- faults


def test_fault_412_and_challenge_page(fresh: SamplePublishers) -> None:
    base, path = fresh.hosts[CAICT], "/kxyj/qwfb/bps/index.htm"
    fresh.faults[CAICT] = [challenge("/bps/", times=2), challenge("/bps/", status=200, times=1)]
    assert [get(base, path).status_code for _ in range(2)] == [412, 412]
    tiny = get(base, path)
    assert tiny.status_code == 200 and len(tiny.content) < 4096 and "kxyj_text" not in tiny.text
    assert "kxyj_text" in get(base, path).text


def test_fault_truncated_body(fresh: SamplePublishers) -> None:
    path = "/kxyj/qwfb/bps/202109/P020210923338177677850.pdf"
    fresh.faults[CAICT] = [Fault(".pdf", truncate=1000, times=1)]
    with pytest.raises(requests.RequestException):
        get(fresh.hosts[CAICT], path)
    assert fresh.log[-1]["bytes"] == 1000
    assert get(fresh.hosts[CAICT], path).content.startswith(b"%PDF-")


def test_fault_reset_delay_and_replaced_body(fresh: SamplePublishers) -> None:
    base, path = fresh.hosts[CNNIC], "/6/86/88/index.html"
    fresh.faults[CNNIC] = [Fault(reset=True, times=1)]
    with pytest.raises(requests.ConnectionError):
        get(base, path)
    fresh.faults[CNNIC] = [Fault(delay=0.6, times=1)]
    with pytest.raises(requests.ReadTimeout):
        requests.get(base + path, timeout=0.2)
    fresh.faults[CNNIC] = lambda request: Fault(body=b"moved", headers={"X-Why": "test"})
    moved = get(base, path)
    assert (moved.status_code, moved.content, moved.headers["X-Why"]) == (200, b"moved", "test")
    fresh.faults[CNNIC] = [Fault(status=503)]
    assert get(base, path).status_code == 503


def test_unknown_port_name_is_refused() -> None:
    with (
        pytest.raises(ValueError, match=r"www\.example\.org"),
        SamplePublishers(ports={"www.example.org": 1}),
    ):
        pass
