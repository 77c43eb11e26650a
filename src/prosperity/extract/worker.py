"""What runs in the sandbox's child: one document, one request, one extraction.

What belongs here: the order of work for each media type. Parsing itself is in ``pdf``, ``tables``,
``paragraphs``,
``html``, ``json_tables`` and ``prose``, text recognition in ``ocr_pages``; limits of the process are set by ``forkserver``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import re
import signal
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

from prosperity.extract.model import Block, Extraction, ExtractionError, Statement, Table
from prosperity.extract.request import EXTRACTOR_VERSION, MEGABYTE, Limits, Request

if TYPE_CHECKING:
    from prosperity.extract.health import Survey
    from prosperity.extract.ocr_page import Scan
    from prosperity.extract.paragraphs import Text
    from prosperity.extract.pdf import PdfFile
    from prosperity.extract.tables import PageTables

PDF = "application/pdf"
HTML = ("text/html", "application/xhtml+xml")
JSON = "application/json"
SHARE_UNMAPPED = 0.10
KEPT_BYTES = 24 * MEGABYTE  #: of what the first look saw; pages beyond are loaded twice


@dataclass(frozen=True)
class Job:
    """Everything about a document but its bytes."""

    media_type: str
    sha256: str
    request: Request
    limits: Limits
    issued: dt.date | None = None
    declared_encoding: str | None = None
    recognise: bool = False  #: within the limits of text recognition; see ``ocr_pages``


@dataclass(frozen=True)
class Reply:
    """An extraction, or status and message of the ExtractionError."""

    extraction: Extraction | None = None
    status: str = ""
    message: str = ""


class _PageTooSlow(BaseException):
    """Not an Exception, so that no handler inside a parser swallows it."""


def answer(data: bytes, job: Job) -> Reply:
    """The reply to a job; every failure is typed."""
    try:
        return Reply(extraction=extract_here(data, job))
    except ExtractionError as error:
        return Reply(status=error.status, message=str(error))
    except MemoryError:
        pass  # the reply is made outside, where the traceback no longer holds the parser's objects
    except RecursionError:
        return Reply(status="corrupt", message="document: objects are nested without end")
    except Exception as error:
        return Reply(status="crashed", message=f"unexpected {type(error).__name__}: {error} {_place(error)}")
    return Reply(status="memory", message=_memory_message(job))


def _memory_message(job: Job) -> str:
    return f"document: more than {job.limits.memory_bytes // 1024**2} MB of memory needed"


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})" if trace else ""


def extract_here(data: bytes, job: Job) -> Extraction:
    """Extraction in this process, without the sandbox's limits (those of pages hold)."""
    kind = job.media_type.split(";")[0].strip().lower()
    if not data:
        raise ExtractionError("empty", "the document has no bytes")
    if kind == PDF:
        return _from_pdf(data, job)
    if kind in HTML:
        return _from_html(data, job)
    if kind == JSON:
        return _from_json(data, job)
    raise ExtractionError("unsupported", f"media type {job.media_type}: only PDF, HTML and JSON can be read")


# ------------------------------------------------------------------------------------------------ JSON


def _from_json(data: bytes, job: Job) -> Extraction:
    from prosperity.extract import outline
    from prosperity.extract.json_document import parse_json
    from prosperity.extract.json_tables import read_answer
    from prosperity.extract.tables import caption_matches

    request = job.request
    if request.answer is None:
        raise ExtractionError("unsupported", "JSON of which nobody says where its table stands")
    table = read_answer(data, request.answer, request.title, job.limits.answer_cells)
    wanted = request.captions is None or caption_matches(table.caption, request.captions)
    return Extraction(
        document=job.sha256,
        media_type=job.media_type,
        version=EXTRACTOR_VERSION,
        tables=(table,) if wanted else (),
        outline=outline.of_json(parse_json(data), table),
    )


# ------------------------------------------------------------------------------------------------ HTML


def _from_html(data: bytes, job: Job) -> Extraction:
    from prosperity.extract import html, outline
    from prosperity.extract.tables import caption_matches

    content = html.read_html(
        data,
        declared=job.declared_encoding,
        issued=job.issued,
        content=job.request.content,
        statements=job.request.statements,
    )
    wanted = job.request.captions
    tables = tuple(
        table for table in content.tables if wanted is None or caption_matches(table.caption, wanted)
    )
    return Extraction(
        document=job.sha256,
        media_type=job.media_type,
        version=EXTRACTOR_VERSION,
        tables=tables,
        statements=content.statements,
        blocks=content.blocks,
        warnings=content.warnings,
        outline=outline.of_html(content.blocks, content.tables),
    )


# ------------------------------------------------------------------------------------------------ PDF


@dataclass
class _Reading:
    """Pages read so far, and what was left out."""

    pages: list[PageTables] = field(default_factory=list)
    text: Text | None = None  #: if statements are asked for
    charts: list[Table] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    first_reason: str = ""
    characters: int = 0
    unmapped: int = 0

    def skip(self, number: int, reason: str) -> None:
        self.first_reason = self.first_reason or f"page {number}: {reason}"
        self.warnings.append(f"page {number} skipped: {reason}")


def _from_pdf(data: bytes, job: Job) -> Extraction:
    from prosperity.extract import ocr_pages, outline
    from prosperity.extract.health import survey
    from prosperity.extract.ocr_page import marked_statement
    from prosperity.extract.pdf import PdfFile, gate
    from prosperity.extract.surroundings import repeated_heads
    from prosperity.extract.tables import tables_of, wanted_tables

    body = gate(data)
    reads_all = job.request.statements or job.request.captions is None
    seen = survey(body, job.limits, keep=KEPT_BYTES if reads_all else 0)
    reading = _Reading()
    scans = ocr_pages.recognised(body, seen, job.request, job.limits, job.recognise, reading.warnings)
    if not scans:
        _check(seen, body, job)
        ocr_pages.leave_out(seen, job.request, reading.warnings)
    heads = repeated_heads(seen.texts)
    document = PdfFile(body, job.limits)
    _read_pages(document, seen, job, heads, reading, scans)
    tables = tables_of(reading.pages, job.request.captions)
    tables = ocr_pages.marked(tables, scans, reading.warnings)
    tables += wanted_tables(reading.charts, job.request.captions)
    numbers = [page.content.number for page in reading.pages]
    blocks, statements = _prose(reading, heads, job) if job.request.statements else ((), ())
    return Extraction(
        document=job.sha256,
        media_type=job.media_type,
        version=EXTRACTOR_VERSION,
        tables=tuple(tables),
        statements=tuple(marked_statement(statement, scans) for statement in statements),
        blocks=blocks,
        pages=len(document),
        warnings=tuple(reading.warnings),
        outline=outline.of_pdf(body, (document.raw_page(number) for number in numbers), seen.texts),
    )


def _check(seen: Survey, body: bytes, job: Job) -> None:
    """``health.check``; where pdfium sees nothing, pdfminer tells an empty document from a damaged one."""
    from prosperity.extract import ocr_pages
    from prosperity.extract.health import check
    from prosperity.extract.pdf import PageSkipped, PdfFile

    try:
        check(seen)
    except ExtractionError as error:
        if error.status == "needs-ocr":
            raise ocr_pages.refused(seen, job.request, str(error)) from error
        if error.status == "empty":
            document = PdfFile(body, job.limits)
            for number in range(1, len(document) + 1):
                with contextlib.suppress(PageSkipped), _page_clock(job.limits.page_cpu_seconds):
                    document.page(number)
        raise


def _read_pages(
    document: PdfFile,
    seen: Survey,
    job: Job,
    heads: frozenset[str],
    reading: _Reading,
    scans: dict[int, Scan],
) -> None:
    from prosperity.extract.charts import charts_on
    from prosperity.extract.paragraphs import Text
    from prosperity.extract.pdf import PageSkipped
    from prosperity.extract.tables import read_page, settled

    numbers = _candidates(len(document), seen, job)
    reading.text = Text(heads) if job.request.statements else None
    dangling, continues = "", False
    for number in range(1, len(document) + 1):
        if number not in numbers and not continues:
            dangling = ""
            continue
        before, dangling = dangling, ""
        came_over, continues = continues, False
        if number in seen.skipped:
            reading.skip(number, seen.skipped[number])
            continue
        try:
            with _page_clock(job.limits.page_cpu_seconds):
                drawn = seen.drawn.pop(number, None)
                content = scans[number].content if number in scans else document.page(number, drawn)
                charts = charts_on(content)
                page = charts.left_out_of(read_page(charts.content, heads, before))
        except PageSkipped as reason:
            reading.skip(number, str(reason))
            continue
        except _PageTooSlow:
            reading.skip(number, f"more than {job.limits.page_cpu_seconds:g} s of processor time")
            continue
        reading.charts += charts.tables
        reading.warnings += charts.refused
        reading.characters += len(content.glyphs)
        reading.unmapped += content.unmapped
        dangling, continues = page.dangling, page.runs_on(job.request.captions or (), came_over)
        if reading.text is not None:
            reading.text.add(page)
        reading.pages.append(settled(page))
    if reading.first_reason and not reading.pages:
        raise ExtractionError("too-complex", reading.first_reason)
    if reading.unmapped > SHARE_UNMAPPED * max(reading.characters, 1):
        raise ExtractionError(
            "needs-ocr", f"{reading.unmapped} of {reading.characters} characters have no Unicode mapping"
        )


def _candidates(count: int, seen: Survey, job: Job) -> set[int]:
    """Pages to parse: all, or those in whose text (by pdfium) a wanted caption is found."""
    wanted = job.request.captions
    everything = set(range(1, count + 1))
    if job.request.statements or wanted is None or seen.failure:
        return everything
    patterns = [re.compile(pattern, re.MULTILINE) for pattern in wanted]
    found = {number for number, text in seen.texts.items() if _holds_caption(text, patterns)}
    return found | (set(seen.skipped) if wanted else set())


def _holds_caption(text: str, wanted: list[re.Pattern[str]]) -> bool:
    """Captions may be broken over two lines, and are written with or without blanks. One search over all lines of
    a page is much faster than one a line."""
    from prosperity.notation.normalise import normalise

    for form in (normalise(text), unicodedata.normalize("NFKC", text).replace(" ", "")):
        lines = [" ".join(line.split()) for line in form.splitlines()]
        lines = [line for line in lines if line]
        pairs = [upper + lower for upper, lower in itertools.pairwise(lines)]
        searched = "\n".join([*lines, *pairs])
        if any(pattern.search(searched) for pattern in wanted):
            return True
    return False


def _prose(
    reading: _Reading, heads: frozenset[str], job: Job
) -> tuple[tuple[Block, ...], tuple[Statement, ...]]:
    from prosperity.extract.paragraphs import Text, read_prose

    prose = read_prose(reading.text or Text(heads), job.issued)
    reading.warnings += prose.warnings
    return prose.blocks, prose.statements


@contextmanager
def _page_clock(seconds: float) -> Iterator[None]:
    """Raise _PageTooSlow after so much processor time. Only in a main thread: signals go nowhere else."""

    def too_slow(*_: int | FrameType | None) -> None:
        raise _PageTooSlow

    before = signal.signal(signal.SIGPROF, too_slow)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
