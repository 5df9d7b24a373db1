"""What operators write in a topic of the desk: commands, and everything else for the person.

A message is accepted in the inbox like any other, and decided in the transaction in which it takes effect: a kill between the two
lets the next process take it up, and nothing is done twice.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any, Final, Protocol

from bot.domain.errors import Conflict, InvalidInput, NotFound, Refused
from bot.domain.handover import Case, NotAllowed
from bot.domain.messages import Inbound
from bot.domain.staff import Account, Right
from bot.ports import Clock, TurnResult, UnitsOfWork
from bot.service.operator_desk import Operator, OperatorDesk, Taken, Words, acted

_COMMAND: Final = re.compile(r"/([A-Za-z_]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
TAKE_BACK: Final = ("/delete", "/del")  # what a message is changed to, to be taken back
_FOR_PEOPLE: Final = "telegram"


class Handler(Protocol):
    """Decides a message."""

    async def handle_message(self, message: Inbound) -> TurnResult: ...
    async def take_up(self, message: Inbound) -> TurnResult: ...


class Front:
    """Gives each message to whom it is for: the desk's own to the desk, the others to the assistant."""

    def __init__(self, assistant: Handler, desk: Handler) -> None:
        self._assistant = assistant
        self._desk = desk

    async def handle_message(self, message: Inbound) -> TurnResult:
        """Acts on a message once."""
        return await (self._desk if message.desk else self._assistant).handle_message(message)

    async def take_up(self, message: Inbound) -> TurnResult:
        """The same for a message that was accepted before."""
        return await (self._desk if message.desk else self._assistant).take_up(message)


class DeskMessages:
    """See above."""

    def __init__(self, desk: OperatorDesk, units: UnitsOfWork, clock: Clock) -> None:
        self._desk = desk
        self._units = units
        self._clock = clock

    async def handle_message(self, message: Inbound) -> TurnResult:
        """Acts on a message once; the same external id again returns the same turn."""
        async with self._units() as work:
            accepted = await work.inbox.accept(message, self._clock.now())
            topic, case = None, None
            chat, _, thread = message.conversation.partition("/")
            if accepted.result is None and thread:
                topic = await work.desk.topic_at(int(chat), int(thread))
            if topic is not None:
                case = await work.handovers.current(topic.conversation_id)
            await work.commit()
        if accepted.result is not None:
            return accepted.result
        if topic is None or case is None:
            return await self._decided(accepted.inbound_id)
        operator = await self._operator(message, accepted.inbound_id)
        if operator is None:
            return await self._decided(accepted.inbound_id)
        return await self._act(operator, case, message)

    async def take_up(self, message: Inbound) -> TurnResult:
        """See ``handle_message``."""
        return await self.handle_message(message)

    async def _decided(self, inbound_id: int) -> TurnResult:
        """Nothing is to be done: talk among colleagues, or a topic that is not ours."""
        result = acted(None)
        async with self._units() as work:
            try:
                await work.inbox.decided(inbound_id, result)
                await work.commit()
            except Conflict:
                pass
        return result

    async def _operator(self, message: Inbound, inbound_id: int) -> Operator | None:
        """Who writes. Whoever is in the desk's group is an operator; an account that belongs to staff must still be active."""
        async with self._units(reading=True) as work:
            person = await work.people.of_account(Account(_FOR_PEOPLE, message.sender))
        if person is None:
            name = message.name or f"#{message.sender[-4:]}"
            return Operator(f"telegram:{message.sender}", name, acts_on=inbound_id)
        if not person.active(self._clock.now()) or not person.may(Right.CONVERSE):
            return None
        return Operator(person.id, person.name, acts_on=inbound_id)

    async def _act(self, operator: Operator, case: Case, message: Inbound) -> TurnResult:
        kind: str
        values: dict[str, Any]
        try:
            return acted(await self._do(operator, case, message))
        except Taken as error:
            kind, values = "refused", {"name": error.holder}
        except NotAllowed as error:
            kind, values = "not_possible", {"state": error.state.value}
        except (InvalidInput, Refused):
            kind, values = "unknown", {"offices": self._offices()}
        except NotFound:
            kind, values = "not_possible", {"state": case.state.value}
        await self._desk.remark(operator, case.id, kind, values)
        return acted(case)

    async def _do(self, operator: Operator, case: Case, message: Inbound) -> Case:
        text = message.text.strip()
        if message.edits:
            gone = text.lower() in TAKE_BACK
            words = Words("" if gone else message.text, message_id=message.edits, posted=_posted(message))
            return await self._desk.change(operator, case.id, words, gone=gone)
        if not text.startswith("/"):
            words = Words(
                message.text,
                message.enclosures,
                message_id=message.external_id,
                posted=_posted(message),
            )
            return await self._desk.reply(operator, case.id, words)
        match = _COMMAND.fullmatch(text)
        name, argument = (match[1].lower(), (match[2] or "").strip()) if match else ("", "")
        match name:
            case "claim":
                return await self._desk.claim(operator, case.id)
            case "note":
                return await self._desk.note(operator, case.id, argument)
            case "back":
                return await self._desk.hand_back(operator, case.id)
            case "close":
                return await self._desk.close(operator, case.id)
            case "transfer":
                return await self._desk.transfer(operator, case.id, self._office(argument))
        raise InvalidInput("no such command")

    def _office(self, words: str) -> str:
        """The office that an operator names: by its number in the list, its id, or a part of its name that only one has."""
        offices = self._desk.setup.offices.offices
        if words.isdecimal() and 1 <= int(words) <= len(offices):
            return offices[int(words) - 1].id
        wanted = words.casefold()
        named = [o for o in offices if wanted and wanted in f"{o.id} {o.name.zh} {o.name.en}".casefold()]
        exact = [
            office for office in named if wanted in (office.id, office.name.zh, office.name.en.casefold())
        ]
        if len(found := exact or named) != 1:
            raise InvalidInput(f"no such office, or several: {words}")
        return found[0].id

    def _offices(self) -> list[dict[str, Any]]:
        return [asdict(office.name) for office in self._desk.setup.offices.offices]


def _posted(message: Inbound) -> tuple[int, int]:
    """The group, and the message's number there (the end of its id; 0 where it has none)."""
    number = message.external_id.rpartition(".")[2]
    return int(message.conversation.partition("/")[0]), int(number) if number.isdecimal() else 0
