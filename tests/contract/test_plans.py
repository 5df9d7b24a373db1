"""Plans are kept whole, once, and go when they are too old."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.plan import Plan
from bot.planning.seal import sealed
from bot.ports import UnitsOfWork
from tests.documents.plans import plan as some_plan
from tests.fakes.clock import FakeClock


def made() -> Plan:
    return sealed(replace(some_plan(), seal=""))


async def kept(units: UnitsOfWork, plan_id: str) -> Plan | None:
    async with units(reading=True) as work:
        return await work.plans.read(plan_id)


async def test_a_plan_is_read_as_it_was_added(units: UnitsOfWork, clock: FakeClock) -> None:
    plan = made()
    for _ in range(2):  # the same again is no error, and changes nothing
        async with units() as work:
            await work.plans.add(plan, clock.now())
            await work.commit()
    assert await kept(units, plan.id) == plan
    assert await kept(units, "0" * 32) is None


async def test_old_plans_go(units: UnitsOfWork, clock: FakeClock) -> None:
    old, new = made(), sealed(replace(some_plan(), seal="", revision=99))
    async with units() as work:
        await work.plans.add(old, clock.now() - timedelta(days=2))
        await work.plans.add(new, clock.now())
        await work.commit()
    async with units() as work:
        assert await work.retention.remove("plans", clock.now() - timedelta(days=1), 100) == 1
        await work.commit()
    assert await kept(units, old.id) is None
    assert await kept(units, new.id) == new
