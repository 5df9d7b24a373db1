"""Brings a database to the newest table layout."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.domain.errors import InvalidInput, TryLater
from bot.storage.engine import open_sync_engine

_FOLDER: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x7975616E77656E  # any number that no other program on the same database uses
_ONE_AT_A_TIME: Final = threading.Lock()  # Alembic keeps the migration it runs in module globals
_log: Final = logging.getLogger(__name__)


def wait_for_turn(connection: Connection) -> None:
    """Of several replicas that start together one migrates and the others wait. SQLite's write lock does the same."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def alembic_config() -> Config:
    """Alembic's configuration without any file."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


async def upgrade_to_head(url: str) -> bool:
    """True when something had to be done. Safe to call at every start and from several processes at once.

    Raises InvalidInput for a URL that is no database of ours or a layout newer than this program, TryLater when the
    database does not answer.
    """
    return await asyncio.to_thread(upgrade_now, url)


def upgrade_now(url: str) -> bool:
    """``upgrade_to_head`` for callers without an event loop."""
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    engine = open_sync_engine(url)
    try:
        with _ONE_AT_A_TIME, engine.begin() as connection:
            wait_for_turn(connection)
            at = MigrationContext.configure(connection).get_current_revision()
            if at == scripts.get_current_head():
                return False
            if at is not None and at not in {script.revision for script in scripts.walk_revisions()}:
                raise InvalidInput(
                    "the database was made by a newer version: start that version, or restore a backup"
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        _log.info("database tables brought to layout %s", scripts.get_current_head())
        return True
    except OperationalError as error:
        raise TryLater("the database does not answer: start it or correct its URL, then try again") from error
    finally:
        engine.dispose()
