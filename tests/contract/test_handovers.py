"""Cases and the desks' own data: the same on the fake, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.conversation import Mode
from bot.domain.errors import Conflict, NotFound
from bot.domain.handover import Case, Event
from bot.domain.text import Language
from bot.ports import DeskEntry, OutboxMessage, Present, Topic, UnitsOfWork
from tests.fakes.clock import FakeClock


async def conversation(units: UnitsOfWork, name: str = "c1") -> str:
    async with units() as work:
        found = await work.conversations.id_of("web", name)
        await work.commit()
    return found


async def opened(units: UnitsOfWork, clock: FakeClock, name: str = "c1", **values: object) -> Case:
    identifier = await conversation(units, name)
    case = Case(identifier, Mode.QUEUED, "front", "wish", Language.EN, clock.now(), question="环评要多久")
    async with units() as work:
        stored = await work.handovers.open(replace(case, **{"waiting_since": clock.now(), **values}))  # type: ignore[arg-type]
        await work.commit()
    return stored


async def test_a_case_is_read_back_as_it_was(units: UnitsOfWork, clock: FakeClock) -> None:
    now = clock.now()
    stored = await opened(
        units, clock, records=("procedure/eia-approval",), operator="op-1", operator_name="李", claimed_at=now,
        operator_at=now, person_at=now, reminded=15, nudged=True, closed_at=now, rating=5, comment="好", due_at=now,
    )  # fmt: skip
    assert stored.id > 0
    async with units(reading=True) as work:
        assert await work.handovers.get(stored.id) == stored
        assert await work.handovers.current(stored.conversation_id) == stored
        with pytest.raises(NotFound):
            await work.handovers.get(stored.id + 1)


async def test_of_many_who_claim_at_once_one_has_it(units: UnitsOfWork, clock: FakeClock) -> None:
    case = await opened(units, clock)

    async def claim(number: int) -> bool:
        try:
            async with units() as work:
                await work.handovers.save(case.claimed(f"op-{number}", "李", clock.now()))
                await work.commit()
        except Conflict:
            return False
        return True

    got = await asyncio.gather(*(claim(number) for number in range(6)))
    assert got.count(True) == 1
    async with units(reading=True) as work:
        assert (await work.handovers.get(case.id)).operator == f"op-{got.index(True)}"


async def test_the_queue_has_who_waits_longest_first(units: UnitsOfWork, clock: FakeClock) -> None:
    second = await opened(units, clock, "c1")
    first = await opened(units, clock, "c2", waiting_since=clock.now() - timedelta(minutes=5))
    answered = await opened(units, clock, "c3", waiting_since=None, state=Mode.WAITING_USER)
    other = await opened(units, clock, "c4", office="other")
    over = await opened(units, clock, "c5")
    async with units() as work:
        await work.handovers.save(over.ended(Event.CLOSE, clock.now()))
        await work.commit()
    async with units(reading=True) as work:
        assert [c.id for c in await work.handovers.queue(["front"], 9)] == [first.id, second.id, answered.id]
        assert other.id in [c.id for c in await work.handovers.queue(None, 9)]
        assert [c.id for c in await work.handovers.recent(9)] == [over.id]


async def test_what_is_due(units: UnitsOfWork, clock: FakeClock) -> None:
    late = await opened(units, clock, "c1", due_at=clock.now() + timedelta(minutes=2))
    soon = await opened(units, clock, "c2", due_at=clock.now() + timedelta(minutes=1))
    await opened(units, clock, "c3")
    async with units(reading=True) as work:
        assert not await work.handovers.due(clock.now(), 9)
        found = await work.handovers.due(clock.now() + timedelta(minutes=2), 9)
    assert [case.id for case in found] == [soon.id, late.id]


async def test_entries_in_order_and_gone_with_the_conversation(units: UnitsOfWork, clock: FakeClock) -> None:
    case = await opened(units, clock)
    async with units() as work:
        first = await work.desk.add(DeskEntry(case.conversation_id, "note", "op-1", {"text": "回电"}))
        await work.desk.add(DeskEntry(case.conversation_id, "claimed", "op-1", {}))
        await work.commit()
    async with units(reading=True) as work:
        entries = await work.desk.entries(case.conversation_id, 0)
        assert [(entry.kind, entry.payload) for entry in entries] == [
            ("note", {"text": "回电"}),
            ("claimed", {}),
        ]
        assert entries[0].at == clock.now()
        assert len(await work.desk.entries(case.conversation_id, first.id)) == 1
    async with units() as work:
        await work.conversations.forget(case.conversation_id)
        await work.commit()
    async with units(reading=True) as work:
        assert await work.handovers.current(case.conversation_id) is None
        assert not await work.desk.entries(case.conversation_id, 0)


async def test_topics_and_what_is_missing_in_them(units: UnitsOfWork, clock: FakeClock) -> None:
    case = await opened(units, clock)
    topic = Topic(case.conversation_id, -1001)
    async with units() as work:
        await work.desk.put_topic(topic)
        assert not await work.desk.unfilled_topics(9)
        entry = await work.desk.add(DeskEntry(case.conversation_id, "queued", "system", {}))
        assert await work.desk.unfilled_topics(9) == [topic]
        filled = replace(topic, thread=77, last_entry=entry.id)
        await work.desk.put_topic(filled)
        assert not await work.desk.unfilled_topics(9)
        (said,) = await work.outbox.append([OutboxMessage(case.conversation_id, "echo", {"text": "在吗"})])
        assert await work.desk.unfilled_topics(9) == [filled]
        filled = replace(filled, last_seq=said.seq)
        await work.desk.put_topic(filled)
        await work.desk.put_topic(Topic(case.conversation_id, -1002))
        await work.desk.put_post(filled, said.seq, 501)
        await work.desk.put_post(filled, said.seq, 502)
        await work.commit()
    async with units() as work:
        assert await work.desk.topic(case.conversation_id, -1001) == filled
        assert await work.desk.topic_at(-1001, 77) == filled
        assert await work.desk.topic_at(-1002, 77) is None
        assert len(await work.desk.topics_of(case.conversation_id)) == 2
        assert await work.desk.post(filled, said.seq) == 502
        assert await work.desk.post(filled, said.seq + 1) is None
        other = await work.conversations.id_of("web", "c2")
        await work.desk.put_topic(
            Topic(other, -1001, 77, 5, 5)
        )  # the number is given anew: the first is gone
        assert await work.desk.topic(case.conversation_id, -1001) == Topic(case.conversation_id, -1001)
        await work.desk.put_topic(filled)
        gone = replace(filled, unwanted=True)
        await work.desk.put_topic(gone)
        assert gone in await work.desk.unfilled_topics(9)
        await work.desk.drop_topic(gone)
        assert await work.desk.topic(case.conversation_id, -1001) is None
        await work.commit()


async def test_who_is_there(units: UnitsOfWork, clock: FakeClock) -> None:
    async with units() as work:
        await work.desk.see(Present("op-1", "李", "", clock.now()))
        await work.desk.see(Present("op-1", "李", "c1", clock.now()))
        await work.desk.see(Present("op-2", "王", "", clock.now() - timedelta(minutes=5)))
        await work.commit()
    async with units(reading=True) as work:
        seen = await work.desk.present(clock.now() - timedelta(minutes=1))
    assert [(each.operator, each.conversation_id) for each in seen] == [("op-1", "c1")]


async def test_old_entries_go_and_with_the_last_of_them_the_case(
    units: UnitsOfWork, clock: FakeClock
) -> None:
    over, held = await opened(units, clock, "c1"), await opened(units, clock, "c2")
    async with units() as work:
        await work.handovers.save(over.ended(Event.CLOSE, clock.now()))
        for case in (over, held):
            await work.desk.add(DeskEntry(case.conversation_id, "note", "op-1", {"text": "回电"}))
        await work.commit()
    before = clock.now() + timedelta(days=1)
    async with units() as work:
        assert await work.retention.remove("outbox", clock.now(), 9) == 0
        assert await work.retention.remove("outbox", before, 9) == 3
        assert await work.retention.remove("outbox", before, 9) == 0
        await work.commit()
    async with units(reading=True) as work:
        assert await work.handovers.current(over.conversation_id) is None
        assert await work.handovers.current(held.conversation_id) == held
