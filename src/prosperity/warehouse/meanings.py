"""What every table and column means, in words: the data dictionary and the database's own comments say this.

What belongs here: one sentence for each. What does not: types, keys and checks (``schema``). A test fails for
a column without a meaning and for a meaning without a column.
"""

from __future__ import annotations

from sqlalchemy import MetaData

TABLE = ""  #: the key under which the table itself is described

_CODES_STATUS = "SDMX CL_OBS_STATUS code"
_PERIOD = "SDMX TIME_PERIOD: 2019, 2019-S1, 2019-Q2 or 2019-06"
_KNOWN_BASIS = "how that day is known: stated, list_date, estimated or first_seen"
_QUALIFIER = "word printed with the figure that makes it approximate (约, 超, 近 …), or empty"
_DOCUMENT = "sha256 of the archived bytes"
_RELEASE = "key of the release"

MEANINGS: dict[str, dict[str, str]] = {
    "source": {
        TABLE: "Publishers' publications that are collected, from the catalogue",
        "id": "id of the source, the name of its catalogue file",
        "publisher_zh": "who publishes it, in Chinese",
        "publisher_en": "who publishes it, in English",
        "title_zh": "title of the publication, in Chinese",
        "title_en": "title of the publication, in English",
        "theme": "subject it belongs to",
        "licence": "on what terms its figures may be used",
        "cadence": "how often it is published, in words",
        "base": "address of the publisher's site",
        "first_year": "first year it reports on",
        "last_year": "last year it reports on; empty: it goes on",
        "rank": "order in which sources are believed where documents of one day disagree, lowest first",
    },
    "series": {
        TABLE: "Statistical series, from the catalogue",
        "id": "id of the series",
        "source": "the source it is read from",
        "name_zh": "name in Chinese",
        "name_en": "name in English",
        "unit": "base unit (元, 户, %); values are in units of 10**unit_mult of it",
        "unit_mult": "SDMX CL_UNIT_MULT code: power of ten in which values are kept (4 = 万, 8 = 亿)",
        "frequency": "SDMX CL_FREQ code: M monthly, Q quarterly, S half-yearly, A annual",
        "kind": "flow, stock, rate or index",
        "cumulative": "whether values run from January on (year to date)",
        "theme": "subject it belongs to",
        "internet": "whether it measures the Internet industry itself",
        "rate_of": "for a published growth rate: the series whose growth it is",
        "note": "what a user must know: changes of scope, threshold, definition",
    },
    "release": {
        TABLE: "Publications found in publishers' lists",
        "key": "source and address of the document",
        "source": "the source it belongs to",
        "year": "the year it reports on",
        "title": "title as listed",
        "address": "address of the document itself",
        "landing": "page that led to the document, where there is one",
        "period": "the period it reports on; " + _PERIOD,
        "period_start": "first day of that period",
        "period_end": "last day of that period",
        "period_kind": "cumulative, month, quarter, half, year or stock",
        "issued": "date of issue that issued_basis vouches for; empty: unknown",
        "issued_basis": "how the date of issue is known: stated, list_date, address, estimated or first_seen",
        "stated_date": "date of issue as the text gives it (may be a month)",
        "page_date": "date that page or address give",
        "edition": "number of the report, where it is numbered",
        "language": "zh or en",
        "state": "found, fetched or failed, at the last collection",
        "first_seen_at": "moment at which we first found it",
    },
    "release_change": {
        TABLE: "Dates of issue that were offered later beside the one first known",
        "release": _RELEASE,
        "issued": "the date offered",
        "issued_basis": "how that date is known",
        "previous": "the date known until then",
        "previous_basis": "how that one was known",
        "adopted": "whether the date offered replaced the one known, being better vouched for",
        "first_seen_at": "moment at which it was first offered",
    },
    "document": {
        TABLE: "Archived documents, by content",
        "sha256": _DOCUMENT,
        "media_type": "type of the bytes, e.g. text/html, application/pdf",
        "size": "length in bytes",
        "encoding": "character encoding that the server declared",
        "sample": "whether it was rebuilt from published figures and is not the publisher's own file",
    },
    "release_document": {
        TABLE: "Which document was fetched for which release, and how",
        "release": _RELEASE,
        "document": _DOCUMENT,
        "address": "address it was fetched from",
        "headers": "response headers",
        "brought_by": "who put it into the inbox, where it was not fetched",
        "fetched_at": "moment at which it was fetched for the first time",
        "last_fetched_at": "moment at which it was fetched last",
    },
    "evidence": {
        TABLE: "Places in documents that figures were read from",
        "id": "hash of place and reading, the same on every machine",
        "document": _DOCUMENT,
        "page": "PDF: page, from 1",
        "x0": "PDF: left edge in points from the left of the page",
        "top": "PDF: upper edge in points from the top of the page",
        "x1": "PDF: right edge in points from the left of the page",
        "bottom": "PDF: lower edge in points from the top of the page",
        "node": "HTML: path of the element",
        "span_start": "first character in the text of that place, from 0",
        "span_end": "character after the last one",
        "pointer": "interface: pointer into the answer",
        "raw": "text at that place, exactly as it is read back from the archived bytes",
        "method": "how it was read: pdf-table, pdf-text, html-table, html-prose, api, ocr or snapshot",
        "extractor": "version of the extractor",
    },
    "reading": {
        TABLE: "Every figure as read from any document, also those that repeat a known one",
        "id": "number given by the database, without meaning",
        "series": "id of the series",
        "period": _PERIOD,
        "release": _RELEASE,
        "document": _DOCUMENT,
        "evidence": "id of the place it was read from",
        "value": "the figure as printed, in units of 10**unit_mult; empty: withdrawn",
        "unit": "base unit",
        "unit_mult": "SDMX CL_UNIT_MULT code of the value",
        "status": _CODES_STATUS,
        "qualifier": _QUALIFIER,
        "known_from": "day from which the world could know it",
        "known_from_basis": _KNOWN_BASIS,
        "extractor": "version of the extractor",
        "ingested_at": "moment at which it was loaded",
        "withdrawn_at": "moment at which a better reading of the same document replaced it; empty: current",
    },
    "observation": {
        TABLE: "The list of changes of every figure, derived from the current readings",
        "series_id": "id of the series",
        "period": _PERIOD,
        "known_from": "day from which the world knew this value",
        "known_from_basis": _KNOWN_BASIS,
        "value": "the figure with its printed digits, in units of 10**unit_mult of the series; empty: withdrawn",
        "obs_status": _CODES_STATUS,
        "qualifier": _QUALIFIER,
        "evidence_id": "id of the place it was read from",
        "conflict": "whether documents of that day disagreed",
        "ingested_at": "moment at which its reading was loaded",
    },
    "rejection": {
        TABLE: "Quarantine: what could not be had, read, cleaned or loaded",
        "id": "hash of the content",
        "source": "the source it happened at",
        "stage": "collect, extract, clean or load",
        "what": "series and period, title or address concerned",
        "where": "place: address, page, path in the document",
        "reason": "the cause, in one sentence",
        "period": "period concerned, where one is known",
        "document": _DOCUMENT + ", where there are bytes",
        "release": _RELEASE + ", where there is one",
        "year": "for failures of collecting: the year collected",
        "retryable": "whether trying again can heal it",
        "first_seen_at": "moment at which it was first met",
        "last_seen_at": "moment at which it was met last",
        "resolved_at": "moment at which it was no longer met, or decided by a correction; empty: open",
    },
    "index_run": {
        TABLE: "Computations of the index; any published number can be computed again from one",
        "id": "hash of all below but the clocks",
        "spec_version": "version of index.yaml",
        "spec_hash": "hash of index.yaml",
        "as_of": "day from which it looks; empty: from all that was known",
        "code_version": "version of this program",
        "data_hash": "hash of the observations that went in",
        "result_hash": "hash of the result",
        "parameters": "choices beside the specification",
        "created_at": "moment of the first computation",
        "last_saved_at": "moment of the last computation with this result",
    },
    "index_value": {
        TABLE: "Points of the index",
        "run": "id of the computation",
        "index_group": "leading, coincident or lagging",
        "period": "quarter, SDMX TIME_PERIOD",
        "value": "the index, base quarter = 100; empty: not computable, see reason",
        "change": "change on the quarter before, in index points",
        "indicators": "number of indicators that have a change",
        "indicators_total": "number of indicators of the group",
        "weight_share": "share of the group's weight that they have (0..1)",
        "reason": "why there is no value",
    },
    "index_contribution": {
        TABLE: "What each indicator contributed to the change of an index point",
        "run": "id of the computation",
        "index_group": "leading, coincident or lagging",
        "period": "quarter, SDMX TIME_PERIOD",
        "series": "id of the indicator's series, or trend",
        "layer": "macro, capability, industry or business",
        "contribution": "index points",
        "standardised_change": "symmetric change divided by its mean absolute value",
        "weight": "weight in the group",
        "status": "A from observations, I interpolated, E resting on an interpolated value",
        "inputs": "ids of the evidence of all figures used",
        "steps": "how it was computed, in sentences with numbers",
    },
}


def describe(metadata: MetaData) -> None:
    """Attach the meanings to tables and columns as their comments; those that have one of their own keep it."""
    for table in metadata.tables.values():
        words = MEANINGS.get(table.name, {})
        table.comment = table.comment or words.get(TABLE)
        for column in table.columns:
            column.comment = column.comment or words.get(column.name)
