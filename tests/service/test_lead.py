"""One replica at a time does what goes on for ever; another one takes over when it ends or dies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.service.lead import LEASE, Lead
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork


class World:
    """Replicas over one storage, and which of them are at work."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.units = FakeUnitsOfWork(self.clock)
        self.working: list[str] = []

    def work(self, name: str) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            self.working.append(name)
            try:
                await asyncio.Event().wait()
            finally:
                self.working.remove(name)

        return work

    def start(self, name: str) -> asyncio.Task[None]:
        return asyncio.create_task(Lead("deliver", self.units, self.clock, name).run(self.work(name)))

    async def pass_time(self, seconds: float) -> None:
        for _ in range(int(seconds * 4)):
            await breathe()
            self.clock.advance(0.25)
        await breathe()


async def breathe() -> None:
    for _ in range(40):
        await asyncio.sleep(0)


async def end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_only_one_works_and_goes_on() -> None:
    world = World()
    tasks = [world.start(name) for name in ("a", "b")]
    await world.pass_time(1)
    first = list(world.working)
    assert len(first) == 1
    await world.pass_time(3 * LEASE.total_seconds())
    assert world.working == first
    await end(*tasks)


async def test_another_one_takes_over_at_once_when_it_ends() -> None:
    world = World()
    first = world.start("a")
    await world.pass_time(0.5)
    second = world.start("b")
    await world.pass_time(1)
    assert world.working == ["a"]
    await end(first)
    await world.pass_time(1.25)
    assert world.working == ["b"]
    await end(second)


async def test_another_one_takes_over_after_the_lease_when_it_dies() -> None:
    world = World()
    async with world.units() as unit:  # one that died: it will not come back to keep its lease
        await unit.leases.take("deliver", "dead", world.clock.now() + LEASE)
        await unit.commit()
    task = world.start("b")
    await world.pass_time(LEASE.total_seconds() - 1)
    assert world.working == []
    await world.pass_time(2)
    assert world.working == ["b"]
    await end(task)


async def test_who_has_lost_the_lease_stops() -> None:
    world = World()
    task = world.start("a")
    await world.pass_time(0.5)
    world.units.state.leases["deliver"].holder = "b"  # it stood still for too long
    await world.pass_time(3)
    assert world.working == []
    await end(task)


async def test_an_error_of_the_work_is_raised_and_the_lease_is_free() -> None:
    world = World()

    async def broken() -> None:
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="a fault of ours"):
        await Lead("deliver", world.units, world.clock, "a").run(broken)
    async with world.units() as unit:
        assert await unit.leases.take("deliver", "b", world.clock.now() + LEASE)
