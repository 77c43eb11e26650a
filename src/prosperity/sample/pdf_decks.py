"""CAICT's quarterly decks on listed Internet companies and on Internet financing, rebuilt (development only).

A deck holds market values at the end of its quarter and revenue of the quarter before. Its charts repeat the figures
of earlier quarters, as the real ones do; what a later deck is known to have restated is not repeated. A deck of which no
figure is known says so.
"""

from __future__ import annotations

from prosperity.sample.figures import value
from prosperity.sample.model import RealItem
from prosperity.sample.pdf_slides import Chart, Deck, Slide
from prosperity.sample.wording import NUMERALS, pick

SOURCES = ("caict_listed", "caict_invest")
PREPARED_BY = "中国信息通信研究院  政策与经济研究所"
NOTHING = "样例未收录本期数值。"

#: Figures read in the chart of a later deck only: they stand there and not in the deck of their own quarter.
FIRST_READ_IN = {
    **{
        (series, f"2018-Q{number}"): "2019-Q2"
        for series in ("caict_listed_mcap", "caict_listed_mcap_qoq")
        for number in (2, 3, 4)
    },
    ("caict_listed_mcap_qoq", "2021-Q4"): "2022-Q1",
}
#: First releases that the figures of later decks contradict: the restated values are not known.
RESTATED = {
    ("caict_invest_deals", "2017-Q2"),
    ("caict_invest_deals_qoq", "2017-Q2"),
    ("caict_invest_amount", "2021-Q4"),
    ("caict_invest_amount_qoq", "2021-Q4"),
    ("caict_invest_amount_global", "2021-Q4"),
    ("caict_listed_rev", "2021-Q4"),
}
#: The one deck whose bars are cut off at the foot.
CUT = "2021-Q3"


def deck(source: str, item: RealItem) -> Deck:
    built = Deck(item.title)
    cover = built.slide(item.title)
    cover.cover = True
    cover.sentences = [PREPARED_BY, f"{item.day.year}年{item.day.month}月"]
    slides = _listed(item.period) if source == "caict_listed" else _invest(item.period)
    if not slides:
        cover.sentences.append(NOTHING)
    built.slides += slides
    return built


def moved(quarter: str, steps: int) -> str:
    """The quarter so many quarters later: 2021-Q1, −1 → 2020-Q4."""
    count = int(quarter[:4]) * 4 + int(quarter[-1]) - 1 + steps
    return f"{count // 4}-Q{count % 4 + 1}"


def known(series: str, quarter: str, edition: str) -> str | None:
    """The figure as the deck of quarter ``edition`` may print it."""
    first = moved(quarter, 1) if series.startswith("caict_listed_rev") else quarter
    if (series, quarter) in RESTATED and edition > first:
        return None
    if FIRST_READ_IN.get((series, quarter), edition) > edition:
        return None
    return value(series, quarter)


def change(rate: str, rise: str = "增长", fall: str = "下降") -> str:
    return f"{fall}{rate.removeprefix('-')}%" if rate.startswith("-") else f"{rise}{rate}%"


def chart(level: str, rate: str, edition: str, last: str, count: int, **names: str) -> Chart | None:
    """The figures known of ``count`` quarters up to ``last``, from the first quarter with any of them."""
    quarters = [moved(last, -step) for step in reversed(range(count))]
    both = [(known(level, quarter, edition), known(rate, quarter, edition)) for quarter in quarters]
    first = next((number for number, pair in enumerate(both) if any(pair)), count)
    both, quarters = both[first:], quarters[first:]
    if not any(bar for bar, _ in both):
        return None
    return Chart(
        title=names["title"], categories=[quarter.replace("-", "") for quarter in quarters],
        bars=[bar for bar, _ in both], bar_name=names["bars"],
        line=[point for _, point in both], line_name=names["line"],
    )  # fmt: skip


# ------------------------------------------------------------------------------------- listed companies


def _listed(quarter: str) -> list[Slide]:
    slides = [_market_value(quarter), _places(quarter), _largest(quarter), _revenue(quarter)]
    return [slide for slide in slides if slide]


def _market_value(quarter: str) -> Slide | None:
    level, rate = (
        known("caict_listed_mcap", quarter, quarter),
        known("caict_listed_mcap_qoq", quarter, quarter),
    )
    if level is None:
        return None
    slide = Slide("我国上市互联网企业市值")
    slide.sentences = [_value_sentence(quarter, level, rate)]
    drawn = chart(
        "caict_listed_mcap", "caict_listed_mcap_qoq", quarter, quarter, 5,
        title="我国上市互联网企业总市值(万亿元)", bars="总市值(万亿元)", line="环比",
    )  # fmt: skip
    if drawn and quarter == CUT:
        drawn = Chart(
            drawn.title, drawn.categories, drawn.bars, drawn.bar_name, drawn.line, drawn.line_name, ticks=False, cut=True
        )  # fmt: skip
    slide.chart = drawn
    if count := value("caict_listed_count", quarter):
        slide.footnote = f"*截止{quarter[:4]}年{quarter[-2:]}，我国上市互联网企业共{count}家。"
    if rate and quarter == "2019-Q2":
        slide.arrow = f"环比 {rate.removeprefix('-')}%"
    return slide


def _value_sentence(quarter: str, level: str, rate: str | None) -> str:
    year, month = quarter[:4], 3 * int(quarter[-1])
    last_day = 31 if month in (3, 12) else 30
    if quarter == "2019-Q2":  # without 元, as printed
        return f"截至{year}年{month}月底我国上市互联网企业总市值达{level}万亿，环比{change(rate or '')}。"
    if rate and quarter in ("2022-Q1", "2023-Q1"):
        return f"截至{year}年{month}月底，我国上市互联网企业总市值为{level}万亿元，较去年年底{change(rate)}。"
    if quarter == "2020-Q3":
        return (
            f"截至{year}年{month}月{last_day}日，我国境内外上市的互联网企业总市值为{level}万亿元，"
            f"环比{change(rate or '', '上涨')}。"
        )
    tail = f"，环比{change(rate, '上升')}" if rate else ""
    return f"截至{year}年{month}月底，我国上市互联网企业总市值达{level}万亿元{tail}。"


def _places(quarter: str) -> Slide | None:
    shares = [value(f"caict_listed_share_{place}", quarter) for place in ("us", "hk", "cn")]
    us, hk, cn = shares
    if us is None or hk is None or cn is None:
        return None
    slide = Slide("各上市地市值占比")
    slide.sentences = [
        pick(
            (
                f"在美国上市企业市值占比达{us}%；在香港上市企业市值占比{hk}%；在内地上市企业市值占比{cn}%。",
                f"美国上市企业市值占比达{us}%；中国香港占比{hk}%；中国内地占比{cn}%。",
            ),
            "places", quarter,
        )
    ]  # fmt: skip
    slide.pie = [("美国", us), ("香港", hk), ("内地", cn)]
    return slide


def _largest(quarter: str) -> Slide | None:
    share = value("caict_listed_top10_share", quarter)
    if share is None:
        return None
    slide = Slide("我国市值Top10的互联网企业")
    slide.sentences = [
        {
            "2019-Q2": f"龙头企业市值更稳定，占总市值{share}%。",
            "2020-Q3": f"Top10企业市值更稳定，占总市值{share}%。",
            "2021-Q3": f"在美国上市企业市值占比下降，Top10企业市值占比上升，占总市值{share}%。",
        }.get(quarter, f"我国市值Top10的互联网企业市值在全行业的占比达{share}%。")
    ]
    total, rate = value("caict_listed_top10_mcap", quarter), value("caict_listed_top10_mcap_qoq", quarter)
    if total and rate:
        year, month = quarter[:4], 3 * int(quarter[-1])
        header = ["排名", "公司名称", f"{year}年{month}月30日市值(亿元)", "环比增长"]
        body = [[str(rank), "-", "-", "-"] for rank in range(1, 11)]
        slide.table = [header, *body, ["合计", "合计", f"{int(total):,}", f"{rate}%"]]
    return slide


def _revenue(quarter: str) -> Slide | None:
    before = moved(quarter, -1)
    level, rate = value("caict_listed_rev", before), value("caict_listed_rev_yoy", before)
    if rate is None:
        return None
    slide = Slide("我国上市互联网企业营收")
    name = f"{before[:4]}年{before[-2:]}"
    if level is None:
        slide.sentences = [f"{name}我国上市互联网企业营收增速达{rate}%。"]
    else:
        slide.sentences = [
            {
                "2019-Q2": f"{name}上市互联网企业总营收达{level}亿元，同比增速为{rate}%。",
                "2020-Q3": f"{name}上市互联网企业总营收达{level}亿元，同比增速为{rate}%。",
                "2022-Q1": f"{name}我国上市互联网企业总营收{level}亿元，营收同比增速达{rate}%。",
            }.get(quarter, f"营收方面，上市互联网企业总营收达{level}亿元，同比{change(rate)}。")
        ]
    if quarter == "2020-Q3":
        slide.sentences.append(f"营收方面，上市互联网企业营收增速回升至{rate}%，头部企业集中度有所提升。")
    slide.chart = chart(
        "caict_listed_rev", "caict_listed_rev_yoy", quarter, before, 4,
        title="我国上市互联网企业营收情况", bars="营收(亿元)", line="同比增速",
    )  # fmt: skip
    return slide


# -------------------------------------------------------------------------------------------- financing


def _invest(quarter: str) -> list[Slide]:
    slides = [_domestic(quarter), _deals(quarter), _global(quarter)]
    return [slide for slide in slides if slide]


def _name(quarter: str) -> str:
    return f"{quarter[:4]}年{NUMERALS[int(quarter[-1])]}季度"


def _rates(series: str, quarter: str) -> tuple[str | None, str | None]:
    """Rates on the quarter and on the year before; the collection files the latter under three names."""
    yearly = next(
        (found for end in ("_yoy", "_qoq_yoy", "_growth") if (found := value(f"{series}{end}", quarter))),
        None,
    )
    return value(f"{series}_qoq", quarter), yearly


def _changes(quarterly: str | None, yearly: str | None) -> str:
    parts = [f"环比{change(quarterly)}"] if quarterly else []
    parts += [f"同比{change(yearly)}"] if yearly else []
    return "".join(f"，{part}" for part in parts)


def _pair(quarterly: tuple[str, str], yearly: tuple[str, str]) -> str:
    """案例数和披露金额分别环比减少35.3%和42.6%，同比…: one verb for both, so both must have one sign."""

    def both(word: str, rates: tuple[str, str], rise: str, fall: str) -> str:
        first, second = (rate.removeprefix("-") for rate in rates)
        return f"{word}{fall if rates[0].startswith('-') else rise}{first}%和{second}%"

    return f"案例数和披露金额分别{both('环比', quarterly, '上涨', '减少')}，{both('同比', yearly, '上涨', '减少')}"


def _one_sign(rates: tuple[str | None, str | None]) -> tuple[str, str] | None:
    first, second = rates
    if first is None or second is None or first.startswith("-") != second.startswith("-"):
        return None
    return first, second


def _domestic(quarter: str) -> Slide | None:
    amount, deals = value("caict_invest_amount", quarter), value("caict_invest_deals", quarter)
    amount_rates, deal_rates = _rates("caict_invest_amount", quarter), _rates("caict_invest_deals", quarter)
    sentences = []
    quarterly = _one_sign((deal_rates[0], amount_rates[0]))
    yearly = _one_sign((deal_rates[1], amount_rates[1]))
    if deals is None and quarterly and yearly:
        sentences.append(f"{_name(quarter)}，我国互联网投融资延续下降走势，{_pair(quarterly, yearly)}。")
        amount_rates = (None, None)
    elif deals is None and any(deal_rates):
        sentences.append(f"{_name(quarter)}，我国互联网投融资案例数{_changes(*deal_rates).lstrip('，')}。")
    if deals:
        sentences.append(f"{_name(quarter)}，我国互联网投融资案例数共{deals}笔{_changes(*deal_rates)}。")
    if amount:
        form = pick(("我国互联网投融资金额{}亿美元", "我国互联网披露的融资金额达{}亿美元"), "amount", quarter)
        sentences.append(f"{_name(quarter)}，{form.format(amount)}{_changes(*amount_rates)}。")
    elif any(amount_rates):
        sentences.append(
            f"{_name(quarter)}，我国互联网投融资披露金额{_changes(*amount_rates).lstrip('，')}。"
        )
    if not sentences:
        return None
    slide = Slide("我国互联网投融资总体情况")
    slide.sentences = sentences
    slide.chart = chart(
        "caict_invest_amount", "caict_invest_amount_qoq", quarter, quarter, 4,
        title="我国互联网投融资金额", bars="融资金额(亿美元)", line="环比",
    )  # fmt: skip
    return slide


def _deals(quarter: str) -> Slide | None:
    drawn = None
    if value("caict_invest_deals", quarter):
        drawn = chart(
            "caict_invest_deals", "caict_invest_deals_qoq", quarter, quarter, 4,
            title="我国互联网投融资案例数", bars="案例数(笔)", line="环比",
        )  # fmt: skip
    large, together = value("caict_invest_bigdeals", quarter), value("caict_invest_bigdeals_amount", quarter)
    if drawn is None and large is None:
        return None
    slide = Slide("我国互联网投融资案例")
    if large and together:
        slide.sentences = [f"融资额超过1亿美元的案例数有{large}笔，融资金额共{together}亿美元。"]
    slide.chart = drawn
    return slide


def _global(quarter: str) -> Slide | None:
    amount = value("caict_invest_amount_global", quarter)
    amount_rates = _rates("caict_invest_amount_global", quarter)
    deal_rates = _rates("caict_invest_deals_global", quarter)
    quarterly = _one_sign((deal_rates[0], amount_rates[0]))
    yearly = _one_sign((deal_rates[1], amount_rates[1]))
    sentences = []
    if quarterly and yearly:
        sentences.append(f"{_name(quarter)}，全球互联网投融资{_pair(quarterly, yearly)}。")
        amount_rates = (None, None)
    if amount:
        sentences.append(f"{_name(quarter)}，全球互联网投融资金额达{amount}亿美元{_changes(*amount_rates)}。")
    if not sentences:
        return None
    slide = Slide("全球互联网投融资情况")
    slide.sentences = sentences
    return slide
