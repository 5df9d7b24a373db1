"""Beside the usual way of a message: left behind, too fast, switched off, masked, broken, forgotten, parked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.dialogue.mind import Mind
from bot.domain.errors import TryLater
from bot.domain.messages import Inbound, Outcome
from bot.domain.text import Audience, Language
from bot.domain.understanding import Understanding
from bot.ports import OutboxMessage, TurnResult
from bot.service.handle_message import MessageHandler
from bot.service.limits import Limits
from bot.service.notices import Notices
from bot.service.retention import Keep, Retention
from bot.service.switch import SwitchWatch, read_switch, turn_switch
from bot.service.take_up import TakeUp
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork
from tests.minds import gazetteer, minds, wording


class FixedMinds:
    """The knowledge folder, never switched."""

    def current(self, audience: Audience) -> Mind:
        return minds()[audience]


class CountingNlu:
    """Word lists that count how often they are asked; each question may have to wait at a gate."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def parse(self, text: str) -> Understanding:
        self.asked.append(text)
        if text in self.gates:
            await self.gates[text].wait()
        return await gazetteer().parse(text)


@dataclass
class World:
    """One assistant over storage in memory, on a channel that things are sent to."""

    limits: Limits = field(default_factory=lambda: Limits(burst=3, per_minute=60))
    clock: FakeClock = field(default_factory=FakeClock)
    nlu: CountingNlu = field(default_factory=CountingNlu)

    def __post_init__(self) -> None:
        self.units = FakeUnitsOfWork(self.clock)
        self.switch = SwitchWatch(self.units, self.clock)
        self.handler = self.replica()

    def replica(self) -> MessageHandler:
        return MessageHandler(
            self.units, self.nlu, FixedMinds(), wording(), self.clock, Notices(),
            switch=self.switch, limits=self.limits,
        )  # fmt: skip

    def message(self, text: str, number: int, person: str = "anna") -> Inbound:
        return Inbound("telegram", f"{person}-{number}", person, text)

    async def say(self, text: str, number: int, person: str = "anna") -> TurnResult:
        return await self.handler.handle_message(self.message(text, number, person))

    async def accept(self, *messages: Inbound) -> None:
        async with self.units() as work:
            for message in messages:
                await work.inbox.accept(message, self.clock.now())
            await work.commit()

    async def said(self, person: str = "anna") -> list[OutboxMessage]:
        async with self.units(reading=True) as work:
            found = await work.conversations.find("telegram", person)
            return list(await work.outbox.after(found, 0)) if found else []

    async def echoes(self, person: str = "anna") -> list[str]:
        return [item.payload["message_id"] for item in await self.said(person) if item.kind == "echo"]


@pytest.fixture
def world() -> World:
    return World()


# -- order and what was left -----------------------------------------------------------------------------------


async def test_what_was_left_before_is_decided_before(world: World) -> None:
    await world.accept(*(world.message("施工许可证要什么材料", number) for number in range(3)))
    turn = await world.say("那要多久呢", 3)
    assert turn.records == ("procedure/construction-permit",)
    assert await world.echoes() == [f"anna-{number}" for number in range(4)]


async def test_a_long_backlog_is_decided_before(world: World) -> None:
    await world.accept(*(world.message("你好", number) for number in range(40)))
    await world.say("环评要多久", 40)
    assert await world.echoes() == [f"anna-{number}" for number in range(41)]


async def test_a_slow_question_is_not_overtaken_in_its_conversation_and_holds_up_no_other(
    world: World,
) -> None:
    gate = world.nlu.gates.setdefault("环评要多久", asyncio.Event())
    slow = asyncio.create_task(world.say("环评要多久", 1))
    quick = asyncio.create_task(world.say("/help", 2))
    await asyncio.wait_for(world.say("/help", 1, "bo"), 5)
    for _ in range(20):
        await asyncio.sleep(0)
    assert not quick.done()
    gate.set()
    await asyncio.wait_for(asyncio.gather(slow, quick), 5)
    assert await world.echoes() == ["anna-1", "anna-2"]


async def test_two_replicas_with_the_same_messages_decide_each_once_and_in_order(world: World) -> None:
    other = world.replica()
    messages = [world.message(text, n) for n, text in enumerate(["环评要多久", "/help", "施工许可找谁"] * 4)]
    world.handler = MessageHandler(
        world.units, world.nlu, FixedMinds(), wording(), world.clock, Notices(), limits=Limits()
    )
    await asyncio.gather(
        *(world.handler.handle_message(message) for message in messages),
        *(other.take_up(message) for message in messages),
    )
    assert await world.echoes() == [message.external_id for message in messages]


async def test_the_job_takes_up_what_was_left_on_any_channel(world: World) -> None:
    web = Inbound("web", "w1", "web-person", "环评要多久")
    await world.accept(world.message("施工许可证要什么材料", 1), web, world.message("那要多久呢", 2))
    job = TakeUp(world.handler, world.units, world.clock)
    assert await job() == 3
    assert await world.echoes() == ["anna-1", "anna-2"]
    assert (await world.say("那要多久呢", 2)).records == ("procedure/construction-permit",)
    assert await job() == 0


async def test_what_is_being_worked_on_is_left_alone_for_a_while(world: World) -> None:
    job = TakeUp(world.handler, world.units, world.clock)
    assert await job() == 0
    await world.accept(world.message("环评要多久", 1))
    assert await job() == 0
    world.clock.advance(11)
    assert await job() == 1


async def test_what_fails_waits_with_what_follows_it(world: World) -> None:
    class Failing:
        def __init__(self) -> None:
            self.tried: list[str] = []

        async def take_up(self, message: Inbound) -> TurnResult:
            self.tried.append(message.external_id)
            raise TryLater("the database is away")

    failing = Failing()
    await world.accept(
        world.message("环评要多久", 1), world.message("环评要多久", 2), world.message("你好", 1, "bo")
    )
    await TakeUp(failing, world.units, world.clock)()
    assert failing.tried == ["anna-1", "bo-1"]


# -- limits -----------------------------------------------------------------------------------------------------


async def test_who_writes_too_fast_is_told_once_and_nobody_thinks_about_the_rest(world: World) -> None:
    turns = [await world.say("环评要多久", number) for number in range(8)]
    assert [turn.outcome for turn in turns] == [Outcome.ANSWERED] * 3 + [Outcome.REFUSED] * 5
    assert [len(turn.replies) for turn in turns[3:]] == [1, 0, 0, 0, 0]
    assert "两分钟" in turns[3].replies[0].text
    assert len(world.nlu.asked) == 3
    assert len([item for item in await world.said() if item.kind == "reply"]) == 4
    world.clock.advance(180)
    assert (await world.say("环评要多久", 9)).outcome is Outcome.ANSWERED


async def test_the_notice_is_in_the_language_of_the_person(world: World) -> None:
    for number in range(3):
        await world.say("/help", number)
    turn = await world.say("how long does an EIA take", 4)
    assert turn.language is Language.EN
    assert "two minutes" in turn.replies[0].text


async def test_when_too_many_wait_nothing_is_accepted() -> None:
    world = World(limits=Limits(at_once=1, waiting=0))
    world.nlu.gates["环评要多久"] = asyncio.Event()
    first = asyncio.create_task(world.say("环评要多久", 1))
    await asyncio.sleep(0)
    with pytest.raises(TryLater):
        await world.say("施工许可找谁", 1, "bo")
    world.nlu.gates["环评要多久"].set()
    await first
    async with world.units(reading=True) as work:
        assert await work.conversations.find("telegram", "bo") is None


# -- the switch -------------------------------------------------------------------------------------------------


async def test_switched_off_it_says_so_and_asks_nobody(world: World) -> None:
    await turn_switch(world.units, world.clock, off=True, actor="cli:ops", reason="a wrong answer")
    await world.switch.refresh()
    chinese, english = await world.say("环评要多久", 1), await world.say("how long", 1, "bo")
    assert (chinese.outcome, english.outcome) == (Outcome.REFUSED, Outcome.REFUSED)
    assert "12345" in chinese.replies[0].text
    assert "paused" in english.replies[0].text
    assert world.nlu.asked == []
    await turn_switch(world.units, world.clock, off=False, actor="cli:ops", reason="")
    await world.switch.refresh()
    assert (await world.say("环评要多久", 2)).outcome is Outcome.ANSWERED
    async with world.units(reading=True) as work:
        on, off = await work.audit.recent(9, "switch.")
    assert (on.action, off.action, off.actor, off.why) == (
        "switch.on", "switch.off", "cli:ops", "a wrong answer",
    )  # fmt: skip
    assert not (await read_switch(world.units)).off


async def test_every_replica_sees_the_switch_within_a_second(world: World) -> None:
    watching = asyncio.create_task(world.switch.run())
    await asyncio.sleep(0)
    await turn_switch(world.units, world.clock, off=True, actor="cli:ops", reason="x")
    assert not world.switch.off
    world.clock.advance(1)
    for _ in range(10):
        await asyncio.sleep(0)
    assert world.switch.off
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


# -- personal data ----------------------------------------------------------------------------------------------

SECRETS = ("13812345678", "11010519491231002X", "6222021234567890128", "li.si@example.com")


async def test_personal_data_is_nowhere_in_the_storage(world: World) -> None:
    for number, secret in enumerate(SECRETS[:3]):
        await world.say(f"我是{secret}，环评要多久", number)
    await world.say(f"我的邮箱是{SECRETS[3]}", 4, "bo")
    everything = str(world.units.state)
    assert not [secret for secret in SECRETS if secret in everything]


async def test_forgetting_leaves_no_row_that_leads_to_the_person(world: World) -> None:
    await world.say("环评要多久", 1)
    await world.accept(world.message("施工许可找谁", 2))
    turn = await world.say("/forget", 3)
    assert "已经删除" in turn.replies[0].text
    state = world.units.state
    assert not state.people
    assert not state.inbound
    assert not state.turns
    assert not state.outbox
    (entry,) = [entry for entry in state.audit if entry.action == "conversation.forgotten"]
    assert "anna" not in str(entry)
    assert (await world.say("/forget", 3)).outcome is Outcome.SOCIAL
    assert not state.people


async def test_a_message_that_comes_while_its_person_is_forgotten_begins_anew(world: World) -> None:
    gate = world.nlu.gates.setdefault("环评要多久", asyncio.Event())
    slow = asyncio.create_task(world.say("环评要多久", 2))
    for _ in range(10):
        await asyncio.sleep(0)
    async with world.units() as work:
        found = await work.conversations.find("telegram", "anna")
        assert found
        await work.conversations.forget(found)
        await work.commit()
    gate.set()
    assert (await asyncio.wait_for(slow, 5)).outcome is Outcome.ANSWERED
    assert await world.echoes() == ["anna-2"]


# -- broken and parked ------------------------------------------------------------------------------------------


async def test_a_mistake_of_ours_is_apologised_for_and_blocks_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def current(self, audience: Audience) -> Any:
            mind = minds()[audience]
            return replace(mind, lexicon=replace(mind.lexicon, danger=None))

    broken = MessageHandler(world.units, world.nlu, Broken(), wording(), world.clock, Notices())
    turn = await broken.handle_message(world.message("环评要多久，我叫张三", 1))
    assert turn.outcome is Outcome.ERROR
    assert "12345" in turn.replies[0].text
    assert "TypeError" in caplog.text
    assert "张三" not in caplog.text
    assert (await world.say("环评要多久", 2)).outcome is Outcome.ANSWERED


async def test_what_was_parked_goes_out_when_the_person_writes_again(world: World) -> None:
    await world.say("环评要多久", 1)
    async with world.units() as work:
        found = await work.conversations.find("telegram", "anna")
        assert found
        await work.outbox.park(found)
        await work.commit()
    await world.say("施工许可找谁", 2)
    async with world.units() as work:
        (first,) = await work.outbox.lease(
            "telegram", 9, world.clock.now() + timedelta(seconds=9), world.clock.now()
        )
    assert first.seq == 2  # the reply; the echo before it is not sent


# -- retention --------------------------------------------------------------------------------------------------


async def test_the_job_removes_what_is_older_than_its_days(world: World) -> None:
    await world.say("环评要多久", 1)
    async with world.units() as work:
        for message in await work.outbox.after((await work.conversations.find("telegram", "anna")) or "", 0):
            await work.outbox.settle(message.id, "sent")
        await work.commit()
    job = Retention(Keep(inbox=1, outbox=2, transcripts=3, turns=4), world.units, world.clock)
    day = 86_400
    assert not any((await job()).values())
    for days, gone in ((1, "inbox"), (1, "outbox"), (1, "transcripts"), (1, "turns")):
        world.clock.advance(days * day + 1)
        assert {kind for kind, number in (await job()).items() if number} - {"conversations"} == {gone}
    assert not world.units.state.people


async def test_for_ever_is_for_ever(world: World) -> None:
    await world.say("环评要多久", 1)
    world.clock.advance(86_400 * 10_000)
    job = Retention(Keep(inbox=0, outbox=0, transcripts=0, turns=0, plans=0), world.units, world.clock)
    assert await job() == {}
