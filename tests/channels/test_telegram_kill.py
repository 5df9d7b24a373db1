"""A process is killed without warning: the next one over the same storage finishes what it left."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from tests.telegram_server.faults import too_many
from tests.telegram_server.server import TelegramServer

ROOT = Path(__file__).parents[2]
ANNA = 7


@contextlib.asynccontextmanager
async def process(server: TelegramServer, database: str) -> AsyncIterator[None]:
    """A process with the channel, killed at the end of the block."""
    arguments = ("-m", "tests.channels.process", database, server.api_url)
    running = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
    try:
        yield
    finally:
        running.kill()
        await running.wait()


async def test_killed_between_commit_and_send(server: TelegramServer, sqlite_url: str) -> None:
    server.fail("sendMessage", too_many(3))
    async with process(server, sqlite_url):
        for number in range(3):
            await server.write(ANNA, f"message {number}")
        await server.until(lambda: bool(server.called("sendMessage")) and server.unconfirmed == 0, 60)
    assert server.delivered == []
    async with process(server, sqlite_url):
        texts = await server.delivered_to(ANNA, 3, 60)
    assert texts == [f"You said: message {number}" for number in range(3)]
    refused, taken = (call.at for call in server.called("sendMessage")[:2])
    assert taken - refused >= 3  # what flood control said holds for the next process as well


async def test_killed_again_and_again(server: TelegramServer, sqlite_url: str) -> None:
    """However often: all answered, in order, and none more than twice."""
    for number in range(6):
        await server.write(ANNA, f"message {number}")
    for _ in range(2):
        seen = len(server.delivered)
        async with process(server, sqlite_url):
            await server.until(lambda: len(server.delivered) > seen, 60)  # noqa: B023 - awaited here
    async with process(server, sqlite_url):
        await server.until(lambda: "You said: message 5" in server.texts(ANNA), 90)
    texts = server.texts(ANNA)
    assert list(dict.fromkeys(texts)) == [f"You said: message {number}" for number in range(6)]
    assert all(texts.count(text) <= 2 for text in texts)
