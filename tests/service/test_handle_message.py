"""The story of a message over the storage in memory: accepted once, decided once, stored for delivery in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.dialogue.mind import Mind
from bot.domain.conversation import Mode
from bot.domain.messages import Inbound, Outcome
from bot.domain.text import Audience, Language
from bot.domain.understanding import Source
from bot.ports import OutboxMessage
from bot.service.assistant import ConversationService
from bot.service.handle_message import CONTEXT_LASTS, MessageHandler
from bot.service.notices import Notices
from bot.service.wire import from_wire, to_wire
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork
from tests.minds import gazetteer, minds, wording


class FixedMinds:
    """The knowledge folder, never switched."""

    def current(self, audience: Audience) -> Mind:
        return minds()[audience]


@dataclass
class World:
    """One assistant over storage in memory."""

    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.units = FakeUnitsOfWork(self.clock)
        notices = Notices()
        handler = MessageHandler(self.units, gazetteer(), FixedMinds(), wording(), self.clock, notices)
        self.assistant = ConversationService(handler, self.units, notices)

    def message(self, text: str, number: int = 1, **rest: object) -> Inbound:
        return Inbound("web", f"m{number}", "conversation-1", text, **rest)  # type: ignore[arg-type]

    async def said(self) -> list[OutboxMessage]:
        return list(await self.assistant.events("web", "conversation-1", 0))


@pytest.fixture
def world() -> World:
    return World()


async def test_an_answer_is_stored_behind_what_was_said(world: World) -> None:
    turn = await world.assistant.handle(world.message("环评报告表要批多久"))
    assert turn.outcome is Outcome.ANSWERED
    assert turn.records == ("procedure/eia-approval",)
    assert turn.mode is Mode.BOT
    assert turn.understanding.source is Source.GAZETTEER
    stored = await world.said()
    assert [item.kind for item in stored] == ["echo", "reply"]
    assert [item.seq for item in stored] == [1, 2]
    assert stored[1].payload["text"] == turn.replies[0].text


async def test_the_same_message_twice_answers_the_same_and_acts_once(world: World) -> None:
    first = await world.assistant.handle(world.message("环评要多久"))
    again = await world.assistant.handle(world.message("环评要多久"))
    assert to_wire(again) == to_wire(first)
    assert len(await world.said()) == 2


async def test_the_same_message_at_the_same_moment_answers_the_same_and_acts_once(world: World) -> None:
    message = world.message("环评报告表要批多久")
    first, *others = await asyncio.gather(*(world.assistant.handle(message) for _ in range(3)))
    assert all(other.replies == first.replies for other in others)
    assert len(await world.said()) == 1 + len(first.replies)


async def test_many_at_once_keep_one_conversation_in_order(world: World) -> None:
    texts = ["环评要多久", "施工许可证要什么材料", "招商处电话多少", "开发区面积多大"] * 3
    await asyncio.gather(*(world.assistant.handle(world.message(text, n)) for n, text in enumerate(texts)))
    stored = await world.said()
    assert [item.seq for item in stored] == list(range(1, len(stored) + 1))
    assert sum(item.kind == "echo" for item in stored) == len(texts)


async def test_a_follow_up_leans_on_the_conversation(world: World) -> None:
    await world.assistant.handle(world.message("施工许可证要什么材料", 1))
    turn = await world.assistant.handle(world.message("那要多久呢", 2))
    assert turn.records == ("procedure/construction-permit",)


async def test_after_a_long_silence_nothing_is_leant_on(world: World) -> None:
    await world.assistant.handle(world.message("施工许可证要什么材料", 1))
    world.clock.advance(CONTEXT_LASTS.total_seconds() + 1)
    turn = await world.assistant.handle(world.message("那要多久呢", 2))
    assert turn.records != ("procedure/construction-permit",)


async def test_conversations_do_not_leak_into_each_other(world: World) -> None:
    await world.assistant.handle(world.message("施工许可证要什么材料", 1))
    other = Inbound("web", "m2", "conversation-2", "那要多久呢")
    assert (await world.assistant.handle(other)).records != ("procedure/construction-permit",)


async def test_the_channel_says_the_language(world: World) -> None:
    turn = await world.assistant.handle(world.message("环评要多久", language=Language.EN))
    assert turn.language is Language.EN
    assert "60 days" in turn.replies[0].text


async def test_switching_the_language_answers_in_it_at_once(world: World) -> None:
    turn = await world.assistant.handle(world.message("#l:en", language=Language.ZH))
    assert turn.language is Language.EN


async def test_staff_see_more_than_the_public(world: World) -> None:
    public = await world.assistant.handle(world.message("权责清单定了没有", 1))
    assert public.outcome is Outcome.REFUSED
    assert public.records == ()
    staff = Inbound("web", "s1", "conversation-s", "权责清单定了没有", audience=Audience.STAFF)
    assert (await world.assistant.handle(staff)).outcome is Outcome.ANSWERED


async def test_forgetting_leaves_nothing(world: World) -> None:
    await world.assistant.handle(world.message("环评要多久", 1))
    turn = await world.assistant.handle(world.message("/forget", 2))
    assert turn.outcome is Outcome.SOCIAL
    assert await world.said() == []


async def test_too_long_gets_a_friendly_line(world: World) -> None:
    turn = await world.assistant.handle(world.message("环评" * 2001))
    assert turn.outcome is Outcome.REFUSED
    assert "4000" in turn.replies[0].text


async def test_nothing_a_person_types_is_run_or_shown_as_markup(world: World) -> None:
    for number, text in enumerate(
        ["{{ 7*7 }}", "{% for x in y %}", "<script>alert(1)</script>", '/ask_fee{"a":1}']
    ):
        turn = await world.assistant.handle(world.message(text, number))
        shown = "".join(reply.text for reply in turn.replies)
        assert "49" not in shown
        assert "<script>" not in shown


async def test_a_turn_survives_its_public_form(world: World) -> None:
    turn = await world.assistant.handle(world.message("环评报告表要批多久"))
    assert to_wire(from_wire(to_wire(turn))) == to_wire(turn)


async def test_whoever_waits_is_told(world: World) -> None:
    await world.assistant.handle(world.message("环评要多久", 1))
    waiting = asyncio.create_task(world.assistant.wait("web", "conversation-1", 2, 30))
    await asyncio.sleep(0)
    await world.assistant.handle(world.message("施工许可找谁", 2))
    assert await asyncio.wait_for(waiting, 5)
