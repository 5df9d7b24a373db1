"""How the databases are set up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import pytest_asyncio
from sqlalchemy import Column, MetaData, Table, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.errors import TryLater
from bot.storage.columns import UtcDateTime
from bot.storage.engine import open_engine
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.asyncio
moments = Table("moments", MetaData(), Column("at", UtcDateTime))


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def engine(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    engine = open_engine(request.getfixturevalue(f"{request.param}_url"))
    yield engine
    await engine.dispose()


async def test_sqlite_keeps_a_log_and_its_promises(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    async with engine.connect() as connection:
        said = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    await engine.dispose()
    assert said == ["wal", 1, 15000]


async def test_a_message_without_a_conversation_is_impossible(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(
                text(
                    "INSERT INTO outbox (conversation_id, seq, channel, kind, payload, state, created_at, due_at) "
                    "VALUES ('nobody', 1, 'web', 'reply', '{}', 'pending', '2026-11-24', '2026-11-24')"
                )
            )


async def test_moments_come_back_in_utc(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(moments.create)
        at = datetime(2026, 11, 24, 20, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
        await connection.execute(insert(moments).values(at=at))
        read = (await connection.execute(select(moments.c.at))).scalar_one()
        assert read == at
        assert read.tzinfo is UTC
        with pytest.raises(StatementError, match="without time zone"):
            await connection.execute(insert(moments).values(at=at.replace(tzinfo=None)))


async def test_a_database_that_went_away_asks_to_try_later(tmp_path: object) -> None:
    units = SqlUnitsOfWork(open_engine(f"postgresql://postgres@/postgres?host={tmp_path}"), FakeClock())
    with pytest.raises(TryLater):
        async with units():
            raise AssertionError("never begun")


async def test_a_writer_of_another_connection_is_waited_for(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    other = open_engine(sqlite_url)
    async with other.begin() as writing:
        await writing.execute(text("DELETE FROM outbox"))
        async with SqlUnitsOfWork(engine, FakeClock())(reading=True) as unit:
            assert await unit.conversations.find("web", "c1") is None  # readers go on meanwhile
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM outbox"))
    await engine.dispose()
    await other.dispose()


async def test_a_unit_of_work_inside_another_one_fails_at_once(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    units = SqlUnitsOfWork(engine, FakeClock())
    async with units():
        with pytest.raises(RuntimeError, match="inside another"):
            async with units():
                raise AssertionError("never begun")
        async with units(reading=True) as unit:
            assert await unit.conversations.find("web", "c1") is None
    async with units():
        pass
    await engine.dispose()
