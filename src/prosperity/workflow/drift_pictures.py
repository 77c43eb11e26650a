"""The side-by-side picture of a change of layout: pages of PDFs as they are, other documents drawn from their text."""

from __future__ import annotations

import re
from pathlib import Path

from prosperity.clean.drift import Change
from prosperity.extract.model import Table
from prosperity.publish.drift_picture import side_by_side
from prosperity.publish.evidence_picture import drawn
from prosperity.publish.model import Picture, Region, RowAround, TextAround
from prosperity.publish.pdf_pictures import pdf_pictures
from prosperity.workflow.drift import Drift, Side
from prosperity.workflow.surroundings import grid_of
from prosperity.workflow.workspace import Workspace

ROWS_SHOWN = 12


def keep_picture(space: Workspace, drift: Drift, folder: Path | None = None) -> Path:
    """Draw the picture and write it to ``<folder>/<source>-<period>-<document>.png``; its path.

    ``folder``: by default ``data/drift``.
    """
    period = drift.new.release.period
    name = f"{drift.source}-{period.code if period else 'undated'}-{drift.new.document.sha256[:12]}.png"
    path = (folder or space.settings.data / "drift") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.incoming")
    temporary.write_bytes(picture(space, drift))
    temporary.replace(path)
    return path


def picture(space: Workspace, drift: Drift) -> bytes:
    """A PNG: what changed in words, and the place of the first change in both documents."""
    change = drift.changes[0]
    titles = (
        f"last good: {drift.good.release.title}",
        f"new: {drift.new.release.title}",
    )
    lines = [one.sentence for one in drift.changes]
    old, new = (_shown(space, side, change) for side in (drift.good, drift.new))
    return side_by_side(old, new, titles, lines)


def _shown(space: Workspace, side: Side, change: Change) -> Picture:
    table = _table(side, change)
    if side.document.media_type.startswith("application/pdf"):
        page = (table.page if table else change.old_page) or 1
        box = table.bbox if table and table.bbox else _whole(side)
        region = Region(min(page, side.extraction.pages or page), box)
        (made,) = pdf_pictures(space.archive.get(side.document.sha256), [region])
        return made
    if table is None:
        captions = side.extraction.outline.captions or side.extraction.outline.form
        text = "\n".join(captions) or "no table"
        return drawn(side.release.title, TextAround(text, (0, 0)), highlight=False)
    height = max(cell.row + cell.rowspan for cell in table.cells)
    around = RowAround(
        caption=table.caption,
        unit=table.unit,
        header=grid_of(table, 0, table.header_rows),
        rows=grid_of(table, table.header_rows, min(height, table.header_rows + ROWS_SHOWN)),
        row=0,
        column=0,
        notes=table.notes,
    )
    return drawn(side.release.title, around, highlight=False)


def _table(side: Side, change: Change) -> Table | None:
    """The table of this document that the change is about."""
    known = next((layout for layout in side.layout.tables if layout.rule == change.rule), None)
    if known is None:
        return None
    return next(
        (t for t in side.extraction.tables if (t.caption, t.page) == (known.caption, known.page)), None
    )


def _whole(side: Side) -> tuple[float, float, float, float]:
    """The whole page, by the format that the outline names."""
    found = (
        re.match(r"(\d+) × (\d+)", side.extraction.outline.form[0]) if side.extraction.outline.form else None
    )
    width, height = (int(found[1]), int(found[2])) if found else (100, 100)
    return 0.0, 0.0, float(width), float(height)
