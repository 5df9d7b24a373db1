"""The person's side of a handover: when a person is offered, asked for and waited for, and what becomes of what is said meanwhile.

Called by ``handle_message`` inside its unit of work, with the conversation locked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.dialogue.buttons import Press, encode
from bot.dialogue.compose import Composed
from bot.dialogue.decided import Decided
from bot.domain.catalogue import Catalogue
from bot.domain.conversation import Conversation, Mode
from bot.domain.decisions import Answer, Handover, NotKnown
from bot.domain.handover import HELD, OPEN, SILENT, WAITING, Case, Event, Reason, after
from bot.domain.messages import Button, Inbound, Outcome, Reply
from bot.domain.records import Matter
from bot.domain.routing import office_of
from bot.domain.text import Language
from bot.domain.understanding import Source, Understanding
from bot.ports import OutboxMessage, TurnRecord, TurnResult, UnitOfWork
from bot.service.desk_setup import DeskSetup
from bot.service.desk_steps import DeskSteps, mode_message
from bot.service.wire import reply_to_wire

BACK: Final = "#b"
COMMENT: Final = "#rc"
_RATE: Final = re.compile(r"#r:([1-5])")
_TYPED_RATE: Final = re.compile(
    r"([1-5])\s*(?:分|星|颗星|stars?|/5)?(?:[\s,，。.:：;；!！]+(.*))?", re.IGNORECASE | re.DOTALL
)
_RATE_WITHIN: Final = timedelta(hours=48)
_MISSES: Final = 2  # in a row, until a person is offered
_OWN_COMMANDS: Final = ("/forget", "/lang", "/link", "#l:")  # of the person's, whoever holds the conversation
_QUESTION: Final = 1000  # characters of the question that stand on the card


@dataclass(frozen=True, slots=True)
class Thought:
    """What the bot made of a message: the message, what was understood and decided, and its words."""

    message: Inbound
    at: datetime
    language: Language
    heard: Sequence[Understanding]
    decided: Decided
    composed: Composed
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Handing:
    """The same with what a handover changes: the words, who holds the conversation, what else is told."""

    composed: Composed
    mode: Mode
    messages: tuple[OutboxMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that is to be decided now. ``inbound_id``: its number in the inbox; ``revision``: of the knowledge."""

    message: Inbound
    inbound_id: int
    revision: int
    at: datetime


class People(Protocol):
    """How ``handle_message`` asks whether people have to do with a message."""

    async def take(
        self, work: UnitOfWork, conversation: Conversation, arrived: Arrived
    ) -> TurnResult | None: ...
    async def follow(self, work: UnitOfWork, conversation: Conversation, thought: Thought) -> Handing: ...
    async def forget(self, work: UnitOfWork, conversation: Conversation) -> None: ...


class NoPeople:
    """Nobody takes over: the assistant is alone."""

    async def take(self, work: UnitOfWork, conversation: Conversation, arrived: Arrived) -> TurnResult | None:
        """The bot answers."""
        return None

    async def follow(self, work: UnitOfWork, conversation: Conversation, thought: Thought) -> Handing:
        """As the bot decided."""
        return Handing(thought.composed, conversation.mode)

    async def forget(self, work: UnitOfWork, conversation: Conversation) -> None:
        """Nothing is known elsewhere."""


class Reception:
    """See ``People``."""

    def __init__(self, setup: DeskSetup) -> None:
        self._setup = setup
        self._steps = DeskSteps(setup)

    # -- while people have to do with the conversation ----------------------------------------------------------

    async def take(self, work: UnitOfWork, conversation: Conversation, arrived: Arrived) -> TurnResult | None:
        """The turn, where the message is for a person or about the service by people; None where the bot answers it."""
        text = arrived.message.text.strip()
        if text.lower().startswith(_OWN_COMMANDS):
            return None
        case = await work.handovers.current(conversation.id)
        if (
            case is not None
            and case.awaits
            and (turn := await self._rated(work, conversation, case, arrived))
        ):
            return turn
        if case is not None and case.state in OPEN:
            if text == BACK or (text.lower() == "/cancel" and case.state in SILENT):
                return await self._back(work, conversation, case, arrived)
            if case.state in SILENT:
                return await self._pass_on(work, conversation, case, arrived)
        if text in (BACK, COMMENT) or _RATE.fullmatch(text):
            stale = self._setup.wording.say(_language(conversation), "dialogue", "stale_button")
            return await self._decide(work, conversation, arrived, (Reply(stale),), "press_stale")
        return None

    async def _pass_on(
        self, work: UnitOfWork, conversation: Conversation, case: Case, arrived: Arrived
    ) -> TurnResult:
        """To the operator, without a word of the bot's."""
        if arrived.message.text.strip() in ("#h", "/human"):
            words = Reply(self._setup.tell(case, "already")) if case.state in WAITING else None
            return await self._decide(work, conversation, arrived, (words,) if words else (), "command_human")
        case = await self._steps.store(work, case.said(arrived.at), arrived.at)
        return await self._decide(work, conversation, arrived, (), "said_to_operator", case)

    async def _back(
        self, work: UnitOfWork, conversation: Conversation, case: Case, arrived: Arrived
    ) -> TurnResult:
        """The person would rather go on with the bot."""
        event = Event.HAND_BACK if case.state in HELD else Event.CANCEL
        case = await self._steps.store(work, case.ended(event, arrived.at), arrived.at)
        await self._steps.note(work, case, "cancelled", "person")
        await self._steps.audit(work, case, "cancelled", "person")
        words = Reply(self._setup.tell(case, "back"))
        return await self._decide(work, conversation, arrived, (words,), "press_back", case)

    async def _decide(
        self,
        work: UnitOfWork,
        conversation: Conversation,
        arrived: Arrived,
        replies: tuple[Reply, ...],
        intent: str,
        case: Case | None = None,
    ) -> TurnResult:
        """Stores a turn that the bot has no part in."""
        mode = conversation.mode if case is None else case.mode
        language = _language(conversation) if case is None else case.language
        source = Source.BUTTON if arrived.message.text.startswith("#") else Source.RULE
        result = TurnResult(
            Outcome.HANDOVER if mode in OPEN else Outcome.SOCIAL, language, mode, replies, (),
            Understanding(intent, 1.0, source), 0.0,
        )  # fmt: skip
        await work.inbox.decided(arrived.inbound_id, result)
        context = replace(conversation.context, touched=arrived.at)
        await work.conversations.save(
            replace(conversation, mode=mode, context=context, turns=conversation.turns + 1)
        )
        text = arrived.message.text[:4000]
        await work.turns.add(
            TurnRecord(conversation.id, arrived.inbound_id, text, arrived.at, arrived.revision, result)
        )
        messages = [_echo(conversation.id, arrived), *_replies(conversation.id, arrived, result)]
        if mode is not conversation.mode:
            messages.append(mode_message(conversation.id, mode, language, arrived.at, quiet=True))
        await work.outbox.append(messages)
        return result

    # -- after the end ------------------------------------------------------------------------------------------

    async def _rated(
        self, work: UnitOfWork, conversation: Conversation, case: Case, arrived: Arrived
    ) -> TurnResult | None:
        """A rating, or the comment that was asked for."""
        text = arrived.message.text.strip()
        if case.closed_at is None or arrived.at - case.closed_at > _RATE_WITHIN or text.startswith("/"):
            return None
        if text == COMMENT and case.rating is not None:
            await self._steps.store(work, replace(case, awaits="comment"), arrived.at)
            words = Reply(self._setup.tell(case, "ask_comment"))
            return await self._decide(work, conversation, arrived, (words,), "press_comment")
        press = _RATE.fullmatch(text)
        typed = _TYPED_RATE.fullmatch(text) if case.awaits == "rating" and not press else None
        if case.awaits == "comment" and not text.startswith("#"):
            rated = replace(case, comment=text[:_QUESTION], awaits="")
        elif press or typed:
            rating = int(press[1] if press else typed[1])  # type: ignore[index]
            comment = (typed[2] or "").strip() if typed else ""
            rated = replace(case, rating=rating, comment=comment[:_QUESTION] or case.comment)
            rated = replace(rated, awaits="" if comment else "rating")
        else:
            return None
        await self._steps.store(work, rated, arrived.at)
        await self._steps.note(work, rated, "rated", "person", rating=rated.rating, comment=rated.comment)
        block = "rated_with_comment" if rated.comment else "rated"
        more = () if rated.comment else (Button(self._setup.tell(case, "button_comment"), COMMENT),)
        return await self._decide(
            work, conversation, arrived, (Reply(self._setup.tell(case, block), more),), "press_rate"
        )

    # -- after the bot has decided ------------------------------------------------------------------------------

    async def follow(self, work: UnitOfWork, conversation: Conversation, thought: Thought) -> Handing:
        """Offers a person, or brings one, where the turn calls for it."""
        mode = conversation.mode
        if mode in OPEN or thought.composed.outcome is Outcome.REFUSED:
            return await self._meanwhile(work, conversation, thought)
        reason = _reason(thought)
        if mode is Mode.OFFERED and (reason is None or reason != "wish") and _agrees(thought):
            reason = "wish"
        if reason is None or not await self._setup.watched(work):
            return Handing(
                thought.composed, _onward(mode), self._changed(thought, conversation, _onward(mode))
            )
        if reason == "wish":
            return await self._queue(work, conversation, thought)
        mode = after(mode, Event.OFFER)
        return Handing(self._offering(thought, reason), mode, self._changed(thought, conversation, mode))

    async def _meanwhile(self, work: UnitOfWork, conversation: Conversation, thought: Thought) -> Handing:
        """Outside office hours the bot goes on answering; who asks for a person again is told that they wait already."""
        case = await work.handovers.current(conversation.id)
        if case is None or not any(isinstance(d, Handover) for d in thought.decided.decisions):
            return Handing(thought.composed, conversation.mode)
        block = "after_hours" if case.state is Mode.AFTER_HOURS else "already"
        values = self._steps.opening(case, thought.at) if block == "after_hours" else {}
        words = Reply(self._setup.tell(case, block, **values), (self._back_button(case),))
        return Handing(Composed(Outcome.HANDOVER, (words,), ()), conversation.mode)

    def _changed(self, thought: Thought, conversation: Conversation, mode: Mode) -> tuple[OutboxMessage, ...]:
        if mode is conversation.mode:
            return ()
        return (mode_message(conversation.id, mode, thought.language, thought.at, quiet=True),)

    async def _queue(self, work: UnitOfWork, conversation: Conversation, thought: Thought) -> Handing:
        """Offered and accepted in one: whoever asks for a person has agreed already."""
        offered = after(conversation.mode, Event.OFFER)
        asked = await _what_was_asked(work, conversation, thought)
        office = office_of(asked.records, thought.catalogue, self._setup.offices)
        reason = await _why(work, conversation) if conversation.mode is Mode.OFFERED else "wish"
        begun = Case(
            conversation.id, offered, office, reason, thought.language, thought.at,
            question=asked.text[:_QUESTION], records=asked.records, waiting_since=thought.at, person_at=thought.at,
        )  # fmt: skip
        is_open = self._setup.calendar(office).is_open(thought.at)
        case = begun.on(Event.ACCEPT if is_open else Event.ACCEPT_AFTER_HOURS)
        case = await self._steps.store(work, case, thought.at)
        await self._steps.topics(work, case)
        await self._steps.note(work, case, "queued")
        await self._steps.audit(work, case, "queued", "person", reason)
        block = "queued" if is_open else "after_hours"
        values = {} if is_open else self._steps.opening(case, thought.at)
        words = Reply(self._setup.tell(case, block, **values), (self._back_button(case),))
        others = _without_handover(thought)
        composed = Composed(Outcome.HANDOVER, (*others, words), thought.composed.records)
        return Handing(composed, case.mode, (self._steps.mode_message(case, thought.at),))

    def _back_button(self, case: Case) -> Button:
        return Button(self._setup.tell(case, "button_back"), BACK)

    def _offering(self, thought: Thought, reason: Reason) -> Composed:
        """The turn's words with the offer: in place of the public ways alone, or below the answer."""
        label = self._setup.wording.say(thought.language, "labels", "human")
        button = Button(label, encode(Press("human")))
        offer = self._setup.say(thought.language, f"offer_{reason}")
        replies = list(thought.composed.replies)
        if reason in ("complaint", "sensitive"):
            return replace(thought.composed, replies=(*_without_handover(thought), Reply(offer, (button,))))
        last = replies[-1]
        buttons = (
            last.buttons if any(b.value == button.value for b in last.buttons) else (*last.buttons, button)
        )
        text = (
            last.text
            if reason == "misses" and "misses" in _told_already(thought)
            else f"{last.text}\n\n{offer}"
        )
        replies[-1] = replace(last, text=text, buttons=buttons)
        return replace(thought.composed, replies=tuple(replies))

    # -- forgetting ---------------------------------------------------------------------------------------------

    async def forget(self, work: UnitOfWork, conversation: Conversation) -> None:
        """The person's words are erased here: the topics that hold them are to be deleted, too."""
        for topic in await work.desk.topics_of(conversation.id):
            await work.desk.put_topic(replace(topic, unwanted=True))


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    records: tuple[str, ...]


async def _what_was_asked(work: UnitOfWork, conversation: Conversation, thought: Thought) -> _Asked:
    """The last thing that the person asked before they asked for a person, and what it was about."""
    records: tuple[str, ...] = thought.composed.records
    context = thought.decided.context
    if not records and context.record is not None:
        records = (str(context.record),)
    only_a_wish = all(isinstance(decision, Handover) for decision in thought.decided.decisions)
    if not only_a_wish:
        return _Asked(thought.message.text, records)
    for turn in reversed(await work.turns.recent(conversation.id, 5)):
        if turn.text and not turn.text.startswith(("/", "#")) and turn.result.outcome is not Outcome.SOCIAL:
            return _Asked(turn.text, records or turn.result.records)
    said = "" if thought.message.text.startswith(("/", "#")) else thought.message.text
    return _Asked(said, records)


async def _why(work: UnitOfWork, conversation: Conversation) -> Reason:
    """For what a person was offered in the turn before."""
    turns = await work.turns.recent(conversation.id, 1)
    if not turns:
        return "wish"
    result = turns[-1].result
    reasons: dict[Outcome, Reason] = {
        Outcome.ERROR: "error", Outcome.NOT_KNOWN: "misses", Outcome.ANSWERED: "unsettled",
        Outcome.HANDOVER: "complaint",
    }  # fmt: skip
    return reasons.get(result.outcome, "wish")


def _reason(thought: Thought) -> Reason | None:
    """Why a person should be offered after this turn, the strongest reason first."""
    decisions = thought.decided.decisions
    handovers = {decision.reason for decision in decisions if isinstance(decision, Handover)}
    if "wish" in handovers:
        return "wish"
    if "complaint" in handovers:
        return "complaint"
    if "sensitive" in handovers:
        return "sensitive"
    if thought.composed.outcome is Outcome.ERROR:
        return "error"
    missed = all(isinstance(decision, NotKnown) and decision.topic == "general" for decision in decisions)
    if decisions and (("misses" in handovers) or (missed and thought.decided.context.misses >= _MISSES)):
        return "misses"
    if any(
        _unsettled(decision.record, thought.catalogue)
        for decision in decisions
        if isinstance(decision, Answer)
    ):
        return "unsettled"
    return None


def _unsettled(ref: object, catalogue: Catalogue) -> bool:
    record = catalogue.get(ref)  # type: ignore[arg-type]
    return isinstance(record, Matter) and record.status == "unsettled"


def _agrees(thought: Thought) -> bool:
    """ "Yes, please" to the offer."""
    return len(thought.heard) == 1 and thought.heard[0].intent == "affirm"


def _told_already(thought: Thought) -> str:
    return "misses" if thought.decided.context.misses >= _MISSES else ""


def _onward(mode: Mode) -> Mode:
    """Who does not take the offer, or writes after the end, goes on with the bot."""
    if mode is Mode.OFFERED:
        return after(mode, Event.DECLINE)
    return after(mode, Event.RESUME) if mode in (Mode.CLOSED, Mode.EXPIRED) else mode


def _without_handover(thought: Thought) -> tuple[Reply, ...]:
    """The replies but for those to the wish or complaint itself."""
    pairs = zip(thought.decided.decisions, thought.composed.replies, strict=False)
    return tuple(reply for decision, reply in pairs if not isinstance(decision, Handover))


def _language(conversation: Conversation) -> Language:
    return conversation.context.language or conversation.context.spoken or Language.ZH


def _echo(conversation_id: str, arrived: Arrived) -> OutboxMessage:
    """The person's own words, for their other windows and for the desk."""
    message = arrived.message
    payload: dict[str, object] = {
        "text": message.text[:4000], "message_id": message.external_id, "at": arrived.at.isoformat(),
    }  # fmt: skip
    if message.edits:
        payload["edits"] = message.edits
    if message.enclosures:
        payload["enclosures"] = [asdict(enclosure) for enclosure in message.enclosures]
    return OutboxMessage(conversation_id, "echo", payload)


def _replies(conversation_id: str, arrived: Arrived, result: TurnResult) -> list[OutboxMessage]:
    about = {
        "message_id": arrived.message.external_id, "at": arrived.at.isoformat(), "outcome": result.outcome.value,
        "lang": result.language.value, "mode": result.mode.value,
    }  # fmt: skip
    return [OutboxMessage(conversation_id, "reply", {**reply_to_wire(r), **about}) for r in result.replies]
