"""Wakes whoever waits for news of a conversation, or of a channel. A hint only: the outbox is the truth."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable


class Notices:
    """One event a waited-for conversation; nothing is kept for conversations that nobody waits for.

    ``relay`` passes what is told here on to the other replicas.
    """

    def __init__(self, relay: Callable[[str, str], None] | None = None) -> None:
        self._relay = relay
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._channels: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)

    def on(self, channel: str, wake: Callable[[], None]) -> None:
        """``wake`` is called whenever something was said on a channel, in this process or (on PostgreSQL) in another one."""
        self._channels[channel].append(wake)

    def tell(self, conversation_id: str, channel: str = "") -> None:
        """Something was said: wakes all who wait for this conversation and who delivers its channel, here and elsewhere."""
        self.hear(conversation_id, channel)
        if self._relay is not None:
            self._relay(conversation_id, channel)

    def hear(self, conversation_id: str, channel: str = "") -> None:
        """Wakes those of this process; another one has told, or may have."""
        for event in self._waiting.get(conversation_id, ()):
            event.set()
        for wake in self._channels.get(channel, ()):
            wake()

    def hear_all(self) -> None:
        """Wakes everybody: something may have been missed."""
        for conversation_id in list(self._waiting):
            self.hear(conversation_id)
        for channel in list(self._channels):
            self.hear("", channel)

    async def wait(self, conversation_id: str, seconds: float) -> bool:
        """True when somebody told within ``seconds``."""
        event = asyncio.Event()
        self._waiting[conversation_id].add(event)
        try:
            async with asyncio.timeout(seconds):  # wait_for of Python 3.11 can swallow the end of its task
                await event.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting[conversation_id].discard(event)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]
        return True
