"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material (oracles, real PDFs, published figures) that lies beside the checkout."""
    path = Path(os.environ.get("PROSPERITY_SHARED", REPOSITORY.parent / "shared"))
    if not (path / "vectors").is_dir():
        pytest.skip(f"reference material not found at {path}: set PROSPERITY_SHARED to its folder")
    return path


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Gives a copy of an instance that holds all sources and years of the sample publishers.

    It is filled once for all processes of a test run: the slowest thing that tests share.
    """
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    original, done = base / "filled", base / "filled.done"
    with FileLock(base / "filled.lock", timeout=580):
        if not done.exists():
            _fill(original)
            done.touch()

    def copy(home: Path) -> Path:
        return Path(shutil.copytree(original, home, dirs_exist_ok=True))

    return copy


def _fill(home: Path) -> None:
    with SamplePublishers() as publishers:
        space = Workspace(Settings(home=home), hosts=publishers.hosts)
        for source_id in space.catalogue.sources:
            for year in stages.years_of(space, source_id, 1990, 2100):
                stages.run_year(space, source_id, year)
        space.close()
