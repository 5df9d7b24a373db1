"""SQLAlchemy engines for the two databases, set up so that the rest of the storage need not know which one it talks to.

SQLite: write-ahead log, foreign keys on, every writing transaction takes the write lock when it begins (a lock taken
halfway fails at once instead of waiting). PostgreSQL: asyncpg where every millisecond counts, psycopg for jobs in threads.
"""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.errors import InvalidInput

BUSY_SECONDS: Final = 15.0  # how long another writer of the same SQLite file is waited for
READING: Final = {"yuanwen_reading": True}  # execution options of a transaction that will not write

_IDLE_SECONDS: Final = (
    60.0  # a connection that lay idle longer may be dead: it is replaced without being asked
)
_SYNC_DRIVERS: Final = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_to_json: Final = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def backend_of(url: str) -> str:
    """``sqlite`` or ``postgresql``. Raises InvalidInput for anything else."""
    return _parsed(url).get_backend_name()


def open_sync_engine(url: str, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine for jobs in threads and at the start. Raises InvalidInput for a URL of any other database."""
    target = _parsed(url)
    target = target.set(drivername=_SYNC_DRIVERS[target.get_backend_name()])
    if target.get_backend_name() == "sqlite":
        _make_folder(target)
        # No upper limit: waiting for a free connection would hold up the event loop.
        engine = create_engine(target, json_serializer=_to_json, hide_parameters=True, max_overflow=-1)
        _prepare_sqlite(engine, busy_seconds)
        return engine
    return create_engine(
        target,
        json_serializer=_to_json,
        hide_parameters=True,
        pool_size=2,
        connect_args={"connect_timeout": 5},
    )


def open_async_engine(url: str, pool_size: int = 10) -> AsyncEngine:
    """PostgreSQL through asyncpg. A replica that hangs inside a transaction loses its locks after half a minute."""
    settings = {"application_name": "yuanwen", "idle_in_transaction_session_timeout": "30000"}
    engine = create_async_engine(
        _for_asyncpg(_parsed(url)),
        json_serializer=_to_json,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        connect_args={"timeout": 5, "command_timeout": 20, "server_settings": settings},
    )
    _leave_idle_connections(engine.sync_engine)
    return engine


def _parsed(url: str) -> URL:
    try:
        target = make_url(url)
    except ArgumentError:
        raise InvalidInput("the database URL is not a URL: write sqlite:///FILE or postgresql://…") from None
    backend = target.get_backend_name()
    if backend not in _SYNC_DRIVERS:
        raise InvalidInput(f"no database {backend!r} here: use sqlite:///FILE or postgresql://…")
    return target


def _for_asyncpg(url: URL) -> URL:
    """The same server in asyncpg's words; options that only libpq knows are left out."""
    query = {name: value for name, value in url.query.items() if name in ("host", "port", "ssl")}
    if "sslmode" in url.query:
        query["ssl"] = url.query["sslmode"]
    return url.set(drivername="postgresql+asyncpg", query=query)


def _make_folder(url: URL) -> None:
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(engine: Engine, busy_seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `begun` does
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # what a person had erased is overwritten
        cursor.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reading = connection.get_execution_options().get("yuanwen_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _leave_idle_connections(engine: Engine) -> None:
    """Instead of asking every connection whether it lives, which would cost a round trip in every transaction."""

    @event.listens_for(engine, "checkin")
    def returned(_connection: Any, record: Any) -> None:
        record.info["returned"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(_connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.pop("returned", time.monotonic()) > _IDLE_SECONDS:
            raise DisconnectionError("idle for too long")  # the pool connects anew
