"""Wakes whoever waits for news of a conversation, inside this process. A hint only: the outbox is the truth."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Notices:
    """One event a waited-for conversation; nothing is kept for conversations that nobody waits for."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def tell(self, conversation_id: str) -> None:
        """Wakes all who wait for this conversation."""
        for event in self._waiting.get(conversation_id, ()):
            event.set()

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
