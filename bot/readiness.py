"""What ``/readyz`` tells: the state of the database, the NLU and the knowledge."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from bot.app import Core
from bot.domain.errors import NotFound

NluState = Literal["ready", "loading", "away"]


class CoreReadiness:
    """The port ``Readiness`` over the wired parts. The word lists answer without Rasa: its state alone stops nothing."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def check(self) -> tuple[bool, dict[str, Any]]:
        """Each part's state, and whether questions are answered."""
        database, nlu = await asyncio.gather(self._database(), self.nlu())
        revision = self._revision()
        parts = {
            "database": "ready" if database else "away",
            "nlu": nlu,
            "understands": "rasa" if nlu == "ready" else "gazetteer",
            "model": self._core.pool.model,
            "knowledge": "missing" if revision is None else "ready",
            "revision": revision,
        }
        return database and revision is not None, parts

    async def _database(self) -> bool:
        try:
            await self._core.store.active()
        except Exception:  # noqa: BLE001 - whatever it is, the database does not answer
            return False
        return True

    async def nlu(self) -> NluState:
        """The state of the server of our own, or of the servers of the settings: ready when one of them is."""
        if self._core.supervisor is not None:
            return self._core.supervisor.state
        alive = await asyncio.gather(*(self._core.pool.alive(url) for url in self._core.settings.nlu_urls))
        return "ready" if any(alive) else "away"

    def _revision(self) -> int | None:
        try:
            return self._core.watch.revision.number
        except NotFound:
            return None
