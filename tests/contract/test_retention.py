"""What is too old goes; what is not done yet stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.ports import Accepted, Old, OutboxMessage, TurnRecord, UnitsOfWork
from tests.contract.values import CONTEXT, RESULT, message
from tests.fakes.clock import FakeClock

DAY = 86_400


async def talk(units: UnitsOfWork, clock: FakeClock, number: str, channel: str = "web") -> Accepted:
    """One whole turn."""
    async with units() as unit:
        accepted = await unit.inbox.accept(message(number, channel=channel), clock.now())
        await unit.inbox.decided(accepted.inbound_id, RESULT)
        conversation = await unit.conversations.lock(accepted.conversation_id)
        context = replace(CONTEXT, touched=clock.now())
        await unit.conversations.save(replace(conversation, context=context))
        await unit.turns.add(
            TurnRecord(accepted.conversation_id, accepted.inbound_id, "hello", clock.now(), 1, RESULT)
        )
        await unit.outbox.append([OutboxMessage(accepted.conversation_id, "reply", {"text": number})])
        await unit.commit()
    return accepted


async def remove(units: UnitsOfWork, clock: FakeClock, kind: Old, limit: int = 100) -> int:
    async with units() as unit:
        number = await unit.retention.remove(kind, clock.now() - timedelta(days=1), limit)
        await unit.commit()
    return number


async def test_old_rows_go_and_new_ones_stay(units: UnitsOfWork, clock: FakeClock) -> None:
    for number in ("m1", "m2", "m3"):
        await talk(units, clock, number)
    clock.advance(2 * DAY)
    kept = await talk(units, clock, "m4")
    for kind in ("inbox", "outbox", "turns"):
        assert await remove(units, clock, kind, limit=2) == 2
        assert await remove(units, clock, kind, limit=2) == 1
        assert await remove(units, clock, kind, limit=2) == 0
    async with units(reading=True) as unit:
        assert [turn.inbound_id for turn in await unit.turns.recent(kept.conversation_id, 9)] == [
            kept.inbound_id
        ]
        assert [item.payload["text"] for item in await unit.outbox.after(kept.conversation_id, 0)] == ["m4"]


async def test_what_is_not_decided_or_delivered_stays(units: UnitsOfWork, clock: FakeClock) -> None:
    await talk(units, clock, "m1", channel="telegram")
    async with units() as unit:
        waiting = await unit.inbox.accept(message("m2", channel="telegram"), clock.now())
        await unit.commit()
    clock.advance(2 * DAY)
    assert await remove(units, clock, "outbox") == 0
    assert await remove(units, clock, "inbox") == 1
    async with units(reading=True) as unit:
        assert await unit.inbox.read(waiting.inbound_id) is not None


async def test_words_go_before_what_was_decided(units: UnitsOfWork, clock: FakeClock) -> None:
    accepted = await talk(units, clock, "m1")
    clock.advance(2 * DAY)
    assert await remove(units, clock, "transcripts") == 1
    assert await remove(units, clock, "transcripts") == 0
    async with units(reading=True) as unit:
        (turn,) = await unit.turns.recent(accepted.conversation_id, 9)
    assert (turn.text, turn.result.replies, turn.result.traces) == ("", (), ())
    assert turn.result.records == RESULT.records


async def test_an_empty_conversation_goes_in_the_end(units: UnitsOfWork, clock: FakeClock) -> None:
    await talk(units, clock, "m1")
    clock.advance(2 * DAY)
    assert await remove(units, clock, "conversations") == 0
    for kind in ("inbox", "outbox", "turns"):
        await remove(units, clock, kind)
    await talk(units, clock, "m2", channel="telegram")
    assert await remove(units, clock, "conversations") == 1
    async with units(reading=True) as unit:
        assert await unit.conversations.find("web", "c1") is None
        assert await unit.conversations.find("telegram", "c1") is not None
