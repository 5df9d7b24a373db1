"""Puts a new model to running Rasa servers, one after the other, each probed; one that fails goes back to what it had.

A server answers while it loads (Rasa swaps the model when it is whole), so no request is lost on the way.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from bot.domain.errors import InvalidInput, TryLater

Tell = Callable[[str], None]

_LOADING: Final = aiohttp.ClientTimeout(total=120)  # a small model takes 60 ms, a large one half a minute
_PARSING: Final = aiohttp.ClientTimeout(total=10)
_OURS: Final = (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Probe:
    """A fixed text and the intent that any model fit to be used gives it."""

    text: str
    intent: str


def read_probes(project: Path) -> tuple[Probe, ...]:
    """The probes of the Rasa project. Raises InvalidInput for a file that is missing or malformed."""
    file = project / "probes.json"
    try:
        probes = tuple(Probe(each["text"], each["intent"]) for each in json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{file}: no list of text and intent ({type(error).__name__})") from None
    if not probes:
        raise InvalidInput(f"{file}: no probe in it")
    return probes


@asynccontextmanager
async def rolling_out(probes: Sequence[Probe], tell: Tell, folder: str = "models") -> AsyncIterator[RollOut]:
    """A roll-out with connections of its own."""
    async with aiohttp.ClientSession() as session:
        yield RollOut(session, probes, tell, folder)


class RollOut:
    """Brings servers to one model. ``folder``: where the servers find models, as they write it."""

    def __init__(
        self, session: aiohttp.ClientSession, probes: Sequence[Probe], tell: Tell, folder: str = "models"
    ) -> None:
        self._session = session
        self._probes = probes
        self._tell = tell
        self._folder = folder.rstrip("/")

    async def to_all(self, urls: Sequence[str], model: str) -> None:
        """All servers, in turn. Raises TryLater at the first that does not take it; those after it keep what they have.

        ``model``: a file's name, such as ``nlu-0123456789ab.tar.gz``.
        """
        for number, url in enumerate(urls, start=1):
            await self._to_one(url.rstrip("/"), model, f"server {number} of {len(urls)}")

    async def failing(self, url: str) -> list[Probe]:
        """The probes that a server gets wrong. Raises TryLater when it does not answer."""
        try:
            return [probe for probe in self._probes if await self._intent(url, probe.text) != probe.intent]
        except _OURS as error:
            raise TryLater(f"{url} does not answer probes ({type(error).__name__})") from None

    async def _to_one(self, url: str, model: str, name: str) -> None:
        before = await self._model(url)
        if before == model:
            self._tell(f"{name}: has {model} already")
            return
        try:
            await self._put(url, model)
            wrong = await self.failing(url)
        except TryLater as error:
            raise TryLater(f"{name}: {error}; {await self._back(url, before)}") from None
        if wrong:
            went = await self._back(url, before)
            raise TryLater(
                f"{name}: answers {len(wrong)} of {len(self._probes)} probes wrong with {model}; {went}"
            )
        self._tell(f"{name}: {model}")

    async def _back(self, url: str, before: str | None) -> str:
        """Tries to give a server back what it had; says how that went."""
        if before is None:
            return "it had no model before"
        try:
            if await self._model(url) != before:
                await self._put(url, before)
        except TryLater:
            return f"it could not go back to {before} either: look at its log"
        return f"it answers with {before} as before"

    async def _put(self, url: str, model: str) -> None:
        try:
            body = {"model_file": f"{self._folder}/{model}"}
            async with self._session.put(f"{url}/model", json=body, timeout=_LOADING) as answer:
                if answer.status != 204:
                    raise TryLater(f"{url} does not take {self._folder}/{model} (HTTP {answer.status})")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TryLater(f"{url} does not take a model ({type(error).__name__})") from None

    async def _model(self, url: str) -> str | None:
        try:
            async with self._session.get(f"{url}/status", timeout=_PARSING) as answer:
                answer.raise_for_status()
                file = (await answer.json()).get("model_file")
                return Path(file).name if file else None
        except _OURS as error:
            raise TryLater(f"{url} does not answer ({type(error).__name__})") from None

    async def _intent(self, url: str, text: str) -> str:
        async with self._session.post(f"{url}/model/parse", json={"text": text}, timeout=_PARSING) as answer:
            answer.raise_for_status()
            return str((await answer.json())["intent"]["name"])
