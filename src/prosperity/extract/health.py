"""The first look at a PDF, with pdfium: pages, text for finding captions, and whether the characters are
sound.

pdfium is an order of magnitude faster than pdfminer and survives inputs on which pdfminer does not end, so it
decides what pdfminer gets to see. It aborts its process when memory runs out: it belongs in the sandbox.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from prosperity.extract.model import ExtractionError
from prosperity.extract.request import Limits

SAMPLE_OF_CHARACTERS = 500  #: per page, for the share of unmapped characters
SAMPLE_OF_A_LONG_ONE = 100  #: the same for documents of more than ``SHORT`` pages
SHORT = 20
MINIMUM_OF_CHARACTERS = 20  #: below this a share says nothing
SHARE_UNMAPPED = 0.10
SHARE_OF_A_FONT = 0.5  #: from here on the font is to blame, not damage
SHARE_GARBLED = 0.05
MAXIMUM_DEPTH = 8  #: of forms within forms


@dataclass
class Survey:
    """What pdfium saw. ``texts`` by page number from 1; a page in ``skipped`` must not be parsed further."""

    pages: int = 0
    texts: dict[int, str] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    pictured: set[int] = field(default_factory=set)  #: pages without characters that show something
    #: Pages whose characters cannot be trusted: how many of how many that were looked at have no meaning.
    unsound: dict[int, tuple[int, int]] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)  #: pages that pdfium cannot load
    characters: int = 0
    sampled: int = 0
    unmapped: int = 0
    garbled: int = 0
    failure: str = ""  #: why pdfium could not open the document, if so


def survey(data: bytes, limits: Limits) -> Survey:
    """Look at all pages. ``data`` starts with the header (see ``pdf.gate``).

    Raises ExtractionError ``encrypted`` or ``too-many-pages``; other failures of pdfium stand in ``failure``.
    """
    import pypdfium2 as pdfium

    seen = Survey()
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ExtractionError("encrypted", "document: a password is needed to open it") from error
        seen.failure = str(error)
        return seen
    try:
        seen.pages = len(document)
        if seen.pages > limits.pages:
            raise ExtractionError("too-many-pages", f"document: {seen.pages} pages, limit {limits.pages}")
        for number in range(1, seen.pages + 1):
            _look_at(document, number, limits, seen)
    finally:
        document.close()
    return seen


def check(seen: Survey) -> None:
    """Raise ExtractionError ``corrupt`` or ``needs-ocr`` if the characters cannot be trusted or are
    missing."""
    if seen.failure or seen.skipped:
        return
    if not seen.characters:
        if seen.broken:
            raise ExtractionError("corrupt", f"page {seen.broken[0]}: cannot be loaded")
        if seen.pictured:
            raise ExtractionError(
                "needs-ocr",
                f"no characters on {seen.pages} pages, {len(seen.pictured)} show pictures or outlines",
            )
        raise ExtractionError("empty", f"nothing is drawn on any of {seen.pages} pages")
    if seen.sampled < MINIMUM_OF_CHARACTERS:
        return
    if seen.garbled > SHARE_GARBLED * seen.sampled:
        raise ExtractionError(
            "corrupt",
            f"{seen.garbled} of {seen.sampled} characters looked at are garbled (control, unassigned)",
        )
    # A font without a mapping leaves nearly all of its text unmapped; a damaged file leaves some of it.
    if seen.unmapped > SHARE_OF_A_FONT * seen.sampled:
        raise ExtractionError("needs-ocr", _without_meaning(seen.unmapped, seen.sampled))
    unmapped = seen.unmapped - sum(count for count, _ in seen.unsound.values())
    sampled = seen.sampled - sum(of for _, of in seen.unsound.values())
    if unmapped > SHARE_UNMAPPED * sampled and sampled >= MINIMUM_OF_CHARACTERS:
        raise ExtractionError("corrupt", _without_meaning(unmapped, sampled))


def _without_meaning(count: int, of: int) -> str:
    return f"{count} of {of} characters looked at have no Unicode mapping"


def _look_at(document: Any, number: int, limits: Limits, seen: Survey) -> None:
    import pypdfium2 as pdfium

    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        seen.texts[number] = ""
        seen.broken.append(number)
        return
    try:
        reason = _beyond_limits(page, limits)
        if reason:
            seen.skipped[number] = reason
            return
        text_page = page.get_textpage()
        try:
            count = text_page.count_chars()
            if count > limits.characters_per_page:
                seen.skipped[number] = f"{count} characters, limit {limits.characters_per_page}"
                return
            text = text_page.get_text_range() if count else ""
            seen.texts[number] = text
            visible = sum(not character.isspace() for character in text)
            seen.characters += visible
            if not visible and _shows_something(page):
                seen.pictured.add(number)
            before = seen.sampled, seen.unmapped
            _sample(text_page, count, seen)
            _judge(number, seen.sampled - before[0], seen.unmapped - before[1], seen)
        finally:
            text_page.close()
    finally:
        page.close()


def _objects(page: Any) -> Iterator[Any]:
    """Raw page objects, those within forms included."""
    import pypdfium2.raw as raw

    def inside(form: Any, depth: int) -> Iterator[Any]:
        for index in range(max(0, raw.FPDFFormObj_CountObjects(form))):
            yield from descend(raw.FPDFFormObj_GetObject(form, index), depth)

    def descend(item: Any, depth: int) -> Iterator[Any]:
        yield item
        if depth < MAXIMUM_DEPTH and raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM:
            yield from inside(item, depth + 1)

    for index in range(max(0, raw.FPDFPage_CountObjects(page.raw))):
        yield from descend(raw.FPDFPage_GetObject(page.raw, index), 0)


def _beyond_limits(page: Any, limits: Limits) -> str:
    import pypdfium2.raw as raw

    segments = 0
    for objects, item in enumerate(_objects(page), start=1):
        if objects > limits.objects_per_page:
            return f"more than {limits.objects_per_page} objects"
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_PATH:
            segments += raw.FPDFPath_CountSegments(item)
            if segments > limits.segments_per_page:
                return f"more than {limits.segments_per_page} path segments"
    return ""


def _shows_something(page: Any) -> bool:
    return next(_objects(page), None) is not None


def _sample(text_page: Any, count: int, seen: Survey) -> None:
    import pypdfium2.raw as raw

    step = max(1, count // (SAMPLE_OF_CHARACTERS if seen.pages <= SHORT else SAMPLE_OF_A_LONG_ONE))
    handle = text_page.raw
    for index in range(0, count, step):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code in (9, 10, 13, 32, 0xA0, 0x3000):
            continue
        seen.sampled += 1
        if raw.FPDFText_HasUnicodeMapError(handle, index) == 1 or 0xE000 <= code <= 0xF8FF:
            seen.unmapped += 1
        elif is_garbled(code):
            seen.garbled += 1


def _judge(number: int, sampled: int, unmapped: int, seen: Survey) -> None:
    """Note a page most of whose characters have no meaning: a sound document may have one."""
    if sampled >= MINIMUM_OF_CHARACTERS and unmapped > SHARE_OF_A_FONT * sampled:
        seen.unsound[number] = unmapped, sampled


def is_garbled(code: int) -> bool:
    """Control characters, the replacement character, lone surrogates and unassigned code points."""
    # pdfium writes U+0002 and U+FFFE for a hyphen at the end of a line.
    if code in (0x02, 0xFFFE):
        return False
    return code == 0xFFFD or code == 0 or unicodedata.category(chr(code)) in ("Cc", "Cn", "Cs")
