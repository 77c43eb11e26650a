"""A whole instance of its own for a test: its folders, its sample publishers, its Dagster home."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow.workspace import Workspace


@pytest.fixture(scope="module")
def publishers() -> Iterator[SamplePublishers]:
    with SamplePublishers() as servers:
        yield servers


@pytest.fixture
def space(
    tmp_path: Path, publishers: SamplePublishers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    """A fresh instance that asks the module's sample publishers."""
    settings = Settings(home=tmp_path, today_override=dt.date(2022, 3, 31))
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    made = Workspace(settings, hosts=publishers.hosts)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    """What a test sets for child processes does not outlive it."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
