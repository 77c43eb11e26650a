"""What is asked of a document, and the limits within which it must be answered.

What belongs here: two immutable value types, shared by the sandbox, its child and the cache.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

MEGABYTE = 1024 * 1024

#: Version of everything that turns bytes into tables and statements; part of every cache key and of every
#: piece of evidence. Raise it whenever the same bytes may give another result.
EXTRACTOR_VERSION = "0.7.0"


@dataclass(frozen=True)
class AnswerShape:
    """Where the table stands in a JSON answer: see ``catalogue.answer.Answer``, which has the same fields."""

    columns: str
    header: str
    cells: str
    label: str
    value: str
    unit: str | None = None
    stub: str = ""


@dataclass(frozen=True)
class Request:
    """What to read from a document. The default asks for everything.

    ``captions``: regular expressions, searched in captions after NFKC and without blanks; None means every
    table, an empty tuple none. ``statements``: whether prose is read. ``content``: for HTML, an expression
    that selects the element with the article; ignored for PDF. ``answer``: for JSON, where its table stands, and
    ``title``, the caption of that table, which such an answer does not name.
    """

    captions: tuple[str, ...] | None = None
    statements: bool = True
    content: str | None = None
    answer: AnswerShape | None = None
    title: str = ""
    ocr: bool = True  #: pages without sound characters are recognised, where the extra is installed

    @property
    def empty(self) -> bool:
        """Whether nothing at all is asked: the document is kept, and not read."""
        return self.captions == () and not self.statements and self.answer is None

    @property
    def key(self) -> str:
        """Hash that names this request in the cache: the same on every machine."""
        material = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(material.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Limits:
    """Limits of one document's child process. Beyond a limit of a page, the page is skipped and a warning
    says so;
    beyond a limit of the process, the document is refused with a typed error.
    """

    memory_bytes: int = 1024 * MEGABYTE  #: RLIMIT_AS
    cpu_seconds: int = 120  #: RLIMIT_CPU
    page_cpu_seconds: float = 10.0  #: one page
    wall_seconds: float = 240.0
    file_bytes: int = MEGABYTE  #: RLIMIT_FSIZE; the child has no reason to write files
    open_files: int = 64  #: RLIMIT_NOFILE
    pages: int = 2000
    characters_per_page: int = 100_000
    segments_per_page: int = 50_000  #: path segments, from which table edges come
    objects_per_page: int = 100_000
    inflated_bytes: int = 64 * MEGABYTE  #: content streams of one page after decompression
    answer_cells: int = 100_000  #: cells of the table in a JSON answer
    recognised_pages: int = 60  #: pages of one document that text recognition may take on


DEFAULT = Limits()


def for_recognition(limits: Limits) -> Limits:
    """The same limits for a child that recognises text, save those that do not fit it: the models need 1.5 GB of
    address space, and 4 to 7 s of processor time a page."""
    return replace(
        limits,
        memory_bytes=2048 * MEGABYTE,
        cpu_seconds=600,
        page_cpu_seconds=60.0,
        wall_seconds=1200.0,
    )
