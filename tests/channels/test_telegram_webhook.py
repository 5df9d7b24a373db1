"""Updates that Telegram brings: stored before they are answered with 200, and brought again when they could not be."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.channels.telegram import run_telegram
from bot.web.application import add_telegram
from bot.web.errors import answer_errors
from bot.web.server import start_web
from bot.web.telegram import TelegramDoor
from tests.channels.parts import LINKS, ChannelSettings, Parts
from tests.fakes.clock import QuickClock
from tests.telegram_server import people
from tests.telegram_server.faults import broken
from tests.telegram_server.server import TelegramServer

ANNA, BO = 7, 8
SECRET = "a-secret_of_the_tests"


class Replica:
    """A web part with the route, and the channel behind it."""

    def __init__(self, server: TelegramServer, parts: Parts) -> None:
        self.server = server
        self.parts = parts
        self.door = TelegramDoor(SECRET)
        self.url = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Replica]:
        app = web.Application(middlewares=[answer_errors])
        add_telegram(app, self.door)
        listening = await start_web(app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.port}"
        settings = ChannelSettings(
            SecretStr(self.server.token), self.server.api_url, SecretStr(SECRET), public_url=f"{self.url}/"
        )
        links = replace(LINKS, door=self.door)
        serving = asyncio.create_task(run_telegram(self.parts, settings, links))
        try:
            yield self
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            await listening.stop()

    async def post(self, body: str, secret: str | None = SECRET) -> int:
        """What the route answers."""
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{self.url}/telegram/webhook", data=io.BytesIO(body.encode()), headers=headers
            ) as answer,
        ):
            return answer.status


@pytest.fixture
async def replica(server: TelegramServer) -> AsyncIterator[Replica]:
    async with Replica(server, Parts(QuickClock())).running() as replica:
        await server.until(lambda: bool(server.webhook.url))
        yield replica


async def test_a_message_that_is_brought_is_answered(server: TelegramServer, replica: Replica) -> None:
    await server.write(ANNA, "hello")
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]
    assert server.webhook.statuses == [200]
    assert server.called("getUpdates") == []


async def test_it_is_set_with_the_secret_the_kinds_and_no_token_in_its_address(
    server: TelegramServer, replica: Replica
) -> None:
    (call,) = server.called("setWebhook")
    assert call.params["url"] == f"{replica.url}/telegram/webhook"
    assert call.params["secret_token"] == SECRET
    assert set(call.params["allowed_updates"]) == {
        "message", "edited_message", "callback_query", "my_chat_member",
    }  # fmt: skip
    assert server.token not in call.params["url"]


async def test_an_update_that_cannot_be_stored_is_refused_and_brought_again(
    server: TelegramServer, replica: Replica
) -> None:
    replica.parts.memory.away = True
    await server.write(ANNA, "hello")
    await server.until(lambda: len(server.webhook.statuses) >= 2)
    assert set(server.webhook.statuses) == {503}
    replica.parts.memory.away = False
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]


async def test_an_update_brought_twice_is_answered_once(server: TelegramServer, replica: Replica) -> None:
    server.webhook.double = True
    for text in ("one", "two"):
        await server.write(ANNA, text)
    await server.until(lambda: len(server.webhook.statuses) == 4)
    assert await server.delivered_to(ANNA, 2) == ["You said: one", "You said: two"]


@pytest.mark.parametrize("secret", [None, "", "another", SECRET[:-1], "é"])
async def test_who_does_not_know_the_secret_is_turned_away(
    server: TelegramServer, replica: Replica, secret: str | None
) -> None:
    update = '{"update_id": 1, "message": {"message_id": 1}}'
    assert await replica.post(update, secret) == 403
    assert replica.parts.memory.state.inbound == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('{"message": {}}', 400),
        ("x" * (1024 * 1024 + 1), 413),
        ('{"update_id": 5, "message": {"message_id": "no date, no chat"}}', 200),
        ('{"update_id": 6, "something_new": {}}', 200),
    ],
)
async def test_bodies(server: TelegramServer, replica: Replica, body: str, status: int) -> None:
    """What can never be read is taken and passed over: refused, it would be brought again and hold up all others."""
    assert await replica.post(body) == status


async def test_a_press_is_answered(server: TelegramServer, replica: Replica) -> None:
    under = {**people.message(people.private(ANNA), 42, 1, text="…"), "from": people.BOT}
    await server.put({"callback_query": people.press(ANNA, "forged", "#h", under)})
    await server.until(lambda: server.answered == ["forged"])


async def test_before_the_channel_is_there_telegram_is_told_to_come_again(server: TelegramServer) -> None:
    server.fail("getMe", *[broken()] * 500)
    async with Replica(server, Parts(QuickClock())).running() as replica:
        assert await replica.post('{"update_id": 1}') == 503


async def test_a_webhook_that_another_program_took_away_is_set_again(
    server: TelegramServer, replica: Replica
) -> None:
    await server.webhook.stop()
    await server.until(lambda: len(server.called("setWebhook")) == 2, 40)
    await server.write(ANNA, "hello")
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]


async def test_two_replicas_behind_a_balancer_answer_once_and_in_order(
    server: TelegramServer, replica: Replica
) -> None:
    async with Replica(server, replica.parts).running() as other:
        await server.until(lambda: server.webhook.url.startswith(other.url))
        for number in range(6):
            server.webhook.url = f"{(replica, other)[number % 2].url}/telegram/webhook"
            await server.write(ANNA, f"message {number}")
            await server.until(lambda: server.unconfirmed == 0)
        texts = await server.delivered_to(ANNA, 6)
    assert sorted(texts) == [f"You said: message {number}" for number in range(6)]
    assert len(server.called("sendMessage")) == 6
