"""What cleaning produces: observations with evidence, and rejections with cause and place."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from prosperity.collect.model import Failure

#: SDMX CL_OBS_STATUS codes in use: A normal, B break, E estimated, I imputed, M missing, P provisional,
#: S strike/special, U low reliability.
ObsStatus = Literal["A", "B", "E", "I", "M", "P", "S", "U"]
KnownFromBasis = Literal["stated", "list_date", "estimated", "first_seen"]


@dataclass(frozen=True)
class Evidence:
    """Where a number stands: enough to find it again in the archived bytes and to draw a frame around it.

    PDF: ``page`` and ``bbox``. HTML: ``node`` (lxml path) and ``span`` in the text of that node. API: ``pointer``.
    ``raw`` is the text at that place, exactly as it is read back from the archived bytes.
    """

    document: str  #: sha256
    raw: str
    method: str  #: pdf-table, pdf-text, pdf-chart, html-table, html-prose, api, ocr
    extractor: str  #: extractor version
    page: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    node: str | None = None
    span: tuple[int, int] | None = None
    pointer: str | None = None
    confidence: float | None = None  #: text recognition: of the least certain character, 0 to 1

    @property
    def place(self) -> str:
        """The place in words: ``page 7``, ``node /html/body/p[3], characters 10–20``, ``pointer …``."""
        if self.page is not None:
            return f"page {self.page}"
        if self.node is not None:
            where = f"node {self.node}"
            return f"{where}, characters {self.span[0]}–{self.span[1]}" if self.span else where
        return f"pointer {self.pointer}"

    @property
    def id(self) -> str:
        """Stable across runs and machines: hash of place and reading, so that loading twice adds nothing."""
        box = ",".join(f"{edge:.2f}" for edge in self.bbox) if self.bbox else ""
        span = f"{self.span[0]}-{self.span[1]}" if self.span else ""
        parts = (
            self.document,
            str(self.page or ""),
            box,
            self.node or "",
            span,
            self.pointer or "",
            self.raw,
            self.method,
            self.extractor,
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Observation:
    """One value of one series for one period, as one document gives it, known to the world from a day on.

    ``value`` is as printed; ``value × 10**unit_mult`` is in ``unit`` (SDMX UNIT_MULT: 4 = 万, 8 = 亿).
    """

    series: str
    period: str  #: SDMX TIME_PERIOD
    value: Decimal | None  #: None with a status is a withdrawal
    unit: str
    unit_mult: int
    known_from: dt.date
    known_from_basis: KnownFromBasis
    evidence: Evidence
    status: ObsStatus = "A"
    qualifier: str = ""
    release: str = ""  #: key of the release


@dataclass(frozen=True)
class Cleaned:
    """What one document gave: loaded in one transaction, or not at all."""

    source: str
    release: str
    document: str
    observations: tuple[Observation, ...] = ()
    rejections: tuple[Failure, ...] = ()
    unclaimed: tuple[str, ...] = ()  #: figures that no catalogue entry claims and none ignores
