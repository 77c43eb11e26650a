"""Results of X-13ARIMA-SEATS kept on disk by content, so that a vintage is adjusted once and not at every look.

What belongs here: files. What does not: running the program (``x13.py``). An entry that cannot be read back is
a miss and is written anew; nothing here ever fails an adjustment. Where no folder is named nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

_folder: ContextVar[Path | None] = ContextVar("x13_folder", default=None)

Kept = tuple[dict[str, tuple[float, ...]], dict[str, str]]  #: tables by name, diagnostics by key


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Inside the block results are looked up in ``folder`` first, and new ones are written to it."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def key_of(text: str, tables: Sequence[str], program: str) -> str:
    """``text``: the whole specification, data included; ``program``: which version of it is run."""
    return hashlib.sha256("\x1e".join((program, *tables, text)).encode()).hexdigest()


def get(key: str) -> Kept | None:
    folder = _folder.get()
    if folder is None:
        return None
    try:
        found = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
        return _tables(found["tables"]), _texts(found["diagnostics"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def put(key: str, tables: Mapping[str, Sequence[float]], diagnostics: Mapping[str, str]) -> None:
    """Written whole or not at all, also when several processes write the same entry."""
    folder = _folder.get()
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".writing-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            # json writes the shortest text that gives the same float back.
            json.dump({"tables": dict(tables), "diagnostics": dict(diagnostics)}, file)
        Path(temporary).replace(folder / f"{key}.json")
    except OSError:
        return


def _tables(material: Any) -> dict[str, tuple[float, ...]]:
    return {str(name): tuple(float(value) for value in values) for name, values in material.items()}


def _texts(material: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in material.items()}
