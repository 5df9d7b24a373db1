"""One line in the log for each request, without what was said and without who said it.

Addresses and conversation ids are hashed with a key that lives as long as the process: one sees which lines
belong together, and can find nobody by them.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
import uuid

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from bot.web.addresses import client_address
from bot.web.errors import Handler
from bot.web.keys import CONVERSATION, REQUEST_ID
from bot.web.metrics import Metrics
from bot.web.options import Options

log = logging.getLogger(__name__)
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class AccessLog:
    """Names requests, times them, writes a line and counts them. Outermost of the middlewares."""

    def __init__(self, metrics: Metrics, options: Options) -> None:
        self._metrics = metrics
        self._options = options
        self._key = secrets.token_bytes(16)

    def middleware(self) -> Middleware:
        """The middleware of this log."""

        @web.middleware
        async def write_line(request: web.Request, handler: Handler) -> web.StreamResponse:
            given = request.headers.get("X-Request-ID", "")
            request[REQUEST_ID] = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
            started = time.perf_counter()
            status = 499  # the other side went away
            try:
                response = await handler(request)
                status = response.status
                return response
            finally:
                self._write(request, status, time.perf_counter() - started)

        return write_line

    def _write(self, request: web.Request, status: int, seconds: float) -> None:
        route = route_of(request)
        self._metrics.request(route, request.method, status, seconds)
        log.info(
            "%s %s %d %.1fms request=%s from=%s conversation=%s",
            request.method if request.method in hdrs.METH_ALL else "other",
            route,
            status,
            seconds * 1000,
            request[REQUEST_ID],
            self._pseudonym(client_address(request, self._options.trusted_proxies)),
            self._pseudonym(request.get(CONVERSATION, "")),
        )

    def _pseudonym(self, value: str) -> str:
        return hashlib.blake2s(value.encode(), key=self._key, digest_size=5).hexdigest() if value else "-"


def route_of(request: web.Request) -> str:
    """The route's pattern (never the address itself: it holds the conversation's id)."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"
