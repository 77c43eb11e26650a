"""The command line: exit statuses, wrong usage, and faults said in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from prosperity.cli import cli
from prosperity.cli.options import years_argument

PROSPERITY = str(Path(sys.executable).parent / "prosperity")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROSPERITY_HOME", str(tmp_path))


def command(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROSPERITY, *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(("text", "years"), [("2018", (2018, 2018)), ("2016-2021", (2016, 2021))])
def test_years(text: str, years: tuple[int, int]) -> None:
    assert years_argument(text) == years


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--years", "2021-2016"],
        ["run", "--years", "twenty"],
        ["run", "--source", "nope"],
        ["run", "--years", "2030"],
        ["collect", "--years", "2010", "--source", "miit_internet"],
        ["backfill"],
        ["explain"],
        ["no-such-command"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    ended = CliRunner().invoke(cli, arguments)
    assert ended.exit_code == 2, ended.output


def test_years_without_releases_are_explained() -> None:
    ended = CliRunner().invoke(cli, ["run", "--years", "2010", "--source", "miit_internet"])
    assert "miit_internet reports from 2017 to 2023" in ended.output


def test_faults_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no document", encoding="utf-8")
    ended = command("extract", str(file))
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: ")
    assert "Traceback" not in ended.stderr


def test_bad_setting_is_wrong_usage() -> None:
    ended = command("status", PROSPERITY_TODAY="nonsense")
    assert ended.returncode == 2
    assert "PROSPERITY_TODAY is 'nonsense'" in ended.stderr


def test_empty_instance_answers() -> None:
    for arguments in (["sources", "--json"], ["series", "--json"], ["rejections", "--json"]):
        ended = CliRunner().invoke(cli, arguments)
        assert ended.exit_code == 0, ended.output
        json.loads(ended.output)


def test_samples_and_live_figures_never_share_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    from prosperity.settings import Settings

    monkeypatch.setenv("PROSPERITY_WAREHOUSE", "sqlite:////somewhere/samples.sqlite")
    assert Settings.from_environment(live=False).warehouse != Settings.from_environment(live=True).warehouse
