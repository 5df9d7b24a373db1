"""Of several replicas one does a job; when it dies, another one."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.ports import UnitsOfWork
from tests.fakes.clock import FakeClock


async def take(units: UnitsOfWork, clock: FakeClock, holder: str, idle: float | None = None) -> bool:
    now = clock.now()
    idle_since = None if idle is None else now - timedelta(seconds=idle)
    async with units() as work:
        taken = await work.leases.take("tidy", holder, now + timedelta(seconds=30), idle_since)
        await work.commit()
    return taken


async def test_of_many_that_ask_at_once_one_gets_it(units: UnitsOfWork, clock: FakeClock) -> None:
    got = await asyncio.gather(*(take(units, clock, f"replica {number}") for number in range(8)))
    assert got.count(True) == 1


async def test_a_lease_ends_by_itself(units: UnitsOfWork, clock: FakeClock) -> None:
    assert await take(units, clock, "a")
    clock.advance(29)
    assert not await take(units, clock, "b")
    clock.advance(1)
    assert await take(units, clock, "b")


async def test_a_kept_lease_lasts_and_a_lost_one_cannot_be_kept(units: UnitsOfWork, clock: FakeClock) -> None:
    await take(units, clock, "a")
    clock.advance(20)
    async with units() as work:
        assert await work.leases.keep("tidy", "a", clock.now() + timedelta(seconds=30))
        assert not await work.leases.keep("tidy", "b", clock.now() + timedelta(seconds=30))
        await work.commit()
    clock.advance(20)
    assert not await take(units, clock, "b")
    clock.advance(10)
    assert await take(units, clock, "b")
    async with units() as work:
        assert not await work.leases.keep("tidy", "a", clock.now() + timedelta(seconds=30))


async def test_what_was_done_is_not_done_again_too_soon(units: UnitsOfWork, clock: FakeClock) -> None:
    await take(units, clock, "a")
    async with units() as work:
        await work.leases.done("tidy", "a")
        await work.commit()
    clock.advance(50)
    assert not await take(units, clock, "b", idle=60)
    clock.advance(10)
    assert await take(units, clock, "b", idle=60)


async def test_what_was_given_back_undone_can_be_taken_at_once(units: UnitsOfWork, clock: FakeClock) -> None:
    await take(units, clock, "a")
    async with units() as work:
        await work.leases.release("tidy", "b")  # not b's: nothing happens
        await work.commit()
    assert not await take(units, clock, "b", idle=60)
    async with units() as work:
        await work.leases.release("tidy", "a")
        await work.commit()
    assert await take(units, clock, "b", idle=60)
