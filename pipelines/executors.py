"""Where the steps of a run are executed: in the run's own process, or elsewhere by configuration.

``PROSPERITY_EXECUTOR``: ``in_process`` (default: a process per step costs about forty times the CPU of the step itself),
``celery`` (workers on other machines, over Redis) or ``k8s`` (a job per step). The last two need the extra
``production``.
"""

from __future__ import annotations

import os
from typing import Any

from dagster import ExecutorDefinition, in_process_executor

from prosperity.settings import Settings, SettingsError

#: Broker and results, e.g. redis://:password@host:6379/0. From the environment: neither is in a file or in Dagster's history.
BROKER, RESULTS = "PROSPERITY_CELERY_BROKER", "PROSPERITY_CELERY_RESULTS"

#: Steps that ask publishers, and all others. Requests to a host are spaced by a lock on the machine: workers of the first
#: queue must be on one machine, those of the second may be anywhere.
COLLECT_QUEUE, STEP_QUEUE = "collect", "dagster"
COLLECT_TAGS = {"dagster-celery/queue": COLLECT_QUEUE}

#: Seconds after which a step whose worker died is given to another one. Longer than the longest step: one that is still
#: under way then is done twice, which is free of effect but wasted.
VISIBILITY = "PROSPERITY_CELERY_VISIBILITY"
DEFAULT_VISIBILITY = "3600"


def celery_config() -> dict[str, Any]:
    """Configuration of the executor and of the workers: both sides must agree, so there is one."""
    seconds = os.environ.get(VISIBILITY) or DEFAULT_VISIBILITY
    if not seconds.isdecimal() or int(seconds) < 1:
        raise SettingsError(f"{VISIBILITY} is {seconds!r}: write a number of seconds")
    return {
        "broker": {"env": BROKER},
        "backend": {"env": RESULTS},
        "config_source": {
            # A step is crossed off when it is done: one whose worker died goes to another.
            "task_acks_late": True,
            "task_reject_on_worker_lost": True,
            "worker_prefetch_multiplier": 1,
            "broker_transport_options": {"visibility_timeout": int(seconds)},
            "worker_max_tasks_per_child": 100,
            "result_expires": 86400,
            "broker_connection_retry_on_startup": True,
        },
    }


def step_executor(settings: Settings) -> ExecutorDefinition:
    """The executor that the settings name. :raises SettingsError: where its package is not installed."""
    if settings.executor == "in_process":
        return in_process_executor
    try:
        if settings.executor == "celery":
            from dagster_celery import celery_executor

            return celery_executor.configured(celery_config(), name="celery")
        from dagster_k8s import k8s_job_executor
    except ImportError as fault:
        raise SettingsError(
            f"PROSPERITY_EXECUTOR={settings.executor} needs the extra production: pip install 'prosperity[production]' ({fault})"
        ) from None
    return k8s_job_executor
