"""Looking into one file without touching archive or warehouse: ``prosperity extract FILE``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prosperity.extract import sandbox
from prosperity.extract.model import Table
from prosperity.extract.request import Request


def extract_file(path: Path, ocr: bool = True) -> dict[str, Any]:
    """Tables and statements of ``path`` in plain types. ``ocr``: pages without sound characters are recognised,
    where the extra is installed.

    :raises ExtractionError: where the file cannot be read within its limits.
    """
    found = sandbox.read(path, Request(ocr=ocr))
    return {
        "tables": [
            {
                "place": f"page {table.page}" if table.page else str(table.node),
                "caption": table.caption,
                "unit": table.unit,
                "notes": list(table.notes),
                "rows": table.rows,
                **_recognition(table.method, [cell.confidence for cell in table.cells]),
                **_doubts(table),
            }
            for table in found.tables
        ],
        "statements": [
            {
                "subject": s.subject, "measure": s.measure, "value": s.value, "multiplier": s.multiplier,
                "unit": s.unit, "rate": s.rate, "period": s.period.code if s.period else None,
                "qualifier": s.qualifier, "place": f"page {s.page}" if s.page else s.node,
                **_recognition(s.method, [s.confidence]),
            }
            for s in found.statements
        ],
        "warnings": list(found.warnings),
    }  # fmt: skip


def _recognition(method: str, confidences: Iterable[float | None]) -> dict[str, Any]:
    """How it was read, where not from characters, and the least confidence in it."""
    if not method:
        return {}
    known = [confidence for confidence in confidences if confidence is not None]
    return {"method": method, **({"confidence": min(known)} if known else {})}


def _doubts(table: Table) -> dict[str, Any]:
    found = [
        {"row": cell.row + 1, "column": cell.col + 1, "text": cell.text, "reason": cell.doubt}
        for cell in table.cells
        if cell.doubt
    ]
    return {"doubtful": found} if found else {}
