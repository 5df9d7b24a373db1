"""The understanding that the use cases call: cache, then Rasa, then the gazetteer. Never raises, never waits long."""

from __future__ import annotations

from collections import OrderedDict

from bot.domain.errors import NluUnavailable
from bot.domain.understanding import Understanding
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.rasa_client import RasaPool

_CACHED = 4_096  # parses kept, the least recently used dropped first


class CachedNlu:
    """An Nlu over a pool of Rasa servers. The cache is keyed by model, so a new model never serves an old parse."""

    def __init__(self, pool: RasaPool, gazetteer: Gazetteer) -> None:
        self._pool = pool
        self._gazetteer = gazetteer
        self._cache: OrderedDict[tuple[str, str], Understanding] = OrderedDict()

    async def parse(self, text: str) -> Understanding:
        """What a normalised text asks, and who understood it."""
        if cached := self._cached(text):
            return cached
        try:
            understanding = await self._pool.parse(text)
        except NluUnavailable:
            return self._gazetteer.understand(text)
        if understanding.model:
            self._cache[understanding.model, text] = understanding
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return understanding

    def _cached(self, text: str) -> Understanding | None:
        model = self._pool.model
        if model is None or (model, text) not in self._cache:
            return None
        self._cache.move_to_end((model, text))
        return self._cache[model, text]
