"""The migrations make exactly the tables that the code knows, on both databases, once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from bot.domain.errors import InvalidInput, TryLater
from bot.storage.engine import open_sync_engine
from bot.storage.migrate import alembic_config, upgrade_now
from bot.storage.tables import active_revision, metadata


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/folder to be made/yuanwen.db"
    return str(request.getfixturevalue("empty_postgres_url"))


def test_the_tables_are_those_of_the_code_and_a_second_start_does_nothing(empty_url: str) -> None:
    assert upgrade_now(empty_url) is True
    assert upgrade_now(empty_url) is False
    engine = open_sync_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert connection.execute(select(active_revision.c.id, active_revision.c.number)).all() == [(1, None)]
    engine.dispose()


def test_several_processes_may_start_at_once(empty_url: str) -> None:
    program = f"from bot.storage.migrate import upgrade_now; print(upgrade_now({empty_url!r}))"
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0].strip() for process in started]
    assert sorted(said) == ["False", "False", "True"]


def test_threads_of_one_process_may_start_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(upgrade_now, [empty_url] * 3))
    assert sorted(done) == [False, False, True]


def test_the_first_migration_can_be_taken_back(empty_url: str) -> None:
    upgrade_now(empty_url)
    engine = open_sync_engine(empty_url)
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_a_newer_layout_is_not_touched(empty_url: str) -> None:
    upgrade_now(empty_url)
    engine = open_sync_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(InvalidInput, match="newer version"):
        upgrade_now(empty_url)


def test_the_command_line_of_alembic_works(tmp_path: Path) -> None:
    file = tmp_path / "by-hand.db"
    alembic = [
        sys.executable,
        "-m",
        "alembic",
        "-c",
        "bot/storage/alembic.ini",
        "-x",
        f"url=sqlite:///{file}",
    ]
    subprocess.run([*alembic, "upgrade", "head"], check=True, capture_output=True, timeout=60)
    assert upgrade_now(f"sqlite:///{file}") is False


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nothing of the kind"])
def test_other_databases_are_refused_in_one_line(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"sqlite:///FILE or postgresql://…$"):
        upgrade_now(url)


def test_a_server_that_is_away_is_said_to_be_away(tmp_path: Path) -> None:
    with pytest.raises(TryLater):
        upgrade_now(f"postgresql://postgres@/postgres?host={tmp_path}")
