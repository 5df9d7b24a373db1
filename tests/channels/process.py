"""The channel as a process of its own, to be killed: real storage, an assistant with set answers. Arguments: database, API."""

from __future__ import annotations

import asyncio
import sys

from pydantic import SecretStr

from bot.channels.telegram import run_telegram
from bot.storage.database import open_database
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.channels.parts import LINKS, ChannelSettings, Parts
from tests.fakes.clock import QuickClock
from tests.telegram_server.server import TOKEN


async def main(database: str, api_url: str) -> None:
    """Serves until killed."""
    clock = QuickClock(factor=1)
    parts = Parts(clock, SqlUnitsOfWork(open_database(database), clock))
    await run_telegram(parts, ChannelSettings(SecretStr(TOKEN), api_url), LINKS)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
