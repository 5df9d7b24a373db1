"""Messages go in the order in which they were accepted; a person comes to an end of what one may write; the room has walls."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import TryLater
from bot.domain.messages import Inbound
from bot.service.limits import Limits, Room, Tempo
from bot.service.order import Order


async def run(order: Order, conversation: str, number: int, done: list[int], steps: int = 3) -> None:
    place = order.enter(conversation, number)
    try:
        await order.first(place)
        for _ in range(steps):
            await asyncio.sleep(0)
        done.append(number)
    finally:
        order.leave(place)


async def test_whoever_was_accepted_first_goes_first() -> None:
    order, done = Order(), list[int]()
    async with asyncio.TaskGroup() as group:
        for number in (1, 2, 4, 3, 5):
            group.create_task(run(order, "c", number, done))
    assert done == [1, 2, 3, 4, 5]


async def test_an_earlier_one_that_comes_late_does_not_wait_for_those_behind_it() -> None:
    order, done = Order(), list[int]()
    later = order.enter("c", 7)
    await asyncio.wait_for(run(order, "c", 3, done), 1)
    order.leave(later)
    assert done == [3]


async def test_the_same_number_twice_goes_one_after_the_other() -> None:
    order, done = Order(), list[int]()
    first, second = order.enter("c", 1), order.enter("c", 1)
    await asyncio.wait_for(order.first(first), 1)
    waiting = asyncio.create_task(order.first(second))
    await asyncio.sleep(0)
    assert not waiting.done()
    order.leave(first)
    await asyncio.wait_for(waiting, 1)
    order.leave(second)
    assert done == []


async def test_conversations_do_not_wait_for_each_other() -> None:
    order, done = Order(), list[int]()
    held = order.enter("a", 1)
    await asyncio.wait_for(run(order, "b", 2, done), 1)
    order.leave(held)


async def test_who_gives_up_lets_the_next_one_go() -> None:
    order, done = Order(), list[int]()
    held = order.enter("c", 1)
    giving_up = asyncio.create_task(run(order, "c", 2, done))
    third = asyncio.create_task(run(order, "c", 3, done))
    await asyncio.sleep(0)
    giving_up.cancel()
    await asyncio.gather(giving_up, return_exceptions=True)
    order.leave(held)
    await asyncio.wait_for(third, 1)
    assert done == [3]


async def test_a_person_is_accepted_in_the_order_of_coming() -> None:
    order, done = Order(), list[int]()

    async def arrive(number: int) -> None:
        async with order.arriving("web", "c"):
            await asyncio.sleep(0.001 * (5 - number))
            done.append(number)

    await asyncio.gather(*(arrive(number) for number in range(5)))
    assert done == list(range(5))


async def test_beyond_the_waiting_room_nobody_is_let_in() -> None:
    room = Room(Limits(at_once=2, waiting=1))
    leave = asyncio.Event()

    async def stay() -> None:
        async with room.place():
            await leave.wait()

    inside = [asyncio.create_task(stay()) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(TryLater, match="too many"):
        await stay()
    leave.set()
    await asyncio.gather(*inside)
    await asyncio.wait_for(stay(), 1)
    assert room.inside == 0


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def says(person: str = "anna", channel: str = "telegram") -> Inbound:
    return Inbound(channel, "m", person, "环评要多久")


def test_a_person_may_write_so_fast_and_no_faster() -> None:
    tempo = Tempo(Limits(burst=3, per_minute=60))
    assert [tempo.too_fast(says(), NOON) for _ in range(5)] == [False, False, False, True, True]
    assert not tempo.too_fast(says("bo"), NOON)
    later = NOON + timedelta(seconds=2)
    assert [tempo.too_fast(says(), later) for _ in range(3)] == [False, False, True]
    much_later = NOON + timedelta(hours=1)
    assert [tempo.too_fast(says(), much_later) for _ in range(4)] == [False, False, False, True]


def test_a_program_that_asks_line_by_line_may_be_as_fast_as_it_likes() -> None:
    tempo = Tempo(Limits(burst=1, per_minute=1))
    assert not any(tempo.too_fast(says(channel="console"), NOON) for _ in range(100))


def test_only_so_many_people_are_remembered() -> None:
    tempo = Tempo(Limits(burst=1, per_minute=1), people=10)
    assert not any(tempo.too_fast(says(str(person)), NOON) for person in range(100))
    assert tempo.too_fast(says("99"), NOON)
    assert not tempo.too_fast(says("1"), NOON)
