"""The names under which a request carries what was found out about it."""

from __future__ import annotations

from typing import Final

from aiohttp import web

REQUEST_ID: Final = web.RequestKey("request_id", str)
CONVERSATION: Final = web.RequestKey("conversation", str)
