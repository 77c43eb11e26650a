"""Rates of change as Chinese statistics word them: the sign is in the verb, the figure is always positive.

What belongs here: finding rates, changes of rates and two-year means in text, with their signs.
What does not: which figure they belong to (``extract.prose``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from prosperity.notation.model import Change, ChangeError, Comparison
from prosperity.notation.normalise import fold, normalise
from prosperity.notation.quantities import NUMBER, find_damage

Span = tuple[int, int]
#: ``other``: a change that is none of this figure's rates (a mean over years, a deflated two-year mean).
Kind = Literal["rate", "real", "difference", "two_year_mean", "other"]

LONGEST = 1000

_RISE = "增长|上升|上涨|提高|提升|增加|加快|回升|攀升|走高|多增|升高|增|升|涨|快|高(?=[0-9])|提(?=了[0-9])"
_FALL = "负增长|下降|下滑|下跌|减少|降低|回落|放缓|减缓|减慢|趋缓|缩减|萎缩|减|降|跌|低(?=[0-9])"
#: The same without what must follow, for a verb that was cut out of its text.
_FALL_VERB = _FALL.replace("(?=[0-9])", "")
_WIDER, _NARROWER = "扩大|加深", "收窄|缩小"
_RATE_NOUNS = "增长率|增速|增幅|涨幅|降幅|跌幅|降速"
_SHARE_NOUNS = "占比|比重|比例|份额"
_NOUNS = f"{_RATE_NOUNS}|{_SHARE_NOUNS}"
FALLING_NOUNS = ("降幅", "跌幅", "降速")
_POINTS = r"个?百分点"
_ITEM = rf"[-+]?{NUMBER}\s*(?:%|{_POINTS}|个)?"
_LIST = rf"(?P<list>(?:{_ITEM}\s*(?:、|和|及|与|以及)\s*)*[-+]?{NUMBER}\s*(?:%|{_POINTS}))"
_GAP = r"(?:\s|了|也|约|近|超过|超|逾|突破|达到|达|为|仅|分别|均|各|高|:)*"
_MARK = re.compile(rf"(?P<verb>{_RISE}|{_FALL}|{_WIDER}|{_NARROWER}|{_RATE_NOUNS})(?:幅度)?{_GAP}{_LIST}")
#: 增速回落至5%, 降幅收窄至6.2%: the figure is the rate itself, and the noun has its sign.
_REACHED = re.compile(
    rf"(?P<verb>{_RATE_NOUNS})(?:同比|环比|则|也|又|已|进一步|明显|大幅|小幅|略有?|由[^,;]{{1,24}}?)*"
    rf"(?:{_RISE}|{_FALL}|{_WIDER}|{_NARROWER}){_GAP}[至到]{_GAP}{_LIST}"
)
_FLAT = re.compile(r"(?P<verb>(?:基本|大体|总体)?(?:(?<!保)持平|相当|不变))(?!于)")
_VALUE = re.compile(rf"[-+]?{NUMBER}")

#: What may stand between the thing that changes and the verb; taken off from the right, one at a time.
_LEAD = re.compile(
    rf"(?:同比(?:去年|上年)(?:同期)?|同比|环比|按[年月季]|名义|实际|年均|月均|季均|平均|(?<![0-9上下半去今本前一])年|(?<![上下前])半年度?|(?<![0-9上下半去今本前一])年度|两年|累计|分别|均|也|仍|则|已|各|又|再|都|有所|进一步|明显|显著|大幅度?|小幅度?|略有?|微|"
    rf"稳步|快速|继续|持续|同期|{_NOUNS}|[,:\s])$"
)
#: 同比2017年第二季度, 环比上季度, 相比2017年第一季度: the base is named behind the word for the comparison itself.
_BASE = re.compile(
    r"(?:(?:(?<![占同环对相])比|较|与|相对)(?![重例率快大高低多好])|[同环相]比(?=20[0-9]{2}|去年|上年|上一?季))[^,;]{0,30}$"
)
_TIME = re.compile(r"年|月|季|Q[1-4]|末|底|同期|上期|前期|十[一二三四]五")

#: Clauses whose figures are not changes of the thing at hand: other entities, contributions, other periods.
_ASIDES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:高于|低于|高出|低出|高过|快于|慢于|大于|小于|落后于?|领先于?)[^,;。]*?(?:{_POINTS}|%)",
        rf"(?:超过|超出|好于)[^,;。0-9]*(?:平均|水平|增速|全国|全球)[^,;。0-9]*{NUMBER}\s*(?:{_POINTS}|%)",
        rf"(?:拉动|带动|推动|影响|贡献)[^,;。]*?{_POINTS}(?!,达?至?到?[0-9])",
        r"扭转[^,;。]*?局面",
        r"(?<!自)[由从](?![于此])[^,;。]*?(?=转为|转|变为)",
        r"(?:同期|上月|上期|上年|去年|月份?|季度|半年)为(?:同比)?(?:增长|下降|上涨|回落|提高)[^,;。]*?%",
        # 按可比口径测算同比增长0.8% is the only rate there is: the base is restated, prices are not taken out.
        r"按(?:照)?可比口径(?:测算|计算|核算)?",
    )
)
#: From here on the sentence compares with the period before: 从环比看,6月份社会消费品零售总额增长0.7%.
_SEQUENTIAL = re.compile(r"环比(?:增速|增长|情况)?来?看|与(?:上月|上季度?|上一季度)相比")
#: What follows are means of two years: 各项来源两年平均增速分别为:工资性收入增长6.9%,….
_AVERAGED = re.compile(r"(?:两年|2年)(?:复合)?平均(?:增速|增幅|增长率?|增长情况)(?:分别)?[为是]?\s*$")
_DEFLATED = re.compile(r"扣除价格|剔除价格")
#: At constant prices: the rate there is, not one beside a nominal one (工业增加值按可比价格计算同比增长6.0%).
_CONSTANT = re.compile(r"按(?:照)?(?:可比(?!口径)|不变)价?")
_OPENING, _CLOSING = "([【「〔", ")]】」〕"


@dataclass(frozen=True)
class Mark:
    """One or several (分别 …) values of change in a text, signed; ``span`` includes the words that lead to
    them."""

    kind: Kind
    values: tuple[tuple[Decimal, Span], ...]
    span: Span
    comparison: Comparison
    noun: str = ""  #: 增速, 降幅, 占比 … if printed
    shared: bool = False  #: 均, 各: one value for all
    flags: tuple[str, ...] = ()


def brackets(plain: str) -> list[Span]:
    """Outermost bracketed passages of a normalised text, brackets included; unmatched ones are left alone."""
    spans: list[Span] = []
    opened: list[int] = []
    for index, character in enumerate(plain):
        if character in _OPENING:
            opened.append(index)
        elif character in _CLOSING and opened:
            start = opened.pop()
            while spans and spans[-1][0] > start:
                spans.pop()
            spans.append((start, index + 1))
    return spans


def blank(plain: str, spans: list[Span]) -> str:
    """The text with these spans replaced by blanks, so that positions stay."""
    characters = list(plain)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def blank_asides(plain: str) -> str:
    """The text without brackets and without figures about others, contributions and other periods."""
    text = blank(plain, brackets(plain))
    for pattern in _ASIDES:
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


def clauses(plain: str) -> Iterator[Span]:
    """Clauses between commas, semicolons, colons and full stops; a comma or a stop inside a number does not
    count."""
    start = 0
    for match in re.finditer(r"[;:。!?\n]|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),", plain):
        yield start, match.start()
        start = match.end()
    yield start, len(plain)


def scan_changes(plain: str) -> list[Mark]:
    """All marks of change in a normalised and folded text that went through ``blank_asides``."""
    marks: list[Mark] = []
    deflated = sequential = averaged = False
    for start, end in clauses(plain):
        clause = plain[start:end]
        if not clause.strip():
            continue
        sequential = ("同比" not in clause) and (sequential or bool(_SEQUENTIAL.search(clause)))
        averaged = bool(_AVERAGED.search(clause)) or (averaged and "同比" not in clause)
        cursor = 0
        for match in _matches(clause):
            after_deflator = deflated or bool(_DEFLATED.search(clause[: match.start()]))
            mark = _mark(clause, cursor, match, start, _last_rate_falls(marks), after_deflator)
            if mark and mark.kind == "rate" and _CONSTANT.search(clause[: match.start()]):
                mark = replace(mark, kind="real")
            if mark:
                unsaid = sequential and mark.kind != "difference" and mark.comparison == "yoy"
                mark = replace(mark, kind="two_year_mean") if averaged and mark.kind == "rate" else mark
                marks.append(replace(mark, comparison="qoq") if unsaid else mark)
                cursor = match.end()
                if arrived := _arrived(clause, match.end(), start, mark):
                    marks.append(arrived)
                    cursor = arrived.span[1] - start
        deflated = "扣除价格" in clause or "剔除价格" in clause
    return _with_two_verbs(plain, marks)


def _arrived(clause: str, end: int, offset: int, moved: Mark) -> Mark | None:
    """The rate that a change of it leads to: 增速回落0.6个百分点至5%."""
    match = re.compile(rf"\s*[至到]{_GAP}(?P<value>[-+]?{NUMBER})\s*%").match(clause, end)
    if match is None or moved.kind != "difference" or moved.noun not in _RATE_NOUNS.split("|"):
        return None
    value = Decimal(match["value"].replace(",", "")) * (-1 if moved.noun in FALLING_NOUNS else 1)
    figure = (match.start("value") + offset, match.end() + offset)
    return replace(moved, kind="rate", values=((value, figure),), span=(end + offset, match.end() + offset))


def _with_two_verbs(plain: str, marks: list[Mark]) -> list[Mark]:
    """同比分别增长4.85%和下降2.38%: one list in two marks, because the second value has another verb."""
    joined: list[Mark] = []
    for mark in marks:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.kind == mark.kind
            and "分别" in plain[before.span[0] : before.span[1]]
            and re.fullmatch(r"\s*(?:、|和|与|及|以及)\s*", plain[before.span[1] : mark.span[0]])
        ):
            span = (before.span[0], mark.span[1])
            joined[-1] = replace(before, values=before.values + mark.values, span=span)
        else:
            joined.append(mark)
    return joined


def _matches(clause: str) -> list[re.Match[str]]:
    reached = [match for match in _REACHED.finditer(clause) if "百分点" not in match["list"]]
    found = [*_MARK.finditer(clause), *_FLAT.finditer(clause)]
    apart = [
        match
        for match in found
        if not any(other.start() < match.end() and match.start() < other.end() for other in reached)
    ]
    return sorted([*apart, *reached], key=lambda match: match.start())


def _last_rate_falls(marks: list[Mark]) -> bool:
    rates = [mark for mark in marks if mark.kind in ("rate", "real")]
    return bool(rates and rates[-1].values[-1][0] < 0)


def _lead_start(clause: str, floor: int, position: int) -> int:
    """Where the words that lead to the verb begin, going left from it, not further than ``floor``."""
    while position > floor:
        before = clause[floor:position]
        if match := _LEAD.search(before[-6:]):
            position -= len(match.group())
            continue
        base = next(iter(reversed(list(_BASE.finditer(before[-32:])))), None)
        if base is None or not _TIME.search(base.group()):
            return position
        position -= len(base.group())
    return position


def _comparison(lead: str) -> Comparison:
    if "环比" in lead or "按季" in lead:
        return "qoq"
    if "按月" in lead:
        return "mom"  # 按年, 按月: 同比 and 环比 as Hong Kong's papers say
    if re.search(r"(?<![上下前])半年", lead):
        return "since"  # 半年增长率: on the survey half a year before
    base = re.search(r"(?:比|较|与|相对)(.+)", lead.replace("同比", ""))
    if not base:
        return "yoy"
    against = base.group(1)
    if "上月" in against:
        return "mom"
    if "上季" in against or "上一季" in against:
        return "qoq"
    if re.search(r"[末底]", against) or not re.search(r"上一?年|去年|同期", against):
        return "since"
    return "yoy"


def _mark(
    clause: str, cursor: int, match: re.Match[str], offset: int, falling: bool, deflated: bool
) -> Mark | None:
    start = _lead_start(clause, cursor, match.start())
    lead, verb = clause[start : match.start()], match["verb"]
    noun = next(iter(re.findall(_NOUNS, lead + verb)), "")
    every = re.search(r"均|各|都", re.sub("[平年月季]均", "", clause[start : match.end()]))
    frame = _Frame((start + offset, match.end() + offset), _comparison(lead), noun, bool(every))
    if match.re is _FLAT:
        before = clause[cursor : match.start()]
        if before.strip() and not re.search(r"比|较|与|和", before):
            return None
        at = (match.start() + offset, match.end() + offset)
        return frame.mark("difference" if noun else "rate", ((Decimal(0), at),), ("no figure printed, 持平",))
    points = bool(re.search(_POINTS, match["list"]))
    moved = verb not in _RATE_NOUNS.split("|") and match.re is not _REACHED
    if points and not moved:
        return None  # 低于…增速9个百分点 and the like: against others
    flags: tuple[str, ...] = ()
    if not points and moved and noun in _RATE_NOUNS.split("|"):
        points, flags = True, ("change of the rate printed in percent",)
    sign = _sign(verb, noun, falling)
    values = []
    for number in _VALUE.finditer(match["list"]):
        first = match.start("list") + number.start() + offset
        value = Decimal(number.group().replace(",", ""))
        if value < 0 and sign < 0:
            flags = ("both verb and figure are negative",)
        values.append(
            (sign * value, (first, _with_unit(clause, match.start("list") + number.end()) + offset))
        )
    kind, more = ("difference", ()) if points else _kind_of_rate(lead, deflated)
    return frame.mark(kind, tuple(values), flags + more)


def _kind_of_rate(lead: str, deflated: bool) -> tuple[Kind, tuple[str, ...]]:
    real = deflated or "实际" in lead
    if re.search(r"(?:两年|2年)(?:复合)?平均", lead):
        return ("other" if real else "two_year_mean"), ()
    if re.search(r"[年月季]均", lead):
        return "other", ()  # a mean over several periods is no rate of this one
    # 工业增加值同比实际增长 is the rate itself; after 扣除价格因素 it stands beside the nominal one.
    return ("real" if real else "rate"), (("deflated",) if deflated else ())


@dataclass(frozen=True)
class _Frame:
    """What all marks made from one match share."""

    span: Span
    comparison: Comparison
    noun: str
    shared: bool

    def mark(self, kind: Kind, values: tuple[tuple[Decimal, Span], ...], flags: tuple[str, ...] = ()) -> Mark:
        return Mark(kind, values, self.span, self.comparison, self.noun, self.shared, flags)


def _with_unit(clause: str, end: int) -> int:
    unit = re.compile(rf"\s*(?:%|{_POINTS})").match(clause, end)
    return unit.end() if unit else end


def _sign(verb: str, noun: str, falling: bool) -> int:
    """+1 or −1. A wider fall and a narrower rise are negative; without a noun the last rate decides what
    widens."""
    fall_noun = noun in FALLING_NOUNS
    if verb in FALLING_NOUNS:
        return -1
    if verb in _WIDER.split("|"):
        return -1 if fall_noun or (not noun and falling) else 1
    if verb in _NARROWER.split("|"):
        return 1 if fall_noun or (not noun and falling) else -1
    direction = -1 if re.fullmatch(_FALL_VERB, verb) else 1
    return -direction if fall_noun else direction


def parse_change(text: str) -> Change:
    """The change that a phrase states, e.g. ``同比下降5.8%,降幅扩大0.5个百分点`` → rate −5.8, difference
    −0.5.

    ``rate`` is in percent, ``difference`` (of the rate, against an earlier period) in percentage points, both
    signed. ``comparison``: 同比 and default yoy; 环比 qoq; 比上月 mom; 较…末 since. Figures in brackets,
    contributions (拉动…), comparisons with others (高于…) and deflated rates beside a nominal one are not
    taken. ChangeError (a ValueError) if there is no change, or several of a kind side by side, or a damaged
    figure.
    """
    if len(text) > LONGEST:
        raise ChangeError(f"a text of {len(text)} characters is not one statement of change: {text[:40]!r}…")
    plain = fold(normalise(text)).strip()
    if damage := find_damage(plain):
        raise ChangeError(f"{damage[0].reason}: {text[:80]!r}")
    if brackets(plain) == [(0, len(plain))]:
        plain = plain[1:-1]
    rate = difference = two_year_mean = None
    comparison: Comparison = "yoy"
    marks = scan_changes(blank_asides(plain))
    for mark in marks:
        if mark.kind != "other" and len(mark.values) > 1:
            raise ChangeError(f"{len(mark.values)} figures of one kind: {text[:80]!r}")
        if "both verb and figure are negative" in mark.flags:
            raise ChangeError(f"both verb and figure are negative: {text[:80]!r}")
        value = mark.values[0][0]
        if mark.kind == "difference":
            difference = value if difference is None else difference
        elif mark.kind == "two_year_mean":
            two_year_mean = value if two_year_mean is None else two_year_mean
        elif rate is None and mark.kind != "other" and "deflated" not in mark.flags:
            rate, comparison = value, mark.comparison
    if rate is None and difference is None and two_year_mean is None:
        raise ChangeError(f"no change stated in {text[:80]!r}")
    return Change(rate, difference, comparison, two_year_mean)
