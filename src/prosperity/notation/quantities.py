"""Quantities as Chinese statistics print them: ``1.55万亿元``, ``8万余个``, ``近6.6亿人``, ``52.2 billion``.

What belongs here: one number with multiplier, unit and qualifier, and the recognition of damaged figures.
What does not: rates with a direction (``changes``), periods, and any guess at what a damaged figure was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from prosperity.notation.model import Quantity, QuantityError
from prosperity.notation.normalise import fold, normalise, normalise_with_offsets, raw_span
from prosperity.notation.numerals import NUMERAL, from_chinese

Span = tuple[int, int]

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
_MULTIPLIERS: dict[str, int] = {
    "万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4,
    "千": 10**3, "trillion": 10**12, "billion": 10**9, "million": 10**6, "thousand": 10**3,
    "mln": 10**6, "bln": 10**9, "bn": 10**9, "trn": 10**12,
}  # fmt: skip
#: Printed unit → base unit. Only what publications of the catalogue use, so that a new one is seen.
_UNIT_NAMES = (
    "元 美元 港元 欧元 日元 英镑 户 户次 人 人次 个 家 款 台 台套 部 条 张 件 笔 次 座 项 种 类 名 位 辆",
    "例 起 宗 场 支 只 架 所 套 册 篇 吨 米 公里 皮长公里 芯公里 平方公里 平方米 立方米 千米 千克 千瓦 千瓦时",
    "小时 分钟 分 秒 天 倍 端口 标准机架 机架 点 百分点 % ‰ GB TB PB EB MB KB Mbit/s Gbit/s Tbit/s kbit/s",
    "EFLOPS 块/32 元/GB 元/户 元/月 元/户·月 GB/户 GB/户·月 MB/户 MB/户·月 M 分钟/户·月 小时/周",
    "部/百人 户/百人 户/百户 个/百户 个/万人",
)
_UNITS: dict[str, str] = {unit: unit for line in _UNIT_NAMES for unit in line.split()} | {
    "个百分点": "百分点", "个小时": "小时", "元人民币": "元", "人民币元": "元", "人民币": "元", "G": "GB",
    "G/户·月": "GB/户·月", "G/户": "GB/户", "M/户·月": "MB/户·月", "GB/月/户": "GB/户·月",
    "G/月/户": "GB/户·月", "MB/月/户": "MB/户·月", "GB/户/月": "GB/户·月", "MB/户/月": "MB/户·月", "T": "TB", "Mbps": "Mbit/s",
    "Mb/s": "Mbit/s", "Gbps": "Gbit/s", "Gb/s": "Gbit/s", "Tbps": "Tbit/s", "kbps": "kbit/s", "yuan": "元", "Yuan": "元", "gigabytes": "GB", "hours": "小时",
    "RMB": "元", "US dollars": "美元", "U.S. dollars": "美元", "dollars": "美元", "percent": "%",
    "per cent": "%", "percentage points": "百分点", "percentage point": "百分点", "people": "人",
    **dict.fromkeys(("blocks/32", "blocks (/32)", "blocks of /32", "/32 blocks"), "块/32"),
}  # fmt: skip
_CURRENCIES = {"US$": "美元", "$": "美元", "¥": "元", "RMB": "元", "人民币": "元"}
_PREFIXES = {
    "超过": "超", "超越": "超", "超": "超", "突破": "突破", "将近": "近", "接近": "近", "逼近": "近", "近": "近", "大约": "约",
    "约为": "约", "约": "约", "逾": "逾", "不到": "不到", "不足": "不足", "至少": "至少", "nearly": "近",
    "almost": "近", "about": "约", "around": "约", "approximately": "约", "roughly": "约", "over": "超", "more than": "超",
}  # fmt: skip
#: Units that are a bare letter need a multiplier, else 5G (a network) would be five gigabytes.
_NEEDS_MULTIPLIER = frozenset("GT")


def _choice(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _unit_pattern() -> str:
    """Units, longest first; the raised dot of 户·月 may be printed in several ways, the whole in brackets."""
    pattern = (
        _choice(set(_UNITS) - {"分"}).replace("户·月", r"\(?户\s?[·.*/]?\s?月\)?").replace("/", r"\s?/\s?")
    )
    # 3个月 is no count, 分别 no score and 元 in front of /GB a price of data; letters must end where the unit ends.
    return (
        rf"(?:(?:{pattern})(?<!个)(?<![A-Za-z])(?!\s?/\s?[A-Z])|个(?!月|季度|百分)|分(?![一-鿿])"
        rf"|(?:{pattern})(?<=[A-Za-z])(?![A-Za-z0-9]))"
    )


_UNIT = _unit_pattern()
_MULTIPLIER = rf"(?:{_choice(_MULTIPLIERS)})(?:(?<![a-z])|(?![A-Za-z]))"
_CHINESE = rf"(?<![{NUMERAL}点])[{NUMERAL}]{{1,20}}(?:点[{NUMERAL}]{{1,20}})?"
_PREFIX = rf"(?:(?<![节预签最附邻赶])(?:{_choice(_PREFIXES)}))"
_BODY = (
    rf"(?:(?P<prefix>{_PREFIX})\s*)?(?:(?P<currency>{_choice(_CURRENCIES)})\s*)?(?P<sign>[-+]\s?)?"
    rf"(?P<number>{NUMBER})(?:(?P<more>[余多])(?!元化))?(?:\s*(?P<multiplier>{_MULTIPLIER}))?(?P<more2>[余多])?"
    rf"(?:\s*(?P<unit>{_UNIT}))?(?:\s*(?P<tail>左右|上下|以上|以下))?"
)
_WHOLE = re.compile(rf"\s*{_BODY}\s*")
_WITHIN = re.compile(_BODY)
_HUNDREDTHS = re.compile(
    rf"(?P<prefix>{_PREFIX})?(?P<sign>负)?百分之(?P<number>{_CHINESE}|{NUMBER})(?P<tail>左右|以上|以下)?"
)
_CHINESE_WHOLE = re.compile(
    rf"(?P<prefix>{_PREFIX})?(?P<number>{_CHINESE})(?P<more>[余多])?(?P<multiplier>万亿|亿|万)?(?P<more2>[余多])?"
    rf"(?P<unit>{_UNIT})?(?P<tail>左右|以上|以下)?"
)
_CHINESE_WITHIN = re.compile(
    _CHINESE_WHOLE.pattern.replace("(?P<multiplier>万亿|亿|万)?", "(?P<multiplier>万亿|亿|万)")
)
_LONGEST_NUMBER = 30

_SIZE = rf"\s*(?:{_MULTIPLIER}|{_UNIT})"
_WRONG_COMMA = rf"(?<![0-9,.])(?!{NUMBER}{_SIZE})[0-9]+(?:,[0-9]+)+(?:\.[0-9]+)?(?={_SIZE})"
_PLACEHOLDER = rf"(?<![A-Za-zXx×*■□?_.])[Xx×*■□?_][Xx×*■□?_.]*(?={_SIZE})"
_MISSING = (
    r"(?<=达到|完成|实现|增长|下降|提高|回落)(?=(?:万亿|亿|万)[元户人个G]|%|个百分点)"
    r"|(?<=[达为])(?=(?:万亿|亿)[元户人个G]|%)"
)
#: Before a blank within a figure; a comma and a blank separate two figures (in H1, 3.7 points) unless three digits follow.
_FIRST_PART = r"(?<![0-9.,A-Za-z])[0-9](?:[0-9.,]*[0-9.])?(?:,(?=[ \t\n]{1,4}[0-9]{3}(?![0-9])))?"
_DAMAGE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        ("figure contains a blank", rf"{_FIRST_PART}[ \t\n]{{1,4}}(?![2-6]G(?!B))[0-9][0-9.,]*(?={_SIZE})"),
        ("full stop in place of the decimal point", rf"(?<![0-9])[0-9]+。[0-9]+(?={_SIZE})"),
        ("middle dot in place of the decimal point", rf"(?<![0-9])[0-9]+·[0-9]+(?={_SIZE})"),
        ("two decimal points", rf"(?<![0-9.])[0-9]+\.[0-9]*\.[0-9.]*(?={_SIZE})"),
        ("no digits after the decimal point", rf"(?<![0-9])[0-9]+\.(?={_SIZE})"),
        ("no digits before the decimal point", rf"(?<![0-9.])\.[0-9]+(?={_SIZE})"),
        ("comma does not separate thousands", _WRONG_COMMA),
        ("letter among the digits", rf"(?<![0-9.])[0-9][0-9.]*[OoIl][0-9OoIl.]*(?={_SIZE})"),
        ("figure missing, only a placeholder", _PLACEHOLDER),
        ("figure missing before its unit", _MISSING),
        (
            "number in two parts",
            rf"(?<![0-9.,]){NUMBER}\s?(?:万亿|亿|万)\s?[0-9][0-9.,]*\s?(?:千万|百万|万|千)",
        ),
        ("unreadable character", r"(?<![0-9.\ufffd])[0-9.]*\ufffd[0-9.\ufffd]*"),
    )
)
_AFTER_DAMAGE = re.compile(rf"\s*(?:{_MULTIPLIER})?\s*(?:{_UNIT})?")


@dataclass(frozen=True)
class Damage:
    """A figure that cannot be read: why, and where in the normalised text (with multiplier and unit)."""

    reason: str
    span: Span


def find_damage(text: str) -> list[Damage]:
    """Figures of a *normalised* text that are damaged beyond reading; they are reported, never mended."""
    folded = fold(text)
    found: list[Damage] = []
    for reason, pattern in _DAMAGE:
        for match in pattern.finditer(folded):
            size = _AFTER_DAMAGE.match(folded, match.end())
            start = match.start()
            while start and folded[start - 1] in "0123456789.,":
                start -= 1
            found.append(Damage(reason, (start, size.end() if size else match.end())))
    return found


def _quantity(match: re.Match[str], number: Decimal) -> Quantity:
    """The quantity of a match of one of the patterns; groups that a pattern lacks count as absent."""
    group = match.groupdict()
    unit = re.sub(r"\s", "", group.get("unit") or "")
    unit = re.sub(r"/\(?户[·.*/]?月\)?", "/户·月", unit)
    printed = group.get("unit") or ""
    base = _UNITS.get(printed) or _UNITS.get(unit) or _CURRENCIES.get(group.get("currency") or "", "")
    qualifier = _PREFIXES.get(group.get("prefix") or "", "")
    qualifier = qualifier or group.get("more") or group.get("more2") or group.get("tail") or ""
    multiplier = Decimal(_MULTIPLIERS.get(group.get("multiplier") or "", 1))
    sign = (group.get("sign") or "").strip()
    return Quantity(-number if sign in ("-", "负") else number, multiplier, base, qualifier)


def _decimal(printed: str, text: str) -> Decimal:
    if len(printed) > _LONGEST_NUMBER:
        raise QuantityError(f"number with {len(printed)} characters: {text[:40]!r}…")
    return Decimal(printed.replace(",", ""))


def _refuse_lone_letter(match: re.Match[str]) -> bool:
    if match["unit"] == "M":  # 340.8M is traffic, 100M a class of lines
        return "." not in match["number"]
    return match["unit"] in _NEEDS_MULTIPLIER and not match["multiplier"]


def parse_quantity(text: str) -> Quantity:
    """Exactly one quantity, e.g. ``1.55万亿元`` → 1.55 × 10¹² 元, ``8万余个`` → 8 × 10⁴ 个 (余), ``－3.5``
    → −3.5.

    The value is as printed, ``multiplier`` the factor. QuantityError for anything else: no figure, two
    figures, an unknown unit, or a damaged figure (``10 51億``, ``7。51億``, ``XX亿``), which is named and
    never mended.
    """
    plain = fold(normalise(text)).strip()
    if len(plain) > 200:
        raise QuantityError(f"not a single quantity: {text[:40]!r}… has {len(text)} characters")
    damage = find_damage(plain)
    if damage:
        raise QuantityError(f"{damage[0].reason}: {text!r}")
    if match := _WHOLE.fullmatch(plain):
        if _refuse_lone_letter(match):
            raise QuantityError(f"a letter without a multiplier may name a generation of networks: {text!r}")
        return _quantity(match, _decimal(match["number"], text))
    if match := _HUNDREDTHS.fullmatch(plain):
        number = match["number"]
        value = _decimal(number, text) if number[0].isascii() else from_chinese(number)
        return replace(_quantity(match, value), unit="%")
    if match := _CHINESE_WHOLE.fullmatch(plain):
        return _quantity(match, from_chinese(match["number"]))
    raise QuantityError(f"not exactly one quantity: {text!r}")


def scan_quantities(plain: str, *, bare: bool = False) -> Iterator[tuple[Quantity, Span]]:
    """Quantities of a normalised and folded text from left to right, with their spans in it; damaged ones
    are left out.

    ``bare`` also gives numbers without multiplier and unit. Not given: parts of names (5G, IPv6), ranks
    (前5名), members of a range (16-59岁), and small counts in Chinese characters (三家企业).
    """
    damaged = [damage.span for damage in find_damage(plain)]
    found: list[tuple[Quantity, Span]] = []
    for match in _WITHIN.finditer(plain):
        start, end = match.span()
        quantity = (
            None
            if _no_figure(plain, match, bare)
            else _quantity(match, Decimal(match["number"].replace(",", "")))
        )
        if quantity and not any(first < end and start < last for first, last in damaged):
            found.append((quantity, (start, end)))
    for pattern in (_HUNDREDTHS, _CHINESE_WITHIN):
        for match in pattern.finditer(plain):
            taken = any(first < match.end() and match.start() < last for _, (first, last) in found)
            if not taken and (reading := _chinese_reading(match)):
                found.append((reading, match.span()))
    yield from sorted(found, key=lambda item: item[1])


def _no_figure(plain: str, match: re.Match[str], bare: bool) -> bool:
    start = match.start("number")
    before = plain[start - 1 : start]
    signed = bool(match["sign"])
    sized = match["multiplier"] or match["unit"] or match["currency"]
    after = plain[match.end() : match.end() + 1]
    if len(match["number"]) > _LONGEST_NUMBER or _refuse_lone_letter(match):
        return True
    if (before.isascii() and (before.isalnum() or before == ".")) or plain[:start].rstrip()[-1:] in (
        "第",
        "前",
        "首",
    ):
        return True
    ahead = plain[match.start() - 1 : match.start()]
    if ahead in ("第", "前", "首", "其") and not match["multiplier"]:
        return True
    if signed and (ahead.isdigit() or ahead in ("-", "~", "月", "%", "年")):
        return True
    if before == "~" or (after in ("-", "~") and plain[match.end() + 1 : match.end() + 2].isdigit()):
        return True
    if not sized:
        return not bare or (after.isascii() and after.isalpha()) or after == "."
    return after.isascii() and after.isalnum() and not match["unit"]


def _chinese_reading(match: re.Match[str]) -> Quantity | None:
    number = match["number"]
    hundredths = match.re is _HUNDREDTHS
    try:
        value = Decimal(number.replace(",", "")) if number[0].isascii() else from_chinese(number)
    except QuantityError:
        return None
    quantity = _quantity(match, value)
    return replace(quantity, unit="%") if hundredths else quantity


def find_quantities(text: str) -> list[tuple[Quantity, Span]]:
    """All quantities with a multiplier or a unit in ``text``, with spans into ``text`` itself.

    ``parse_quantity(text[start:end])`` gives the same quantity back.
    """
    plain, offsets = normalise_with_offsets(text)
    return [(quantity, raw_span(offsets, *span)) for quantity, span in scan_quantities(fold(plain))]
