"""``/healthz``, ``/readyz`` and ``/metrics``, for those who run the service."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.ports import Readiness
from bot.web.limits import StreamPlaces
from bot.web.metrics import Metrics
from bot.web.options import Options

log = logging.getLogger(__name__)
_FRESH = {"Cache-Control": "no-store"}


class Health:
    """The routes' handlers."""

    def __init__(
        self, readiness: Readiness, metrics: Metrics, places: StreamPlaces, options: Options
    ) -> None:
        self._readiness = readiness
        self._metrics = metrics
        self._places = places
        self._limit = options.check_limit

    async def healthz(self, _: web.Request) -> web.Response:
        """200 as long as the process answers."""
        return web.json_response({"status": "ok"}, headers=_FRESH)

    async def readyz(self, _: web.Request) -> web.Response:
        """200 when all that must be ready is, else 503; each part's state."""
        ready, parts = await self._check()
        body = {**parts, "status": "ready" if ready else "not_ready"}
        return web.json_response(body, status=200 if ready else 503, headers=_FRESH)

    async def metrics(self, _: web.Request) -> web.Response:
        """The figures as Prometheus text."""
        self._metrics.readiness(*await self._check())
        self._metrics.streams.set(self._places.taken)
        body = generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={**_FRESH, "Content-Type": CONTENT_TYPE_LATEST})

    async def _check(self) -> tuple[bool, dict[str, Any]]:
        try:
            return await asyncio.wait_for(self._readiness.check(), self._limit)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not ready
            log.warning("the check of readiness failed: %s", type(error).__name__)
            return False, {}
