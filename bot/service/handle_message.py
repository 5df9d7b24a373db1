"""The product's story: one message from a person, from its acceptance to the words that answer it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.dialogue.compose import Composed, Composer
from bot.dialogue.decide import decide
from bot.dialogue.decided import Decided
from bot.dialogue.hearing import Utterance, hear
from bot.dialogue.mind import Mind
from bot.dialogue.wording import Wording
from bot.domain.conversation import Context, Conversation
from bot.domain.decisions import Social
from bot.domain.errors import Conflict
from bot.domain.messages import Inbound
from bot.domain.text import Audience, Language
from bot.domain.understanding import Source, Understanding
from bot.ports import Accepted, Clock, Nlu, OutboxMessage, TurnRecord, TurnResult, UnitOfWork, UnitsOfWork
from bot.service.notices import Notices
from bot.service.wire import reply_to_wire

CONTEXT_LASTS = timedelta(hours=2)  # after that long a silence, "how long does it take" is about nothing


class Minds(Protocol):
    """What the dialogue thinks with now, by audience; replaced as a whole when a knowledge revision is switched."""

    def current(self, audience: Audience) -> Mind: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One message on its way: what was said, what was understood, what is decided, in which words."""

    message: Inbound
    accepted: Accepted
    heard: tuple[Understanding, ...]
    decided: Decided
    composed: Composed
    language: Language
    revision: int
    began: datetime


class MessageHandler:
    """Handles one message at a time in each conversation, and any number of conversations at once."""

    def __init__(
        self, units: UnitsOfWork, nlu: Nlu, minds: Minds, wording: Wording, clock: Clock, notices: Notices
    ) -> None:
        self._units = units
        self._nlu = nlu
        self._minds = minds
        self._wording = wording
        self._clock = clock
        self._notices = notices

    async def handle_message(self, message: Inbound) -> TurnResult:
        """Accepts durably and understands meanwhile, outside any transaction; decides once; stores the answer for delivery.

        The same external id again returns the same result. Raises TryLater when the database is away.
        """
        began = self._clock.now()
        mind = self._minds.current(message.audience)
        utterance = hear(message.text, mind.index, mind.lexicon)
        understanding = self._understand(utterance, mind)
        heard, accepted = await asyncio.gather(understanding, self._accept(message, began))
        if accepted.result is not None:
            return accepted.result
        try:
            async with self._units() as work:
                conversation = await work.conversations.lock(accepted.conversation_id)
                context = self._living_context(conversation.context, began)
                decided = decide(utterance, heard, context, mind)
                language = _language(message, context, decided, utterance)
                composer = Composer(mind.catalogue, mind.index, self._wording, language)
                composed = composer.compose(decided.decisions, decided.context.misses, danger=decided.danger)
                turn = Turn(
                    message, accepted, _understood(utterance, heard), decided, composed, language,
                    mind.catalogue.revision.number, began,
                )  # fmt: skip
                result = await self._store(work, conversation, turn)
                await work.commit()
        except Conflict:  # outside the unit of work: the next one can begin only when this one has ended
            return await self._decided_elsewhere(message, began)
        self._notices.tell(accepted.conversation_id)
        return result

    async def _understand(self, utterance: Utterance, mind: Mind) -> Sequence[Understanding]:
        """What each question asks, and, while that is on its way, what it may be about."""
        parses = [asyncio.ensure_future(self._nlu.parse(question)) for question in utterance.questions]
        await asyncio.sleep(0)  # the requests leave
        mind.look_ahead(utterance.questions)
        return await asyncio.gather(*parses)

    async def _accept(self, message: Inbound, at: datetime) -> Accepted:
        async with self._units() as work:
            accepted = await work.inbox.accept(message, at)
            await work.commit()
        return accepted

    async def _decided_elsewhere(self, message: Inbound, at: datetime) -> TurnResult:
        """The result of another replica that decided the same message first."""
        accepted = await self._accept(message, at)
        if accepted.result is None:
            raise Conflict("the message is being decided elsewhere; ask again in a moment")
        return accepted.result

    def _living_context(self, context: Context, now: datetime) -> Context:
        return context.forget_topic() if context.expired(now, CONTEXT_LASTS) else context

    async def _store(self, work: UnitOfWork, conversation: Conversation, turn: Turn) -> TurnResult:
        now = self._clock.now()
        result = TurnResult(
            outcome=turn.composed.outcome,
            language=turn.language,
            mode=conversation.mode,
            replies=turn.composed.replies,
            records=turn.composed.records,
            understanding=turn.heard[0],
            ms=(now - turn.began).total_seconds() * 1000,
            traces=turn.decided.traces,
        )
        if _wants_to_be_forgotten(turn.decided):
            await work.conversations.forget(conversation.id)
            return result
        await work.inbox.decided(turn.accepted.inbound_id, result)
        context = replace(turn.decided.context, touched=now)
        await work.conversations.save(replace(conversation, context=context, turns=conversation.turns + 1))
        await work.turns.add(
            TurnRecord(
                conversation.id,
                turn.accepted.inbound_id,
                turn.message.text[:4000],
                now,
                turn.revision,
                result,
            )
        )
        await work.outbox.append(_said(conversation.id, turn, result))
        return result


def _wants_to_be_forgotten(decided: Decided) -> bool:
    return any(isinstance(decision, Social) and decision.act == "forgotten" for decision in decided.decisions)


def _said(conversation_id: str, turn: Turn, result: TurnResult) -> Sequence[OutboxMessage]:
    """What goes to the person, in order: their own words (for other windows of the same conversation), then the replies."""
    same = {"message_id": turn.message.external_id, "at": turn.began.isoformat()}
    own = {"text": turn.message.text[:4000], **same}
    shared = {**same, "outcome": result.outcome.value, "lang": turn.language.value, "mode": result.mode.value}
    return [
        OutboxMessage(conversation_id, "echo", own),
        *(
            OutboxMessage(
                conversation_id,
                "reply",
                {**reply_to_wire(reply), **shared},
            )
            for reply in result.replies
        ),
    ]


def _understood(utterance: Utterance, heard: Sequence[Understanding]) -> tuple[Understanding, ...]:
    """What the turn reports as understood; a press, a command and silence need no language."""
    if heard:
        return tuple(heard)
    if utterance.press:
        return (Understanding(f"press_{utterance.press.act}", 1.0, Source.BUTTON),)
    if utterance.command:
        return (Understanding(f"command_{utterance.command.name}"[:60], 1.0, Source.COMMAND),)
    return (Understanding("none", 1.0, Source.RULE),)


def _language(message: Inbound, context: Context, decided: Decided, utterance: Utterance) -> Language:
    """The language of the answer: what was just chosen, else what the channel says, the choice, the message's own."""
    after = decided.context
    if after.language is not None and after.language is not context.language:
        return after.language
    return message.language or after.language or utterance.language or after.spoken or Language.ZH
