"""The channel against the Bot API server, over storage in memory and an assistant with set answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.channels.telegram import run_telegram
from tests.channels.parts import LINKS, ChannelSettings, Parts
from tests.fakes.clock import QuickClock
from tests.telegram_server.server import TelegramServer, running


class Channel:
    """The channel as a process has it: started, stopped, started again over the same storage."""

    def __init__(self, server: TelegramServer, factor: float = 20.0) -> None:
        self.server = server
        self.parts = Parts(QuickClock(factor))
        self.links = LINKS
        self.task: asyncio.Task[None] | None = None

    @property
    def settings(self) -> ChannelSettings:
        return ChannelSettings(SecretStr(self.server.token), self.server.api_url)

    def start(self) -> asyncio.Task[None]:
        self.task = asyncio.create_task(run_telegram(self.parts, self.settings, self.links))
        return self.task

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.task
            self.task = None


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with running() as server:
        yield server


@pytest.fixture
async def channel(server: TelegramServer) -> AsyncIterator[Channel]:
    """A running channel."""
    channel = Channel(server)
    channel.start()
    yield channel
    await channel.stop()
