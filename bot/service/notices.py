"""Wakes whoever waits for news, inside this process: of a conversation, or of a channel. A hint only: the outbox is the truth."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable


class Notices:
    """One event a waited-for conversation; nothing is kept for conversations that nobody waits for."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._channels: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)

    def on(self, channel: str, wake: Callable[[], None]) -> None:
        """``wake`` is called whenever something was said on a channel, in this process or (on PostgreSQL) in another one."""
        self._channels[channel].append(wake)

    def tell(self, conversation_id: str, channel: str = "") -> None:
        """Wakes all who wait for this conversation, and who delivers its channel."""
        for event in self._waiting.get(conversation_id, ()):
            event.set()
        for wake in self._channels.get(channel, ()):
            wake()

    def tell_all(self) -> None:
        """Wakes everybody: something may have been missed."""
        for conversation_id in list(self._waiting):
            self.tell(conversation_id)
        for channel in list(self._channels):
            self.tell("", channel)

    async def wait(self, conversation_id: str, seconds: float) -> bool:
        """True when somebody told within ``seconds``."""
        event = asyncio.Event()
        self._waiting[conversation_id].add(event)
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting[conversation_id].discard(event)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]
        return True
