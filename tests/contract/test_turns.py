"""Turn records come back whole, in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import TurnRecord, UnitsOfWork
from tests.contract.values import RESULT
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.asyncio


async def test_turns_come_back_whole_and_in_order(units: UnitsOfWork, clock: FakeClock) -> None:
    async with units() as unit:
        conversation = await unit.conversations.id_of("web", "c1")
        other = await unit.conversations.id_of("web", "c2")
        turns = [
            TurnRecord(
                conversation,
                number,
                f"text {number}",
                clock.now() + timedelta(seconds=number),
                1,
                replace(RESULT, ms=number),
            )
            for number in range(1, 5)
        ]
        for turn in turns:
            await unit.turns.add(turn)
        await unit.turns.add(replace(turns[0], conversation_id=other, inbound_id=9))
        await unit.commit()
    async with units(reading=True) as unit:
        assert list(await unit.turns.recent(conversation, 3)) == turns[1:]
        assert [turn.inbound_id for turn in await unit.turns.recent(other, 3)] == [9]
