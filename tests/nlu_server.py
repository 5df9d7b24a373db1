"""A stand-in for a Rasa server on loopback: what it answers, how slowly and how badly is set by the test."""

from __future__ import annotations

import asyncio
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer


class NluServer:
    """Answers ``/status`` and ``/model/parse`` as Rasa 3.6 does. ``seen`` holds the texts that arrived."""

    def __init__(self, intent: str = "ask_duration", model: str = "nlu-1") -> None:
        self.intent = intent
        self.model: str | None = model
        self.delay = 0.0
        self.status = 200
        self.seen: list[str] = []
        self.put: list[str] = []  # the models that were put to it
        self.intents: dict[str, str] = {}  # by model: what it understands with that one
        self.refuses: set[str] = set()
        app = web.Application()
        app.router.add_get("/status", self._status)
        app.router.add_post("/model/parse", self._parse)
        app.router.add_put("/model", self._put)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    async def _status(self, _: web.Request) -> web.Response:
        file = f"models/{self.model}.tar.gz" if self.model else None
        return web.json_response({"model_file": file, "model_id": "x", "num_active_training_jobs": 0})

    async def _put(self, request: web.Request) -> web.Response:
        name = str((await request.json())["model_file"]).rpartition("/")[2].removesuffix(".tar.gz")
        self.put.append(name)
        if name in self.refuses:
            return web.json_response({"message": "no such model"}, status=400)
        self.model = name
        self.intent = self.intents.get(name, self.intent)
        return web.Response(status=204)

    async def _parse(self, request: web.Request) -> web.Response:
        text = (await request.json())["text"]
        self.seen.append(text)
        await asyncio.sleep(self.delay)
        if self.status != 200:
            return web.json_response({"message": "no"}, status=self.status)
        answer: dict[str, Any] = {
            "text": text,
            "intent": {"name": self.intent, "confidence": 0.9},
            "intent_ranking": [{"name": self.intent, "confidence": 0.9}],
            "entities": [{"entity": "procedure", "value": "环评", "start": 0, "end": 2}],
        }
        return web.json_response(answer)
