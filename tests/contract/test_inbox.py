"""A message is accepted once and decided once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import Conflict
from bot.ports import Accepted, UnitsOfWork
from tests.contract.values import RESULT, message
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.asyncio


async def accept(units: UnitsOfWork, clock: FakeClock, **which: str) -> Accepted:
    async with units() as unit:
        accepted = await unit.inbox.accept(message(**which), clock.now())
        await unit.commit()
    return accepted


async def test_a_duplicate_is_the_same_row_without_a_result_while_undecided(
    units: UnitsOfWork, clock: FakeClock
) -> None:
    first = await accept(units, clock)
    assert await accept(units, clock) == first
    assert first.result is None


async def test_a_duplicate_of_a_decided_message_brings_the_stored_result(
    units: UnitsOfWork, clock: FakeClock
) -> None:
    first = await accept(units, clock)
    async with units() as unit:
        await unit.inbox.decided(first.inbound_id, RESULT)
        await unit.commit()
    again = (await accept(units, clock)).result
    assert again is not None
    assert again.replies == RESULT.replies
    assert again.understanding == RESULT.understanding
    assert again.traces == ()


async def test_a_message_is_decided_once(units: UnitsOfWork, clock: FakeClock) -> None:
    first = await accept(units, clock)
    async with units() as unit:
        await unit.inbox.decided(first.inbound_id, RESULT)
        await unit.commit()
    async with units() as unit:
        with pytest.raises(Conflict):
            await unit.inbox.decided(first.inbound_id, RESULT)


async def test_the_same_number_on_another_channel_is_another_message(
    units: UnitsOfWork, clock: FakeClock
) -> None:
    web = await accept(units, clock)
    telegram = await accept(units, clock, channel="telegram")
    assert telegram.inbound_id != web.inbound_id
    assert telegram.conversation_id != web.conversation_id


async def test_one_person_has_one_conversation_whose_id_tells_nothing(
    units: UnitsOfWork, clock: FakeClock
) -> None:
    first = await accept(units, clock, external_id="m1", conversation="13800000000")
    second = await accept(units, clock, external_id="m2", conversation="13800000000")
    other = await accept(units, clock, external_id="m3", conversation="13900000000")
    assert first.conversation_id == second.conversation_id != other.conversation_id
    assert "13800000000" not in first.conversation_id


async def test_what_was_not_committed_is_not_accepted(units: UnitsOfWork, clock: FakeClock) -> None:
    async def dies() -> None:
        async with units() as unit:
            await unit.inbox.accept(message(), clock.now())
            raise RuntimeError("the process dies here")

    with pytest.raises(RuntimeError):
        await dies()
    async with units() as unit:
        await unit.inbox.accept(message(), clock.now())
    async with units(reading=True) as unit:
        assert await unit.conversations.find("web", "c1") is None


async def test_duplicates_at_the_same_moment_make_one_row(units: UnitsOfWork, clock: FakeClock) -> None:
    accepted = await asyncio.gather(*(accept(units, clock) for _ in range(5)))
    assert len({item.inbound_id for item in accepted}) == 1
    assert len({item.conversation_id for item in accepted}) == 1


async def test_what_was_left_undecided_is_found_again(units: UnitsOfWork, clock: FakeClock) -> None:
    first = await accept(units, clock, external_id="m1")
    await accept(units, clock, external_id="m2", conversation="c2")
    await accept(units, clock, external_id="m3")
    await accept(units, clock, channel="telegram")
    async with units() as unit:
        await unit.inbox.decided(first.inbound_id, RESULT)
        await unit.commit()
    async with units(reading=True) as unit:
        assert await unit.inbox.undecided("web", 10) == [message("m2", "c2"), message("m3")]
        assert await unit.inbox.undecided("web", 1) == [message("m2", "c2")]


async def test_what_was_left_is_found_on_all_channels_once_it_is_old_enough(
    units: UnitsOfWork, clock: FakeClock
) -> None:
    first = await accept(units, clock, external_id="m1")
    await accept(units, clock, channel="telegram")
    began = clock.now()
    clock.advance(10)
    await accept(units, clock, external_id="m3")
    async with units(reading=True) as unit:
        assert await unit.inbox.left(began, 10) == [message("m1"), message(channel="telegram")]
        assert len(await unit.inbox.left(clock.now(), 10)) == 3
        assert len(await unit.inbox.left(clock.now(), 2)) == 2
        assert await unit.inbox.read(first.inbound_id) == message("m1")
    async with units() as unit:
        await unit.inbox.decided(first.inbound_id, RESULT)
        await unit.commit()
    async with units(reading=True) as unit:
        assert await unit.inbox.read(first.inbound_id) is None
        assert await unit.inbox.left(began, 10) == [message(channel="telegram")]


async def test_a_conversation_knows_its_first_undecided_message(units: UnitsOfWork, clock: FakeClock) -> None:
    first = await accept(units, clock, external_id="m1")
    second = await accept(units, clock, external_id="m2")
    await accept(units, clock, external_id="m3", conversation="c2")
    async with units() as unit:
        assert (await unit.conversations.lock(first.conversation_id)).undecided == first.inbound_id
        await unit.inbox.decided(first.inbound_id, RESULT)
        await unit.commit()
    async with units() as unit:
        assert (await unit.conversations.lock(first.conversation_id)).undecided == second.inbound_id
        await unit.inbox.decided(second.inbound_id, RESULT)
        await unit.commit()
    async with units() as unit:
        assert (await unit.conversations.lock(first.conversation_id)).undecided is None


async def test_personal_data_is_masked_before_it_is_stored(units: UnitsOfWork, clock: FakeClock) -> None:
    said = replace(message(), text="我的手机是13812345678")
    async with units() as unit:
        accepted = await unit.inbox.accept(said, clock.now())
        stored = await unit.inbox.read(accepted.inbound_id)
    assert stored is not None
    assert stored.text == "我的手机是***********"


async def test_a_message_is_found_by_how_its_id_begins_and_ends(units: UnitsOfWork, clock: FakeClock) -> None:
    for external_id in ("u1.c1.11", "u2.c1.12", "e3.c1.12", "u4.c1.112"):
        await accept(units, clock, external_id=external_id)
    where = message(external_id="u1.c1.11")
    async with units(reading=True) as unit:

        async def found(beginning: str, ending: str, conversation: str = where.conversation) -> str | None:
            return await unit.inbox.find(where.channel, conversation, beginning, ending)

        assert await found("u", ".12") == "u2.c1.12"
        assert await found("u", ".13") is None
        assert await found("u", ".12", "another") is None
