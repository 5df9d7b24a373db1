"""Work that goes on for ever and that one replica at a time does: fetching updates, delivering a channel.

The others stand by; one of them takes over when the first has died (after the lease) or has ended (at once).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.domain.errors import TryLater
from bot.ports import Clock, UnitsOfWork

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=8)
KEEP_EVERY: Final = 2.0
_ASK_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Lead:
    """``name``: the lease's. ``holder`` names this replica; by default a name never used before."""

    name: str
    units: UnitsOfWork
    clock: Clock
    holder: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does the work whenever it is this replica's, until cancelled. Raises what the work raises."""
        while True:
            while not await self._ask():
                await self.clock.sleep(_ASK_EVERY)
            log.info("%s: this replica does it now", self.name)
            await self._do(work)

    async def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        """Returns when the lease was lost; the work is ended before."""
        working = asyncio.ensure_future(work())
        keeping = asyncio.create_task(self._keep())
        try:
            await asyncio.wait((working, keeping), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
        finally:
            for task in (working, keeping):
                task.cancel()
            await asyncio.gather(working, keeping, return_exceptions=True)
            await self._release()

    async def _ask(self) -> bool:
        with contextlib.suppress(TryLater):
            async with self.units() as unit:
                taken = await unit.leases.take(self.name, self.holder, self.clock.now() + LEASE)
                await unit.commit()
            return taken
        return False

    async def _keep(self) -> None:
        """Returns when somebody else has it. While the database is away nobody can have taken it."""
        while True:
            await self.clock.sleep(KEEP_EVERY)
            with contextlib.suppress(TryLater):
                async with self.units() as unit:
                    now = self.clock.now()
                    kept = await unit.leases.keep(self.name, self.holder, now + LEASE)
                    # The lease ran out while the database was away, or this process stood still.
                    kept = kept or await unit.leases.take(self.name, self.holder, now + LEASE)
                    await unit.commit()
                if not kept:
                    log.warning("%s: another replica does it now", self.name)
                    return

    async def _release(self) -> None:
        with contextlib.suppress(TryLater):  # then the lease ends by itself
            async with self.units() as unit:
                await unit.leases.release(self.name, self.holder)
                await unit.commit()
