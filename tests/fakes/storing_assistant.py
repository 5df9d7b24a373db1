"""An assistant with set answers that stores its turns as the real one does: accepted, decided, ready to be delivered."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.domain.conversation import Mode
from bot.domain.messages import Inbound, Outcome, Reply
from bot.domain.text import Language
from bot.domain.understanding import Source, Understanding
from bot.ports import Clock, OutboxMessage, TurnResult, UnitsOfWork
from bot.service.wire import reply_to_wire


def echo_back(message: Inbound) -> Sequence[Reply]:
    """The simplest answer."""
    return (Reply(f"You said: {message.text}"),)


class StoringAssistant:
    """Answers with ``answering``. ``gates``: texts whose turns wait; ``failures``: what the next turns raise."""

    def __init__(
        self,
        units: UnitsOfWork,
        clock: Clock,
        answering: Callable[[Inbound], Sequence[Reply]] = echo_back,
    ) -> None:
        self._units = units
        self._clock = clock
        self.answering = answering
        self.gates: defaultdict[str, asyncio.Event] = defaultdict(_open_gate)
        self.failures: list[Exception] = []
        self.acted: list[Inbound] = []

    def close_gate(self, text: str) -> asyncio.Event:
        """Turns on this text wait until the event is set."""
        self.gates[text] = asyncio.Event()
        return self.gates[text]

    async def handle(self, message: Inbound) -> TurnResult:
        async with self._units() as work:
            accepted = await work.inbox.accept(message, self._clock.now())
            await work.commit()
        if accepted.result is not None:
            return accepted.result
        await self.gates[message.text].wait()
        if self.failures:
            raise self.failures.pop(0)
        self.acted.append(message)
        result = self._result(message)
        async with self._units() as work:
            conversation = await work.conversations.lock(accepted.conversation_id)
            if conversation.parked:
                await work.outbox.unpark(conversation.id, self._clock.now() - timedelta(days=1))
            if message.text == "/forget":
                await work.conversations.forget(accepted.conversation_id)
            else:
                await work.inbox.decided(accepted.inbound_id, result)
                await work.outbox.append(_said(accepted.conversation_id, message, result))
            await work.commit()
        return result

    async def events(self, channel: str, conversation: str, after: int) -> Sequence[OutboxMessage]:
        async with self._units(reading=True) as work:
            found = await work.conversations.find(channel, conversation)
            return await work.outbox.after(found, after) if found else ()

    async def wait(self, channel: str, conversation: str, after: int, seconds: float) -> bool:
        raise NotImplementedError("nobody waits here")

    def _result(self, message: Inbound) -> TurnResult:
        understood = Understanding("ask_duration", 0.97, Source.RASA)
        if message.text.startswith("/"):
            understood = Understanding(f"command_{message.text[1:]}", 1.0, Source.COMMAND)
        replies = tuple(self.answering(message))
        return TurnResult(Outcome.ANSWERED, Language.EN, Mode.BOT, replies, (), understood, 1.0)


def _said(conversation: str, message: Inbound, result: TurnResult) -> list[OutboxMessage]:
    echo = OutboxMessage(conversation, "echo", {"text": message.text})
    about = {"lang": result.language.value, "message_id": message.external_id}
    if message.edits:
        about["edits"] = message.edits
    replies = [{**reply_to_wire(reply), **about} for reply in result.replies]
    return [echo, *(OutboxMessage(conversation, "reply", payload) for payload in replies)]


def _open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate
