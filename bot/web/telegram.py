"""``POST /telegram/webhook``: updates that Telegram brings. Answered with 200 only when they are stored."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from bot.domain.errors import TryLater
from bot.web.errors import ApiError, Malformed

PATH: Final = "/telegram/webhook"
_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_LARGEST: Final = (
    1024 * 1024
)  # bytes; an update holds two texts and what they quote, each character as six bytes

Receive = Callable[[Any], Awaitable[None]]


class TelegramDoor:
    """The route's handler. The channel opens it when it is ready; until then Telegram is told to come again."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._receive: Receive | None = None

    def open(self, receive: Receive) -> None:
        """Updates go to ``receive`` from now on; it returns when they are stored."""
        self._receive = receive

    async def post(self, request: web.Request) -> web.Response:
        """Takes one update. Whoever does not know the secret learns nothing else."""
        given = request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            raise ApiError(403, "forbidden", "not allowed")
        if self._receive is None:
            raise TryLater("Telegram is not served yet")
        await self._receive(await _read(request))
        return web.Response()


async def _read(request: web.Request) -> Any:
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > _LARGEST:
            raise ApiError(413, "too_large", "the body is larger than 1 MiB")
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("body", "not valid JSON in UTF-8") from error
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        raise Malformed("update_id", "an update has one")
    return update
