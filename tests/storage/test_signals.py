"""Replicas on one PostgreSQL hear of each other's news at once, also after the connection broke."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from sqlalchemy import text

from bot.service.notices import Notices
from bot.storage.database import Database, open_database


@contextlib.asynccontextmanager
async def replica(url: str) -> AsyncIterator[tuple[Notices, Database, list[str]]]:
    """A replica that hears; its notices, its database, and how often it may have missed something."""
    database = open_database(url)
    signals = database.signals()
    notices = Notices(relay=signals.tell)
    missed: list[str] = []
    task = asyncio.create_task(signals.run(notices.hear, lambda: missed.append("missed")))
    await until(lambda: bool(missed))
    try:
        yield notices, database, missed
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await database.dispose()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for knows nothing of an event
            await asyncio.sleep(0.005)


async def test_what_one_replica_tells_wakes_who_waits_at_another(postgres_url: str) -> None:
    async with replica(postgres_url) as (here, *_), replica(postgres_url) as (there, *_):
        woken: list[str] = []
        there.on("telegram", lambda: woken.append("telegram"))
        here.on("telegram", lambda: woken.append("here"))
        waiting = asyncio.create_task(there.wait("c1", 10))
        await asyncio.sleep(0)
        here.tell("c1", "telegram")
        assert await waiting
        await until(lambda: len(woken) == 2)
        assert sorted(woken) == ["here", "telegram"]


async def test_a_broken_connection_is_made_again(postgres_url: str) -> None:
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yuanwen'")
    async with replica(postgres_url) as (here, database, missed), replica(postgres_url) as (there, *_):
        await database.run(lambda connection: connection.execute(end))
        await until(lambda: len(missed) == 2)
        for _ in range(50):
            here.tell("c2", "web")
            if await there.wait("c2", 0.1):
                return
        raise AssertionError("not heard")


async def test_on_sqlite_nobody_is_told_and_nothing_breaks(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    signals = database.signals()
    signals.tell("c1", "web")
    await signals.run(lambda *_: None, lambda: None)
    await database.tidy()
    await database.dispose()
