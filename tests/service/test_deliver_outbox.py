"""What is in the outbox reaches the person: in order, once, however sends end and whoever dies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.domain.errors import TryLater
from bot.ports import OutboxMessage, Rate, Sent, UnitOfWork
from bot.service.deliver_outbox import AT_ONCE, LEASE, Deliverer
from tests.fakes.clock import FakeClock
from tests.fakes.sender import FakeSender
from tests.fakes.unit_of_work import FakeUnitsOfWork


def backoff(failures: int) -> float:
    """Two seconds, then four, then eight."""
    return 2.0**failures


class World:
    """An outbox, a channel and a deliverer over a clock that the test moves."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.units = FakeUnitsOfWork(self.clock)
        self.sender = FakeSender(self.clock)
        self.deliverer = self.another()

    def another(self) -> Deliverer[str]:
        """A deliverer as another process would have it."""
        return Deliverer(self.sender, self.units, self.clock, backoff)

    async def say(self, person: str, *texts: str, kind: str = "reply") -> None:
        async with self.units() as work:
            conversation = await work.conversations.id_of("telegram", person)
            messages = [OutboxMessage(conversation, kind, {"text": text}) for text in texts]  # type: ignore[arg-type]
            await work.outbox.append(messages)
            await work.commit()
        self.deliverer.wake()

    async def pass_time(self, seconds: float = 0.0, step: float = 0.25) -> None:
        """Lets time pass in small steps, everybody doing what they can in each."""
        await breathe()
        while seconds > 0:
            self.clock.advance(min(step, seconds))
            seconds -= step
            await breathe()

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.units.state.outbox]


async def breathe() -> None:
    """Everybody who can go on goes on."""
    for _ in range(60):
        await asyncio.sleep(0)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    running = asyncio.create_task(world.deliverer.run())
    await breathe()
    yield world
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_replies_leave_in_order_and_echoes_are_passed_over(world: World) -> None:
    await world.say("anna", "what I said", kind="echo")
    await world.say("anna", "first", "second")
    await world.say("bo", "hello")
    await world.pass_time()
    assert sorted(world.sender.sent) == [("anna", "first"), ("anna", "second"), ("bo", "hello")]
    assert world.sender.sent.index(("anna", "first")) < world.sender.sent.index(("anna", "second"))
    assert world.states == ["sent"] * 4


async def test_what_nobody_told_about_is_found_within_a_second(world: World) -> None:
    await world.pass_time(10)
    async with world.units() as work:
        conversation = await work.conversations.id_of("telegram", "anna")
        await work.outbox.append([OutboxMessage(conversation, "reply", {"text": "found"})])
        await work.commit()
    await world.pass_time(1)
    assert world.sender.sent == [("anna", "found")]


async def test_the_channels_own_wait_is_obeyed_and_others_go_on(world: World) -> None:
    world.sender.script = [Sent("later", 7.0, "too many")]
    await world.say("anna", "a1", "a2")
    await world.pass_time()
    await world.say("bo", "b1")
    await world.pass_time(6.5)
    assert world.sender.sent == [("bo", "b1")]
    await world.pass_time(1.5)
    assert world.sender.sent == [("bo", "b1"), ("anna", "a1"), ("anna", "a2")]


async def test_failures_wait_longer_each_time(world: World) -> None:
    world.sender.script = [Sent("later"), Sent("later"), Sent("later")]
    await world.say("anna", "a1")
    await world.pass_time(20)
    times = [moment for moment, _, _ in world.sender.tries]
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert len(waits) == 3
    for wait, least in zip(waits, (2, 4, 8), strict=True):
        assert least <= wait <= least + 1.25
    assert world.states == ["sent"]


async def test_what_is_refused_does_not_hold_up_what_follows(world: World) -> None:
    world.sender.script = [Sent("refused", why="blocked")]
    await world.say("anna", "a1", "a2")
    await world.pass_time()
    assert world.states == ["refused", "sent"]


async def test_a_send_of_unknown_end_is_repeated_once(world: World) -> None:
    world.sender.script = [Sent("unknown"), Sent("unknown")]
    await world.say("anna", "a1", "a2")
    await world.pass_time(60)
    assert [part for _, _, part in world.sender.tries] == ["a1", "a1", "a2"]
    assert world.states == ["unknown", "sent"]
    assert world.deliverer.counts == {"unknown": 2, "sent": 1}


async def test_a_repetition_that_surely_failed_is_tried_again(world: World) -> None:
    world.sender.script = [Sent("unknown"), Sent("later", 3.0), Sent("unknown")]
    await world.say("anna", "a1")
    await world.pass_time(60)
    assert len(world.sender.tries) == 3
    assert world.states == ["unknown"]


async def test_parts_that_went_out_do_not_go_again(world: World) -> None:
    world.sender.script = [Sent("sent"), Sent("later", 2.0), Sent("sent"), Sent("unknown")]
    await world.say("anna", "one\ntwo\nthree", "next")
    await world.pass_time(20)
    assert [part for _, part in world.sender.sent] == ["one", "two", "three", "next"]


async def test_nobody_is_sent_more_than_the_limits_allow() -> None:
    world = World()
    world.sender.overall, world.sender.each = (Rate(3, 1.0),), (Rate(1, 1.0),)
    world.deliverer = world.another()
    for number in range(5):
        await world.say(f"person {number}", "one", "two")
    running = asyncio.create_task(world.deliverer.run())
    await world.pass_time(6)
    assert len(world.sender.sent) == 10
    times = [moment for moment, _, _ in world.sender.tries]
    for first, fourth in zip(times, times[3:], strict=False):
        assert fourth - first >= timedelta(seconds=1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_long_wait_for_a_limit_gives_the_lease_back(world: World) -> None:
    world.sender.each = (Rate(1, 20.0),)
    await world.say("group/1", "a1")
    await world.say("group/2", "b1")
    await world.pass_time(1)
    assert len(world.sender.sent) == 1
    await world.pass_time(21)
    assert sorted(world.sender.sent) == [("group/1", "a1"), ("group/2", "b1")]


async def test_what_cannot_be_shown_is_counted_and_passed_over(world: World) -> None:
    async with world.units() as work:
        conversation = await work.conversations.id_of("telegram", "anna")
        await work.outbox.append([OutboxMessage(conversation, "reply", {"odd": 1})])
        await work.commit()
    await world.say("anna", "a2")
    await world.pass_time()
    assert world.sender.sent == [("anna", "a2")]
    assert world.deliverer.counts["unfit"] == 1
    assert world.states == ["refused", "sent"]


async def test_a_deliverer_that_died_before_sending_loses_nothing() -> None:
    world = World()
    await world.say("anna", "a1", "a2")
    later = world.another()
    await later.deliver_due()
    await later.idle()
    await later.deliver_due()
    await later.idle()
    assert world.sender.sent == [("anna", "a1"), ("anna", "a2")]


async def test_a_deliverer_that_died_while_sending_is_followed_after_its_lease() -> None:
    world = World()
    world.sender.takes = 5
    await world.say("anna", "a1", "a2")
    await world.deliverer.deliver_due()
    await breathe()
    for task in list(world.deliverer._under_way.values()):
        task.cancel()  # killed: nothing is settled
    await breathe()
    world.sender.takes = 0
    other = world.another()
    assert await other.deliver_due() == 0
    world.clock.advance(LEASE.total_seconds())
    assert await other.deliver_due() == 1
    await other.idle()
    assert world.sender.sent == [("anna", "a1")]
    assert world.units.state.outbox[0].message.attempts == 2


async def test_a_send_that_takes_long_keeps_its_lease(world: World) -> None:
    world.sender.takes = 4 * LEASE.total_seconds()
    await world.say("anna", "a1")
    await world.pass_time()
    other = world.another()
    for _ in range(30):
        await world.pass_time(1)
        assert await other.deliver_due() == 0
    await world.pass_time(12)
    assert world.sender.sent == [("anna", "a1")]
    assert world.states == ["sent"]


async def test_the_end_waits_for_sends_under_way(world: World) -> None:
    world.sender.takes = 3
    running = asyncio.create_task(world.another().run())
    await world.say("anna", "a1")
    await world.pass_time()
    running.cancel()
    await world.pass_time(3)
    assert world.sender.sent == [("anna", "a1")]
    assert world.states == ["sent"]


async def test_a_database_that_is_away_is_waited_for(world: World) -> None:
    whole = world.deliverer._units
    failures = 3

    def away(*, reading: bool = False) -> UnitOfWork:
        nonlocal failures
        if failures:
            failures -= 1
            raise TryLater("the database does not answer: try again in a moment")
        return whole(reading=reading)

    world.deliverer._units = away
    await world.say("anna", "a1")
    await world.pass_time(20)
    assert world.sender.sent == [("anna", "a1")]


async def test_a_conversation_forgotten_while_sending_is_no_error(world: World) -> None:
    world.sender.takes = 2
    await world.say("anna", "a1")
    await world.pass_time()
    async with world.units() as work:
        await work.conversations.forget(await work.conversations.id_of("telegram", "anna"))
        await work.commit()
    await world.pass_time(3)
    assert world.deliverer.counts == {"sent": 1}


async def test_many_conversations_at_once_but_not_too_many(world: World) -> None:
    world.sender.takes = 1
    for number in range(AT_ONCE + 5):
        await world.say(f"person {number}", "hello")
    await world.pass_time()
    assert len(world.sender.tries) == AT_ONCE
    await world.pass_time(2.5)
    assert len(world.sender.sent) == AT_ONCE + 5


async def test_an_unkept_reply_is_tried_a_few_times_and_stored_nowhere(world: World) -> None:
    world.sender.script = [Sent("later"), Sent("later")]
    sending = asyncio.create_task(world.deliverer.send_unkept("anna", {"text": "one\ntwo"}))
    await world.pass_time(10)
    await sending
    assert [part for _, part in world.sender.sent] == ["one", "two"]
    assert world.states == []
