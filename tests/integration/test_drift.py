"""Layout drift on a whole instance: the sample documents raise no alarm, a changed one does, in check and command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from prosperity.cli import cli
from prosperity.settings import Settings
from prosperity.workflow import drift, stages
from prosperity.workflow.workspace import Workspace


@pytest.fixture(scope="module")
def home(filled_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_home(tmp_path_factory.mktemp("drift"))


def test_no_sample_document_raises_an_alarm(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All 598 of them: the wordings that vary within an era are the catalogue's to know."""
    for name, value in Settings(home=home).environment().items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli, ["drift", "--json"], catch_exceptions=False)
    assert (result.exit_code, json.loads(result.output)) == (0, [])


def test_a_header_that_the_catalogue_does_not_know_is_told(home: Path) -> None:
    """The other side of the test above: CNNIC's 32nd report has a column 半年增长率, its 33rd has none."""
    space = Workspace(Settings(home=home), hosts={})
    source = space.source("cnnic_report")
    eras = tuple(
        era.model_copy(
            update={"tables": tuple(r.model_copy(update={"ignore_headers": None}) for r in era.tables)}
        )
        for era in source.eras
    )
    unknowing = source.model_copy(update={"eras": eras})
    found = drift.of_year(space, unknowing, 2013, stages.extract_year(space, source.id, 2013))
    space.close()
    assert [line.split(" in table")[0] for one in found for line in one.lines] == [
        "第33次《中国互联网络发展状况统计报告》: gone: column '半年增长率(%)'"
    ]
