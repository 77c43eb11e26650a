"""The words around a figure of an English sentence: what is measured, what is counted, what a share is of.

What belongs here: pure functions on pieces of one sentence. What does not: positions, periods and changes.
"""

from __future__ import annotations

import re

_APPROXIMATE = r"(?:\s+(?:about|around|nearly|almost|over|some|roughly|approximately|more\s+than|an?|up\s+to|only|just))*"
#: Verbs between what is measured and its figure.
_LINK = (
    r"(?:has|have|had|was|were|is|are|been)?\s*(?:also\s+|further\s+|already\s+|collectively\s+|cumulatively\s+)?"
    r"(?:reach(?:ed|es|ing)?|stood\s+at|stand(?:s|ing)?\s+at|came\s+(?:in\s+at|to)|total(?:l?ed|l?ing|s)?|amount(?:ed|ing|s)?\s+to|hit"
    r"|near(?:ed|ing)|exceed(?:ed|ing|s)?|topp?(?:ed|ing)|surpass(?:ed|ing)?|register(?:ed|ing)?|post(?:ed|ing)?|report(?:ed|ing)?"
    r"|record(?:ed|ing)?|gain(?:ed|ing)?|rak(?:ed|ing)\s+in|number(?:ed|ing)?|achiev(?:ed|ing)|invest(?:ed|ing)?|generat(?:ed|ing)"
    r"|(?:gr[eo]w|r[io]se|risen|grown|expand(?:ed)?|increas(?:ed|ing)?|declin(?:ed|ing)?|f[ae]ll(?:en|ing)?|drop(?:ped|ping)?"
    r"|rising|growing|climb(?:ed)?|swell(?:ed)?)\s+(?:from\s+[0-9.,]+\s*\S+\s+)?to|to\s+reach|built|developed|completed|saw|used|earned|made|include[ds]?|was|were"
    r"|is|are|has|have|had|of|at)"
)
REACHES = re.compile(
    rf"\b{_LINK}{_APPROXIMATE}(?:\s+(?:a\s+)?(?:combined\s+)?total\s+of)?\s*$", re.IGNORECASE
)
IS_SHARE = re.compile(
    rf"\b(?:account(?:ed|ing|s)?\s+for|mak(?:ing|es?)\s+up|made\s+up|represent(?:ed|ing|s)?|constitut(?:ed|ing|es)|compris(?:ed|ing|es)"
    rf"|tak(?:ing|es?)\s+up|took\s+up){_APPROXIMATE}\s*$",
    re.IGNORECASE,
)
IS_AMOUNT = re.compile(
    rf"\b(?:with\s+|for\s+)?(?:an?\s+)?(?P<kind>(?:net\s+)?(?:increase|rise|growth|gain|decrease|decline|drop|fall))\s+of{_APPROXIMATE}\s*$"
    rf"|\b(?:has\s+|have\s+)?(?P<verb>increase|grow|rise|decrease|decline|drop)(?:d|ed|ped|n)?\s+by{_APPROXIMATE}\s*$",
    re.IGNORECASE,
)
#: Before a figure that is not this measure's.
IS_BASE = re.compile(
    r"(?:\b(?:from|(?<!more )(?<!less )than|at\s+least|above|below|with\s+an\s+annual\s+\S+(?:\s+\S+)?\s+of)|\bwhose\b[^,;]*)"
    r"(?:\s+(?:about|over))?\s*$",
    re.IGNORECASE,
)
IS_DEFINITION = re.compile(
    r"\b(?:refers?\s+to|(?:are|is)\s+(?:those|defined)|cover(?:s|ed)?\s+(?:enterprises|companies|firms)|are\s+enterprises)\b",
    re.IGNORECASE,
)
#: A change of it is one of the rate just printed, not of a measure.
IS_GROWTH = re.compile(
    r"\b(?:growth|increase|decline|decrease|drop|fall|rise)\b|^(?:it|rate|figure|pace)$", re.IGNORECASE
)
#: The major markets are the United States, which accounts for 31.96 percent.
IS_NAMED_BY_WHICH = re.compile(
    r"\b(?:are|is|in|from|to|and|by)\s+(?:the\s+)?(?P<who>[A-Z][\w. ]*?),\s*which\s*$"
)
#: What may open a clause before its subject.
_OPENERS = re.compile(
    r"^(?:[\s,;:\"“”'–-]+|(?:meanwhile|specifically|in\s+addition|besides|moreover|however|also|and|or|but|while|whereas|as|with|which|that"
    r"|who|among\s+(?:them|these|which)|of\s+(?:which|whom|the\s+total|them)|including|at\s+the\s+same\s+time|(?:during|in)\s+(?:the\s+)?(?:same\s+)?period"
    r"|(?:as\s+of|by|in|at|during|from|for|on)(?=\s*(?:,|$))|the\s+(?:country|nation)(?=\s+had\b)|it|they|their|its|the|an|a)\b)+",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"^.*\b(?:show(?:s|ed|ing)?|reveal(?:s|ed)?|indicat(?:es|ed)|said|says|saying|stated|according\s+to\s+[^,]*,)(?:\s+that)?\s+(?=\S)",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(
    r"[;:]|\s-+\s|,(?![0-9])|\bwhile\b|\bwhereas\b|\bwith\b(?=\s+(?:the|its|an?)\b)|\bas\b(?=\s+(?:the|business|its)\b)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r",\s*(?:ranking|whose|including|such\s+as|which|who|the\s+(?:biggest|largest)|namely|like)\b[^;]*?,(?=\s+(?:reported|saw|registered|posted|raked"
    r"|recorded|had|reached|hit|stood|was|were|and))|\s+-{1,2}\s+[^;]*?\s+-{1,2}(?:\s+|$)|,\s*such\s+as\s+[^;]*$",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:(?:reported|saw|see|registered|posted|recorded|logged|achieved|witnessed|generated|invested|raked\s+in|logging|marking|representing"
    r"|registering)\s*(?:a\s+total\s+of|(?:an?|their|its)\b)?)\s*(?P<what>[^,;]*)$",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"(?:(?:year-on-year|month-on-month|there|or|is|was|were|which|who|up|down|a|an|the|for|with|by|of|to|in|at|also|and|logging|marking|representing|it"
    r"|its|their|number|rate|growth|that|income|total|net|annual|sharp|slight|average|all|each|respectively|yuan|despite|said|stated|during|last|previous|year"
    r"|period|then|about|further|edged|edging|went)\b[\s,.-]*)*",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"\s+(?P<noun>[“\"]?\.?[A-Za-z0-9][^,;.()]*?)(?=[,;.()]|$|\s+(?:by|as\s+of|as|in|at|and|from|on|to|which|who|that|with|compared|during"
    r"|reported|for|were|was|have|has|had|up|down|than)\b)",
    re.IGNORECASE,
)
_NO_NOUN = re.compile(
    r"(?:year|month|quarter|percent|times|in|of|and|or|by|from|to|as|at|during|for|with|which|while|compared|on|respectively|last|this|the|all"
    r"|people|more|less|higher|lower|said|up|down|before|after|over|since|than|per|a|an|were|was|is|are|nominal|real|worth)\b",
    re.IGNORECASE,
)
#: The country that all figures are of, unless it is the whole subject.
_WHERE = re.compile(
    r"\s+(?:in|across|(?<!Bank )of)\s+(?:the\s+)?(?:whole\s+)?(?:China\b(?![’']s)|country\b(?![’']s)|nation\b(?![’']s))"
    r"|\b(?:China[’']s|Chinese|the\s+(?:country|nation)[’']s)\s+|\bnationwide\b",
    re.IGNORECASE,
)
#: A part of what was named before, which its name does not say of it: had 854 million users, of whom 847 million ….
NAMES_PART = re.compile(
    r"\b(?:of\s+(?:which|whom|them|these|those)|among\s+(?:which|whom|them|these)|including)\b", re.IGNORECASE
)
_LIST_BEGUN = re.compile(r"\b(?:of|from|for)\s+[\w-]+(?:\s[\w-]+)?\s*$")


def measured(words: str) -> str:
    """What a figure measures: the last noun phrase before its verb; empty if there is none."""
    text = _ASIDE.sub(" ", " ".join(words.split()))
    text = REACHES.sub("", text.rstrip(" ,"))
    parts = [part for part in _BREAK.split(text) if part.strip()]
    if not parts:
        return ""
    name = _strip(parts[-1])
    if len(parts) > 1 and _LIST_BEGUN.search(parts[-2]) and re.match(r"\s*(?:[\w-]+\s){1,2}and\s", parts[-1]):
        name = f"{_strip(parts[-2])}, {name}"  # sales of gold, silver and jewelry
    return "" if _NOTHING.fullmatch(name.strip()) else name


def _strip(part: str) -> str:
    part = _WHERE.sub("", _SAID.sub("", part))
    previous = None
    while part != previous:
        previous = part
        part = REACHES.sub("", _OPENERS.sub("", part).strip(" ,"))
        part = re.sub(
            r"\s+(?:in|during|of|by|at|as\s+of|from|for|the|an?|to)$", "", part, flags=re.IGNORECASE
        )
    return part


def splits_names(name: str) -> tuple[str, str] | None:
    """Who and what of ``Companies … saw their business revenues``; None without such a verb."""
    match = _REPORTS.search(name)
    if match is None:
        return None
    who, what = _strip(name[: match.start()]), _strip(match["what"])
    if _NOTHING.fullmatch(what):
        what = ""
    return (who, what) if what else ("", who)


def counted(behind: str) -> str:
    """What a number counts, where that stands behind it: 4.83 million 5G base stations."""
    match = _NOUN.match(behind[:120])
    if match is None or _NO_NOUN.match(match["noun"]):
        return ""
    return match["noun"].strip()


def spent_on(words: str, behind: str) -> str:
    """What money behind an actor's verb is for: invested 17.75 billion yuan in research and development."""
    verb = re.search(
        r"\b(?:invested|spent|raked\s+in|earned|generated|made|posted|put)\b[^,;]{0,20}$",
        words,
        re.IGNORECASE,
    )
    match = re.match(
        r"\s+(?:in|on|into|of)\s+(?P<noun>[a-zR][^,;.()]*?)(?=[,;.()]|$|\s+(?:in|during|from|by|up|down)\b)",
        behind[:120],
    )
    return " ".join(match["noun"].split()) if verb and match else ""


def share_of_whole(behind: str) -> str:
    """``of all mobile phone users`` behind a percentage → all mobile phone users."""
    match = re.match(r"\s+of\s+(?P<whole>[^,;.()]+)", behind[:200])
    if match is None:
        return ""
    whole = re.split(r"\b(?:reported|were|was|are|is|by|as|in\s+the\s+first)\b", match["whole"])[0]
    return _OPENERS.sub("", " ".join(whole.split()))


def names_of_list(words: str, count: int) -> list[str] | None:
    """The last ``count`` names before a list of figures, with the words that the first shares with the others."""
    text = _ASIDE.sub(" ", " ".join(words.split()))
    if apart := _WITH_NUMBER.search(text):
        listed = names_of_list(text[: apart.start()], count)
        return [f"{name}: {_strip(apart['what'])}" for name in listed] if listed else None
    reports = _REPORTS.search(text)
    what = _strip(reports["what"]) if reports else ""
    text = text[: reports.start()] if reports else text
    text = re.sub(
        rf"\s*\b(?:respectively|{_VERBS})\s*$", "", REACHES.sub("", text.rstrip(" ,")), flags=re.IGNORECASE
    )
    groups = re.split(r",?\s*\bas\s+well\s+as\s+", text)
    if len(groups) == count > 1:
        return [f"{name} {what}".strip() for name in (measured(groups[0]), *map(_strip, groups[1:]))]
    parts = [part.strip() for part in re.split(r",\s*(?:and\s+)?|;\s*|\s+and\s+", text) if part.strip()]
    if len(parts) < count:
        return None
    names = [_strip(part) for part in parts[-count:]]
    if not all(names):
        return None
    shared = re.match(
        r"(?:.*\b(?:revenue|sales|use|number|output|income|value)s?\b.*?\b(?:of|from)\s+)",
        names[0],
        re.IGNORECASE,
    )
    head = shared.group() if shared else ""
    whole = [names[0], *(name if name.startswith(head) else head + name for name in names[1:])]
    return [f"{name} {what}".strip() for name in whole]


#: The user size of A, B and C remained the top three, with the number of users reaching ….
_WITH_NUMBER = re.compile(
    r"\s*\b(?:remained|ranked|were|are|continued|stayed|took)\b[^,;]*,\s*with\s+(?:the\s+)?(?P<what>[^,;]+)$",
    re.IGNORECASE,
)
_VERBS = r"(?:increased|rose|grew|decreased|declined|fell|dropped|went)(?:\s+(?:up|down))?(?:\s+by)?"
