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


#: Modules that take longest, in the order in which workers get them. The first fills the instance that others copy; the
#: second to fourth need none and keep the other worker busy meanwhile.
SLOW = (
    "browser/test_report.py",
    "integration/test_dagster.py",
    "integration/test_operations.py",
    "integration/test_warehouse_postgres.py",
    "integration/test_stages.py",
    "unit/test_ocr.py",
    "integration/test_report_files.py",
)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a quarter of the time tests wait for servers and child processes."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow modules first, or the last worker is left alone with one."""

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((number for number, name in enumerate(SLOW) if path.endswith(name)), len(SLOW))

    items.sort(key=place)


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
