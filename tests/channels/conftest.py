"""The channel against the Bot API server, over storage in memory and an assistant with set answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from bot.channels.telegram import run_telegram
from bot.domain.errors import TryLater
from bot.ports import UnitOfWork, UnitsOfWork
from tests.fakes.clock import QuickClock
from tests.fakes.storing_assistant import StoringAssistant
from tests.fakes.unit_of_work import FakeUnitsOfWork
from tests.minds import wording
from tests.telegram_server.server import TelegramServer, running


class MemoryUnits(FakeUnitsOfWork):
    """Storage in memory that is ``away`` when a test says so."""

    away = False

    def __call__(self, *, reading: bool = False) -> UnitOfWork:
        if self.away:
            raise TryLater("the database does not answer: try again in a moment")
        return super().__call__(reading=reading)


class Parts:
    """What the channel needs of the whole, over storage in memory or the given one."""

    def __init__(self, clock: QuickClock, units: UnitsOfWork | None = None) -> None:
        self.clock = clock
        self.memory = MemoryUnits(clock)
        self.units = units or self.memory
        self.wording = wording()
        self.assistant = StoringAssistant(self.units, clock)


@dataclass(frozen=True)
class ChannelSettings:
    """The settings that the channel needs."""

    telegram_token: SecretStr | None
    telegram_api_url: str


class Channel:
    """The channel as a process has it: started, stopped, started again over the same storage."""

    def __init__(self, server: TelegramServer, factor: float = 20.0) -> None:
        self.server = server
        self.parts = Parts(QuickClock(factor))
        self.task: asyncio.Task[None] | None = None

    @property
    def settings(self) -> ChannelSettings:
        return ChannelSettings(SecretStr(self.server.token), self.server.api_url)

    def start(self) -> asyncio.Task[None]:
        self.task = asyncio.create_task(run_telegram(self.parts, self.settings))
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
