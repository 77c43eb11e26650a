"""The words around a figure: who (subject) and what (measure), lists under 分别, shares, footnote marks.

What belongs here: pure functions on phrases of one clause, normalised. What does not: positions and periods.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from prosperity.notation.normalise import FOOTNOTE_MARKS

#: Words that open a clause and name nothing.
_OPENERS = re.compile(
    r"^(?:[\s、,:;\-·\"“”‘’《》◇◆●▲△★☆►➢▪]+|[^,;。0-9]{0,14}(?:数据|报告|统计|公报)显示|其中|此外|另外|同时|尤其是?|特别是?|今年(?!以来|内)|预计|估计"
    r"|预期|预测|有望|而|且|并且?|另|以及|及|和|与|但|则|也|又|还|目前|当前|总体来?看|整体来?看|[中内](?=[,:]|$)"
    r"|当月|累计(?!用户|装机)|的)+"
)
#: Words between what is measured and its figure, taken off from the right.
_LINKS = re.compile(
    r"(?:\s|[:,、\"”]|达到|达成|达|(?<![行作])为|是|至|到|共计|总计|合计|累计|完成|实现|均|分别|各|已经?|仍|约|高达|仅"
    r"|只有|就|也|还|再|(?:增长|增加?|提升|上?升|提高|攀升|跃升|扩大|发展)[至到]|上升[至到]|(?:下降|减少|回落|降)[至到]"
    r"|(?<=[到过破成现])了|首次|成功|一举|十分|历史性地?|将|有望|可|预计|预期|突破|接近|超过|超|总共|(?<!公)共)$"
)
#: Verbs with an actor before and the measure behind them.
_ACTS = re.compile(
    r"(?:累计|共计|合计|分别|均|已|共|总共|各)*(?:完成(?!额|情况|率|量)|实现(?!的)"
    r"|(?<!研发)(?<!资金)(?<!资本)(?<!总)投入(?!额|强度|总额|规模|资金|产出|的)|拥有(?!量)|共有|取得|办理(?!量)"
    r"|处理(?!能力|量|业务量)|发生(?!额|率)|(?<=[共计已])部署|建成并?开通|建成|开通|(?<=企业)发展|(?<=[共计])发展)(?:了)?"
)
#: What may follow a figure that stands by itself; before another noun it is only an attribute (三家企业,
#: 100M以上用户).
FREE = re.compile(
    r"(?:左右|和|及(?!以上|以下)|与|以及|同比|环比|[比较]|名义|实际|增|下降|下滑|上升|上涨|提[高升]|回落|减|降|升|占|其中"
    r"|但|而|并|且|则|为|居|的(?:历史)?(?:新高|新低|高位|水平)|首次|分别|年增|两年|连续|创|位居|大关|规模|后)"
)
#: Before a figure that is not this measure's: where it came from, or another one it is compared with.
BASE_FIGURE = re.compile(
    r"(?:(?<!自)[由从](?!于|此)[^,;]{0,14}|(?:同期|上年|去年|上月|上期)的?|相当于[^,;]{0,10}"
    r"|连续[^,;]{1,5}(?:年|月|季度)|[高低多少大小快慢]于[^,;]{0,12}|[上下前后]|[比较][^,;]{1,20}(?:[高低多]|(?<!减)少)出?)$"
)
#: Before a figure that is the change of a level in its own unit: 较2020年12月提升2.3个小时.
CHANGE_IN_UNITS = re.compile(r"(?:[同环]?比|较)[^,;]*?(?:提升|提高|上升|降低|缩短|延长)(?:了|约|近)?$")
_BARE_VERB = re.compile(r"(?:累计|共计|合计|共)?(?:投入|支出|实现|完成|取得)")
_HEADS = ("企业", "地区")
_NOT_AFTER_HEAD = re.compile(r"^(?:数|总数|家数|的?数量|占|生产总值|名|利润|$)")
_SHARE = re.compile(
    r"^(?P<who>.*?)(?:占比|(?P<of>所占|占)(?P<whole>[^占]*?)的?(?:比重|比例|份额|比)?)"
    r"(?:提[升高][至到]|分别|均|各|约|为|达到?|已|仅|高达|来到|接近|近|超过?|了|\s)*$"
    r"|^(?P<who2>.*?)(?P<is>是|为|相当于)(?P<whole2>[^,;]+)的$"
)
#: Of the measure of an increase: 净增移动通信基站 is an increase of 移动通信基站.
_OF_AMOUNT = re.compile(r"^(?:净增加?|净减少?|新增加?|新建|增加|减少|增长|多增|少增|下降)(?P<noun>.+)$")
_AMOUNT = re.compile(
    r"^(?P<who>.*?)(?:(?:相?比|较)[^,;]*?)?(?P<verb>(?:累计|共计?|合计|同比|新)*"
    r"(?:净增加?|净减少?|新增加?|新建|增加|减少|增长|多增|少增|下降)(?:了|约|近)?)(?P<noun>[^,;]*)$"
)
_MARK = re.compile(
    rf"[{FOOTNOTE_MARKS}]+|\[[0-9]{{1,2}}\]|\([0-9]{{1,2}}\)"
    r"|(?<=[一-鿿])(?<![第前双图表百近超约])[0-9]{1,2}(?=[一-鿿(]|\s*$)"
    r"(?!年|月|个|家|省|大|强|类|项|日|届|期|城|座|位)"
)
_LIST = re.compile(r"\s*(?:、|以及|和|与|及)\s*")
#: Attributes that share all that follows the last of them: 固定和移动数据及互联网业务收入.
_CONTRAST = re.compile(r"固定|移动|城镇|农村|城市|乡村|国内|国际")
#: Measures that say nothing without the name before: 农村网民占比27.4%,规模达2.01亿.
GENERIC: frozenset[str] = frozenset({"规模", "总数", "数量", "总量", "金额", "总额", "总规模", "用户规模"})
#: What a figure is of when nothing else is said: 在移动通信收入方面,全国累计完成2177.8亿元.
WHOLE_COUNTRY: frozenset[str] = frozenset({"全国", "我国", "中国", "全市", "全省", "全区", "全行业", "行业"})
_PLACE = re.compile(
    r"(?:北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆"
    r"|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾|东部|中部|西部|东北|京津冀|长三角|珠三角)(?:[省市]|地区)?"
)
#: A measure with its regions behind it: 5G移动电话用户在东、中、西部和东北地区.
_IN_PLACES = re.compile(r"^(?P<what>[^在]{2,})在(?P<names>[^在]*[地部]区?|[^在]*地区)$")
#: Where a list of names that figures of the next clause refer to ends.
_LIST_ENDS = re.compile(
    r"(?:依然|仍然?|是|为|居|位[居列]|排名|排在|占据|列|等|[一二三四五六七八九十两0-9]+[类个项种大]|进口额|出口额).*$"
)
_TAIL = re.compile(
    r"(?:(?:业务)?收入|用户总?数|用户规模|用户|规模|总数|数量|投入|流量|零售额|销售额|使用率|普及率)"
    r"(?:同比)?(?:增速|增幅)?$"
)


@dataclass(frozen=True)
class Phrase:
    subject: str
    measure: str
    acted: bool = False  #: an actor's verb stood between them
    flags: tuple[str, ...] = ()


def without_marks(text: str) -> tuple[str, bool]:
    """The phrase without footnote marks glued to it, and whether there were any."""
    plain = _MARK.sub("", text)
    return plain, plain != text


def tidy(text: str) -> str:
    """Without openers, blanks and punctuation at either end; blanks inside Chinese text closed."""
    closed = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])|[\"“”‘’]", "", text.strip())
    return _OPENERS.sub("", closed).strip(" ,:;、-的")


def without_links(text: str) -> str:
    """The phrase without the words that link it to its figure (达, 为, 累计完成 …)."""
    previous = None
    while text != previous:
        previous, text = text, _LINKS.sub("", text)
    return text


def split_phrase(text: str) -> Phrase:
    """Subject and measure of what stands before a figure.

    ``互联网企业共完成业务收入`` → 互联网企业, 业务收入; ``网民规模达`` → "", 网民规模;
    ``东部地区互联网业务收入`` → 东部地区, 互联网业务收入. Footnote marks glued to either are taken off and
    flagged.
    """
    plain, marked = without_marks(without_links(tidy(text)))
    flags = ("footnote mark removed",) if marked else ()
    plain = without_links(tidy(plain))
    if _BARE_VERB.fullmatch(plain):
        return Phrase("", "", False, flags)  # 研发经费方面,1—7月共投入…: the clause before names it
    acts = [match for match in _ACTS.finditer(plain) if match.end() < len(plain)]
    if acts:
        act = acts[-1]
        return Phrase(tidy(plain[: act.start()]), tidy(plain[act.end() :]), True, flags)
    for head in _HEADS:
        place = plain.rfind(head) + len(head)
        if place >= len(head) and not _NOT_AFTER_HEAD.match(plain[place:]):
            return Phrase(tidy(plain[:place]), tidy(plain[place:]), False, flags)
    return Phrase("", tidy(plain), False, flags)


def share_of(text: str) -> Phrase | None:
    """``占移动基站总数的`` → measure ``占比:移动基站总数``; None if the phrase does not lead to a share."""
    match = _SHARE.match(re.sub(r"\s", "", text))
    if not match:
        return None
    who, whole = tidy(match["who"] or match["who2"] or ""), match["whole"] or match["whole2"] or ""
    inside = re.search(r"在(?P<whole>[^,;]+?)[中内]的?$", who)
    if inside:
        who, whole = who[: inside.start()], inside["whole"]
    if match["of"] and not tidy(whole) and not who:
        return None
    subject, marked = without_marks(tidy(who))
    return Phrase(
        subject,
        f"占比:{tidy(whole)}" if whole else "占比",
        False,
        ("footnote mark removed",) if marked else (),
    )


def amount_of(text: str) -> Phrase | None:
    """``比上年末净增`` → measure 净增; ``上半年新增网民`` → 新增网民; None if the phrase is not about an
    increase."""
    plain, marked = without_marks(text)
    match = _AMOUNT.match(tidy(plain))
    if not match or re.match(r"\s*(?:至|到|率|额|的|速|幅|值)", match["noun"]):
        return None
    verb = re.sub(r"累计|共计?|合计|同比|了|约|近", "", match["verb"])
    noun = without_links(tidy(match["noun"]))
    flags = ("footnote mark removed",) if marked else ()
    return Phrase(split_phrase(match["who"]).measure if match["who"] else "", verb + noun, False, flags)


#: Where what a clause is about ends and what it says of it begins.
_SAYS = re.compile(
    r"增速|增幅|降幅|增长|下降|由负|由正|转正|转为|转负|由|从|实现|保持|呈现?|持续|快速|较快|平稳|稳步|稳定|进一步"
    r"|不断|继续|明显|显著|大幅|小幅|最为|首次|突破|再创|规模(?=持续|不断|稳步|进一步|扩大)|扩大|延续|有所|最[多高大快]|居首|领先"
)


def topic(clause: str) -> str:
    """What a clause without figures is about: 研发费用增速由负转正 → 研发费用; empty if that cannot be
    said."""
    plain, _ = without_marks(tidy(clause))
    match = _SAYS.search(plain)
    if match:
        return tidy(plain[: match.start()])
    return tidy(plain.removesuffix("方面")).removeprefix("在") if plain.endswith("方面") else ""


def named_by(phrase: Phrase) -> str:
    """What an increase or a share is of: its noun (净增移动通信基站29万个,总数达648万个), else its subject."""
    match = _OF_AMOUNT.match(phrase.measure)
    return match["noun"] if match else phrase.subject


def with_other_tail(measure: str, tail: str) -> str:
    """The measure of one list under the ending of the next: 即时通信使用率, 用户规模 → 即时通信用户规模."""
    while (match := _TAIL.search(measure)) and match.start():
        measure = measure[: match.start()]
    return measure + tail


def expand(phrase: Phrase, count: int) -> list[Phrase] | None:
    """One phrase for each of ``count`` figures of a list; None if the list of names has another length."""
    names = _LIST.split(phrase.subject)
    if phrase.subject and len(names) == count:
        return [Phrase(name, phrase.measure, phrase.acted, phrase.flags) for name in _complete(names)]
    if (inside := _IN_PLACES.match(phrase.measure)) and len(names := _LIST.split(inside["names"])) == count:
        return [Phrase(name, inside["what"], phrase.acted, phrase.flags) for name in _complete(names)]
    names = _in_parts(phrase.measure, count) or []
    if not names:
        return None
    tail = _TAIL.search(names[-1])
    if (contrast := _CONTRAST.match(names[-1])) and all(_CONTRAST.fullmatch(name) for name in names[:-1]):
        rest = names[-1][contrast.end() :]
        whole = [*(name + rest for name in names[:-1]), names[-1]]
        return [Phrase(phrase.subject, name, phrase.acted, phrase.flags) for name in whole]
    if (place := _PLACE.match(names[-1])) and all(_PLACE.search(name) for name in names[:-1]):
        places = [(_PLACE.findall(name) or [name])[-1] for name in names]
        rest = names[-1][place.end() :]
        return [Phrase(phrase.subject, name + rest, phrase.acted, phrase.flags) for name in places]
    if tail and tail.start():
        whole = [name if _TAIL.search(name) else name + tail.group() for name in names]
        flags = phrase.flags
    else:
        whole, flags = names, (*phrase.flags, "list of names without a common ending")
    return [Phrase(phrase.subject, name, phrase.acted, flags) for name in whole]


def _in_parts(text: str, count: int) -> list[str] | None:
    """A list of names cut into as many as there are figures; conjunctions may also be part of a name (固定和移动数据及互联网
    业务收入, 在线旅游产品和景点门票、在线文娱)."""
    for separator in (_LIST.pattern, r"\s*[、和]\s*", r"\s*、\s*", r"\s*和\s*"):
        names = re.split(separator, text)
        if len(names) == count:
            return names
    return None


def listed(phrase: Phrase, clause: str, count: int) -> list[Phrase] | None:
    """Names for figures of a list from the clause before, which lists as many: 美、日、韩是主要市场,收入占比分别为….

    None if the clause holds no list of this length.
    """
    plain = re.sub(r"^.*?(?:分别[是为]|包括|[:,])|^自", "", _LIST_ENDS.sub("", clause.split("分别是")[-1]))
    names = [tidy(name) for name in _LIST.split(plain)]
    if count < 2 or len(names) != count or not all(names):
        return None
    what = phrase.measure if phrase.measure.startswith("占比") else f"{phrase.subject}{phrase.measure}"
    return [Phrase(name, what, phrase.acted, phrase.flags) for name in names]


def _complete(names: list[str]) -> list[str]:
    """东, 中, 西部, 东北地区 → 东部地区, 中部地区, 西部地区, 东北地区."""
    head = next((head for head in _HEADS if names[-1].endswith(head)), "")
    regions = [f"{name}部" if name and name[-1] in "东中西" else name for name in names]
    return [name if name.endswith(head) else name + head for name in regions]
