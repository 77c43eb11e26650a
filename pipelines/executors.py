"""Where the steps of a run are executed: in the run's own process, or elsewhere by configuration.

``PROSPERITY_EXECUTOR``: ``in_process`` (default: a process per step costs about forty times the CPU of the step itself),
``celery`` (workers on other machines, over Redis) or ``k8s`` (a job per step). The last two need the extra
``production``.
"""

from __future__ import annotations

from typing import Any

from dagster import ExecutorDefinition, in_process_executor

from prosperity.settings import Settings, SettingsError

#: Broker and results, e.g. redis://:password@host:6379/0. From the environment: neither is in a file or in Dagster's history.
BROKER, RESULTS = "PROSPERITY_CELERY_BROKER", "PROSPERITY_CELERY_RESULTS"

#: Steps that ask publishers, and all others. Requests to a host are spaced by a lock on the machine: workers of the first
#: queue must be on one machine, those of the second may be anywhere.
COLLECT_QUEUE, STEP_QUEUE = "collect", "dagster"
COLLECT_TAGS = {"dagster-celery/queue": COLLECT_QUEUE}

#: The same stands in deploy/celery.yaml, by which the workers start: both sides must agree.
CELERY_CONFIG: dict[str, Any] = {
    "broker": {"env": BROKER},
    "backend": {"env": RESULTS},
    "config_source": {
        # A step is crossed off when it is done: one whose worker died goes to another.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        # After so many seconds a step that was not crossed off is given out again: longer than the longest step,
        # which is free of effect when it runs twice.
        "broker_transport_options": {"visibility_timeout": 3600},
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

            return celery_executor.configured(CELERY_CONFIG, name="celery")
        from dagster_k8s import k8s_job_executor
    except ImportError as fault:
        raise SettingsError(
            f"PROSPERITY_EXECUTOR={settings.executor} needs the extra production: pip install 'prosperity[production]' ({fault})"
        ) from None
    return k8s_job_executor
