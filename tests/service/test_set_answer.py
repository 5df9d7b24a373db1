"""Set words are given once, in the person's language, and not while a person has the conversation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.conversation import Context, Mode
from bot.domain.messages import Inbound, Outcome
from bot.domain.text import Language
from bot.service.set_answer import SetAnswers
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork

PICTURE = Inbound("telegram", "u1", "7", "")


@pytest.fixture
def units() -> FakeUnitsOfWork:
    return FakeUnitsOfWork(FakeClock())


@pytest.fixture
def answers(units: FakeUnitsOfWork) -> SetAnswers:
    return SetAnswers(units, lambda language, block: f"{block} in {language}", units.clock)


def payloads(units: FakeUnitsOfWork) -> list[dict[str, Any]]:
    return [row.message.payload for row in units.state.outbox]


async def talk(units: FakeUnitsOfWork, mode: Mode = Mode.BOT, **context: Any) -> None:
    async with units() as work:
        conversation = await work.conversations.lock(await work.conversations.id_of("telegram", "7"))
        await work.conversations.save(replace(conversation, mode=mode, context=Context(**context)))
        await work.commit()


async def test_in_both_languages_while_none_is_known(units: FakeUnitsOfWork, answers: SetAnswers) -> None:
    await answers.give(PICTURE, "photo")
    (payload,) = payloads(units)
    assert payload["text"] == "photo in zh\n\nphoto in en"
    assert (payload["outcome"], payload["message_id"]) == ("social", "u1")


async def test_in_the_language_chosen_or_else_spoken(units: FakeUnitsOfWork, answers: SetAnswers) -> None:
    await talk(units, spoken=Language.EN)
    await answers.give(PICTURE, "photo")
    await talk(units, spoken=Language.EN, language=Language.ZH)
    await answers.give(replace(PICTURE, external_id="u2"), "photo")
    assert [payload["text"] for payload in payloads(units)] == ["photo in en", "photo in zh"]


async def test_a_message_is_answered_once(units: FakeUnitsOfWork, answers: SetAnswers) -> None:
    await answers.give(PICTURE, "photo")
    await answers.give(PICTURE, "failed", Outcome.ERROR)
    assert len(payloads(units)) == 1
    async with units(reading=True) as work:
        assert await work.inbox.undecided("telegram", 10) == []


@pytest.mark.parametrize("mode", [Mode.QUEUED, Mode.CLAIMED, Mode.WAITING_USER])
async def test_silent_while_a_person_has_the_conversation(
    units: FakeUnitsOfWork, answers: SetAnswers, mode: Mode
) -> None:
    await talk(units, mode)
    await answers.give(PICTURE, "photo")
    assert payloads(units) == []
    async with units(reading=True) as work:
        assert await work.inbox.undecided("telegram", 10) == []
