"""Talks to Rasa servers over ``POST /model/parse``: one client a server, a pool that prefers those that answer.

aiohttp's types stay in this room. Texts are cut and stripped before they leave: a text never sets an intent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import aiohttp

from bot.domain.errors import NluUnavailable
from bot.domain.understanding import Mention, Source, Understanding
from bot.nlu.breaker import CircuitBreaker
from bot.ports import Clock

MAX_TEXT = 512  # characters that Rasa ever sees of one question
TIME_LIMIT = 1.0  # seconds for one parse
_LOOK_EVERY = 10.0  # seconds between two looks at which model a server has: Rasa's parse does not say


def safe_text(text: str) -> str:
    """The text as Rasa may see it: cut, and without the leading slash by which Rasa would let it name an intent."""
    return text.lstrip(" \t\r\n/").strip()[:MAX_TEXT]


@dataclass(slots=True)
class RasaServer:
    """One server and its breaker. ``url`` without a trailing slash."""

    url: str
    breaker: CircuitBreaker
    model: str | None = None
    looked: float = 0.0  # when its model was last asked for (seconds since the epoch)


class RasaPool:
    """Several servers behind one call. Servers may be set while running (the watched process gets a new port)."""

    def __init__(self, session: aiohttp.ClientSession, clock: Clock, time_limit: float = TIME_LIMIT) -> None:
        self._session = session
        self._clock = clock
        self._time_limit = aiohttp.ClientTimeout(total=time_limit)
        self._servers: tuple[RasaServer, ...] = ()
        self._turn = 0

    def use(self, urls: Sequence[str]) -> None:
        """Replaces the servers; those that stay keep their breaker."""
        known = {server.url: server for server in self._servers}
        self._servers = tuple(
            known.get(url) or RasaServer(url, CircuitBreaker(self._clock))
            for url in (u.rstrip("/") for u in urls)
        )

    @property
    def model(self) -> str | None:
        """The model that answered last, for keying caches."""
        return next(
            (server.model for server in self._servers if server.breaker.closed and server.model), None
        )

    def states(self) -> dict[str, str]:
        """Each server's state in one word."""
        return {server.url: "ready" if server.breaker.closed else "away" for server in self._servers}

    async def parse(self, text: str) -> Understanding:
        """The first good answer of the servers, taken in turn. Raises NluUnavailable when there is none."""
        count = len(self._servers)
        self._turn += 1
        for offset in range(count):
            server = self._servers[(self._turn + offset) % count]
            if server.breaker.allows():
                try:
                    understanding = await self._ask(server, text)
                except (TimeoutError, aiohttp.ClientError, ValueError, KeyError, TypeError):
                    server.breaker.failed()
                else:
                    server.breaker.succeeded()
                    return understanding
        raise NluUnavailable("no Rasa server answered in time")

    async def _ask(self, server: RasaServer, text: str) -> Understanding:
        await self._look_at_model(server)
        url = f"{server.url}/model/parse"
        asked = {"text": safe_text(text)}
        async with self._session.post(url, json=asked, timeout=self._time_limit) as answer:
            answer.raise_for_status()
            return read_parse(await answer.json(), server.model)

    async def _look_at_model(self, server: RasaServer) -> None:
        now = self._clock.now().timestamp()
        if now - server.looked >= _LOOK_EVERY:
            server.model = await self._model_of(server.url)
            server.looked = now

    async def _model_of(self, url: str) -> str | None:
        async with self._session.get(f"{url}/status", timeout=self._time_limit) as answer:
            answer.raise_for_status()
            file = (await answer.json()).get("model_file")
            return PurePath(file).name.removesuffix(".tar.gz") if file else None

    async def alive(self, url: str) -> bool:
        """True when the server answers and has a model, which is remembered where the server is one of the pool's."""
        try:
            model = await self._model_of(url)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False
        for server in self._servers:
            if server.url == url.rstrip("/"):
                server.model = model
        return model is not None


def read_parse(data: Mapping[str, Any], model: str | None = None) -> Understanding:
    """Rasa's parse response as an understanding. Raises KeyError, TypeError or ValueError when it is not one."""
    intent = data["intent"]
    ranking = tuple(
        (str(each["name"]), float(each["confidence"])) for each in data.get("intent_ranking", ())[:5]
    )
    mentions = tuple(
        Mention(str(each["entity"]), str(each["value"]), int(each["start"]), int(each["end"]))
        for each in data.get("entities", ())
        if "start" in each and "end" in each
    )
    return Understanding(
        intent=str(intent["name"] or "nlu_fallback"),
        confidence=float(intent["confidence"]),
        source=Source.RASA,
        model=model,
        ranking=ranking,
        mentions=mentions,
    )
