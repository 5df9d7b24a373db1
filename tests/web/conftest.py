"""Fixtures of the web part's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from bot.web.options import Options
from tests.web.fakes import FakeAssistant, FakeReadiness
from tests.web.site import make_app

Client = TestClient[Request, Application]
Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def readiness() -> FakeReadiness:
    return FakeReadiness()


@pytest_asyncio.fixture
async def connect(assistant: FakeAssistant, readiness: FakeReadiness) -> AsyncIterator[Connect]:
    """Starts an application with options of the test's own and returns a client for it."""
    clients: list[Client] = []

    async def start(options: Options | None = None) -> Client:
        server = TestServer(make_app(assistant, readiness, options))
        await server.start_server(access_log=None)
        client = TestClient(server)
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


@pytest_asyncio.fixture
async def client(connect: Connect) -> Client:
    """A client of an application with the default options."""
    return await connect()
