"""HTML bytes to a tree, and the one definition of the text of an element.

What belongs here: encodings, parsing within limits, ``node_text``, node paths. Extraction and the
re-reading of evidence both go through here, so that offsets mean the same in both.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree, html

from prosperity.extract.model import ExtractionError

MAX_BYTES = 32 * 1024 * 1024
MAX_ELEMENTS = 400_000

#: Elements that begin and end a line of text. Others (span, a, b, font …) flow: digits broken over them join.
_BLOCK_TAG_NAMES = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption",
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre section select",
    "summary table tbody td tfoot th thead title tr ul",
)
BLOCK_TAGS = frozenset(tag for line in _BLOCK_TAG_NAMES for tag in line.split())
#: Their text is not part of the page.
_UNREAD = ("script", "style", "noscript", "template")
_RAISED = re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", "[]()（）［］【】")
_META_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-:]{1,40})""", re.IGNORECASE
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Labels that publishers use for supersets, or that servers send without knowing.
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
}
_UNINFORMED = frozenset({"iso8859-1", "cp1252", "ascii"})
_STEP = re.compile(r"([A-Za-z_*][^/\[\]]*)(?:\[([0-9]+)\])?")


class NodeMissing(ExtractionError, KeyError):
    """A node path or span that the document does not have (any more)."""

    def __init__(self, message: str) -> None:
        super().__init__("no-such-place", message)

    def __str__(self) -> str:
        return str(self.args[0])


def _known(label: str | None) -> str | None:
    """The codec to use for a declared label; None if there is no such codec or the label says nothing."""
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError, UnicodeError):
        return None
    name = _ALIASES.get(name, name)
    return None if name in _UNINFORMED else name


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Text and the name of the codec that read it.

    In order: byte order mark; UTF-8 where the bytes are valid UTF-8 beyond ASCII (no page in another
    encoding is so by chance, single broken characters allowed); the declared and the page's own charset; gb18030; big5. ``gb2312`` and
    ``gbk`` are read as gb18030. A declaration that the bytes contradict is passed over; ISO-8859-1 counts
    as none. Bytes that no candidate reads fully are read by the one with the fewest replaced characters, if
    these are under 1 %.

    :raises ExtractionError: ``encoding``.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _fewest_faults(data, [name])
    meta = _META_CHARSET.search(data[:8192])
    stated = [_known(declared), _known(meta.group(1).decode("ascii") if meta else None)]
    candidates = [name for name in (*stated, "utf-8", "gb18030", "big5hkscs") if name]
    if any(byte > 0x7F for byte in data):
        candidates.insert(0, "utf-8")
    ordered = list(dict.fromkeys(candidates))
    for name in ordered:
        try:
            text = data.decode(name)
        except (UnicodeError, LookupError):
            if name == "utf-8" and _is_damaged_utf8(data):
                return data.decode("utf-8", errors="replace"), name
            continue
        if "\x00" not in text:
            return text, name
    return _fewest_faults(data, ordered)


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether only single characters are broken, e.g. by a cut transfer: gb18030 might accept such bytes too."""
    text = data.decode("utf-8", errors="replace")
    wide = sum(character > "\x7f" for character in text)
    return wide >= 20 and text.count("\ufffd") * 50 <= wide


def _fewest_faults(data: bytes, names: list[str]) -> tuple[str, str]:
    readings = []
    for name in names:
        try:
            text = data.decode(name, errors="replace")
        except (UnicodeError, LookupError):
            continue
        readings.append((text.count("\ufffd") + text.count("\x00"), text, name))
    faults, text, name = min(readings, key=lambda reading: reading[0], default=(1, "", ""))
    if faults * 100 > len(text):
        raise ExtractionError("encoding", f"document: none of {', '.join(names)} reads its bytes")
    return text, name.removesuffix("-sig")


@lru_cache(maxsize=2)
def parse(data: bytes, declared: str | None = None) -> tuple[html.HtmlElement, str]:
    """The root element without scripts, styles and comments, and the encoding. The tree must not be changed.

    :raises ExtractionError: ``empty``, ``too-large``, ``too-complex``, ``encoding`` or ``corrupt``.
    """
    if len(data) > MAX_BYTES:
        raise ExtractionError("too-large", f"document: {len(data)} bytes, limit {MAX_BYTES}")
    text, encoding = decode(data, declared)
    # A declaration inside the text is void now that it is decoded, and lxml refuses one in an XML prologue.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\x00", "")
    if not text.strip():
        raise ExtractionError("empty", "document: no text")
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=False, no_network=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ExtractionError("corrupt", f"document: not HTML ({error})") from error
    for entry in parser.error_log:
        if "xcessive depth" in entry.message or entry.type_name in ("ERR_INTERNAL_ERROR", "ERR_NO_MEMORY"):
            raise ExtractionError("too-complex", f"line {entry.line}: {entry.message.strip()}")
    elements = sum(1 for _ in root.iter())
    if elements > MAX_ELEMENTS:
        raise ExtractionError("too-complex", f"document: {elements} elements, limit {MAX_ELEMENTS}")
    etree.strip_elements(root, *_UNREAD, with_tail=False)
    return root, encoding


def pieces(root: etree._Element) -> Iterator[tuple[etree._Element | None, str]]:
    """The text of an element in document order as (block element it belongs to, text).

    (None, " ") stands where a block begins or ends, (owner, " ") for a line break within one. Characters
    raised above the line (``sup``) come as superscripts without their brackets: a footnote mark must not
    flow into the figure beside it. Not recursive.
    """
    owners: list[etree._Element] = []
    raised: list[int] = []  # per block: a block inside sup stands on its own line
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        block = tag in BLOCK_TAGS or element is root
        if event == "start":
            if block:
                owners.append(element)
                raised.append(0)
                yield None, " "
            elif tag == "br":
                yield owners[-1], " "
            raised[-1] += _is_raised(element)
            if element.text:
                yield owners[-1], element.text.translate(_SUPERSCRIPT) if raised[-1] else element.text
            continue
        raised[-1] -= _is_raised(element)
        if block:
            owners.pop()
            raised.pop()
            yield None, " "
        if element is not root and element.tail:
            yield owners[-1], element.tail.translate(_SUPERSCRIPT) if raised[-1] else element.tail


def _is_raised(element: etree._Element) -> bool:
    return element.tag == "sup" or bool(_RAISED.search(element.get("style") or ""))


def collapse(text: str) -> str:
    """Runs of white space (ideographic and no-break spaces included) as one blank, none at the ends."""
    return " ".join(text.split())


def node_text(element: etree._Element) -> str:
    """The text of an element: all its text joined, block elements and line breaks set apart by a blank,
    white space collapsed to single blanks and stripped, raised digits as superscripts (see ``pieces``).

    Spans of statements are offsets into this string; nothing else is ever done to archived HTML.
    """
    return collapse("".join(text for _, text in pieces(element)))


def paths_of(root: etree._Element) -> dict[etree._Element, str]:
    """The path of every element, as lxml's ``getpath`` writes it, in one pass (``getpath`` counts siblings anew
    for every element, which takes hours on a page of one long list)."""
    paths = {root: f"/{root.tag!s}"}
    for parent in root.iter():
        children = [(child, child.tag) for child in parent if isinstance(child.tag, str)]
        total = Counter(tag for _, tag in children)
        seen: Counter[str] = Counter()
        for child, tag in children:
            seen[tag] += 1
            number = f"[{seen[tag]}]" if total[tag] > 1 else ""
            paths[child] = f"{paths[parent]}/{tag}{number}"
    return paths


def element_at(root: etree._Element, path: str) -> etree._Element:
    """The element at a path as ``paths_of`` gives it.

    :raises NodeMissing: if there is none, or the path has another form.
    """
    steps = path.split("/")
    found = root
    for depth, step in enumerate(steps[1:]):
        match = _STEP.fullmatch(step)
        if steps[0] or not match:
            raise NodeMissing(f"{path!r} is not the path of a node")
        number = int(match[2] or 1)
        level = [root] if depth == 0 else list(found)
        same = [
            child
            for child in level
            if child.tag == match[1] or (match[1] == "*" and isinstance(child.tag, str))
        ]
        if not 1 <= number <= len(same):
            raise NodeMissing(f"the document has no node {path}")
        found = same[number - 1]
    if len(steps) < 2:
        raise NodeMissing(f"{path!r} is not the path of a node")
    return found


def select(root: etree._Element, expression: str) -> list[etree._Element]:
    """Elements that an XPath, or a simple CSS selector (``div#con_con, .ccontent``), selects; outermost
    ones only.

    :raises ExtractionError: ``layout`` if the expression is faulty or selects no element.
    """
    xpath = (
        expression
        if expression.lstrip().startswith(("/", "(", ".//", "descendant"))
        else _from_css(expression)
    )
    try:
        result = root.xpath(xpath)
    except etree.XPathError as error:
        raise ExtractionError("layout", f"content {expression!r}: {error}") from error
    found = [item for item in result if isinstance(item, etree._Element)] if isinstance(result, list) else []
    if not found:
        raise ExtractionError(
            "layout", f"content {expression!r} selects nothing: the page has another layout"
        )
    chosen = set(found)
    return [item for item in found if not any(ancestor in chosen for ancestor in item.iterancestors())]


def _from_css(expression: str) -> str:
    """tag, #id, .class and their combinations, joined by blanks (descendants) and commas (alternatives)."""
    paths = []
    for selector in expression.split(","):
        steps = []
        for compound in selector.split():
            match = re.fullmatch(r"([A-Za-z][\w-]*|\*)?((?:[#.][\w-]+)*)", compound)
            if not match:
                raise ExtractionError("layout", f"content {expression!r}: write it as an XPath")
            tests = [
                f'[@id="{name}"]'
                if sign == "#"
                else f'[contains(concat(" ", normalize-space(@class), " "), " {name} ")]'
                for sign, name in re.findall(r"([#.])([\w-]+)", match[2])
            ]
            steps.append(f"//{match[1] or '*'}{''.join(tests)}")
        if not steps:
            raise ExtractionError("layout", f"content {expression!r}: an empty selector")
        paths.append("".join(steps))
    return " | ".join(paths)
