"""The English editions of the CNNIC reports, rebuilt (development only): the figures of the Chinese ones in English units.

Persons are in millions and billions, tables in millions or in units of 10,000; the survey of March 2020 stands in place
of December 2019 here too. A figure that is not known is absent, in tables a dash.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from prosperity.sample.figures import figure, value
from prosperity.sample.model import ESTIMATED_EN, ESTIMATED_ZH, NOTICE_EN, NOTICE_ZH
from prosperity.sample.pdf_cnnic import PERIODS
from prosperity.sample.pdf_layout import BODY, CHAPTER, COVER, COVER_LINE, LATIN, Report, Span, latin
from prosperity.sample.publishers import cnnic_english
from prosperity.sample.wording import pick, year_month

MISSING = 'Note: "-" means that the figure is not among those of the sample.'
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
#: Name of the users in prose, in the table, and their series.
APPLICATIONS = (
    ("instant messaging", "Instant messaging", "cnnic_im_users"),
    ("online news", "Online news", "cnnic_news_users"),
    ("online video (including short video)", "Online video", "cnnic_video_users"),
    ("short video", "Short video", "cnnic_shortvideo_users"),
    ("live streaming", "Live streaming", "cnnic_live_users"),
    ("online shopping", "Online shopping", "cnnic_shop_users"),
    ("online payment", "Online payment", "cnnic_pay_users"),
    ("online education", "Online education", "cnnic_edu_users"),
    ("online medical services", "Online medical services", "cnnic_medical_users"),
    ("online office", "Online office", "cnnic_office_users"),
    ("online travel booking", "Online travel booking", "cnnic_travel_users"),
)
RESOURCES = (
    ("Domain names (10,000)", "cnnic_domains", "the number of domain names in China"),
    (".CN domain names (10,000)", "cnnic_cn_domains", "the number of “.CN” domain names"),
    ("Websites (10,000)", "cnnic_websites", "the number of websites in China"),
)


def report(number: int) -> Report:
    period, before = PERIODS[number]
    built = Report(cnnic_english.title_of(number))
    built.add(latin(COVER), cnnic_english.title_of(number))
    lines = ["China Internet Network Information Center", NOTICE_ZH, NOTICE_EN, ESTIMATED_ZH, ESTIMATED_EN]
    built.add(latin(COVER_LINE), *lines)
    built.page()
    built.add(latin(CHAPTER), "Abstract")
    built.add(latin(BODY), *(f"◇ {line}" for line in _abstract(number, period) if line))
    built.page()
    _resources(built, period, before)
    _users(built, number, period, before)
    _applications(built, number, period, before)
    return built


def named(period: str) -> str:
    year, month = year_month(period)
    return f"{_MONTHS[month - 1]} {year}"


def people(hundred_millions: str) -> str:
    """8.54 (亿) → 854 million, 10.67 → 1.067 billion."""
    millions = Decimal(hundred_millions) * 100
    if millions >= 1000:
        return f"{_plain(millions / 1000)} billion"
    return f"{_plain(millions)} million"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _abstract(number: int, period: str) -> list[str]:
    users, share = value("cnnic_netizens", period), value("cnnic_penetration", period)
    mobile, rural = value("cnnic_mobile_netizens", period), value("cnnic_rural_netizens", period)
    hours = value("cnnic_weekly_hours", period)
    when = named(period)
    forms = (
        f"As of {when}, the number of Internet users in China had reached {people(users or '0')}{_more('cnnic_netizens', period)}.",
        f"As of {when}, China had {people(users or '0')} Internet users{_more('cnnic_netizens', period)}.",
        f"By {when}, China’s Internet users totaled {people(users or '0')}{_more('cnnic_netizens', period)}.",
    )
    lines = [pick(forms, "users", number) if users else ""]
    lines.append(f"The Internet penetration rate reached {share}%{_points(period)}." if share else "")
    on_phones = (
        f"As of {when}, the number of mobile Internet users in China had reached {people(mobile or '0')}.",
        f"China had {people(mobile or '0')} mobile Internet users.",
    )
    lines.append(pick(on_phones, "mobile", number) if mobile else "")
    lines.append(
        f"By {when}, the number of rural Internet users in China stood at {people(rural or '0')}{_yearly('cnnic_rural_netizens', period)}."
        if rural
        else ""
    )
    lines.append(
        f"As of {when}, Chinese Internet users spent {hours} hours online per week on average."
        if hours
        else ""
    )
    return lines


def _more(series: str, period: str) -> str:
    row = figure(f"{series}_increase", period)
    if row is None:
        return ""
    return f", an increase of {_plain(Decimal(row.value) / 100)} million from {named(row.base)}"


def _points(period: str) -> str:
    row = figure("cnnic_penetration_increase", period)
    return f", up {row.value} percentage points from {named(row.base)}" if row else ""


def _yearly(series: str, period: str) -> str:
    rate = value(f"{series}_yoy", period)
    return f", with an annual growth rate of {rate}%" if rate and not rate.startswith("-") else ""


def _resources(built: Report, period: str, before: str) -> None:
    known = [entry for entry in RESOURCES if value(entry[1], period)]
    addresses = value("cnnic_ipv6", period)
    built.add(latin(CHAPTER), "Chapter One Internet Basic Resources")
    for _, series, name in known:
        amount = _plain(Decimal(value(series, period) or "0") / 100)
        built.add(latin(BODY), f"As of {named(period)}, {name} was {amount} million.")
    if addresses:
        grown = value("cnnic_ipv6_yoy", period)
        change = f", a year-on-year increase of {grown}%" if grown else ""
        text = (
            f"As of {named(period)}, the number of IPv6 addresses was {int(addresses):,} blocks/32{change}."
        )
        built.add(latin(BODY), text)
    header = [["Resource", named(before), named(period)]]
    rows = [[label, *_values(series, before, period)] for label, series, _ in RESOURCES]
    _table(built, f"Table 1 Internet basic resources, {named(before)} and {named(period)}", header, rows)
    built.page()


def _users(built: Report, number: int, period: str, before: str) -> None:
    built.add(latin(CHAPTER), "Chapter Two Internet Users")
    if number == 45:
        note = f"Because of the epidemic the telephone survey of this report ended in {named(period)}."
        built.add(latin(BODY), note)
    header = [["Indicator", named(before), named(period)]]
    rows = [
        [f"{name} (million)", *(_millions(series, one) for one in (before, period))]
        for name, series in (
            ("Internet users", "cnnic_netizens"),
            ("Mobile Internet users", "cnnic_mobile_netizens"),
            ("Rural Internet users", "cnnic_rural_netizens"),
        )
    ]
    rows.append(["Internet penetration rate (%)", *_values("cnnic_penetration", before, period)])
    _table(built, "Table 2 Internet users and penetration rate", header, rows)
    built.page()


def _applications(built: Report, number: int, period: str, before: str) -> None:
    known = [entry for entry in APPLICATIONS if value(entry[2], period)]
    built.add(latin(CHAPTER), "Chapter Three Internet Applications")
    for name, _, series in known:
        amount = people(value(series, period) or "0")
        forms = (
            f"As of {named(period)}, the number of {name} users in China had reached {amount}{_yearly(series, period)}.",
            f"By {named(period)}, the user size of {name} in China was {amount}{_yearly(series, period)}.",
        )
        built.add(latin(BODY), pick(forms, "application", number, series))
    header = [
        ["Application", named(period), "", named(before), ""],
        ["", *["Users (million)", "Share of Internet users (%)"] * 2],
    ]
    spans = [((0, 0), (0, 1)), ((1, 0), (2, 0)), ((3, 0), (4, 0))]
    rows = [
        [label, _millions(series, period), "-", _millions(series, before), "-"] for _, label, series in known
    ]
    caption = f"Table 3 Users of Internet applications, {named(before)} and {named(period)}"
    _table(built, caption, header, rows or [["Instant messaging", "-", "-", "-", "-"]], spans)


def _table(
    built: Report, caption: str, header: list[list[str]], rows: list[list[str]], spans: Sequence[Span] = ()
) -> None:
    built.table(caption, header, rows, spans=spans, notes=[MISSING], styles=LATIN)


def _values(series: str, *periods: str) -> list[str]:
    return [value(series, period) or "-" for period in periods]


def _millions(series: str, period: str) -> str:
    amount = value(series, period)
    return _plain(Decimal(amount) * 100) if amount else "-"
