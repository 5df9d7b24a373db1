"""The server's other way: it brings the updates itself, in order, each again until it is taken."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from tests.telegram_server.server import TelegramServer

AGAIN = 0.1  # seconds after an update was not taken


class Webhook:
    """Set by a bot. ``statuses``: what the bot answered, update by update; ``double``: each update is brought twice."""

    def __init__(self, server: TelegramServer) -> None:
        self._server = server
        self._bringing: asyncio.Task[None] | None = None
        self.url = ""
        self.secret = ""
        self.kinds: list[str] = []
        self.statuses: list[int] = []
        self.double = False

    @property
    def info(self) -> dict[str, Any]:
        """As ``getWebhookInfo`` tells it."""
        return {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": self._server.unconfirmed,
        }

    def set(self, params: Mapping[str, Any]) -> None:
        """Updates are brought to this address from now on."""
        self.url, self.secret = params["url"], params.get("secret_token", "")
        self.kinds = params.get("allowed_updates", [])
        if self._bringing is None:
            self._bringing = asyncio.create_task(self._bring())

    async def stop(self) -> None:
        """Nothing is brought any more."""
        self.url = ""
        if self._bringing is not None:
            self._bringing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._bringing
            self._bringing = None

    async def _bring(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                update = await self._server.next_update()
                for _ in range(1 + self.double):
                    taken = await self._post(session, update)
                if taken:
                    await self._server.confirm(update)
                else:
                    await asyncio.sleep(AGAIN)

    async def _post(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        try:
            async with session.post(self.url, json=update, headers=headers) as answer:
                self.statuses.append(answer.status)
                return answer.status == 200
        except aiohttp.ClientError:
            return False
