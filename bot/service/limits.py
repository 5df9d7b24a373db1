"""What keeps one person, or all together, from overloading the assistant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.errors import TryLater
from bot.domain.messages import Inbound

_UNHURRIED: Final = frozenset({"console"})  # programs that ask line by line: nobody else is kept waiting


@dataclass(frozen=True, slots=True)
class Limits:
    """``at_once`` messages are worked on, ``waiting`` more wait; a person writes ``burst`` at once, then ``per_minute``."""

    at_once: int = 64
    waiting: int = 1_000
    burst: int = 100
    per_minute: float = 60.0


class Room:
    """How many messages are worked on at once; some more may wait, and beyond that nobody is let in."""

    def __init__(self, limits: Limits) -> None:
        self._places = asyncio.Semaphore(limits.at_once)
        self._most = limits.at_once + limits.waiting
        self.inside = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place to work in. Raises TryLater when too many wait already: nothing has been accepted then."""
        if self.inside >= self._most:
            raise TryLater("too many messages at once: try again in a moment")
        self.inside += 1
        try:
            async with self._places:
                yield
        finally:
            self.inside -= 1


class Tempo:
    """How fast each person writes. The ``people`` who wrote last are remembered; the others have been silent for long."""

    def __init__(self, limits: Limits, people: int = 20_000) -> None:
        self._burst = float(limits.burst)
        self._per_second = limits.per_minute / 60
        self._people = people
        self._left: dict[tuple[str, str], tuple[float, datetime]] = {}

    def too_fast(self, message: Inbound, now: datetime) -> bool:
        """Counts a message; True when it is one too many."""
        if message.channel in _UNHURRIED:
            return False
        person = (message.channel, message.conversation)
        left, since = self._left.pop(person, (self._burst, now))
        left = min(self._burst, left + max(0.0, (now - since).total_seconds()) * self._per_second)
        over = left < 1
        self._left[person] = (left if over else left - 1, now)
        if len(self._left) > self._people:
            del self._left[next(iter(self._left))]
        return over
