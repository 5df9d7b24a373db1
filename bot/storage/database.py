"""One database for the running bot: transactions for turns, and whole jobs in threads.

A statement on SQLite takes microseconds; handing it to another thread and back takes ten times as long. So SQLite's
statements run where they stand, on the event loop, and only waiting for another writer happens asynchronously.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import TryLater
from bot.ports import Signals
from bot.storage.engine import BUSY_SECONDS, READING, backend_of, open_async_engine, open_sync_engine
from bot.storage.signals import NoSignals, PostgresSignals

T = TypeVar("T")
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]

_FIRST_WAIT: Final = 0.001
_LONGEST_WAIT: Final = 0.05
# Lost connections, too many of them, a server that stops, deadlocks and serialisation: the same again can succeed.
_PASSING: Final = ("08", "53", "57P", "40001", "40P01", "25P03")


class Transaction(Protocol):
    """Statements inside one transaction. ``dialect``: ``sqlite`` or ``postgresql``."""

    @property
    def dialect(self) -> str: ...
    async def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[Any]: ...
    async def commit(self) -> None: ...


class Database(Protocol):
    """Where conversations and knowledge are kept. Whatever it raises because the database is away is TryLater."""

    def transaction(self, *, reading: bool = False) -> Any:
        """An asynchronous context with a Transaction; rolled back unless committed."""
        ...

    async def run(self, job: Callable[[Connection], T], *, reading: bool = False) -> T:
        """Runs ``job`` in a thread, in a transaction of its own, committed when it returns."""
        ...

    async def tidy(self) -> None:
        """Housekeeping of the database's own, from time to time: quick, and safe beside everything else."""
        ...

    def signals(self) -> Signals:
        """How processes on this database tell each other of news."""
        ...

    async def dispose(self) -> None:
        """Closes all connections."""
        ...


def open_database(url: str) -> Database:
    """Opens nothing yet. Raises InvalidInput for a URL that is neither SQLite's nor PostgreSQL's."""
    return SqliteDatabase(url) if backend_of(url) == "sqlite" else PostgresDatabase(url)


class SqliteDatabase:
    """See ``Database``. Writers of this process take turns in order; other processes are waited for by asking again."""

    def __init__(self, url: str) -> None:
        self._jobs = open_sync_engine(url)
        self._here = open_sync_engine(url, busy_seconds=0.005)
        self._turn = WritersTurn()

    @asynccontextmanager
    async def transaction(self, *, reading: bool = False) -> AsyncIterator[Transaction]:
        if reading:
            async with self._begun(READING) as transaction:
                yield transaction
            return
        async with self._turn, self._begun({}) as transaction:
            yield transaction

    @asynccontextmanager
    async def _begun(self, options: Mapping[str, Any]) -> AsyncIterator[Transaction]:
        try:
            with self._here.connect() as connection:
                connection.execution_options(**options)
                await _begin(connection)
                yield _Direct(connection)
        except OperationalError as error:
            raise TryLater("the database does not answer: try again in a moment") from error

    async def run(self, job: Callable[[Connection], T], *, reading: bool = False) -> T:
        return await asyncio.to_thread(_run, self._jobs, job, reading)

    async def tidy(self) -> None:
        """Empties the write-ahead log, so that what was erased is gone from it, and brings the statistics up to date."""
        await asyncio.to_thread(_tidy_sqlite, self._jobs)

    def signals(self) -> Signals:
        return NoSignals()

    async def dispose(self) -> None:
        self._here.dispose()
        self._jobs.dispose()


async def _begin(connection: Connection) -> None:
    """Begins; another process that writes is waited for, without holding up this one."""
    waited, pause = 0.0, _FIRST_WAIT
    while True:
        try:
            connection.begin()
            return
        except OperationalError:
            if waited > BUSY_SECONDS:
                raise
        await asyncio.sleep(pause)
        waited, pause = waited + pause, min(2 * pause, _LONGEST_WAIT)


class _Direct:
    """A transaction whose statements run here and now."""

    dialect = "sqlite"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    async def commit(self) -> None:
        self._connection.commit()


class PostgresDatabase:
    """See ``Database``."""

    def __init__(self, url: str) -> None:
        self._jobs = open_sync_engine(url)
        self._engine: AsyncEngine = open_async_engine(url)

    @asynccontextmanager
    async def transaction(self, *, reading: bool = False) -> AsyncIterator[Transaction]:
        try:
            async with self._engine.connect() as connection:
                yield _Awaited(connection)
        except (DBAPIError, PoolTimeout, OSError) as error:
            if _passes(error):
                raise TryLater("the database does not answer: try again in a moment") from error
            raise

    async def run(self, job: Callable[[Connection], T], *, reading: bool = False) -> T:
        return await asyncio.to_thread(_run, self._jobs, job, reading)

    async def tidy(self) -> None:
        """Nothing: the server vacuums by itself."""

    def signals(self) -> Signals:
        return PostgresSignals(self._engine)

    async def dispose(self) -> None:
        await self._engine.dispose()
        self._jobs.dispose()


class _Awaited:
    """A transaction on a server."""

    dialect = "postgresql"

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        return await self._connection.execute(statement, parameters)

    async def commit(self) -> None:
        await self._connection.commit()


def _run(engine: Engine, job: Callable[[Connection], T], reading: bool) -> T:
    try:
        with engine.connect() as connection:
            if reading:
                connection.execution_options(**READING)
            with connection.begin():
                return job(connection)
    except OperationalError as error:
        raise TryLater("the database does not answer: try again in a moment") from error


def _tidy_sqlite(engine: Engine) -> None:
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA optimize"):
            raw.execute(statement).fetchall()


def _passes(error: Exception) -> bool:
    """True when the same can succeed in a moment."""
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return True
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return state.startswith(_PASSING) or isinstance(error, OperationalError)


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
