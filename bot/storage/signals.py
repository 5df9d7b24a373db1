"""Hints between replicas that something was said: LISTEN/NOTIFY on PostgreSQL. The outbox is the truth; hints may be lost.

Sent after the commit and not in it, many at once: a NOTIFY inside a transaction makes every commit wait for every other one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

log = logging.getLogger(__name__)

Told = Callable[[str, str], None]

_CHANNEL: Final = "yuanwen"
_TOGETHER: Final = 0.005  # seconds that hints are gathered before they are sent
_MOST: Final = 100  # hints in one message: PostgreSQL allows 8,000 bytes
_REST: Final = 1.0  # seconds before connecting again
_ALIVE: Final = 30.0  # seconds after which a silent connection is asked whether it lives


class NoSignals:
    """Where processes do not hear of each other: they look for news themselves."""

    def tell(self, conversation_id: str, channel: str) -> None:
        """Nobody else is told."""

    async def run(self, told: Told, missed: Callable[[], None]) -> None:
        """Nothing is heard."""


class PostgresSignals:
    """See the port ``Signals``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._me = uuid4().hex[:8]
        self._waiting: dict[tuple[str, str], None] = {}
        self._news = asyncio.Event()
        self._listening = False

    def tell(self, conversation_id: str, channel: str) -> None:
        """Passes a hint on to the other replicas, in a moment. Dropped while the database is away."""
        if self._listening:
            self._waiting[conversation_id, channel] = None
            self._news.set()

    async def run(self, told: Told, missed: Callable[[], None]) -> None:
        """Hears and sends until cancelled; connects again when the connection breaks, and calls ``missed`` then."""
        while True:
            try:
                async with self._engine.connect() as connection:
                    raw = await connection.get_raw_connection()
                    try:
                        await self._serve(raw.driver_connection, told, missed)
                    finally:
                        await connection.invalidate()  # it listens: nobody else may get it
            except Exception as error:  # noqa: BLE001 - whatever the driver raises, a new connection may work
                log.warning("hints between replicas are lost for a moment: %s", type(error).__name__)
            self._listening = False
            self._waiting.clear()
            await asyncio.sleep(_REST)

    async def _serve(self, connection: Any, told: Told, missed: Callable[[], None]) -> None:
        def heard(_connection: Any, _pid: int, _channel: str, payload: str) -> None:
            sender, _, hints = payload.partition(" ")
            for hint in hints.split() if sender != self._me else ():
                conversation_id, _, channel = hint.partition("/")
                told(conversation_id, channel)

        def ended(_connection: Any) -> None:
            broken.set()
            self._news.set()

        broken = asyncio.Event()
        connection.add_termination_listener(ended)
        await connection.add_listener(_CHANNEL, heard)
        self._listening = True
        missed()
        while not broken.is_set():
            await self._send(connection)

    async def _send(self, connection: Any) -> None:
        """Sends the hints that there are; asks whether the connection lives when there are none for long."""
        try:
            await asyncio.wait_for(self._news.wait(), _ALIVE)
        except TimeoutError:
            await connection.execute("SELECT 1")
            return
        await asyncio.sleep(_TOGETHER)
        self._news.clear()
        hints = [f"{conversation_id}/{channel}" for conversation_id, channel in self._waiting]
        self._waiting.clear()
        for start in range(0, len(hints), _MOST):
            payload = " ".join([self._me, *hints[start : start + _MOST]])
            await connection.execute("SELECT pg_notify($1, $2)", _CHANNEL, payload)
