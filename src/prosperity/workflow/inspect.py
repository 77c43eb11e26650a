"""Looking into one file without touching archive or warehouse: ``prosperity extract FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prosperity.extract import sandbox
from prosperity.extract.request import Request


def extract_file(path: Path) -> dict[str, Any]:
    """Tables and statements of ``path`` in plain types.

    :raises ExtractionError: where the file cannot be read within its limits.
    """
    found = sandbox.read(path, Request())
    return {
        "tables": [
            {
                "place": f"page {table.page}" if table.page else str(table.node),
                "caption": table.caption,
                "unit": table.unit,
                "notes": list(table.notes),
                "rows": table.rows,
            }
            for table in found.tables
        ],
        "statements": [
            {
                "subject": s.subject, "measure": s.measure, "value": s.value, "multiplier": s.multiplier,
                "unit": s.unit, "rate": s.rate, "period": s.period.code if s.period else None,
                "qualifier": s.qualifier, "place": f"page {s.page}" if s.page else s.node,
            }
            for s in found.statements
        ],
        "warnings": list(found.warnings),
    }  # fmt: skip
