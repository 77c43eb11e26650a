"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material (oracles, real PDFs, published figures) that lies beside the checkout."""
    path = Path(os.environ.get("PROSPERITY_SHARED", REPOSITORY.parent / "shared"))
    if not (path / "vectors").is_dir():
        pytest.skip(f"reference material not found at {path}: set PROSPERITY_SHARED to its folder")
    return path
