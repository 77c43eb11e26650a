"""Which pages of a PDF text recognition reads, and what is said where it may not or cannot.

A page that shows something without characters, or whose characters have no meaning, is recognised where the extra
is installed; else it is refused by name, never guessed at. The first child only finds out (status ``WANTED``); a
second one, with limits that fit the models, reads (see ``sandbox``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prosperity.extract.celltext import without_blanks
from prosperity.extract.model import ExtractionError, Table
from prosperity.extract.ocr import MISSING, available, engine_name
from prosperity.extract.request import Limits, Request

if TYPE_CHECKING:
    from prosperity.extract.health import Survey
    from prosperity.extract.ocr_page import Scan

WANTED = "recognition-wanted"  #: status by which the first child asks for the second; nobody else sees it
PREVIEW = 400  #: pixels of the longer side of a picture that only tells whether a page is blank
FAINT = 24  #: difference of brightness (0 to 255) that is no ink
NOT_ASKED = "text recognition was not asked for"


def recognised(
    body: bytes, seen: Survey, request: Request, limits: Limits, allowed: bool, warnings: list[str]
) -> dict[int, Scan]:
    """The recognised pages by number, their texts put into ``seen``; pages left out are named in ``warnings``.

    ``allowed``: this process has the limits of text recognition.

    :raises ExtractionError: ``WANTED`` where it has not; ``needs-ocr`` where nothing at all can be recognised.
    """
    numbers = sorted({*seen.pictured, *seen.unsound} - set(seen.skipped))
    if not numbers or not request.ocr or not available() or _known_without(seen, request):
        return {}
    if not allowed:
        if not _any_ink(body, numbers):
            return {}
        raise ExtractionError(WANTED, f"pages {numbers} need text recognition")
    for number in numbers[limits.recognised_pages :]:
        reason = f"more than {limits.recognised_pages} pages would need text recognition"
        seen.skipped[number] = reason
    scans = _recognise(body, numbers[: limits.recognised_pages], warnings)
    for number, scan in scans.items():
        seen.texts[number] = scan.content.glyphs.layout.text
    if not any(text.strip() for text in seen.texts.values()):
        raise ExtractionError(
            "needs-ocr", f"text recognition ({engine_name()}) found no text on pages {numbers}"
        )
    return scans


def _known_without(seen: Survey, request: Request) -> bool:
    """Whether every table that is asked for, and no prose, stands on pages with characters."""
    if request.statements or request.captions is None:
        return False
    texts = [without_blanks(text) for number, text in seen.texts.items() if number not in seen.unsound]
    return all(any(re.search(pattern, text) for text in texts) for pattern in request.captions)


def leave_out(seen: Survey, request: Request, warnings: list[str]) -> None:
    """Name the pages that only text recognition could read; what their characters seem to say is not used."""
    for number in sorted(seen.pictured):
        warnings.append(f"page {number} has no text layer but shows something; {_why_not(request)}")
    for number, (count, of) in seen.unsound.items():
        lack = f"{count} of {of} characters looked at have no Unicode mapping"
        seen.skipped.setdefault(number, f"{lack}; {_why_not(request)}")
        seen.texts[number] = ""


def _why_not(request: Request) -> str:
    if not request.ocr:
        return NOT_ASKED
    return "nothing on it needs to be recognised" if available() else MISSING


def refused(seen: Survey, request: Request, detail: str) -> ExtractionError:
    """The error for a document that cannot be read without text recognition."""
    first = min({*seen.pictured, *seen.unsound}, default=1)
    lack = "no trustworthy text" if first in seen.unsound else "no text layer"
    return ExtractionError("needs-ocr", f"page {first} has {lack} ({detail}); {_why_not(request)}")


def _any_ink(body: bytes, numbers: Sequence[int]) -> bool:
    """Whether anything is to be seen on one of the pages: the models are not started for blank ones."""
    import pypdfium2

    document = pypdfium2.PdfDocument(body)
    try:
        for number in numbers:
            page = document[number - 1]
            longest = max(*page.get_size(), 1.0)
            low, high = page.render(scale=PREVIEW / longest).to_pil().convert("L").getextrema()
            page.close()
            if high - low > FAINT:
                return True
    finally:
        document.close()
    return False


def _recognise(body: bytes, numbers: Sequence[int], warnings: list[str]) -> dict[int, Scan]:
    import pypdfium2

    from prosperity.extract.ocr import Engine, refuse_network
    from prosperity.extract.ocr_page import recognise

    refuse_network()
    engine = Engine()
    document = pypdfium2.PdfDocument(body)
    scans: dict[int, Scan] = {}
    try:
        for number in numbers:
            page = document[number - 1]
            scan = recognise(page, number, engine)
            page.close()
            scans[number] = scan
            if not len(scan.content.glyphs):
                warnings.append(f"page {number}: text recognition found nothing")
                continue
            warnings.append(
                f"page {number} was read by text recognition ({engine_name()}), "
                f"least confidence of a character {scan.lowest:.2f}"
            )
            warnings += [f"page {number}: {mended}" for mended in scan.mended]
    finally:
        document.close()
    return scans


def marked(tables: list[Table], scans: dict[int, Scan], warnings: list[str]) -> list[Table]:
    """The tables with method and confidence; figures of recognised ones that do not fit each other are doubted."""
    if not scans:
        return tables
    from prosperity.extract.ocr_page import METHOD, marked_table
    from prosperity.extract.ocr_sums import doubted

    found = []
    for table in tables:
        one = marked_table(table, scans)
        if one.method == METHOD:
            one, said = doubted(one)
            warnings += said
        found.append(one)
    return found
