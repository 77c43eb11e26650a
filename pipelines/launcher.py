"""Dagster's default run launcher, which also tells whether a run's process still lives.

Dagster's own leaves a run "started" for ever where run worker and code server were killed together (power cut, killed
container): its run monitoring asks only launchers that can answer. Named in dagster.yaml.
"""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

from dagster import DagsterEventType, DagsterRun
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

#: Tag of the runs that a command executes in its own process.
PROCESS_TAG = "prosperity/process"
#: A process that began so much later than the run cannot be the run's: numbers are used again.
LATER_SECONDS = 60
_HERE = frozenset({"localhost", "127.0.0.1", "::1", socket.gethostname()})


class LocalRunLauncher(DefaultRunLauncher):
    """Runs are processes on this machine; one that is gone is reported to run monitoring as failed."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """RUNNING also where it cannot be told: a run on another machine, or one that has not said its process yet."""
        grpc = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
        if grpc.get("host", "localhost") not in _HERE:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "on another machine")
        known = self._process_of(run)
        if known is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "its process is not known yet")
        process, since = known
        if alive(process, since):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.FAILED, f"process {process} of this run is gone; relaunch it"
        )

    def _process_of(self, run: DagsterRun) -> tuple[int, float] | None:
        """Number of the process that executes the run, and when it said so."""
        if PROCESS_TAG in run.tags:
            stats = self._instance.get_run_stats(run.run_id)
            return int(run.tags[PROCESS_TAG]), stats.start_time or time.time()
        for entry in self._instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT):
            event = entry.dagster_event
            if event is None or "pid" not in event.engine_event_data.metadata:
                continue
            if (event.message or "").startswith("Started process for run"):
                return int(str(event.engine_event_data.metadata["pid"].value)), entry.timestamp
        return None


def alive(process: int, since: float = float("inf")) -> bool:
    """Whether a process of this number runs that did not begin clearly after ``since`` (seconds of the epoch)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        uptime = float(Path("/proc/uptime").read_text(encoding="utf-8").split()[0])
    except OSError:  # no Linux: that it answers must do
        return True
    if fields[0] == "Z":  # ended, and nobody has asked how
        return False
    age = uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.time() - age <= since + LATER_SECONDS
