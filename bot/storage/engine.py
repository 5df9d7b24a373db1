"""Engines for the two databases, set up so that the rest of the storage need not know which one it talks to.

SQLite: write-ahead log, foreign keys on, every writing transaction takes the write lock when it begins (a lock taken
halfway fails at once instead of waiting). PostgreSQL: psycopg 3, which serves both the bot and the migrations.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.errors import InvalidInput

BUSY_SECONDS: Final = 15.0
READING: Final = {"yuanwen_reading": True}  # execution options of a transaction that will not write

_DRIVERS: Final = {"sqlite": ("sqlite", "sqlite+aiosqlite"), "postgresql": ("postgresql+psycopg",) * 2}
_to_json: Final = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def open_engine(url: str, pool_size: int = 10) -> AsyncEngine:
    """The bot's engine. Raises InvalidInput for a URL of any other database."""
    target = _with_driver(url, asynchronous=True)
    if target.get_backend_name() == "sqlite":
        _make_folder(target)
        engine = create_async_engine(target, json_serializer=_to_json, pool_size=pool_size)
        _prepare_sqlite(engine.sync_engine)
        return engine
    return create_async_engine(
        target, json_serializer=_to_json, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True
    )


def open_sync_engine(url: str) -> Engine:
    """An engine for one job at the start, such as a migration."""
    target = _with_driver(url, asynchronous=False)
    if target.get_backend_name() == "sqlite":
        _make_folder(target)
        engine = create_engine(target, json_serializer=_to_json)
        _prepare_sqlite(engine)
        return engine
    return create_engine(target, json_serializer=_to_json)


def _with_driver(url: str, *, asynchronous: bool) -> URL:
    try:
        target = make_url(url)
    except ArgumentError:
        raise InvalidInput("the database URL is not a URL: write sqlite:///FILE or postgresql://…") from None
    backend = target.get_backend_name()
    if backend not in _DRIVERS:
        raise InvalidInput(f"no database {backend!r} here: use sqlite:///FILE or postgresql://…")
    return target.set(drivername=_DRIVERS[backend][asynchronous])


def _make_folder(url: URL) -> None:
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `begun` does
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reading = connection.get_execution_options().get("yuanwen_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
