"""Messages leave in order within a conversation, to one deliverer at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.errors import NotFound
from bot.ports import Due, OutboxMessage, UnitsOfWork
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.asyncio


async def send(
    units: UnitsOfWork, person: str, *texts: str, channel: str = "telegram"
) -> Sequence[OutboxMessage]:
    async with units() as unit:
        conversation = await unit.conversations.id_of(channel, person)
        stored = await unit.outbox.append(
            [OutboxMessage(conversation, "reply", {"text": text}) for text in texts]
        )
        await unit.commit()
    return stored


async def lease(
    units: UnitsOfWork, clock: FakeClock, limit: int = 10, channel: str = "telegram"
) -> list[str]:
    return [message.payload["text"] for message in await lease_messages(units, clock, limit, channel)]


async def lease_messages(
    units: UnitsOfWork, clock: FakeClock, limit: int = 10, channel: str = "telegram"
) -> Sequence[OutboxMessage]:
    async with units() as unit:
        leased = await unit.outbox.lease(channel, limit, clock.now() + timedelta(seconds=30), clock.now())
        await unit.commit()
    return leased


async def settle(units: UnitsOfWork, message: OutboxMessage, state: str, **due: object) -> None:
    async with units() as unit:
        await unit.outbox.settle(message.id, state, **due)  # type: ignore[arg-type]
        await unit.commit()


async def test_messages_are_numbered_in_their_conversation_and_know_its_channel(units: UnitsOfWork) -> None:
    first = await send(units, "anna", "a1", "a2")
    other = await send(units, "bo", "b1")
    later = await send(units, "anna", "a3")
    assert [message.seq for message in (*first, *later)] == [1, 2, 3]
    assert other[0].seq == 1
    assert {message.channel for message in (*first, *other, *later)} == {"telegram"}
    ids = [message.id for message in (*first, *other, *later)]
    assert ids == sorted(set(ids))


async def test_numbers_of_what_was_rolled_back_are_used_again(units: UnitsOfWork) -> None:
    stored = await send(units, "anna", "a1")
    async with units() as unit:
        await unit.outbox.append([OutboxMessage(stored[0].conversation_id, "reply", {"text": "lost"})])
    assert (await send(units, "anna", "a2"))[0].seq == 2


async def test_reading_on_from_a_number(units: UnitsOfWork) -> None:
    stored = await send(units, "anna", "a1", "a2", "a3")
    conversation = stored[0].conversation_id
    async with units(reading=True) as unit:
        assert [item.payload["text"] for item in await unit.outbox.after(conversation, 1)] == ["a2", "a3"]
        assert [item.seq for item in await unit.outbox.after(conversation, 0, limit=2)] == [1, 2]
        assert list(await unit.outbox.after("nobody", 0)) == []


async def test_nothing_can_be_said_in_a_conversation_that_is_not_there(units: UnitsOfWork) -> None:
    async with units() as unit:
        with pytest.raises(NotFound):
            await unit.outbox.append([OutboxMessage("nobody", "reply", {})])


async def test_the_first_of_each_conversation_is_leased(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1", "a2")
    await send(units, "bo", "b1")
    await send(units, "web user", "w1", channel="web")
    assert await lease(units, clock) == ["a1", "b1"]
    assert await lease(units, clock) == []


async def test_the_next_is_leased_when_the_one_before_is_done(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1", "a2")
    (first,) = await lease_messages(units, clock)
    await settle(units, first, "sent")
    assert await lease(units, clock) == ["a2"]


async def test_a_send_of_unknown_end_is_repeated_before_what_follows(
    units: UnitsOfWork, clock: FakeClock
) -> None:
    await send(units, "anna", "a1", "a2")
    (first,) = await lease_messages(units, clock)
    assert not first.repeat
    await settle(units, first, "unknown", due_at=clock.now() + timedelta(seconds=2))
    assert await lease(units, clock) == []
    clock.advance(2)
    (again,) = await lease_messages(units, clock)
    assert (again.id, again.repeat) == (first.id, True)
    assert await lease(units, clock) == []
    await settle(units, again, "sent")
    assert await lease(units, clock) == ["a2"]


async def test_what_is_unknown_for_good_holds_up_nothing(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1", "a2")
    (first,) = await lease_messages(units, clock)
    await settle(units, first, "unknown")
    assert await lease(units, clock) == ["a2"]


async def test_a_repetition_that_is_not_settled_is_not_repeated(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1", "a2")
    await lease_messages(units, clock)
    clock.advance(30)
    (again,) = await lease_messages(units, clock)
    assert again.repeat
    clock.advance(30)
    assert await lease(units, clock) == ["a2"]


async def test_a_repetition_put_off_stays_one(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1")
    await lease_messages(units, clock)
    clock.advance(30)
    (again,) = await lease_messages(units, clock)
    await settle(units, again, "unknown", due_at=clock.now() + timedelta(seconds=5))
    clock.advance(5)
    (later,) = await lease_messages(units, clock)
    assert (later.id, later.repeat) == (again.id, True)


async def test_a_leased_message_tells_whom_it_is_for(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1")
    await send(units, "bo", "b1")
    leased = await lease_messages(units, clock)
    assert {message.payload["text"]: message.to for message in leased} == {"a1": "anna", "b1": "bo"}


async def test_a_lease_ends(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1")
    (first,) = await lease_messages(units, clock)
    clock.advance(29)
    assert await lease(units, clock) == []
    clock.advance(1)
    (again,) = await lease_messages(units, clock)
    assert (again.id, again.attempts) == (first.id, first.attempts + 1)


async def test_a_lease_that_is_held_does_not_end(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1", "a2")
    await send(units, "bo", "b1")
    first, other = await lease_messages(units, clock)
    await settle(units, other, "sent")
    clock.advance(29)
    async with units() as unit:
        await unit.outbox.hold([first.id, other.id], clock.now() + timedelta(seconds=30))
        await unit.commit()
    clock.advance(29)
    assert await lease(units, clock) == []
    clock.advance(1)
    (again,) = await lease_messages(units, clock)
    assert (again.id, again.repeat) == (first.id, True)


async def test_what_is_put_off_waits_until_it_is_due(units: UnitsOfWork, clock: FakeClock) -> None:
    await send(units, "anna", "a1", "a2")
    (first,) = await lease_messages(units, clock)
    await settle(units, first, "pending", due_at=clock.now() + timedelta(seconds=5))
    assert await lease(units, clock) == []
    clock.advance(5)
    assert await lease(units, clock) == ["a1"]


async def test_deliverers_never_hold_the_same_message(units: UnitsOfWork, clock: FakeClock) -> None:
    for number in range(12):
        await send(units, f"person {number}", f"hello {number}")
    leased = await asyncio.gather(*(lease(units, clock, limit=4) for _ in range(3)))
    texts = [text for part in leased for text in part]
    rest = await lease(units, clock, limit=12)
    assert sorted(texts + rest) == sorted(f"hello {number}" for number in range(12))


async def test_settling_what_is_not_there(units: UnitsOfWork) -> None:
    async with units() as unit:
        with pytest.raises(NotFound):
            await unit.outbox.settle(4711, "sent")


async def states(units: UnitsOfWork, clock: FakeClock) -> list[str]:
    """The texts that can be leased one after the other, each sent."""
    found: list[str] = []
    while leased := await lease_messages(units, clock):
        for message in leased:
            found.append(message.payload["text"])
            await settle(units, message, "sent")
    return found


async def test_what_is_parked_waits_with_all_that_follows_until_the_person_writes(
    units: UnitsOfWork, clock: FakeClock
) -> None:
    stored = await send(units, "anna", "a1", "a2")
    await send(units, "bo", "b1")
    await lease_messages(units, clock, 1)
    async with units() as unit:
        await unit.outbox.park(stored[0].conversation_id)
        await unit.commit()
    await send(units, "anna", "a3")
    clock.advance(60)
    assert await states(units, clock) == ["b1"]
    async with units() as unit:
        await unit.outbox.unpark(stored[0].conversation_id, clock.now() - timedelta(days=1))
        await unit.commit()
    await send(units, "anna", "a4")
    assert await states(units, clock) == ["a1", "a2", "a3", "a4"]


async def test_what_was_parked_too_long_is_refused(units: UnitsOfWork, clock: FakeClock) -> None:
    stored = await send(units, "anna", "old")
    async with units() as unit:
        await unit.outbox.park(stored[0].conversation_id)
        await unit.commit()
    clock.advance(3600)
    await send(units, "anna", "new")
    async with units() as unit:
        await unit.outbox.unpark(stored[0].conversation_id, clock.now() - timedelta(seconds=60))
        await unit.commit()
    assert await states(units, clock) == ["new"]


async def test_what_is_fetched_by_the_person_is_not_sent(units: UnitsOfWork, clock: FakeClock) -> None:
    stored = await send(units, "web user", "w1", channel="web")
    assert await lease(units, clock, channel="web") == []
    async with units(reading=True) as unit:
        assert len(await unit.outbox.after(stored[0].conversation_id, 0)) == 1


async def test_what_is_leased_can_be_chosen(units: UnitsOfWork, clock: FakeClock) -> None:
    for person in ("anna", "bo", "cy"):
        await send(units, person, f"{person} 1", f"{person} 2")
    seen: list[str] = []

    def the_last(due: Sequence[Due]) -> Sequence[int]:
        seen.extend(each.to for each in due)
        return [due[-1].id]

    async with units() as unit:
        until = clock.now() + timedelta(seconds=30)
        (chosen,) = await unit.outbox.lease("telegram", 10, until, clock.now(), the_last)
        assert await unit.outbox.lease("telegram", 10, until, clock.now(), lambda due: []) == []
        await unit.commit()
    assert seen == ["anna", "bo", "cy"]
    assert (chosen.to, chosen.payload["text"]) == ("cy", "cy 1")
    assert await lease(units, clock) == ["anna 1", "bo 1"]


async def test_what_was_sent_for_a_message_is_kept_part_by_part(units: UnitsOfWork, clock: FakeClock) -> None:
    (stored,) = await send(units, "anna", "a1")
    (first,) = await lease_messages(units, clock)
    async with units() as unit:
        await unit.outbox.note(first.id, ["10"])
        await unit.commit()
    clock.advance(30)
    (again,) = await lease_messages(units, clock)
    assert (again.repeat, again.sent_as) == (True, ("10",))
    await settle(units, again, "sent", sent_as=["10", "11"])
    async with units(reading=True) as unit:
        (kept,) = await unit.outbox.after(stored.conversation_id, 0)
    assert kept.sent_as == ("10", "11")


async def test_nothing_goes_to_a_place_that_is_put_off(units: UnitsOfWork, clock: FakeClock) -> None:
    for person in ("-100/1", "-100/2", "-100", "-1001", "anna"):
        await send(units, person, person)
    async with units() as unit:
        await unit.outbox.defer("telegram", "-100", clock.now() + timedelta(seconds=7))
        await unit.commit()
    assert await lease(units, clock) == ["-1001", "anna"]
    clock.advance(7)
    assert sorted(await lease(units, clock)) == ["-100", "-100/1", "-100/2"]


async def test_what_was_sent_of_late_is_told_once_a_part(units: UnitsOfWork, clock: FakeClock) -> None:
    for person in ("anna", "bo", "cy"):
        await send(units, person, person)
    anna, bo, cy = await lease_messages(units, clock)
    await settle(units, anna, "sent", sent_as=["1"])
    clock.advance(60)
    since = clock.now()
    await settle(units, bo, "sent", sent_as=["2", "3"])
    await settle(units, cy, "refused")
    async with units(reading=True) as unit:
        sent = await unit.outbox.sent_since("telegram", since)
    assert list(sent) == [(since, "bo"), (since, "bo")]


async def test_an_echo_is_there_to_be_read_and_holds_up_nothing(units: UnitsOfWork, clock: FakeClock) -> None:
    async with units() as unit:
        conversation = await unit.conversations.id_of("telegram", "anna")
        await unit.outbox.append(
            [OutboxMessage(conversation, kind, {"text": kind}) for kind in ("echo", "reply")]  # type: ignore[arg-type]
        )
        await unit.commit()
    assert await lease(units, clock) == ["reply"]
    async with units(reading=True) as unit:
        assert [item.kind for item in await unit.outbox.after(conversation, 0)] == ["echo", "reply"]
