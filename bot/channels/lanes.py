"""Runs jobs one after the other in each lane, and those of different lanes at the same time, but not too many."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]


class Lanes:
    """``width``: how many jobs run at once, over all lanes."""

    def __init__(self, width: int = 32) -> None:
        self._places = asyncio.Semaphore(width)
        self._lanes: dict[str, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = 0
        self._fewer = asyncio.Event()
        self._closed = False

    @property
    def open(self) -> int:
        """How many jobs wait or run."""
        return self._open

    def put(self, lane: str, job: Job) -> None:
        """Puts a job at the end of its lane. An error in it is logged, and ends nothing but itself."""
        self._open += 1
        if lane in self._lanes:
            self._lanes[lane].append(job)
            return
        self._lanes[lane] = deque([job])
        task = asyncio.create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def fewer_than(self, most: int) -> None:
        """Returns when fewer than ``most`` jobs wait or run."""
        while self._open >= most:
            self._fewer.clear()
            await self._fewer.wait()

    async def close(self, seconds: float) -> None:
        """Begins no further job; those that run are given ``seconds`` to end."""
        self._closed = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()

    async def _run(self, lane: str) -> None:
        jobs = self._lanes[lane]
        try:
            while jobs:
                async with self._places:
                    if self._closed:
                        return
                    await self._do(jobs.popleft())
        finally:
            del self._lanes[lane]

    async def _do(self, job: Job) -> None:
        try:
            await job()
        except Exception:
            log.exception("a message was not dealt with to the end")
        finally:
            self._open -= 1
            self._fewer.set()
