"""The operator's side of a handover: claim, reply, note, transfer, hand back, close. One transaction each, durable before it is told.

Every use case may be repeated and may lose a race: whoever is second gets ``Taken`` with the name of the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.conversation import Conversation, Mode
from bot.domain.errors import Conflict, InvalidInput, NotFound, Refused
from bot.domain.handover import HELD, OPEN, Case, Event
from bot.domain.handover_times import ESCALATED
from bot.domain.messages import Button, Enclosure, Outcome, SourceLine
from bot.domain.privacy import mask
from bot.domain.text import Language
from bot.domain.understanding import Source, Understanding
from bot.ports import Clock, OutboxMessage, Present, TurnResult, UnitOfWork, UnitsOfWork
from bot.service.desk_setup import DeskSetup
from bot.service.desk_steps import DeskSteps
from bot.service.desk_transcript import Line, entry_line, said_line, transcript
from bot.service.notices import Notices

DESK: Final = "desk"  # whoever waits for news of any case waits for this
SAME_CHANNEL: Final = "telegram"  # the one on which operators send files
_WHOLE: Final = 400  # lines of a conversation that an operator is shown
LONGEST: Final = 4000  # characters of a reply or a note
HERE: Final = timedelta(seconds=45)  # since an operator was last seen, to count as present


class Taken(Conflict):
    """Somebody else has the conversation. ``holder``: who was first."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"{holder} has this conversation already")
        self.holder = holder


@dataclass(frozen=True, slots=True)
class Operator:
    """Who works at the desk. ``name``: as colleagues know them; ``offices`` None: all of them.

    ``acts_on``: the inbox's number of the message that they act by, decided in the same transaction; 0: none.
    """

    id: str
    name: str
    offices: frozenset[str] | None = None
    acts_on: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """What an operator says to the person. ``message_id``: the operator's own for it, so that it can be changed later.

    ``posted``: the group and number under which it stands in a topic already.
    """

    text: str
    enclosures: tuple[Enclosure, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    message_id: str = ""
    posted: tuple[int, int] | None = None


@dataclass(slots=True)
class _Work:
    """A case in hand, with its conversation locked."""

    unit: UnitOfWork
    conversation: Conversation
    case: Case
    now: datetime


class OperatorDesk:
    """The use cases of both desks. Raises NotFound, Refused, Taken, NotAllowed, InvalidInput, Conflict, TryLater."""

    def __init__(self, setup: DeskSetup, units: UnitsOfWork, clock: Clock, notices: Notices) -> None:
        self.setup = setup
        self._units = units
        self._clock = clock
        self._notices = notices
        self._steps = DeskSteps(setup)

    # -- reading ------------------------------------------------------------------------------------------------

    async def queue(self, operator: Operator, limit: int = 200) -> Sequence[Case]:
        """The open cases that the operator may see; who waits longest first."""
        async with self._units(reading=True) as work:
            cases = await work.handovers.queue(None, limit)
        return [case for case in cases if self.may(operator, case)]

    async def recent(self, operator: Operator, limit: int = 50) -> Sequence[Case]:
        """The cases that are over, newest first."""
        async with self._units(reading=True) as work:
            cases = await work.handovers.recent(limit)
        return [case for case in cases if self.may(operator, case)]

    async def case(self, operator: Operator, case_id: int) -> Case:
        """One case. Raises NotFound, Refused."""
        async with self._units(reading=True) as work:
            case = await work.handovers.get(case_id)
        self._allow(operator, case)
        return case

    def may(self, operator: Operator, case: Case) -> bool:
        """True for cases of the operator's offices, of nobody's, and, at the zone desk, for all that wait too long."""
        offices = operator.offices
        if offices is None or case.office in offices or case.operator == operator.id:
            return True
        return case.office == self.setup.offices.front_desk or self.setup.offices.zone_desk in offices

    async def view(self, operator: Operator, case_id: int, language: Language) -> tuple[Case, Sequence[Line]]:
        """A case with what was said and done in it. Raises NotFound, Refused."""
        async with self._units(reading=True) as work:
            case = await work.handovers.get(case_id)
            self._allow(operator, case)
            return case, await transcript(work, self.setup, case, language, _WHOLE)

    async def lines(
        self, operator: Operator, case_id: int, language: Language, after: tuple[int, int]
    ) -> Sequence[Line]:
        """What is new: of what was said above the first number, of what happened at the desk above the second."""
        async with self._units(reading=True) as work:
            case = await work.handovers.get(case_id)
            self._allow(operator, case)
            messages = await work.outbox.after(case.conversation_id, after[0])
            entries = await work.desk.entries(case.conversation_id, after[1])
        lines = [line for line in (said_line(self.setup, language, each) for each in messages) if line]
        lines += [entry_line(self.setup, language, each, case.number) for each in entries]
        return sorted(lines, key=Line.place)

    async def here(self, operator: Operator) -> Sequence[Present]:
        """Who else is at the web desk."""
        async with self._units(reading=True) as work:
            present = await work.desk.present(self._clock.now() - HERE)
        return [each for each in present if each.operator != operator.id]

    async def wait(self, seconds: float) -> bool:
        """True as soon as something has changed at the desk, as far as this replica hears; False after ``seconds``."""
        return await self._notices.wait(DESK, seconds)

    # -- acting -------------------------------------------------------------------------------------------------

    async def claim(self, operator: Operator, case_id: int) -> Case:
        """The operator has the conversation from now on. Raises Taken, with the name of who was first.

        From somebody who has left the person waiting for so long that the zone desk was told, it can be taken over.
        """
        async with self._work(operator, case_id) as work:
            if work.case.state in HELD:
                if work.case.operator == operator.id:
                    return work.case
                if work.case.reminded < ESCALATED:
                    raise Taken(work.case.operator_name)
                work.case = work.case.transferred(work.case.office)  # whoever had it left the person waiting
            if work.conversation.mode not in OPEN and work.case.state is not Mode.EXPIRED:
                raise NotFound("this case is over")
            await self._no_other(work)
            await self._claim(work, operator)
            return work.case

    async def reply(self, operator: Operator, case_id: int, words: Words) -> Case:
        """Says something to the person. Whoever answers a case that nobody has claims it by that. Raises Taken."""
        if not words.text.strip() and not words.enclosures:
            raise InvalidInput("there is nothing to say")
        if len(words.text) > LONGEST:
            raise InvalidInput(f"a reply has {LONGEST} characters at most")
        async with self._work(operator, case_id) as work:
            if await self._said_before(work, words):
                return work.case
            await self._mine(work, operator)
            work.case = work.case.replied(work.now)
            await self._save(work)
            await self._say(work, words, {})
            return work.case

    async def change(self, operator: Operator, case_id: int, words: Words, *, gone: bool = False) -> Case:
        """What was said before under this ``message_id`` is said otherwise, or (``gone``) taken back."""
        async with self._work(operator, case_id) as work:
            if work.case.operator != operator.id:
                raise Refused("only who said it can change it")
            own_id = f"{words.message_id}~{work.now.timestamp()}"
            more = {"edits": _public(words.message_id)} | ({"deleted": True} if gone else {})
            await self._say(work, replace(words, text=words.text[:LONGEST], message_id=own_id), more)
            return work.case

    async def _said_before(self, work: _Work, words: Words) -> bool:
        """The same message of an operator's again is said once."""
        if not words.message_id:
            return False
        last = await work.unit.desk.last_seq(work.case.conversation_id)
        recent = await work.unit.outbox.after(work.case.conversation_id, max(0, last - 50), 50)
        return any(message.payload.get("message_id") == _public(words.message_id) for message in recent)

    async def _say(self, work: _Work, words: Words, more: Mapping[str, Any]) -> None:
        message = _operator_message(work.case, words, work.now)
        if words.enclosures:
            more = {**more, **self._files(work, words)}
        (said,) = await work.unit.outbox.append([replace(message, payload={**message.payload, **more})])
        if words.posted is not None:
            chat, number = words.posted
            if (topic := await work.unit.desk.topic(work.case.conversation_id, chat)) is not None:
                await work.unit.desk.put_post(topic, said.seq, number)

    async def note(self, operator: Operator, case_id: int, text: str) -> Case:
        """A note among colleagues: never shown to the person."""
        if not text.strip() or len(text) > LONGEST:
            raise InvalidInput(f"a note has 1 to {LONGEST} characters")
        async with self._work(operator, case_id) as work:
            await self._steps.note(
                work.unit, work.case, "note", operator.id, name=operator.name, text=mask(text)
            )
            return work.case

    async def transfer(self, operator: Operator, case_id: int, office: str) -> Case:
        """Into another office's queue. Raises InvalidInput for an office that there is not."""
        if self.setup.offices.get(office) is None:
            raise InvalidInput(f"no such office: {office}")
        async with self._work(operator, case_id) as work:
            self._not_others(work, operator)
            case = replace(work.case.transferred(office), waiting_since=work.case.waiting_since or work.now)
            if not self.setup.calendar(office).is_open(work.now):
                case = case.on(Event.SHUT)
            work.case = case
            await self._save(work)
            name = asdict(self.setup.office_name(office))
            await self._steps.note(
                work.unit, case, "transferred", operator.id, name=operator.name, office=name
            )
            await self._steps.audit(work.unit, case, "transferred", operator.id, office)
            await self._tell(work, "transferred")
            if case.state is Mode.AFTER_HOURS:
                await self._tell(work, "after_hours", **self._steps.opening(case, work.now))
            return work.case

    async def hand_back(self, operator: Operator, case_id: int) -> Case:
        """The bot goes on."""
        async with self._work(operator, case_id) as work:
            self._not_others(work, operator)
            work.case = work.case.ended(Event.HAND_BACK, work.now)
            await self._save(work)
            await self._steps.note(work.unit, work.case, "handed_back", operator.id, name=operator.name)
            await self._steps.audit(work.unit, work.case, "handed_back", operator.id)
            await self._tell(work, "handed_back")
            return work.case

    async def close(self, operator: Operator, case_id: int) -> Case:
        """It is over; the person is asked how it was."""
        async with self._work(operator, case_id) as work:
            self._not_others(work, operator)
            work.case = replace(work.case.ended(Event.CLOSE, work.now), awaits="rating")
            await self._save(work)
            await self._steps.note(work.unit, work.case, "closed", operator.id, name=operator.name)
            await self._steps.audit(work.unit, work.case, "closed", operator.id)
            await self._tell(work, "closed", rating_buttons(self.setup, work.case))
            return work.case

    async def remark(self, operator: Operator, case_id: int, kind: str, payload: Mapping[str, Any]) -> None:
        """An answer to an operator, in the desk's own record: the person is not shown it."""
        async with self._work(operator, case_id) as work:
            await self._steps.note(work.unit, work.case, kind, operator.id, **payload)

    async def see(self, operator: Operator, conversation_id: str = "") -> Sequence[Present]:
        """The operator is at the web desk, with a conversation before them; gives who else is."""
        now = self._clock.now()
        async with self._units() as work:
            await work.desk.see(Present(operator.id, operator.name, conversation_id, now))
            here = await work.desk.present(now - HERE)
            await work.commit()
        self._notices.tell(DESK, DESK)
        return [each for each in here if each.operator != operator.id]

    def _files(self, work: _Work, words: Words) -> dict[str, Any]:
        """Files go on to people on the operator's own channel; elsewhere the person is told of them."""
        if work.conversation.channel == SAME_CHANNEL:
            return {"enclosures": [asdict(enclosure) for enclosure in words.enclosures]}
        names = [each.name for each in words.enclosures if each.name]
        told = self.setup.tell(work.case, "files_elsewhere", name="、".join(names))
        return {"text": f"{words.text}\n\n{told}".strip()}

    # -- what they have in common ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def _work(self, operator: Operator, case_id: int) -> AsyncIterator[_Work]:
        """The case with its conversation locked; committed and told at the end."""
        async with self._units() as unit:
            found = await unit.handovers.get(case_id)
            conversation = await unit.conversations.lock(found.conversation_id)
            case = await unit.handovers.get(case_id)  # as it is now that nobody else can change it
            self._allow(operator, case)
            work = _Work(unit, conversation, case, self._clock.now())
            yield work
            if operator.acts_on:
                await unit.inbox.decided(operator.acts_on, acted(work.case))
            await unit.commit()
        self._told(work.case, work.conversation.channel)

    def _told(self, case: Case, channel: str = "") -> None:
        self._notices.tell(case.conversation_id, channel)
        self._notices.tell(DESK, DESK)

    def _allow(self, operator: Operator, case: Case) -> None:
        if not self.may(operator, case):
            raise Refused("this conversation belongs to another office")

    async def _no_other(self, work: _Work) -> None:
        current = await work.unit.handovers.current(work.case.conversation_id)
        if current is not None and current.id != work.case.id and current.state in OPEN:
            raise Conflict("the person has a newer case that is open")

    async def _claim(self, work: _Work, operator: Operator) -> None:
        work.case = work.case.claimed(operator.id, operator.name, work.now)
        await self._save(work, quiet=False)
        await self._steps.note(work.unit, work.case, "claimed", operator.id, name=operator.name)
        await self._steps.audit(work.unit, work.case, "claimed", operator.id)

    async def _mine(self, work: _Work, operator: Operator) -> None:
        """The operator has the case, by claiming it now where nobody has. Raises Taken."""
        if work.case.state not in HELD:
            await self._no_other(work)
            await self._claim(work, operator)
        elif work.case.operator != operator.id:
            raise Taken(work.case.operator_name)

    def _not_others(self, work: _Work, operator: Operator) -> None:
        if work.case.state in HELD and work.case.operator != operator.id:
            raise Taken(work.case.operator_name)

    async def _save(self, work: _Work, *, quiet: bool = True) -> None:
        work.case = await self._steps.store(work.unit, work.case, work.now)
        work.conversation = await self._steps.turn(
            work.unit, work.conversation, work.case, work.now, quiet=quiet
        )

    async def _tell(self, work: _Work, block: str, buttons: Sequence[Button] = (), **values: Any) -> None:
        words = self.setup.tell(work.case, block, **values)
        await work.unit.outbox.append([self._steps.said(work.case, work.now, words, buttons)])


def acted(case: Case | None) -> TurnResult:
    """The turn of a message by which an operator acted: no words of the bot's."""
    mode, language = (case.mode, case.language) if case else (Mode.BOT, Language.ZH)
    understood = Understanding("operator", 1.0, Source.COMMAND)
    return TurnResult(Outcome.HANDOVER, language, mode, (), (), understood, 0.0)


def rating_buttons(setup: DeskSetup, case: Case) -> tuple[Button, ...]:
    """One to five stars."""
    return tuple(
        Button(setup.tell(case, "button_rating", rating=number), f"#r:{number}") for number in range(1, 6)
    )


def _operator_message(case: Case, words: Words, now: datetime) -> OutboxMessage:
    payload: dict[str, Any] = {
        "text": words.text, "lang": case.language.value, "mode": case.mode.value, "at": now.isoformat(),
        "sources": [asdict(source) for source in words.sources],
    }  # fmt: skip
    if words.message_id:
        payload["message_id"] = _public(words.message_id)
    return OutboxMessage(case.conversation_id, "operator", payload)


def _public(message_id: str) -> str:
    """An operator's message as the person may know it: the id itself tells where the desk is."""
    return f"d{hashlib.sha256(message_id.encode()).hexdigest()[:20]}"
