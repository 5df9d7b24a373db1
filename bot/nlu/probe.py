"""Asks Rasa servers whether they are there, for a report."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp

from bot.nlu.rasa_client import RasaPool
from bot.ports import Clock


async def servers_alive(urls: Sequence[str], clock: Clock) -> dict[str, bool]:
    """Whether each server answers and has a model."""
    async with aiohttp.ClientSession() as session:
        pool = RasaPool(session, clock)
        found = await asyncio.gather(*(pool.alive(url.rstrip("/")) for url in urls))
    return dict(zip(urls, found, strict=True))
