"""Takes up what was accepted and left undecided: its process was killed, or the database went away in between."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Final, Protocol

from bot.domain.errors import YuanwenError
from bot.domain.messages import Inbound
from bot.ports import Clock, TurnResult, UnitsOfWork

log = logging.getLogger(__name__)

# Seconds that a message usually needs at the very most. Taking it up too early harms nobody: it is decided once.
GRACE: Final = timedelta(seconds=10)
_BATCH: Final = 200
_AT_ONCE: Final = 8  # conversations


class Handler(Protocol):
    """Decides a message that was accepted before."""

    async def take_up(self, message: Inbound) -> TurnResult: ...


class TakeUp:
    """The job. Messages of all channels; of one conversation in order, of several at once."""

    def __init__(self, handler: Handler, units: UnitsOfWork, clock: Clock) -> None:
        self._handler = handler
        self._units = units
        self._clock = clock
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._began = False

    async def __call__(self) -> int:
        """Decides what was left; gives how many. The first time also what is new: this process has begun nothing yet."""
        since = self._clock.now() - (GRACE if self._began else timedelta())
        self._began = True
        async with self._units(reading=True) as work:
            left = await work.inbox.left(since, _BATCH)
        if left:
            log.warning("%d messages were left undecided and are taken up", len(left))
        conversations: dict[tuple[str, str], list[Inbound]] = {}
        for message in left:
            conversations.setdefault((message.channel, message.conversation), []).append(message)
        await asyncio.gather(*(self._conversation(messages) for messages in conversations.values()))
        return len(left)

    async def _conversation(self, messages: list[Inbound]) -> None:
        async with self._places:
            for message in messages:
                try:
                    await self._handler.take_up(message)
                except YuanwenError as error:
                    log.warning("a message that was left waits: %s", error)
                    return  # in order: what follows waits with it
                except Exception:
                    log.exception("a message that was left could not be decided")
                    return
