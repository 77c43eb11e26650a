"""The Dagster instance of a Prosperity instance: its folder, its configuration, what a killed run left behind."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from pipelines.launcher import PROCESS_TAG, alive
from prosperity.settings import Settings, SettingsError

_CHECKOUT = Path(__file__).resolve().parents[1] / "dagster.yaml"
#: At the top of the checkout, or where a wheel puts it.
CONFIGURATION = (
    _CHECKOUT if _CHECKOUT.is_file() else Path(sys.prefix) / "share" / "prosperity" / "dagster.yaml"
)


def prepare(settings: Settings) -> None:
    """Make DAGSTER_HOME and set the variables of this process: Dagster reads its dagster.yaml only there."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    target = home / "dagster.yaml"
    wanted = Path(settings.dagster_config) if settings.dagster_config else CONFIGURATION
    if not wanted.is_file():
        raise SettingsError(f"PROSPERITY_DAGSTER_CONFIG: there is no file {wanted}")
    if not target.exists() or target.read_bytes() != wanted.read_bytes():
        shutil.copyfile(wanted, target)
    os.environ.update(settings.environment())


def close_abandoned_runs(instance: DagsterInstance) -> int:
    """Runs of a process that was killed are still "in progress": give them a final state. Returns how many."""
    closed = 0
    going = RunsFilter(
        statuses=[DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
    )
    for run in instance.get_runs(filters=going):
        process = run.tags.get(PROCESS_TAG)
        if process and (int(process) == os.getpid() or not alive(int(process))):
            instance.report_run_failed(
                run, f"process {process} ended without finishing this run; relaunch it"
            )
            closed += 1
    return closed
