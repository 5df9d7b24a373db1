"""Jobs are done when they are due, by one replica at a time, whatever becomes of the others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import TryLater
from bot.service.housekeeping import LEASE, Housekeeping, Job
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def units(clock: FakeClock) -> FakeUnitsOfWork:
    return FakeUnitsOfWork(clock)


class Work:
    """Counts how often it is done; raises what it is told to."""

    def __init__(self) -> None:
        self.done = 0
        self.raises: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> None:
        await self.gate.wait()
        if self.raises:
            raise self.raises
        self.done += 1


@contextlib.asynccontextmanager
async def running(*replicas: Housekeeping) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(replica.run()) for replica in replicas]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_job_is_done_once_in_its_time_however_many_replicas_there_are(
    clock: FakeClock, units: FakeUnitsOfWork
) -> None:
    work = Work()
    job = Job("tidy", 60, work)
    async with running(*(Housekeeping([job], units, clock) for _ in range(3))):
        await settled()
        assert work.done == 1
        for expected in (2, 3):
            clock.advance(60)
            await settled()
            assert work.done == expected


async def test_a_dead_replica_leaves_its_job_to_another(clock: FakeClock, units: FakeUnitsOfWork) -> None:
    async with units() as unit:  # a killed process gives nothing back: its lease just stands
        await unit.leases.take("tidy", "dead", clock.now() + LEASE)
        await unit.commit()
    other, work = Housekeeping([], units, clock), Work()
    clock.advance(LEASE.total_seconds() - 1)
    assert not await other.do(Job("tidy", 60, work))
    clock.advance(1)
    assert await other.do(Job("tidy", 60, work))
    assert work.done == 1


async def test_long_work_is_kept_from_the_others(clock: FakeClock, units: FakeUnitsOfWork) -> None:
    long = Work()
    long.gate.clear()
    working = asyncio.create_task(Housekeeping([], units, clock).do(Job("tidy", 60, long)))
    await settled()
    for _ in range(10):
        clock.advance(5)
        await settled()
    assert not await Housekeeping([], units, clock).do(Job("tidy", 60, Work()))
    long.gate.set()
    assert await working


async def test_a_failing_job_is_told_tried_again_and_holds_up_no_other(
    clock: FakeClock, units: FakeUnitsOfWork, caplog: pytest.LogCaptureFixture
) -> None:
    failing, fine = Work(), Work()
    failing.raises = ValueError("broken")
    jobs = [Job("failing", 60, failing), Job("fine", 60, fine)]
    with caplog.at_level(logging.ERROR):
        async with running(Housekeeping(jobs, units, clock)):
            await settled()
            assert fine.done == 1
            assert "failing failed" in caplog.text
            failing.raises = TryLater("the database is away")
            clock.advance(60)
            await settled()
            failing.raises = None
            clock.advance(60)
            await settled()
    assert failing.done == 1
    assert fine.done == 3
