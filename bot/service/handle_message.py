"""The product's story: one message from a person, from its acceptance to the words that answer it."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from bot.dialogue.compose import Composed, Composer
from bot.dialogue.decide import decide
from bot.dialogue.decided import Decided
from bot.dialogue.hearing import Utterance, hear
from bot.dialogue.mind import Mind
from bot.dialogue.normal import chinese_share
from bot.dialogue.who import case_told, only_visible
from bot.dialogue.wording import Wording
from bot.domain.conversation import Context, Conversation, Mode
from bot.domain.decisions import Refuse, Social
from bot.domain.errors import Conflict, NotFound
from bot.domain.messages import Inbound, Outcome, Reply
from bot.domain.privacy import kept_private
from bot.domain.text import Language
from bot.domain.understanding import Source, Understanding
from bot.domain.zone_time import local_day
from bot.ports import (
    Accepted,
    AuditEntry,
    Clock,
    Nlu,
    OutboxMessage,
    Probe,
    TurnRecord,
    TurnResult,
    UnitOfWork,
    UnitsOfWork,
    no_probe,
)
from bot.service.limits import Limits, Room, Tempo
from bot.service.minds import Minds
from bot.service.notices import Notices
from bot.service.order import Order, Place
from bot.service.reception import Arrived, NoPeople, People, Thought
from bot.service.recognise import NobodyKnown, Recognition
from bot.service.wire import reply_to_wire

log = logging.getLogger(__name__)

CONTEXT_LASTS = timedelta(hours=2)  # after that long a silence, "how long does it take" is about nothing
WARNED_FOR: Final = timedelta(minutes=2)  # one notice to write more slowly, then silence for that long
STALE: Final = timedelta(days=1)  # an answer that could not be delivered for that long is of no use any more

Refusal = Literal["off", "too_fast"] | None


class Switched(Protocol):
    """Whether the assistant is switched off."""

    @property
    def off(self) -> bool: ...


class AlwaysOn:
    """A switch that nobody turns."""

    off = False


@dataclass(frozen=True, slots=True)
class Said:
    """One message on its way: accepted, heard and understood, or refused before anybody thought about it."""

    message: Inbound
    accepted: Accepted
    mind: Mind
    utterance: Utterance
    heard: Sequence[Understanding]
    refusal: Refusal
    began: datetime
    act: str = ""  # what came of binding the account to one of the zone's people


@dataclass(frozen=True, slots=True)
class Turn:
    """The same message decided and put into words."""

    said: Said
    decided: Decided
    composed: Composed
    language: Language


class MessageHandler:
    """Handles one message at a time in each conversation, and as many conversations at once as the limits let in."""

    def __init__(
        self,
        units: UnitsOfWork,
        nlu: Nlu,
        minds: Minds,
        wording: Wording,
        clock: Clock,
        notices: Notices,
        *,
        switch: Switched = AlwaysOn(),  # noqa: B008 - has no state
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
        staff: Recognition = NobodyKnown(),  # noqa: B008 - has no state
        people: People = NoPeople(),  # noqa: B008 - has no state
        probe: Probe = no_probe,
    ) -> None:
        self._units = units
        self._nlu = nlu
        self._minds = minds
        self._wording = wording
        self._clock = clock
        self._notices = notices
        self._switch = switch
        self._staff = staff
        self._people = people
        self._room = Room(limits)
        self._tempo = Tempo(limits)
        self._order = Order()
        self._probe = probe

    async def handle_message(self, message: Inbound) -> TurnResult:
        """Accepts durably and understands meanwhile, outside any transaction; decides once, in order; stores the answer for delivery.

        The same external id again returns the same result. Raises TryLater when the database is away or too many wait.
        """
        async with self._room.place():
            message = self._staff.sealed(kept_private(message))
            refusal: Refusal = "off" if self._switch.off else None
            if self._tempo.too_fast(message, self._clock.now()):
                refusal = "too_fast"
            return await self._turn(message, refusal)

    async def take_up(self, message: Inbound) -> TurnResult:
        """The same for a message that was accepted before, by a process that ended before it was decided."""
        return await self._turn(message, "off" if self._switch.off else None)

    async def _turn(self, message: Inbound, refusal: Refusal) -> TurnResult:
        began = self._clock.now()
        mind = self._minds.current(message.audience)
        utterance = Utterance() if refusal else _heard(message, mind)
        understanding = asyncio.create_task(self._understand(utterance, mind))
        place: Place | None = None
        try:
            await asyncio.sleep(0)  # the question is on its way to Rasa while the message is stored
            accepted, place = await self._accept(message, began)
            if accepted.result is not None:
                return accepted.result
            heard = await understanding
            self._probe("understood")
            await self._order.first(place)
            return await self._in_order(Said(message, accepted, mind, utterance, heard, refusal, began))
        finally:
            understanding.cancel()
            if place is not None:
                self._order.leave(place)

    async def _understand(self, utterance: Utterance, mind: Mind) -> Sequence[Understanding]:
        """What each question asks, and, while that is on its way, what it may be about."""
        parses = [asyncio.ensure_future(self._nlu.parse(question)) for question in utterance.questions]
        await asyncio.sleep(0)  # the requests leave
        mind.look_ahead(utterance.questions)
        return await asyncio.gather(*parses)

    async def _accept(self, message: Inbound, at: datetime) -> tuple[Accepted, Place]:
        """The message in the inbox, and its place in its conversation: taken at once, so that nobody later is before it."""
        arriving = self._order.arriving(message.channel, message.conversation)
        async with arriving, self._units() as work:
            accepted = await work.inbox.accept(message, at)
            await work.commit()
            place = self._order.enter(accepted.conversation_id, accepted.inbound_id)
        self._probe("accepted")
        return accepted, place

    async def _in_order(self, said: Said) -> TurnResult:
        """Decides the message, and before it whatever was accepted earlier in its conversation and left undecided."""
        while True:
            ended = await self._decide(said)
            if isinstance(ended, TurnResult):
                return ended
            async with self._units(reading=True) as work:
                earlier = await work.inbox.read(ended)
            if (
                earlier is not None
            ):  # another process may be just deciding it: whoever is second finds it decided
                await self.take_up(earlier)

    async def _decide(self, said: Said) -> TurnResult | int:
        """One transaction; gives the number of an earlier message instead when there is one that must be decided before."""
        accepted = said.accepted
        try:
            async with self._units() as work:
                conversation = await work.conversations.lock(accepted.conversation_id)
                first = conversation.undecided
                if first is not None and first < accepted.inbound_id:
                    return first
                result = await self._act(work, conversation, said)
                self._probe("before commit")
                await work.commit()
        except Conflict:  # outside the unit of work: the next one can begin only when this one has ended
            return await self._decided_elsewhere(said)
        except NotFound:  # forgotten since it was accepted: it begins a conversation anew
            return await self._turn(said.message, said.refusal)
        self._probe("committed")
        self._notices.tell(accepted.conversation_id, said.message.channel)
        return result

    async def _act(self, work: UnitOfWork, conversation: Conversation, said: Said) -> TurnResult:
        """The conversation is locked: who holds it says what becomes of the message."""
        if conversation.parked:  # the person writes, so they can be reached again
            await work.outbox.unpark(conversation.id, said.began - STALE)
        if said.refusal == "too_fast" and _was_warned(conversation, said.began):
            return await self._pass_over(work, conversation, said)
        revision = said.mind.catalogue.revision.number
        arrived = Arrived(said.message, said.accepted.inbound_id, revision, said.began)
        if taken := await self._people.take(work, conversation, arrived):
            return taken
        return await self._answer(work, conversation, await self._recognised(work, said))

    async def _recognised(self, work: UnitOfWork, said: Said) -> Said:
        """The zone's people are told what only they may know, as long as they are: asked in the transaction that decides."""
        command, act = said.utterance.command, ""
        if command is not None and command.name == "link":
            act = await self._staff.link(work, said.message, command.argument)
        audience = await self._staff.audience(work, said.message)
        message = replace(said.message, audience=audience)
        return replace(said, message=message, mind=self._minds.current(audience), act=act)

    async def _decided_elsewhere(self, said: Said) -> TurnResult:
        """The result of another replica that decided the same message first."""
        async with self._units() as work:
            accepted = await work.inbox.accept(said.message, said.began)
            await work.commit()
        if accepted.result is None:
            raise Conflict("the message is being decided elsewhere; ask again in a moment")
        return accepted.result

    # -- what is stored ---------------------------------------------------------------------------------------

    async def _pass_over(self, work: UnitOfWork, conversation: Conversation, said: Said) -> TurnResult:
        """Decided without a word: the person was told."""
        context = conversation.context
        language = context.language or context.spoken or Language.ZH
        composed = Composed(Outcome.REFUSED, (), ())
        turn = Turn(said, Decided((), context), composed, language)
        result = _result(turn, conversation, self._clock.now())
        await work.inbox.decided(said.accepted.inbound_id, result)
        return result

    async def _answer(self, work: UnitOfWork, conversation: Conversation, said: Said) -> TurnResult:
        turn = self._think(conversation.context, said)
        plans = turn.composed.plans
        now = self._clock.now()
        if _wants_to_be_forgotten(turn.decided):
            result = _result(turn, replace(conversation, mode=Mode.BOT), now)
            await self._people.forget(work, conversation)
            await work.conversations.forget(conversation.id)
            await work.audit.add(AuditEntry("person", "conversation.forgotten", conversation.id, "asked for"))
            return result
        handing = await self._people.follow(work, conversation, _thought(turn))
        turn = replace(turn, composed=handing.composed)
        conversation = replace(conversation, mode=handing.mode)
        result = _result(turn, conversation, now)
        await self._staff.store(work, said.message, turn.decided)
        accepted, warned_at = said.accepted, conversation.warned_at
        await work.inbox.decided(accepted.inbound_id, result)
        context = replace(turn.decided.context, touched=now)
        if said.refusal == "too_fast":
            warned_at = now
        await work.conversations.save(
            replace(conversation, context=context, turns=conversation.turns + 1, warned_at=warned_at)
        )
        revision = said.mind.catalogue.revision.number
        record = TurnRecord(
            conversation.id, accepted.inbound_id, said.message.text[:4000], now, revision, result
        )
        await work.turns.add(record)
        for plan in plans:
            await work.plans.add(plan, now)
        await work.outbox.append([*_said(conversation.id, turn, result), *handing.messages])
        return result

    def _think(self, context: Context, said: Said) -> Turn:
        """Decides and finds the words; nothing is stored and nobody is asked. A mistake of ours must not block the conversation."""
        context = context.forget_topic() if context.expired(said.began, CONTEXT_LASTS) else context
        try:
            decided = self._decision(context, said)
            language = _language(said, context, decided)
            composer = Composer(said.mind, self._wording, language, local_day(said.began))
            composed = composer.compose(decided.decisions, decided.context.misses, danger=decided.danger)
        except Exception as error:  # noqa: BLE001 - told to the person, and in the log without their words
            log.error("a message could not be decided: %s", _where(error))
            decided = Decided((), context)
            language = _language(said, context, decided)
            sorry = Reply(self._wording.say(language, "dialogue", "failed"))
            composed = Composed(Outcome.ERROR, (sorry,), ())
        return Turn(said, decided, composed, language)

    def _decision(self, context: Context, said: Said) -> Decided:
        if said.refusal:
            return Decided((Refuse(said.refusal),), context)
        context = only_visible(context, said.mind)
        if said.act:
            return Decided((Social(said.act),), context)
        told = case_told(said.message, context, said.mind)
        decided = told or decide(said.utterance, said.heard, context, said.mind)
        return self._staff.numbered(decided, said.accepted.inbound_id)


def _thought(turn: Turn) -> Thought:
    said = turn.said
    return Thought(
        said.message, said.began, turn.language, said.heard, turn.decided, turn.composed, said.mind.catalogue
    )


def _heard(message: Inbound, mind: Mind) -> Utterance:
    utterance = hear(message.text, mind.index, mind.lexicon)
    return replace(utterance, enclosed=message.enclosures[0].kind) if message.enclosures else utterance


def _where(error: Exception) -> str:
    """The kind of an error and where it happened, without its words: they can hold what a person wrote."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-3:]]
    return f"{type(error).__name__} at {' < '.join(reversed(places))}"


def _was_warned(conversation: Conversation, now: datetime) -> bool:
    return conversation.warned_at is not None and now - conversation.warned_at < WARNED_FOR


def _wants_to_be_forgotten(decided: Decided) -> bool:
    return any(isinstance(decision, Social) and decision.act == "forgotten" for decision in decided.decisions)


def _result(turn: Turn, conversation: Conversation, now: datetime) -> TurnResult:
    return TurnResult(
        outcome=turn.composed.outcome,
        language=turn.language,
        mode=conversation.mode,
        replies=turn.composed.replies,
        records=turn.composed.records,
        understanding=_understood(turn.said)[0],
        ms=(now - turn.said.began).total_seconds() * 1000,
        traces=turn.decided.traces,
    )


def _said(conversation_id: str, turn: Turn, result: TurnResult) -> Sequence[OutboxMessage]:
    """What goes to the person, in order: their own words (for other windows of the same conversation), then the replies."""
    message = turn.said.message
    same = {"message_id": message.external_id, "at": turn.said.began.isoformat()}
    if message.edits:
        same["edits"] = message.edits
    own = {"text": message.text[:4000], **same}
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


def _understood(said: Said) -> tuple[Understanding, ...]:
    """What the turn reports as understood; a press, a command and silence need no language."""
    utterance = said.utterance
    if said.heard:
        return tuple(said.heard)
    if utterance.press:
        return (Understanding(f"press_{utterance.press.act}", 1.0, Source.BUTTON),)
    if utterance.command:
        return (Understanding(f"command_{utterance.command.name}"[:60], 1.0, Source.COMMAND),)
    return (Understanding("none", 1.0, Source.RULE),)


def _language(said: Said, context: Context, decided: Decided) -> Language:
    """The language of the answer: what was just chosen, else what the channel says, the choice, the message's own,
    that of the person's program."""
    after, message = decided.context, said.message
    if after.language is not None and after.language is not context.language:
        return after.language
    if said.refusal:  # nothing was heard: its letters must do
        return message.language or after.language or after.spoken or _by_letters(message.text)
    chosen = message.language or after.language or said.utterance.language or after.spoken
    return chosen or message.locale or Language.ZH


def _by_letters(text: str) -> Language:
    latin = any(ch.isascii() and ch.isalpha() for ch in text)
    return Language.EN if latin and chinese_share(text) < 0.34 else Language.ZH
