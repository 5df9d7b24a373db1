"""Whether a database has the newest table layout, found out without Alembic: most starts have nothing to migrate."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.engine import READING, open_sync_engine

_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"


def newest_layout() -> str:
    """The revision of the last migration: their files are named by it and come in its order."""
    return max(path.stem.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))


def layout_of(url: str) -> str | None:
    """The layout of a database, or None when it has none of ours or does not answer. Raises InvalidInput."""
    engine = open_sync_engine(url)
    try:
        with engine.connect().execution_options(**READING) as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


async def is_current(url: str) -> bool:
    """True when there is nothing to migrate."""
    return await asyncio.to_thread(layout_of, url) == newest_layout()
