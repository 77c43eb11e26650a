"""The celery application of the workers: ``celery -A pipelines.celery_app worker``, started by ``prosperity serve worker``.

Instead of ``dagster-celery worker start``: that reads a file of its own, which is silently ignored unless it is nested just
so, writes the broker's password into a folder, and stands between the service manager's signals and celery.
"""

from __future__ import annotations

import os

from dagster_celery.executor import CeleryExecutor
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

from pipelines.executors import BROKER, RESULTS, celery_config

_executor = CeleryExecutor.for_cli(
    broker=os.environ[BROKER],
    backend=os.environ[RESULTS],
    config_source=celery_config()["config_source"],
)
app = make_app(_executor.app_args())
execute_plan = create_task(app)
