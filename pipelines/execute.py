"""Running the assets from the command line: in this process, recorded in the Dagster instance, seen in its UI."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from dagster import DagsterInstance, Definitions, ExecuteInProcessResult
from filelock import FileLock, Timeout

from pipelines.definitions import build_defs
from pipelines.instance import PROCESS_TAG, close_abandoned_runs, prepare
from pipelines.jobs import PUBLISH_JOB, collect_job_name
from pipelines.resources import WorkspaceResource
from prosperity.workflow.workspace import Workspace

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class AlreadyRunning(RuntimeError):
    """Another `prosperity run` holds this instance."""


class HistoryError(RuntimeError):
    """Dagster cannot write down what it does: its disk is full, or its database is gone."""


@dataclass(frozen=True)
class Outcome:
    """One run: what it was for, whether it ended well, and if not, cause and place in one sentence."""

    what: str
    success: bool
    reason: str = ""


@contextmanager
def _alone(space: Workspace) -> Iterator[None]:
    lock = FileLock(space.settings.data / "run.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(f"another run is using {space.settings.data}; wait for it or end it") from None
    try:
        yield
    finally:
        lock.release()


def run_years(
    space: Workspace, chosen: Mapping[str, Sequence[int]], progress: Callable[[Outcome], None]
) -> list[Outcome]:
    """Materialise every year of every source, then index and report. One bad year never stops the others.

    :raises AlreadyRunning: see there. :raises HistoryError: see there; run it again, nothing is done twice.
    """
    prepare(space.settings)
    definitions = build_defs({"workspace": WorkspaceResource(space)}, space.settings)
    outcomes: list[Outcome] = []
    with _alone(space), DagsterInstance.get() as instance:
        abandoned = close_abandoned_runs(instance)
        if abandoned:
            progress(Outcome(f"{abandoned} runs of a killed process closed", success=True))
        for source_id, years in chosen.items():
            for year in years:
                result = _execute(definitions, instance, collect_job_name(source_id), str(year))
                outcomes.append(_outcome(f"{source_id} {year}", result))
                progress(outcomes[-1])
        result = _execute(definitions, instance, PUBLISH_JOB, None)
        outcomes.append(_outcome("index and report", result))
        progress(outcomes[-1])
    return outcomes


def _execute(
    definitions: Definitions, instance: DagsterInstance, job: str, partition: str | None
) -> ExecuteInProcessResult:
    wanted = definitions.resolve_job_def(job)
    try:
        return wanted.execute_in_process(
            instance=instance,
            partition_key=partition,
            run_config=QUIET,
            raise_on_error=False,
            tags={PROCESS_TAG: str(os.getpid())},
        )
    except Exception as fault:  # what steps raise is in the result: this is Dagster's own storage
        cause: BaseException = fault
        while cause.__cause__ is not None:
            cause = cause.__cause__
        raise HistoryError(
            f"Dagster's history cannot be written ({type(cause).__name__}: {cause}); the run of {job} {partition or ''} is cut off. "
            "Mend that and run it again: nothing is done twice"
        ) from fault


def _outcome(what: str, result: ExecuteInProcessResult) -> Outcome:
    """The first failed step's own words, not a stack of frames."""
    if result.success:
        return Outcome(what, success=True)
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                told = data.user_failure_data.description.removeprefix(f"{what}, ")
                return Outcome(what, success=False, reason=told)
            error = data.error
            while error and error.cause:
                error = error.cause
            return Outcome(what, success=False, reason=error.message.strip() if error else "no cause given")
    return Outcome(what, success=False, reason="the run failed before its first step")
