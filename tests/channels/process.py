"""The channel as a process of its own, to be killed: real storage, an assistant with set answers.

Arguments: database, API, how fast its clock goes, and where to be killed: a named point, and the how-many-th time there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace

from pydantic import SecretStr

from bot.channels.telegram import run_telegram
from bot.storage.database import open_database
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.channels.parts import LINKS, ChannelSettings, Parts
from tests.fakes.clock import QuickClock
from tests.telegram_server.server import TOKEN


class KillAt:
    """Ends this process at the ``nth`` time that a message comes to a point, as a power cut would."""

    def __init__(self, point: str = "", nth: str = "1") -> None:
        self._point = point
        self._left = int(nth)

    def __call__(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


async def main(database: str, api_url: str, factor: str, *kill_at: str) -> None:
    """Serves until killed."""
    clock = QuickClock(float(factor))
    parts = Parts(clock, SqlUnitsOfWork(open_database(database), clock))
    settings = ChannelSettings(SecretStr(TOKEN), api_url)
    await run_telegram(parts, settings, replace(LINKS, probe=KillAt(*kill_at)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
