"""Which table layout a database has, found out without Alembic: most starts have nothing to migrate."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import TryLater
from bot.storage.engine import READING, backend_of, open_sync_engine

_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"


def newest_layout() -> str:
    """The revision of the last migration: their files are named by it and come in its order."""
    return max(path.stem.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))


def layout_of(url: str) -> str | None:
    """The layout of a database, None when it has no tables yet. Raises InvalidInput, and TryLater when it does not answer."""
    if (file := sqlite_file(url)) is not None and not file.exists():
        return None
    engine = open_sync_engine(url)
    try:
        with engine.connect().execution_options(**READING) as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as error:
        raise TryLater("the database does not answer: start it or correct its URL, then try again") from error
    finally:
        engine.dispose()


async def is_current(url: str) -> bool:
    """True when there is nothing to migrate. Raises like ``layout_of``."""
    return await asyncio.to_thread(layout_of, url) == newest_layout()


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for any other database. Raises InvalidInput."""
    if backend_of(url) != "sqlite":
        return None
    name = make_url(url).database
    return Path(name) if name and name != ":memory:" and not name.startswith("file:") else None


def shown_url(url: str) -> str:
    """The URL without its password, for people to see."""
    return make_url(url).render_as_string(hide_password=True)


def end_connections(url: str) -> None:
    """Ends every connection of the bots to a PostgreSQL server, as a failing network would; nothing on SQLite."""
    if backend_of(url) == "sqlite":
        return
    engine = open_sync_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yuanwen'")
        )
    engine.dispose()
