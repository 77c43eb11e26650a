"""What collecting produces: releases found in publishers' lists, documents kept in the archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from prosperity.notation.model import Period

#: How we know a date of issue. ``estimated`` and ``first_seen`` are marked wherever as-of results are shown.
IssuedBasis = Literal["stated", "list_date", "address", "estimated", "first_seen"]


@dataclass(frozen=True)
class Release:
    """One publication found in a publisher's list.

    ``stated_date``, ``page_date`` and the document's ``fetched_at`` are three different dates and are kept
    apart: what the text says (may be a month, may be empty), what page or address say, when we fetched it.
    ``issued`` is the date of issue that ``issued_basis`` vouches for; None is never filled silently.
    """

    source: str
    title: str
    address: str  #: address of the document itself (for a white paper: of the PDF)
    period: Period | None
    issued: dt.date | None
    issued_basis: IssuedBasis | None
    landing: str | None = None  #: detail page that led to the document, where the protocol has one
    stated_date: str | None = None
    page_date: dt.date | None = None
    edition: str | None = None
    language: Literal["zh", "en"] = "zh"

    @property
    def key(self) -> str:
        """Identity of the release: source and address."""
        return f"{self.source}|{self.address}"


@dataclass(frozen=True)
class Document:
    """Bytes in the content-addressed archive, with where and when they came from."""

    sha256: str
    media_type: str
    size: int
    address: str
    fetched_at: dt.datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    sample: bool = False  #: rebuilt from published figures, not the publisher's own bytes
    brought_by: str | None = None  #: who put it into the inbox, where it did not come over HTTP


@dataclass(frozen=True)
class Failure:
    """Something that could not be had or was refused: becomes a rejection with cause and place."""

    source: str
    stage: Literal["collect", "extract", "clean", "load"]
    what: str  #: title, address or series concerned
    where: str  #: place: address, page, node path
    reason: str  #: one sentence naming the cause
    period: str | None = None
    document: str | None = None  #: sha256, where there are bytes
    retryable: bool = False
    decided: bool = False  #: the catalogue says what to do about it: kept, but not open


#: A release with the document that is held of it.
Held = tuple[Release, Document]


@dataclass(frozen=True)
class Taken:
    """A release whose document was had, and what that is against what was held before."""

    release: Release
    document: Document
    #: ``same_content``: these very bytes are held of a release under another address.
    state: Literal["new", "unchanged", "changed", "same_content"]
    before: Document | None = None


@dataclass(frozen=True)
class Collection:
    """What one collection of a source and year found; the machine-readable run summary is built from it."""

    source: str
    year: int
    releases: tuple[Release, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)  #: by release key
    failures: tuple[Failure, ...] = ()
    requests: int = 0
    transferred: int = 0  #: bodies transferred
    not_modified: int = 0
    expected: tuple[str, ...] = ()  #: "not out yet, expected by …", one line per period that is not due yet
    overdue: tuple[str, ...] = ()
    not_in_sample: tuple[str, ...] = ()  #: sample instance only: releases of which no figure is at hand
    failed: tuple[str, ...] = ()  #: "collecting it failed", one line per period
    taken: tuple[Taken, ...] = ()  #: every release that was had, against what was held
    warnings: tuple[str, ...] = ()  #: what is worth a look but no failure
    gone: tuple[str, ...] = ()  #: releases that are held and stand in the list no more
    list_failed: bool = False  #: a list of releases could not be had, or not to its end
    failed_months: tuple[int, ...] = ()  #: last months of the periods whose release could not be had
    to_retry: tuple[str, ...] = ()  #: addresses in the list that failed
