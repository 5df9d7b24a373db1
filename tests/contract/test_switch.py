"""The switch stands as it was last turned."""

from __future__ import annotations

from bot.ports import SwitchState, UnitsOfWork
from tests.fakes.clock import FakeClock


async def test_it_is_on_until_it_is_turned_off(units: UnitsOfWork, clock: FakeClock) -> None:
    async with units(reading=True) as work:
        assert await work.switch.read() == SwitchState()
    off = SwitchState(True, "a wrong answer", "cli:ops", clock.now())
    async with units() as work:
        await work.switch.turn(off)
        await work.commit()
    async with units(reading=True) as work:
        assert await work.switch.read() == off
