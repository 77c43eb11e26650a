"""Bytes to tables and statements, with the place of every figure.

Importing this package is light: parsers are loaded in the sandbox only.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from prosperity.extract.model import (
    Block,
    Cell,
    Extraction,
    ExtractionError,
    Statement,
    Table,
)
from prosperity.extract.request import DEFAULT, EXTRACTOR_VERSION, Limits, Request
from prosperity.extract.tables import extract_tables

__all__ = [
    "DEFAULT",
    "EXTRACTOR_VERSION",
    "Block",
    "Cell",
    "Extraction",
    "ExtractionError",
    "Limits",
    "Request",
    "Statement",
    "Table",
    "extract_statements",
    "extract_tables",
]


def extract_statements(document: str | Path | bytes, issued: dt.date | None = None) -> list[Statement]:
    """Figures stated in prose.

    ``document``: bytes or Path of a PDF or HTML document, or a str: the text itself, unless it names a file.
    ``issued``: date of issue, from which years left out in the text are inferred.

    :raises ExtractionError: the document cannot be read.
    """
    if isinstance(document, str) and not _names_a_file(document):
        from prosperity.extract.prose import statements_in

        return statements_in(document, issued=issued)
    from prosperity.extract.sandbox import read

    return list(read(document, Request(captions=(), statements=True), issued=issued).statements)


def _names_a_file(text: str) -> bool:
    try:
        return len(text) < 4096 and "\n" not in text and Path(text).is_file()
    except (OSError, ValueError):
        return False
