"""A private assistant for one command: the knowledge of the database or the folder, conversations kept nowhere."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

from bot.app import Core, open_core
from bot.clock import WallClock
from bot.curation.publish import read_for_publishing
from bot.domain.catalogue import KnowledgeSet
from bot.settings import Settings
from bot.storage.catalogue_store import CatalogueStore
from bot.storage.database import open_database
from bot.storage.layout import is_current

NLU_PATIENCE = 120.0  # seconds that a server of our own may take to load


@contextlib.asynccontextmanager
async def private_core(
    settings: Settings, *, wait_for_nlu: bool = True, day: date | None = None
) -> AsyncIterator[Core]:
    """The parts with a throw-away database; waits until Rasa understands, and says so when it does not.

    ``day``: the answers as of that day.
    """
    with tempfile.TemporaryDirectory(prefix="yuanwen-") as folder:
        seed = await _knowledge(settings)
        async with open_core(settings, f"sqlite:///{Path(folder) / 'private.db'}", seed, day) as core:
            if wait_for_nlu:
                await _wait_for_nlu(core)
            yield core


async def _knowledge(settings: Settings) -> KnowledgeSet:
    """The active revision of the configured database; the folder's records when it has none."""
    if await is_current(settings.database):
        database = open_database(settings.database)
        try:
            store = CatalogueStore(database, WallClock())
            if active := await store.active():
                return await store.load(active.number)
        finally:
            await database.dispose()
    return await asyncio.to_thread(read_for_publishing, settings.knowledge_dir)


async def _wait_for_nlu(core: Core) -> None:
    if core.supervisor is None:
        if not core.settings.nlu_urls:
            print(
                "yuanwen: no trained model: word lists alone understand (run 'yuanwen train')",
                file=sys.stderr,
            )
        return
    try:
        await asyncio.wait_for(core.supervisor.ready.wait(), NLU_PATIENCE)
    except TimeoutError:
        print(
            "yuanwen: Rasa did not start in time; see var/log/rasa.log. Word lists understand.",
            file=sys.stderr,
        )
