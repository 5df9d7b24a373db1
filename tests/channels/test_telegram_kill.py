"""A process is killed without warning: the next one over the same storage finishes what it left."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.telegram_server.faults import too_many
from tests.telegram_server.server import TelegramServer

ROOT = Path(__file__).parents[2]
ANNA, BO = 7, 8


@contextlib.asynccontextmanager
async def process(
    server: TelegramServer, database: str, *kill_at: str, factor: int = 4
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process with the channel, killed at a point, or at the end of the block."""
    arguments = ("-m", "tests.channels.process", database, server.api_url, str(factor), *kill_at)
    running = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        await running.wait()


async def test_killed_between_commit_and_send(server: TelegramServer, sqlite_url: str) -> None:
    server.fail("sendMessage", too_many(3))
    async with process(server, sqlite_url, factor=1):
        for number in range(3):
            await server.write(ANNA, f"message {number}")
        await server.until(lambda: bool(server.called("sendMessage")) and server.unconfirmed == 0, 60)
    assert server.delivered == []
    async with process(server, sqlite_url, factor=1):
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


# Where processes are killed → how many of them, and how many messages may have been sent twice by that: what was sent and not
# noted is sent again. A message whose process dies twice between lease and send counts as sent: nobody can know that it was not.
POINTS = {
    "updates read": (2, 0),
    "updates stored": (2, 0),
    "leased": (1, 0),
    "sent": (2, 1),
    "before settle": (2, 1),
}


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.replace(" ", "-"))
async def test_killed_at_every_point(server: TelegramServer, sqlite_url: str, point: str) -> None:
    """Processes are killed there; then everything is answered, in order, and once but for what was just being sent."""
    kills, twice = POINTS[point]
    messages, missed = [f"message {number}" for number in range(4)], []
    for text in messages:
        await server.write(ANNA, text)
    for number in range(kills):
        async with process(server, sqlite_url, point) as killed:
            assert await asyncio.wait_for(killed.wait(), 60) == -signal.SIGKILL
            missed.append(f"while it is away {number}")
            await server.write(BO, missed[-1])
    async with process(server, sqlite_url):
        await server.until(lambda: f"You said: {messages[-1]}" in server.texts(ANNA), 90)
        await server.until(lambda: f"You said: {missed[-1]}" in server.texts(BO), 90)
    for person, said in ((ANNA, messages), (BO, missed)):
        assert list(dict.fromkeys(server.texts(person))) == [f"You said: {text}" for text in said]
    sent = Counter((each.chat, each.text) for each in server.delivered)
    assert sum(count - 1 for count in sent.values()) <= kills * twice
    assert max(sent.values()) <= 2


async def test_killed_between_the_parts_of_a_long_answer(server: TelegramServer, sqlite_url: str) -> None:
    """The parts that went out are noted one by one: they do not go again."""
    text = "\n\n".join(letter * 3000 for letter in "abc")
    await server.write(ANNA, text)
    async with process(server, sqlite_url, "part noted", "2") as killed:
        assert await asyncio.wait_for(killed.wait(), 60) == -signal.SIGKILL
    assert len(server.texts(ANNA)) == 2
    async with process(server, sqlite_url):
        await server.delivered_to(ANNA, 3, 60)
    assert [part[-1] for part in server.texts(ANNA)] == ["a", "b", "c"]
