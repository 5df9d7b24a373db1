"""Puts the questions to an assistant, each in a conversation of its own, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.curation.evaluation.judging import faults
from bot.curation.evaluation.questions import Question, Turn
from bot.domain.messages import Inbound, Outcome
from bot.domain.text import Audience
from bot.ports import Assistant, TurnResult

AT_A_TIME: Final = 8  # conversations under way; Rasa parses one text at a time, so more would only queue
CHANNEL: Final = "console"


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """One turn as it went. ``faults`` is empty when the reply is right."""

    turn: Turn
    result: TurnResult
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its turns, in order."""

    question: Question
    turns: tuple[AskedTurn, ...]

    @property
    def right(self) -> bool:
        """True when every turn is right."""
        return not any(turn.faults for turn in self.turns)

    @property
    def outcome(self) -> Outcome:
        """The outcome of the first turn that is wrong, or of the last."""
        return next((t for t in self.turns if t.faults), self.turns[-1]).result.outcome

    @property
    def public(self) -> bool:
        """True when the public asked."""
        return self.question.audience is Audience.PUBLIC


async def ask_all(
    assistant: Assistant, questions: Iterable[Question], told: Callable[[int], None] = lambda _: None
) -> tuple[Asked, ...]:
    """Every question with what came back, in their order. ``told`` hears how many are done. Errors come through."""
    gate = asyncio.Semaphore(AT_A_TIME)
    done = 0

    async def one(question: Question) -> Asked:
        nonlocal done
        async with gate:
            asked = await _ask(assistant, question)
        done += 1
        told(done)
        return asked

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(question)) for question in questions]
    return tuple(task.result() for task in tasks)


async def _ask(assistant: Assistant, question: Question) -> Asked:
    turns: list[AskedTurn] = []
    for number, turn in enumerate(question.turns, start=1):
        message = Inbound(
            channel=CHANNEL,
            external_id=f"{question.id}:{number}",
            conversation=f"evaluation:{question.id}",
            text=turn.text,
            audience=question.audience,
        )
        result = await assistant.handle(message)
        turns.append(AskedTurn(turn, result, tuple(faults(turn, result))))
    return Asked(question, tuple(turns))


def wrong(asked: Sequence[Asked]) -> list[Asked]:
    """Those with a fault, in order."""
    return [each for each in asked if not each.right]
