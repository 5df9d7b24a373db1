"""A conversation is locked while it is decided on, and saved by whoever read it last."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.conversation import Context, Mode
from bot.domain.errors import Conflict, NotFound
from bot.ports import OutboxMessage, TurnRecord, UnitsOfWork
from tests.contract.values import CONTEXT, RESULT, message
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.asyncio


async def begin(units: UnitsOfWork) -> str:
    async with units() as unit:
        identifier = await unit.conversations.id_of("web", "c1")
        await unit.commit()
    return identifier


async def test_a_new_conversation_is_with_the_bot_and_about_nothing(units: UnitsOfWork) -> None:
    identifier = await begin(units)
    async with units() as unit:
        conversation = await unit.conversations.lock(identifier)
    assert (conversation.channel, conversation.mode, conversation.turns) == ("web", Mode.BOT, 0)
    assert conversation.context == Context()


async def test_everything_saved_comes_back(units: UnitsOfWork) -> None:
    identifier = await begin(units)
    async with units() as unit:
        read = await unit.conversations.lock(identifier)
        saved = replace(read, mode=Mode.QUEUED, context=CONTEXT, turns=3)
        await unit.conversations.save(saved)
        await unit.commit()
    async with units() as unit:
        assert await unit.conversations.lock(identifier) == replace(saved, version=saved.version + 1)


async def test_who_read_before_somebody_else_saved_must_read_again(units: UnitsOfWork) -> None:
    identifier = await begin(units)
    async with units() as unit:
        stale = await unit.conversations.lock(identifier)
        await unit.conversations.save(replace(stale, mode=Mode.QUEUED))
        await unit.commit()
    async with units() as unit:
        with pytest.raises(Conflict):
            await unit.conversations.save(replace(stale, mode=Mode.CLAIMED))


async def test_a_conversation_that_is_not_there_cannot_be_locked(units: UnitsOfWork) -> None:
    async with units() as unit:
        with pytest.raises(NotFound):
            await unit.conversations.lock("nobody")


async def test_an_unfinished_unit_of_work_leaves_no_trace(units: UnitsOfWork) -> None:
    identifier = await begin(units)
    async with units() as unit:
        read = await unit.conversations.lock(identifier)
        await unit.conversations.save(replace(read, turns=9))
    async with units() as unit:
        assert (await unit.conversations.lock(identifier)).turns == 0


async def test_deciders_of_one_conversation_wait_for_each_other(units: UnitsOfWork) -> None:
    identifier = await begin(units)

    async def decide() -> None:
        async with units() as unit:
            conversation = await unit.conversations.lock(identifier)
            await asyncio.sleep(0)  # give the others a chance to get in between
            await unit.conversations.save(replace(conversation, turns=conversation.turns + 1))
            await unit.commit()

    await asyncio.gather(*(decide() for _ in range(8)))
    async with units() as unit:
        assert (await unit.conversations.lock(identifier)).turns == 8


async def test_finding_begins_nothing(units: UnitsOfWork) -> None:
    async with units(reading=True) as unit:
        assert await unit.conversations.find("web", "c1") is None
    identifier = await begin(units)
    async with units(reading=True) as unit:
        assert await unit.conversations.find("web", "c1") == identifier


async def test_what_is_forgotten_is_gone_altogether(units: UnitsOfWork, clock: FakeClock) -> None:
    async with units() as unit:
        kept = await unit.inbox.accept(message("m0", "somebody else"), clock.now())
        accepted = await unit.inbox.accept(message(), clock.now())
        for item in (kept, accepted):
            await unit.turns.add(
                TurnRecord(item.conversation_id, item.inbound_id, "hello", clock.now(), 1, RESULT)
            )
            await unit.outbox.append([OutboxMessage(item.conversation_id, "reply", {})])
        await unit.commit()
    async with units() as unit:
        await unit.conversations.forget(accepted.conversation_id)
        await unit.commit()
    async with units() as unit:
        assert await unit.conversations.find("web", "c1") is None
        assert list(await unit.turns.recent(accepted.conversation_id, 9)) == []
        assert list(await unit.outbox.after(accepted.conversation_id, 0)) == []
        assert len(await unit.turns.recent(kept.conversation_id, 9)) == 1
        again = await unit.inbox.accept(message(), clock.now())
        assert again.conversation_id != accepted.conversation_id
        assert again.inbound_id != accepted.inbound_id


async def test_the_conversations_of_a_place_are_found_and_move_with_it(units: UnitsOfWork) -> None:
    async with units() as unit:
        known = {
            name: await unit.conversations.id_of("telegram", name)
            for name in ("-50", "-50/2", "-501", "-9/2")
        }
        await unit.conversations.id_of("web", "-50")
        assert set(await unit.conversations.at("telegram", "-50")) == {known["-50"], known["-50/2"]}
        assert await unit.conversations.move(known["-50"], "-50", "-9")
        assert not await unit.conversations.move(known["-50/2"], "-50", "-9")  # one is there already
        assert not await unit.conversations.move("nobody", "-50", "-9")
        await unit.commit()
    async with units(reading=True) as unit:
        assert await unit.conversations.find("telegram", "-9") == known["-50"]
        assert await unit.conversations.find("telegram", "-50") is None
        assert await unit.conversations.find("telegram", "-50/2") == known["-50/2"]
