"""One transaction over the conversations: rolled back unless committed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, nullcontext
from types import TracebackType
from typing import Any, Self

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import TryLater
from bot.ports import Clock, Conversations, Inbox, Outbox, Turns, UnitOfWork
from bot.storage.conversations import SqlConversations
from bot.storage.engine import READING
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox
from bot.storage.turns import SqlTurns


class SqlUnitOfWork:
    """See the port ``UnitOfWork``. A database that is away raises TryLater."""

    inbox: Inbox
    conversations: Conversations
    turns: Turns
    outbox: Outbox

    def __init__(
        self, engine: AsyncEngine, clock: Clock, writer: WritersTurn | None, *, reading: bool
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._writer = None if reading else writer
        self._reading = reading
        self._stack = AsyncExitStack()
        self._connection: AsyncConnection | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            lock: Any = self._writer or nullcontext()
            await stack.enter_async_context(lock)
            try:
                connection = await stack.enter_async_context(self._engine.connect())
                if self._reading:
                    await connection.execution_options(**READING)
                await connection.begin()
            except (OperationalError, PoolTimeout) as error:
                raise TryLater("the database does not answer: try again in a moment") from error
            self._stack = stack.pop_all()
        self._connection = connection
        self.inbox = SqlInbox(connection, self._clock)
        self.conversations = SqlConversations(connection, self._clock)
        self.turns = SqlTurns(connection)
        self.outbox = SqlOutbox(connection, self._clock)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()  # closing a connection rolls back what was not committed
        self._connection = None
        if isinstance(error, DBAPIError) and (
            error.connection_invalidated or isinstance(error, OperationalError)
        ):
            raise TryLater("the database went away: try again in a moment") from error

    async def commit(self) -> None:
        """Makes everything done so far permanent."""
        assert self._connection is not None, "commit inside the unit of work"
        await self._connection.commit()


class WritersTurn:
    """A lock that remembers its holder, so that a unit of work inside another one fails instead of waiting for itself."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if self._holder is task:
            raise RuntimeError("a unit of work was begun inside another one: end the first before")
        await self._lock.acquire()
        self._holder = task

    async def __aexit__(self, *_: object) -> None:
        self._holder = None
        self._lock.release()


class SqlUnitsOfWork:
    """Begins units of work on one engine.

    SQLite has one writer at a time. The lock makes those of this process wait in turn instead of asking again and again;
    other processes wait for each other by SQLite's own means.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._writer = WritersTurn() if engine.dialect.name == "sqlite" else None

    def __call__(self, *, reading: bool = False) -> UnitOfWork:
        """``reading``: nothing will be written; does not wait for writers."""
        return SqlUnitOfWork(self._engine, self._clock, self._writer, reading=reading)
