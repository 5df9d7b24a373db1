"""Who goes first: messages of one conversation one after the other, as they were accepted; many conversations at once.

Inside one process only, so that nobody waits in a transaction. Between processes the database decides: a message is
decided only when no earlier one of its conversation is undecided.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count


@dataclass(slots=True, eq=False)
class Place:
    """A message's place in its conversation: by its number in the inbox; the same number twice, in the order of coming."""

    conversation: str
    rank: tuple[int, int]
    called: asyncio.Event = field(default_factory=asyncio.Event)


class Order:
    """The messages being worked on, conversation by conversation."""

    def __init__(self) -> None:
        self._places: dict[str, list[Place]] = {}
        self._arriving: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}
        self._tickets = count()

    @asynccontextmanager
    async def arriving(self, channel: str, conversation: str) -> AsyncIterator[None]:
        """Messages of one person are accepted one after the other, as they came in here."""
        person = (channel, conversation)
        lock, waiting = self._arriving.get(person) or (asyncio.Lock(), 0)
        self._arriving[person] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            waiting = self._arriving[person][1] - 1
            if waiting:
                self._arriving[person] = (lock, waiting)
            else:
                del self._arriving[person]

    def enter(self, conversation: str, number: int) -> Place:
        """Takes a place. Whoever takes one must leave it."""
        place = Place(conversation, (number, next(self._tickets)))
        self._places.setdefault(conversation, []).append(place)
        return place

    async def first(self, place: Place) -> None:
        """Returns when nobody is before this place."""
        while self._first(place.conversation) is not place:
            place.called.clear()
            await place.called.wait()

    def leave(self, place: Place) -> None:
        """Lets the next one go on."""
        places = self._places[place.conversation]
        places.remove(place)
        if places:
            self._first(place.conversation).called.set()
        else:
            del self._places[place.conversation]

    def _first(self, conversation: str) -> Place:
        return min(self._places[conversation], key=lambda place: place.rank)
