"""Takes up a new active revision while the bot runs, without a restart and off the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import NotFound
from bot.ports import Clock
from bot.storage.catalogue_store import CatalogueStore

T = TypeVar("T")
_log: Final = logging.getLogger(__name__)


class RevisionWatch(Generic[T]):
    """Holds what ``build`` makes of the active revision (catalogues, their index), and replaces it as a whole.

    ``build`` runs in a thread and must be pure. While a new revision cannot be read, the old one stays.
    """

    def __init__(
        self,
        store: CatalogueStore,
        build: Callable[[KnowledgeSet, Revision], T],
        clock: Clock,
        every: float = 2.0,
        stale: Callable[[T], bool] = lambda _: False,
    ) -> None:
        """``every``: seconds between two looks at the database; ``stale``: what was built must be built anew."""
        self._store = store
        self._build = build
        self._clock = clock
        self._every = every
        self._stale = stale
        self._revision: Revision | None = None
        self._current: T | None = None

    @property
    def revision(self) -> Revision:
        """The revision in use. Raises NotFound before the first one is loaded."""
        if self._revision is None:
            raise NotFound("no knowledge is loaded: run 'yuanwen knowledge load'")
        return self._revision

    def current(self) -> T:
        """What was built of the revision in use. Raises NotFound before the first one is loaded."""
        if self._current is None:
            raise NotFound("no knowledge is loaded: run 'yuanwen knowledge load'")
        return self._current

    async def refresh(self) -> bool:
        """Looks once; True when something was built anew. Raises what the database or ``build`` raises."""
        active = await self._store.active()
        same = active == self._revision and not (self._current is not None and self._stale(self._current))
        if active is None or same:
            return False
        knowledge = await self._store.load(active.number)
        built = await asyncio.to_thread(self._build, knowledge, active)
        self._current, self._revision = built, active
        _log.info("knowledge revision %d is in use", active.number)
        return True

    async def run(self) -> None:
        """Looks again and again, until cancelled. A failure is logged once until a look succeeds."""
        failing = False
        while True:
            await self._clock.sleep(self._every)
            try:
                await self.refresh()
                failing = False
            except Exception:  # noqa: BLE001 - whatever is wrong with a new revision, the bot goes on with the old one
                if not failing:
                    _log.exception("the active knowledge revision cannot be read; the one in use stays")
                failing = True
