"""Answers a message with words fixed beforehand, as durably as any turn: accepted once, answered once, delivered."""

from __future__ import annotations

from typing import Final, Protocol

from bot.domain.conversation import Context, Mode
from bot.domain.errors import Conflict
from bot.domain.messages import Inbound, Outcome, Reply
from bot.domain.text import Language
from bot.domain.understanding import Source, Understanding
from bot.ports import Clock, OutboxMessage, TurnResult, UnitsOfWork
from bot.service.wire import reply_to_wire

# While a person has the conversation, or is on the way, the bot is silent.
_SPEAKS: Final = (Mode.BOT, Mode.OFFERED, Mode.AFTER_HOURS, Mode.CLOSED, Mode.EXPIRED)


class SetWords(Protocol):
    """The words of a block in a language."""

    def __call__(self, language: Language, block: str) -> str: ...


class SetAnswers:
    """For what cannot be understood because it is no text, and for what went wrong."""

    def __init__(self, units: UnitsOfWork, words: SetWords, clock: Clock) -> None:
        self._units = units
        self._words = words
        self._clock = clock

    async def give(self, message: Inbound, block: str, outcome: Outcome = Outcome.SOCIAL) -> None:
        """Answers ``message`` with a block of words; a message that was answered before is left alone. Raises TryLater."""
        async with self._units() as work:
            accepted = await work.inbox.accept(message, self._clock.now())
            if accepted.result is not None:
                return
            conversation = await work.conversations.lock(accepted.conversation_id)
            speaks = conversation.mode in _SPEAKS
            reply = self._reply(conversation.context, block)
            result = _result(reply[1] if speaks else None, reply[0], outcome, conversation.mode)
            try:
                await work.inbox.decided(accepted.inbound_id, result)
            except Conflict:
                return
            await work.outbox.append(_to_deliver(conversation.id, message, result))
            await work.commit()

    def _reply(self, context: Context, block: str) -> tuple[Language, Reply]:
        """In the person's language; in both while it is not known."""
        if language := context.language or context.spoken:
            return language, Reply(self._words(language, block))
        return Language.ZH, Reply("\n\n".join(self._words(language, block) for language in Language))


def _result(reply: Reply | None, language: Language, outcome: Outcome, mode: Mode) -> TurnResult:
    understood = Understanding("none", 1.0, Source.RULE)
    replies = () if reply is None else (reply,)
    return TurnResult(outcome, language, mode, replies, (), understood, 0.0)


def _to_deliver(conversation_id: str, message: Inbound, result: TurnResult) -> list[OutboxMessage]:
    about = {
        "outcome": result.outcome.value,
        "lang": result.language.value,
        "mode": result.mode.value,
        "message_id": message.external_id,
    }
    return [
        OutboxMessage(conversation_id, "reply", {**reply_to_wire(reply), **about}) for reply in result.replies
    ]
