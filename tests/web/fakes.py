"""An assistant with set answers: the port as the web part sees it, in memory, with the conversations' events."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.conversation import Mode
from bot.domain.messages import Inbound, Outcome, Reply
from bot.domain.text import Language
from bot.domain.understanding import Source, Understanding
from bot.ports import OutboxMessage, TurnResult
from bot.service.wire import reply_to_wire

Answering = Callable[[Inbound], Sequence[Reply]]


def echo_back(message: Inbound) -> Sequence[Reply]:
    """The simplest answer."""
    return (Reply(f"You said: {message.text}"),)


class FakeAssistant:
    """Answers with ``answering``. ``acted`` holds the messages it acted on; ``handled`` counts the calls.

    ``/forget`` deletes the conversation, as the real one does: the answer comes back and stands in no event.
    """

    def __init__(self, answering: Answering = echo_back) -> None:
        self.answering = answering
        self.acted: list[Inbound] = []
        self.handled = 0
        self.gate = asyncio.Event()  # cleared: turns wait for it
        self.gate.set()
        self.failure: Exception | None = None
        self.event_failure: Exception | None = None
        self._results: dict[tuple[str, str], TurnResult] = {}
        self._events: defaultdict[tuple[str, str], list[OutboxMessage]] = defaultdict(list)
        self._news = asyncio.Condition()

    async def handle(self, message: Inbound) -> TurnResult:
        self.handled += 1
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        key = (message.channel, message.external_id)
        if key not in self._results:
            self.acted.append(message)
            self._results[key] = result = self._answer(message)
            if message.text == "/forget":
                self._events[message.channel, message.conversation].clear()
                return result
            shared = {"lang": result.language.value, "message_id": message.external_id, "at": _now()}
            place = (message.channel, message.conversation)
            await self._append(place, "echo", {"text": message.text, **shared})
            for reply in result.replies:
                await self._append(place, "reply", {**reply_to_wire(reply), **shared})
        return self._results[key]

    async def events(self, channel: str, conversation: str, after: int) -> Sequence[OutboxMessage]:
        if self.event_failure is not None:
            raise self.event_failure
        return [event for event in self._events[channel, conversation] if event.seq > after][:200]

    async def wait(self, channel: str, conversation: str, after: int, seconds: float) -> bool:
        def more() -> bool:
            return any(event.seq > after for event in self._events[channel, conversation])

        try:
            async with self._news:
                return await asyncio.wait_for(self._news.wait_for(more), seconds)
        except TimeoutError:
            return False

    async def say(self, conversation: str, kind: Any, **payload: Any) -> None:
        """Something that happens without the person: an operator's message, a change of mode."""
        await self._append(("web", conversation), kind, {"at": _now(), **payload})

    def said(self, conversation: str) -> Sequence[OutboxMessage]:
        """All events of a conversation."""
        return self._events["web", conversation]

    def _answer(self, message: Inbound) -> TurnResult:
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in message.text)
        language = message.language or (Language.ZH if chinese else Language.EN)
        understanding = Understanding("ask_duration", 0.97, Source.RASA, "small-1")
        replies = tuple(self.answering(message))
        return TurnResult(
            Outcome.ANSWERED, language, Mode.BOT, replies, ("procedure/eia-approval",), understanding, 4.2
        )

    async def _append(self, place: tuple[str, str], kind: Any, payload: dict[str, Any]) -> None:
        events = self._events[place]
        blank = OutboxMessage(f"{place[0]}:{place[1]}", kind, payload)
        events.append(replace(blank, seq=len(events) + 1, channel=place[0]))
        async with self._news:
            self._news.notify_all()


class FakeReadiness:
    """Says what it is told to say."""

    def __init__(self, ready: bool = True) -> None:
        self.ready = ready
        self.failure: Exception | None = None
        self.parts: dict[str, Any] = {
            "database": "ready",
            "nlu": "ready",
            "understands": "rasa",
            "revision": 7,
        }

    async def check(self) -> tuple[bool, dict[str, Any]]:
        if self.failure is not None:
            raise self.failure
        return self.ready, dict(self.parts)


class StuckReadiness(FakeReadiness):
    """Never comes to an end."""

    async def check(self) -> tuple[bool, dict[str, Any]]:
        await asyncio.Event().wait()
        return await super().check()


def _now() -> str:
    return datetime.now(UTC).isoformat()
