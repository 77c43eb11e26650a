"""An instance whose archive is an object store: by its setting alone, everything else as on a disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from prosperity.cli import cli
from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

pytest_plugins = ("tests.object_store",)


@pytest.fixture
def space_on_s3(
    s3: str, tmp_path: Path, publishers: SamplePublishers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    monkeypatch.setenv("PROSPERITY_HOME", str(tmp_path))
    monkeypatch.setenv("PROSPERITY_ARCHIVE", f"{s3}/{tmp_path.name}")
    made = Workspace(Settings.from_environment(live=False), hosts=publishers.hosts)
    yield made
    made.close()


def test_collected_read_again_verified_and_exported(space_on_s3: Workspace, tmp_path: Path) -> None:
    collection, loaded = stages.run_year(space_on_s3, "nbs_income", 2019)
    assert len(collection.documents) == 4 and not collection.failures
    assert loaded.observations_added > 0, "documents are read from the store"
    assert not (tmp_path / "data" / "archive").exists()
    again = stages.collect_year(space_on_s3, "nbs_income", 2019)
    assert again.transferred == 0 and {entry.state for entry in again.taken} == {"unchanged"}

    verified = CliRunner().invoke(cli, ["archive", "verify", "--json"])
    assert verified.exit_code == 0, verified.output
    assert json.loads(verified.stdout)["files"] == 4
    package = tmp_path / "package.zip"
    assert CliRunner().invoke(cli, ["archive", "export", "2019", "--out", str(package)]).exit_code == 0
    assert package.stat().st_size > 1000

    [sha256, *_] = list(space_on_s3.archive)
    space_on_s3.archive.store.write(space_on_s3.archive.name(sha256), b"spoilt")
    ended = CliRunner().invoke(cli, ["archive", "verify", "--json"])
    assert ended.exit_code == 1 and sha256 in json.loads(ended.stdout)["damaged"][0]
