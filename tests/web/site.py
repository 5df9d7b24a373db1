"""A running copy of the web part over the fake assistant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.curation.template_files import read_templates
from bot.dialogue.wording import Wording
from bot.web.application import build_web
from bot.web.metrics import Metrics
from bot.web.options import Options
from bot.web.server import WebServer, start_web
from bot.web.words import Words, page_words
from tests.web.fakes import FakeAssistant, FakeReadiness

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


@cache
def real_words() -> Words:
    """The words as they are in the knowledge folder."""
    return page_words(Wording(read_templates(KNOWLEDGE)))


def make_app(
    assistant: FakeAssistant, readiness: FakeReadiness | None = None, options: Options | None = None
) -> web.Application:
    """The application over fakes."""
    metrics = Metrics(CollectorRegistry())
    return build_web(assistant, readiness or FakeReadiness(), metrics, real_words(), options)


@dataclass(slots=True)
class Site:
    """A listening application. ``restart`` keeps the port."""

    app_of: FakeAssistant
    options: Options
    server: WebServer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def stop(self) -> None:
        await self.server.stop()

    async def start_again(self) -> None:
        app = make_app(self.app_of, options=self.options)
        self.server = await start_web(app, "127.0.0.1", self.server.port)


@asynccontextmanager
async def running(assistant: FakeAssistant, options: Options | None = None) -> AsyncIterator[Site]:
    """A site on a free port of this machine."""
    options = options or Options()
    site = Site(assistant, options, await start_web(make_app(assistant, options=options), "127.0.0.1", 0))
    try:
        yield site
    finally:
        await site.stop()
