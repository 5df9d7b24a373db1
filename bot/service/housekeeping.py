"""Work that is done from time to time: each job by one replica at a time, by another one when that has died.

A job is a name, how often it is due, and what it does. The wiring (``bot/app.py``) lists the jobs. A job may be done twice
(its replica can die after the work and before the note of it), so what it does must not mind.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain.errors import TryLater
from bot.ports import Clock, UnitsOfWork

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=15)  # after a replica's death its job waits that long; longer work is kept
_KEEP_EVERY: Final = 5.0
_AFTER_FAILURE: Final = 5.0  # seconds, at least, until a job that failed is tried again


@dataclass(frozen=True, slots=True)
class Job:
    """``name``: the lease's; ``every``: seconds from the end of one time to the next, over all replicas."""

    name: str
    every: float
    work: Callable[[], Awaitable[object]]


class Housekeeping:
    """Does the jobs until cancelled. ``holder`` names this replica; by default a name never used before."""

    def __init__(
        self, jobs: Iterable[Job], units: UnitsOfWork, clock: Clock, holder: str | None = None
    ) -> None:
        self._jobs = tuple(jobs)
        self._units = units
        self._clock = clock
        self._holder = holder or uuid.uuid4().hex

    async def run(self) -> None:
        """No job's error ends it, or keeps another job from being done."""
        async with asyncio.TaskGroup() as group:
            for job in self._jobs:
                group.create_task(self._again_and_again(job), name=f"job {job.name}")

    async def do(self, job: Job) -> bool:
        """Does the job if it is due and nobody else is at it. Raises what the job raises."""
        if not await self._take(job):
            return False
        keeping = asyncio.create_task(self._keep(job))
        try:
            await job.work()
        except BaseException:
            await self._end(job, done=False)
            raise
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)  # our own end is not swallowed
        await self._end(job, done=True)
        return True

    async def _again_and_again(self, job: Job) -> None:
        while True:
            wait = job.every
            try:
                await self.do(job)
            except TryLater as error:
                log.warning("%s waits: %s", job.name, error)
                wait = max(wait, _AFTER_FAILURE)
            except Exception:
                log.exception("%s failed; it is tried again", job.name)
                wait = max(wait, _AFTER_FAILURE)
            await self._clock.sleep(wait)

    async def _take(self, job: Job) -> bool:
        now = self._clock.now()
        # A little early counts as due: two clocks, or two ticks of one, never agree to the millisecond.
        idle_since = now - timedelta(seconds=job.every * 0.9)
        async with self._units() as work:
            taken = await work.leases.take(job.name, self._holder, now + LEASE, idle_since)
            await work.commit()
        return taken

    async def _keep(self, job: Job) -> None:
        while True:
            await self._clock.sleep(_KEEP_EVERY)
            with contextlib.suppress(TryLater):
                async with self._units() as work:
                    mine = await work.leases.keep(job.name, self._holder, self._clock.now() + LEASE)
                    await work.commit()
                if not mine:
                    log.warning("%s: this replica was away too long, another one may be at it too", job.name)

    async def _end(self, job: Job, *, done: bool) -> None:
        with contextlib.suppress(TryLater):  # then the lease ends by itself
            async with self._units() as work:
                await (work.leases.done if done else work.leases.release)(job.name, self._holder)
                await work.commit()
