"""Beyond one machine: PostgreSQL, Redis, an S3 server, a daemon and two workers; one worker dies in the middle.

Each worker has a home of its own, as it would on a machine of its own: they share the database, the object store and the
queue, and nothing else (but the sample publishers, which stand for the network).
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterEventType, DagsterInstance, DagsterRunStatus
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from pipelines.backfill import launch, wait
from pipelines.servers import free_port
from prosperity import sample
from prosperity.collect.archive import Archive
from prosperity.warehouse import Warehouse
from tests.drills.processes import REPOSITORY, Child, Processes, dumps, processes, undisturbed, wait_until

pytest_plugins = ("tests.warehouse_databases", "tests.object_store")
pytestmark = [pytest.mark.drill, pytest.mark.timeout(3000)]

CHOSEN = {"nbs_income": [2016, 2017, 2018], "cnnic_report": [2017, 2018]}
#: The step during which a worker is killed: PDFs of a hundred pages.
STEP = "cnnic_report__tables"
#: After so long a step whose worker died is given to another (an hour in production).
VISIBILITY = 120


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[str]:
    """Address of a Redis of our own, empty."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on this machine (Debian: apt-get install redis-server)")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}"
    server.terminate()
    server.wait(20)


@pytest.fixture
def databases(postgres: str) -> Iterator[tuple[str, str]]:
    """Addresses of the collector's warehouse and of Dagster's database, both empty."""
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("prosperity", "dagster"):
            connection.execute(text(f"CREATE DATABASE {name}"))
        connection.execute(text("CREATE ROLE collector LOGIN"))
    owner = make_url(postgres).set(database="prosperity")
    with Warehouse(owner.render_as_string(False)) as warehouse:
        warehouse.migrate()
        warehouse.grant_roles("prosperity_collector", "prosperity_reader")
    with admin.connect() as connection:
        connection.execute(text("GRANT prosperity_collector TO collector"))
    dagster = make_url(postgres).set(database="dagster", drivername="postgresql")
    yield owner.set(username="collector").render_as_string(False), dagster.render_as_string(False)
    with admin.connect() as connection:
        for name in ("prosperity", "dagster"):
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(text("DROP ROLE collector, prosperity_collector, prosperity_reader"))
    admin.dispose()


def worker(started: Processes, name: str, home: Path, variables: dict[str, str], *queues: str) -> Child:
    chosen = [word for queue in queues for word in ("--queue", queue)]
    own = {**variables, "PROSPERITY_HOME": str(home)}
    return started.serve(name, own, "worker", *chosen, "--concurrency", "2", "--name", name)


def machine(home: Path, publishers: Path) -> Path:
    """A home that shares nothing but the network: the sample publishers' addresses."""
    (home / "data").mkdir(parents=True)
    (home / "data" / "sample").symlink_to(publishers)
    return home


def executing(instance: DagsterInstance, step: str) -> list[str]:
    """Names of the workers that began the step, in order, over all runs."""
    found = []
    for run in instance.get_runs():
        for entry in instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT):
            event = entry.dagster_event
            if event and event.step_key == step and "Celery worker" in event.engine_event_data.metadata:
                found.append((entry.timestamp, str(event.engine_event_data.metadata["Celery worker"].value)))
    return [name.partition("@")[0] for _, name in sorted(found)]


def test_a_backfill_on_two_workers_of_which_one_dies(
    tmp_path: Path,
    databases: tuple[str, str],
    redis_server: str,
    s3: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warehouse, dagster_database = databases
    expected = undisturbed(tmp_path / "local", CHOSEN)

    central = tmp_path / "central"
    state = central / "data" / "sample"
    sample.ensure_running(state)
    variables = {
        "PROSPERITY_HOME": str(central),
        "PROSPERITY_DAGSTER_CONFIG": str(REPOSITORY / "deploy" / "dagster.production.yaml"),
        "PROSPERITY_DAGSTER_DATABASE": dagster_database,
        "PROSPERITY_WAREHOUSE": warehouse,
        "PROSPERITY_ARCHIVE": f"{s3}/archive",
        "PROSPERITY_LOG_BUCKET": "institute",
        "PROSPERITY_EXECUTOR": "celery",
        "PROSPERITY_CELERY_BROKER": f"{redis_server}/0",
        "PROSPERITY_CELERY_RESULTS": f"{redis_server}/1",
        "PROSPERITY_CELERY_VISIBILITY": str(VISIBILITY),
    }
    monkeypatch.setenv("PROSPERITY_DAGSTER_DATABASE", dagster_database)
    monkeypatch.setenv("PROSPERITY_LOG_BUCKET", "institute")
    try:
        with processes(tmp_path / "logs") as started:
            homes = {name: machine(tmp_path / name, state) for name in ("first", "second")}
            # Only the first asks publishers, both do the rest.
            queues = {"first": ("collect", "dagster"), "second": ("dagster",)}
            workers = {name: worker(started, name, homes[name], variables, *queues[name]) for name in homes}
            started.serve("daemon", variables, "daemon")
            dagster = started.webserver(variables)
            begun = time.monotonic()
            backfill = launch(dagster, CHOSEN)
            with DagsterInstance.from_config(str(central / "data" / "dagster")) as instance:
                wait_until(lambda: bool(executing(instance, STEP)), 900, f"{STEP} is under way")
                victim = executing(instance, STEP)[0]
                workers[victim].kill()
                killed = time.monotonic()
                # As the service manager does.
                worker(started, victim, homes[victim], variables, *queues[victim])
                ended = wait(dagster, backfill, seconds=1200)
                assert ended.success, f"{ended}\n{workers[victim].words()}"
                runs = instance.get_runs()
                assert {run.status for run in runs} == {DagsterRunStatus.SUCCESS}, [run.tags for run in runs]
                seen = {name: executing(instance, STEP).count(name) for name in homes}
                assert sum(seen.values()) > len(CHOSEN["cnnic_report"]), f"the step began again: {seen}"
            print(
                f"backfill {killed - begun:.1f} s to the kill of {victim}, {time.monotonic() - killed:.1f} s after it; "
                f"{STEP} by worker: {seen}"
            )
    finally:
        sample.stop(state)
    assert dumps(warehouse) == expected
    assert Archive(f"{s3}/archive").verify() == []
