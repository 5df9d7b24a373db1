"""How the two databases are set up, and that what fails for a moment says so."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Column, Connection, MetaData, Table, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.domain.errors import InvalidInput, TryLater
from bot.storage.columns import UtcDateTime
from bot.storage.database import Database, open_database
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.contract.values import message
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.asyncio
moments = Table("moments", MetaData(), Column("at", UtcDateTime))
ORPHAN = text(
    "INSERT INTO outbox (conversation_id, seq, channel, kind, payload, state, created_at, due_at) "
    "VALUES ('nobody', 1, 'web', 'reply', '{}', 'pending', '2026-11-24', '2026-11-24')"
)


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    database = open_database(request.getfixturevalue(f"{request.param}_url"))
    yield database
    await database.dispose()


@pytest_asyncio.fixture
async def file(sqlite_url: str) -> AsyncIterator[Database]:
    database = open_database(sqlite_url)
    yield database
    await database.dispose()


async def test_sqlite_keeps_a_log_and_its_promises(file: Database) -> None:
    async with file.transaction(reading=True) as here:
        said = [
            (await here.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert said == ["wal", 1, 5]
    assert await file.run(lambda job: job.execute(text("PRAGMA busy_timeout")).scalar()) == 15000


async def test_a_message_without_a_conversation_is_impossible(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as transaction:
            await transaction.execute(ORPHAN)
    with pytest.raises(IntegrityError):
        await database.run(lambda connection: connection.execute(ORPHAN))


async def test_moments_come_back_in_utc(database: Database) -> None:
    at = datetime(2026, 11, 24, 20, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))

    def job(connection: Connection) -> datetime | None:
        moments.create(connection)
        connection.execute(insert(moments).values(at=at))
        stored: datetime | None = connection.execute(select(moments.c.at)).scalar_one()
        return stored

    read = await database.run(job)
    assert read == at
    assert read is not None
    assert read.tzinfo is UTC
    with pytest.raises(StatementError, match="without time zone"):
        await database.run(lambda job: job.execute(insert(moments).values(at=at.replace(tzinfo=None))))
    async with database.transaction(reading=True) as transaction:
        assert (await transaction.execute(select(moments.c.at))).scalar_one() == at


async def test_a_job_that_fails_leaves_no_trace(database: Database) -> None:
    def job(connection: Connection) -> None:
        connection.execute(text("UPDATE active_revision SET switched_at = CURRENT_TIMESTAMP"))
        raise ValueError("half done")

    with pytest.raises(ValueError, match="half done"):
        await database.run(job)
    left = await database.run(
        lambda job: job.execute(text("SELECT switched_at FROM active_revision")).scalar()
    )
    assert left is None


async def test_a_database_that_is_away_asks_to_try_later(tmp_path: Path) -> None:
    database = open_database(f"postgresql://postgres@/postgres?host={tmp_path}")
    with pytest.raises(TryLater):
        async with SqlUnitsOfWork(database, FakeClock())() as unit:
            await unit.conversations.find("web", "c1")
    with pytest.raises(TryLater):
        await database.run(lambda job: job.execute(text("SELECT 1")))
    await database.dispose()


async def test_a_lost_connection_asks_to_try_later_and_the_next_one_works(postgres_url: str) -> None:
    database = open_database(postgres_url)
    units = SqlUnitsOfWork(database, FakeClock())
    end_others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yuanwen'"
    )

    async def lose() -> None:
        async with units() as unit:
            await unit.conversations.find("web", "c1")
            await database.run(lambda job: job.execute(end_others))
            await unit.conversations.find("web", "c1")

    with pytest.raises(TryLater):
        await lose()
    async with units() as unit:
        assert (await unit.inbox.accept(message(), FakeClock().now())).result is None
    await database.dispose()


async def test_another_process_that_writes_is_waited_for_without_holding_up_the_rest(
    file: Database, sqlite_url: str
) -> None:
    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE');"
        "print('locked', flush=True); sys.stdin.readline(); c.execute('COMMIT')"
    )
    other = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", program, sqlite_url.removeprefix("sqlite:///")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdin is not None
    assert other.stdout is not None
    assert other.stdout.readline() == "locked\n"
    units = SqlUnitsOfWork(file, FakeClock())

    async def write() -> int:
        async with units() as unit:
            accepted = await unit.inbox.accept(message(), FakeClock().now())
            await unit.commit()
            return accepted.inbound_id

    waiting = asyncio.create_task(write())
    for _ in range(5):
        await asyncio.sleep(0.01)
        async with units(reading=True) as unit:  # readers go on meanwhile
            assert await unit.conversations.find("web", "c1") is None
    assert not waiting.done()
    other.communicate("\n", timeout=10)
    assert await asyncio.wait_for(waiting, 5) == 1


async def test_a_unit_of_work_inside_another_one_fails_at_once(file: Database) -> None:
    units = SqlUnitsOfWork(file, FakeClock())
    async with units():
        with pytest.raises(RuntimeError, match="inside another"):
            async with units():
                raise AssertionError("never begun")
        async with units(reading=True) as unit:
            assert await unit.conversations.find("web", "c1") is None
    async with units():
        pass


async def test_a_cancelled_unit_of_work_lets_the_next_one_begin(database: Database) -> None:
    units = SqlUnitsOfWork(database, FakeClock())
    begun = asyncio.Event()

    async def hang() -> None:
        async with units() as unit:
            await unit.inbox.accept(message(), FakeClock().now())
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), units() as unit:
        assert await unit.conversations.find("web", "c1") is None


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nothing of the kind"])
async def test_other_databases_are_refused_in_one_line(url: str) -> None:
    with pytest.raises(
        InvalidInput, match=r"use sqlite:///FILE or postgresql://…|write sqlite:///FILE or postgresql://…"
    ):
        open_database(url)
