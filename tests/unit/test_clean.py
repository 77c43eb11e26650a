"""Cleaning: figures by meaning, units, periods, and what must not be loaded.

Figures are published ones (the sources are named in the sample data); sentences are built here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from prosperity import catalogue
from prosperity.catalogue.model import Correction
from prosperity.clean.cleaner import clean
from prosperity.clean.model import Cleaned
from prosperity.clean.values import cell_number, header_period, in_series_units, unit_of
from prosperity.collect.model import Document, Release
from prosperity.extract.model import Cell, Extraction, Statement, Table
from prosperity.notation.model import Period, QuantityError, cumulative, half, quarter, stock, whole_year

CATALOGUE = catalogue.load()
ISSUED = dt.date(2020, 7, 31)


def release(source: str, period: Period, **changes: object) -> Release:
    base = Release(source, "2020年上半年互联网和相关服务业运行情况", "https://x/1", period, ISSUED, "stated")
    return replace(base, **changes)  # type: ignore[arg-type]


DOCUMENT = Document("a" * 64, "text/html", 100, "https://x/1", dt.datetime(2020, 8, 1, tzinfo=dt.UTC))


def statement(measure: str, value: str, rate: str | None = None, **changes: object) -> Statement:
    text = f"{measure}{value}亿元,同比增长{rate}%"
    first = len(measure)
    found = Statement(
        subject="互联网企业", measure=measure, value=Decimal(value), multiplier=Decimal(10**8), unit="元",
        rate=Decimal(rate) if rate else None, period=cumulative(2020, 6), qualifier="", text=text,
        span=(first, first + len(value) + 2), rate_span=(len(text) - len(rate or "") - 1, len(text)),
        node="/html/body/p[1]",
    )  # fmt: skip
    return replace(found, **changes)  # type: ignore[arg-type]


def run(
    *statements: Statement, tables: tuple[Table, ...] = (), source: str = "miit_internet", **changes: object
) -> Cleaned:
    period = changes.pop("period", half(2020, 1))
    extraction = Extraction(DOCUMENT.sha256, "text/html", "test", tables, tuple(statements))
    return clean(
        CATALOGUE.sources[source], release(source, period, **changes), DOCUMENT, extraction, CATALOGUE
    )  # type: ignore[arg-type]


def values(cleaned: Cleaned) -> dict[tuple[str, str], Decimal | None]:
    return {(o.series, o.period): o.value for o in cleaned.observations}


def test_level_and_rate_become_two_series() -> None:
    """5907亿元 and +14.1% for January to June 2020 (MIIT)."""
    cleaned = run(statement("业务收入", "5907", "14.1"))
    assert values(cleaned) == {
        ("miit_inet_rev_cum", "2020-06"): Decimal(5907),
        ("miit_inet_rev_cum_yoy", "2020-06"): Decimal("14.1"),
    }
    level = next(o for o in cleaned.observations if o.series == "miit_inet_rev_cum")
    assert (level.unit, level.unit_mult) == ("元", 8)
    assert level.evidence.raw == "5907亿元"
    assert (level.known_from, level.known_from_basis) == (ISSUED, "stated")


def test_services_are_not_the_whole() -> None:
    """信息服务收入 3577 is part of the revenue, never taken for it."""
    cleaned = run(statement("信息服务收入", "3577", "16.3"), statement("业务收入", "5907", "14.1"))
    assert values(cleaned)["miit_inet_infoserv_cum", "2020-06"] == 3577
    assert values(cleaned)["miit_inet_rev_cum", "2020-06"] == 5907


def test_trillions_become_the_series_unit() -> None:
    cleaned = run(statement("业务收入", "1.55", multiplier=Decimal(10**12)))
    assert values(cleaned)["miit_inet_rev_cum", "2020-06"] == Decimal(15500)


def test_contradicting_figures_of_one_document_load_nothing() -> None:
    cleaned = run(
        statement("业务收入", "5907", "14.1"), statement("业务收入", "6951", node="/html/body/p[2]")
    )
    assert ("miit_inet_rev_cum", "2020-06") not in values(cleaned)
    assert ("miit_inet_rev_cum_yoy", "2020-06") in values(cleaned)
    assert "contradict" in cleaned.rejections[0].reason
    assert "5907亿元" in cleaned.rejections[0].reason and "6951亿元" in cleaned.rejections[0].reason


def test_exact_figure_wins_over_the_headline() -> None:
    cleaned = run(statement("业务收入", "5900", qualifier="近"), statement("业务收入", "5907"))
    assert values(cleaned)["miit_inet_rev_cum", "2020-06"] == 5907
    assert not cleaned.rejections


def test_impossible_magnitude_is_rejected_with_its_place() -> None:
    cleaned = run(statement("业务收入", "59070000"))
    assert not cleaned.observations
    assert "outside the bounds" in cleaned.rejections[0].reason
    assert "/html/body/p[1]" in cleaned.rejections[0].where


def test_finer_figure_wins_over_the_one_rounded_from_it() -> None:
    """No. 43: 8.29亿 in the text, 82851万 in the table. 8.28 would not be its rounding: then nothing is loaded."""
    finer = statement("网民总数", "82851", multiplier=Decimal(10**4), unit="人", period=stock(2018, 12))
    for text, loaded in (("8.29", Decimal("8.2851")), ("8.28", None)):
        coarse = statement("网民规模", text, unit="人", period=stock(2018, 12))
        cleaned = run(
            coarse, finer, tables=(netizen_table(),), source="cnnic_report", period=stock(2019, 6),
            title="第44次《中国互联网络发展状况统计报告》",
        )  # fmt: skip
        assert values(cleaned).get(("cnnic_netizens", "2018-12")) == loaded


@pytest.mark.parametrize(
    ("source", "period", "issued", "accepted"),
    [
        ("cgigc_games", cumulative(2023, 12), dt.date(2023, 12, 15), True),
        ("cgigc_games", cumulative(2023, 12), dt.date(2023, 10, 15), False),
        ("pboc_payment", quarter(2021, 2), dt.date(2021, 6, 20), False),
        ("pboc_payment", quarter(2021, 2), dt.date(2021, 9, 6), True),
    ],
)
def test_date_of_issue_before_the_end_of_the_period(
    source: str, period: Period, issued: dt.date, accepted: bool
) -> None:
    """The games report comes out in December, before its year ends; a payment report cannot."""
    measure, unit = {
        "cgigc_games": ("中国游戏市场实际销售收入", "元"),
        "pboc_payment": ("移动支付业务", "笔"),
    }[source]
    title = {"cgigc_games": "2023年中国游戏产业报告", "pboc_payment": "2021年第二季度支付体系运行总体情况"}[
        source
    ]
    value = {"cgigc_games": "3029.64", "pboc_payment": "370.11"}[source]
    figure = statement(measure, value, subject="", unit=unit, period=period)
    cleaned = run(figure, source=source, period=period, issued=issued, title=title)
    assert bool(cleaned.observations) is accepted
    assert any(f"issued {issued}" in failure.reason for failure in cleaned.rejections) is not accepted


def test_title_that_lies_about_the_period_loads_nothing() -> None:
    title = "2020年1-7月互联网和相关服务业运行情况"
    cleaned = run(statement("业务收入", "5907", "14.1"), period=cumulative(2020, 7), title=title)
    assert not cleaned.observations
    assert "title says 2020-07, the text speaks of 2020-06" in cleaned.rejections[0].reason


def test_a_release_that_the_calendar_gave_another_period_is_loaded_if_the_text_says_so() -> None:
    """Two releases are called January to May; the second, issued when January to June is due, speaks of it."""
    title = "2020年1-5月互联网和相关服务业运行情况"
    figure = statement("业务收入", "5907", "14.1")
    assert run(figure, period=cumulative(2020, 6), title=title).observations
    cleaned = run(figure, period=cumulative(2020, 7), title=title)
    assert not cleaned.observations
    assert (
        "title says 2020-05 (taken for 2020-07), the text speaks of 2020-06" in cleaned.rejections[0].reason
    )


def test_single_month_is_not_taken_for_year_to_date() -> None:
    cleaned = run(
        statement("业务收入", "1000", period=Period(dt.date(2020, 6, 1), dt.date(2020, 6, 30), "month"))
    )
    assert not cleaned.observations
    assert "does not fit" in cleaned.rejections[0].reason


def test_unclaimed_figures_are_reported() -> None:
    cleaned = run(statement("业务收入", "5907"), statement("网络安全支出", "12"))
    assert cleaned.unclaimed == ("网络安全支出: 12亿元",)


def test_missing_date_of_issue_is_never_filled_silently() -> None:
    cleaned = run(statement("业务收入", "5907"), issued=None, issued_basis=None)
    assert cleaned.observations[0].known_from == dt.date(2020, 8, 1)
    assert cleaned.observations[0].known_from_basis == "first_seen"


def test_correction_applies_only_while_its_guard_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    def corrected(expect: float) -> Cleaned:
        entry = Correction(
            series="miit_inet_rev_cum",
            period="2020-06",
            action="drop",
            expect=expect,
            reason="misprint",
            reference="x",
        )
        changed = CATALOGUE.model_copy(update={"corrections": (entry,)})
        extraction = Extraction(DOCUMENT.sha256, "text/html", "test", (), (statement("业务收入", "5907"),))
        return clean(
            CATALOGUE.sources["miit_internet"],
            release("miit_internet", half(2020, 1)),
            DOCUMENT,
            extraction,
            changed,
        )

    assert not corrected(5907).observations
    stale = corrected(5900)
    assert len(stale.observations) == 1
    assert "out of date" in stale.rejections[0].reason


# ------------------------------------------------------------------------------------------------ tables


def cell(row: int, col: int, text: str, **changes: int) -> Cell:
    return Cell(
        row,
        col,
        text,
        text,
        bbox=(col * 50.0, row * 10.0, col * 50.0 + 49, row * 10.0 + 9),
        page=4,
        **changes,
    )


def netizen_table(*, with_netizens: bool = True) -> Table:
    """Two header rows: 2019年6月 and 2018年12月 over 规模 each (CNNIC no. 44: 8.54亿, 61.2%; no. 43: 8.29亿, 59.6%)."""
    cells = [
        cell(0, 0, "指标", rowspan=2), cell(0, 1, "2019年6月"), cell(0, 2, "2018年12月"),
        cell(1, 1, "规模"), cell(1, 2, "规模"),
        cell(3, 0, "互联网普及率(%)"), cell(3, 1, "61.2"), cell(3, 2, "59.6"),
        cell(4, 0, "农村网民规模(亿人)"), cell(4, 1, "-"), cell(4, 2, "2.22"),
    ]  # fmt: skip
    if with_netizens:
        cells += [cell(2, 0, "网民规模(亿人)"), cell(2, 1, "8.54"), cell(2, 2, "8.29")]
    return Table(tuple(cells), page=4, caption="表2 网民规模与互联网普及率", header_rows=2)


def run_cnnic(table: Table) -> Cleaned:
    title = "第44次《中国互联网络发展状况统计报告》"
    return run(tables=(table,), source="cnnic_report", period=stock(2019, 6), title=title)


def test_columns_carry_their_own_periods() -> None:
    cleaned = run_cnnic(netizen_table())
    assert values(cleaned) == {
        ("cnnic_netizens", "2019-06"): Decimal("8.54"),
        ("cnnic_netizens", "2018-12"): Decimal("8.29"),
        ("cnnic_penetration", "2019-06"): Decimal("61.2"),
        ("cnnic_penetration", "2018-12"): Decimal("59.6"),
        ("cnnic_rural_netizens", "2018-12"): Decimal("2.22"),
    }
    assert all(o.evidence.page == 4 and o.evidence.bbox for o in cleaned.observations)


def test_table_that_half_matches_loads_nothing() -> None:
    cleaned = run_cnnic(netizen_table(with_netizens=False))
    assert not cleaned.observations
    assert "lacks cnnic_netizens: nothing loaded from it" in cleaned.rejections[0].reason


def test_missing_table_names_what_there_is() -> None:
    cleaned = run_cnnic(replace(netizen_table(), caption="表9 网站数"))
    assert "no table with caption like" in cleaned.rejections[0].reason
    assert "表9 网站数" in cleaned.rejections[0].reason


# ------------------------------------------------------------------------------------------------ values


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("14063", "14063"),
        ("14,063", "14063"),
        ("8.7(6.6)", "8.7"),
        ("-5.8", "-5.8"),
        ("－5.8", "-5.8"),
        ("12.5%", "12.5"),
        ("22882.05", "22882.05"),
    ],
)
def test_numbers_of_cells(text: str, number: str) -> None:
    assert cell_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["-", "", " — ", "…"])
def test_no_figure_is_no_number(text: str) -> None:
    assert cell_number(text) is None


@pytest.mark.parametrize("text", ["10 51億", "7。51", "1234,5", "约8", "44%4", "XX"])
def test_damaged_cells_are_never_mended(text: str) -> None:
    with pytest.raises(QuantityError):
        cell_number(text)


def test_units_of_headers_and_unit_lines() -> None:
    assert unit_of("网民规模(亿人)") == (Decimal(10**8), "人")
    assert unit_of("指标", unit_line="单位:亿元") == (Decimal(10**8), "元")
    assert unit_of("即时通信", unit_line="亿人") == (Decimal(10**8), "人")
    assert unit_of("即时通信", unit_line="") is None
    assert unit_of("互联网普及率(%)") == (Decimal(1), "%")
    assert unit_of("指标") is None


def test_wrong_unit_is_refused() -> None:
    series = CATALOGUE.series["miit_inet_rev_cum"]
    with pytest.raises(QuantityError, match="美元"):
        in_series_units(Decimal(5), Decimal(10**8), "美元", series)


def test_periods_in_headers() -> None:
    assert header_period("2018.12 用户规模") == stock(2018, 12)
    assert header_period("2019年6月") == stock(2019, 6)
    assert header_period("用户规模") is None


# ------------------------------------------------------------------------------------- interfaces' answers


def answered(*columns: tuple[str, str, str]) -> Table:
    """An answer on IT services (header, level of the quarter, level since January; 亿元)."""
    labels = (
        "指标",
        "信息传输、软件和信息技术服务业增加值_当季值 (亿元)",
        "信息传输、软件和信息技术服务业增加值_累计值 (亿元)",
    )
    cells = [Cell(row, 0, label, label) for row, label in enumerate(labels)]
    for number, texts in enumerate(columns):
        cells += [
            Cell(row, number + 1, text, text, pointer=f"/data/{number}/{row}")
            for row, text in enumerate(texts)
        ]
    return Table(tuple(cells), caption="国内生产总值(现价) 2022年", pointer="/data")


def interface(*columns: tuple[str, str, str]) -> Cleaned:
    title = "国内生产总值(现价) 2022年"
    year = whole_year(2022)
    return run(
        tables=(answered(*columns),),
        source="nbs_data",
        period=year,
        title=title,
        issued=None,
        issued_basis=None,
    )


def test_one_header_serves_quarters_and_year_to_date() -> None:
    """NBS, after the fifth census: 13341.2 in the second quarter of 2022, 26497.2 since January."""
    cleaned = interface(("2022年第二季度", "13341.2", "26497.2"), ("2022年第一季度", "13156.0", "13156.0"))
    assert values(cleaned) == {
        ("nbs_it_services_va_quarter", "2022-Q2"): Decimal("13341.2"),
        ("nbs_it_services_va_cum", "2022-06"): Decimal("26497.2"),
        ("nbs_it_services_va_quarter", "2022-Q1"): Decimal("13156.0"),
        ("nbs_it_services_va_cum", "2022-03"): Decimal("13156.0"),
    }
    level = cleaned.observations[0]
    assert (level.evidence.method, level.evidence.place) == ("api", f"pointer {level.evidence.pointer}")
    assert (level.known_from, level.known_from_basis) == (dt.date(2020, 8, 1), "first_seen")


@pytest.mark.parametrize("text", ["", "无", "-"])
def test_not_published_is_no_figure_and_no_fault(text: str) -> None:
    cleaned = interface(("2022年第二季度", text, text))
    assert not cleaned.observations and not cleaned.rejections


def test_header_without_a_readable_period_gives_no_figure() -> None:
    """Never the release's own period: the year would turn a quarter's figure into that of December."""
    cleaned = interface(("2022年第五季度", "13341.2", "26497.2"))
    assert not cleaned.observations
    assert all("2022年第五季度" in found.reason for found in cleaned.rejections)
    assert len(cleaned.rejections) == 2
    assert "pointer /data/0/1" in cleaned.rejections[0].where


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2023年12月", stock(2023, 12)), ("2023年第四季度", quarter(2023, 4)), ("2023年", whole_year(2023)),
        (" 2023年1-12月 ", cumulative(2023, 12)), ("2023年第五季度", None), ("2023年13月", None), ("2023年累计", None),
        ("比2022年", None), ("指标", None), ("", None),
    ],
)  # fmt: skip
def test_header_that_is_a_period_and_nothing_else(text: str, period: Period | None) -> None:
    assert header_period(text, alone=True) == period
