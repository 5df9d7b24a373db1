"""Boundary cases (吹哨): opened in a turn, told to whom they concern, listed, decided, closed. A decision becomes a draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.dialogue.decided import Decided
from bot.dialogue.wording import Wording
from bot.domain.cases import (
    BoundaryCase,
    CaseDecision,
    CaseFilter,
    CaseState,
    Days,
    Draft,
    decided_matter,
    working_day_after,
)
from bot.domain.catalogue import KnowledgeSet
from bot.domain.decisions import Decision, OpenCase
from bot.domain.errors import InvalidInput, NotFound, Refused
from bot.domain.messages import Inbound, Reply
from bot.domain.records import Kind, Matter, Ref
from bot.domain.staff import Right, Role, StaffPerson
from bot.domain.text import Audience, Language
from bot.domain.zone_time import local_day
from bot.ports import AuditEntry, Clock, OutboxMessage, UnitOfWork, UnitsOfWork
from bot.service.minds import Minds
from bot.service.staff_codes import Codes
from bot.service.wire import reply_to_wire
from bot.staff_ports import Revisions

REMIND_AFTER: Final = 5  # working days: our own reminder; nobody has set a time limit
CONVENOR: Final = "zone-admin-committee"  # the side that whistles, as the report has it
_LISTED: Final = 500
_TOLD_ON: Final = "telegram"


@dataclass(frozen=True, slots=True)
class Convening:
    """Whose office convenes, and after how many working days it is reminded."""

    office: str = CONVENOR
    working_days: int = REMIND_AFTER


class BoundaryCases:
    """The use cases."""

    def __init__(
        self,
        units: UnitsOfWork,
        clock: Clock,
        minds: Minds,
        wording: Wording,
        codes: Codes,
        days: Days,
        revisions: Revisions,
        convening: Convening = Convening(),
    ) -> None:
        self._units = units
        self._clock = clock
        self._minds = minds
        self._wording = wording
        self._codes = codes
        self._days = days
        self._revisions = revisions
        self._convening = convening

    # -- in a turn --------------------------------------------------------------------------------------------

    def numbered(self, decided: Decided, inbound_id: int) -> Decided:
        """The decision with its case's number and day, so that both can be told. The inbox's number is given once only."""
        today = local_day(self._clock.now())

        def number(each: Decision) -> Decision:
            if not isinstance(each, OpenCase):
                return each
            due = working_day_after(self._days, today, self._convening.working_days)
            return replace(each, number=f"B{today:%y%m%d}-{inbound_id}", due=due)

        return replace(decided, decisions=tuple(map(number, decided.decisions)))

    async def opened(
        self, work: UnitOfWork, message: Inbound, person: StaffPerson | None, decisions: Iterable[Decision]
    ) -> None:
        """Stores the cases that a turn opens, and tells whom they concern, in the turn's own transaction."""
        for each in decisions:
            if isinstance(each, OpenCase):
                await self._open(work, message, person, each)

    async def _open(
        self, work: UnitOfWork, message: Inbound, person: StaffPerson | None, decision: OpenCase
    ) -> None:
        matter = self._matter(decision.record.id)
        assert decision.due is not None
        asker = self._codes.who("asker", f"{message.channel}:{message.conversation}")[:6].upper()
        case = BoundaryCase(
            number=decision.number, matter=matter.id, place=decision.place, words=decision.words, asker=asker,
            opened_by=person.id if person else message.channel, office=self._convening.office,
            candidates=matter.candidates, opened_at=self._clock.now(), due=decision.due,
            enclosures=decision.enclosures,
        )  # fmt: skip
        await work.cases.add(case)
        await work.audit.add(AuditEntry(case.opened_by, "case.opened", case.number, matter.id))
        await self._tell(work, case, "case_told", except_for=case.opened_by)

    async def _tell(self, work: UnitOfWork, case: BoundaryCase, block: str, except_for: str = "") -> None:
        """Everybody who serves an office that a case concerns hears of it in their linked chat, through the outbox."""
        now = self._clock.now()
        for person in await work.people.everybody():
            concerned = person.active(now) and bool(case.concerns() & person.offices)
            if not concerned or person.id == except_for:
                continue
            for account in await work.people.accounts(person.id):
                if account.channel == _TOLD_ON:
                    chat = await work.conversations.id_of(account.channel, account.name)
                    await work.outbox.append([await self._notice(work, chat, case, block)])

    async def _notice(self, work: UnitOfWork, chat: str, case: BoundaryCase, block: str) -> OutboxMessage:
        conversation = await work.conversations.lock(chat)
        context = conversation.context
        language = context.language or context.spoken or Language.ZH
        matter = self._matter(case.matter)
        text = self._wording.say(language, "staff", block, c=case, r=matter, due=case.due.isoformat())
        about = {"outcome": "answered", "lang": language.value, "mode": conversation.mode.value}
        return OutboxMessage(chat, "reply", {**reply_to_wire(Reply(text)), **about})

    def _matter(self, identifier: str) -> Matter:
        matter = self._minds.current(Audience.STAFF).catalogue.matter(identifier)
        if matter is None:
            raise NotFound(f"no matter {identifier} in the knowledge in use")
        return matter

    # -- at the desk ------------------------------------------------------------------------------------------

    async def listed(self, person: StaffPerson, wanted: CaseFilter) -> Sequence[BoundaryCase]:
        """The cases of the person's offices, those due first. Raises Refused."""
        _need(person, Right.SEE_CASES)
        async with self._units(reading=True) as work:
            cases = await work.cases.listed(wanted, _LISTED)
        return [case for case in cases if _sees(person, case)]

    async def read(self, person: StaffPerson, number: str) -> BoundaryCase:
        """One case. Raises Refused; NotFound also for a case that does not concern the person."""
        _need(person, Right.SEE_CASES)
        async with self._units(reading=True) as work:
            case = await work.cases.get(number)
        if not _sees(person, case):
            raise NotFound(f"no boundary case {number}")
        return case

    async def decide(self, person: StaffPerson, number: str, decision: CaseDecision) -> BoundaryCase:
        """Records a decision with its basis, and makes a draft of the matter. Raises Refused, NotFound, InvalidInput, Conflict."""
        now = self._clock.now()
        knowledge = await self._stored()
        async with self._units() as work:
            case = await self._convened(work, person, number)
            matter = _checked(knowledge, case, decision)
            draft = Draft(
                title=f"{case.number} {matter.name.zh}",
                source=f"case:{number}",
                author=person.id,
                made_at=now,
                records=(decided_matter(matter, decision),),
                before=(matter,),
            )
            draft = await work.drafts.add(draft)
            case = case.moved(CaseState.DECIDED, decision=decision, decided_by=person.id, draft=draft.id)
            case = await work.cases.save(case)
            await work.audit.add(AuditEntry(person.id, "case.decided", number, decision.basis.zh))
            await work.commit()
        return case

    async def close(self, person: StaffPerson, number: str, why: str) -> BoundaryCase:
        """Ends a case without a change of duties. Raises Refused, NotFound, InvalidInput, Conflict."""
        if not why.strip():
            raise InvalidInput("why: say in a few words why nothing is to be decided")
        async with self._units() as work:
            case = await self._convened(work, person, number)
            if case.draft is not None:
                raise InvalidInput("this case has a draft: publish or reject that first")
            case = await work.cases.save(
                case.moved(CaseState.CLOSED, why=why.strip()[:500], ended_at=self._clock.now())
            )
            await work.audit.add(AuditEntry(person.id, "case.closed", number, why.strip()[:500]))
            await work.commit()
        return case

    async def _convened(self, work: UnitOfWork, person: StaffPerson, number: str) -> BoundaryCase:
        _need(person, Right.DECIDE_CASES)
        case = await work.cases.get(number)
        if not _sees(person, case):
            raise NotFound(f"no boundary case {number}")
        if not person.serves(case.office):
            raise Refused("only the office that convenes decides")
        return case

    async def _stored(self) -> KnowledgeSet:
        """The knowledge as it is stored: with decisions whose day is still to come, which nobody is told of yet."""
        active = await self._revisions.active()
        if active is None:
            raise NotFound("no knowledge is loaded")
        return await self._revisions.load(active.number)

    # -- by the clock -----------------------------------------------------------------------------------------

    async def __call__(self) -> None:
        """Reminds of every case that is overdue, once. A job of the housekeeping."""
        today = local_day(self._clock.now())
        async with self._units() as work:
            for case in await work.cases.listed(CaseFilter(overdue_on=today), _LISTED):
                if not case.reminded:
                    await work.cases.save(replace(case, reminded=True))
                    await self._tell(work, case, "case_overdue")
            await work.commit()


def _need(person: StaffPerson, right: Right) -> None:
    if not person.may(right):
        raise Refused("not allowed")


def _sees(person: StaffPerson, case: BoundaryCase) -> bool:
    """Who opened it, whoever serves an office that it concerns, and administrators."""
    return (
        Role.ADMINISTRATOR in person.roles
        or case.opened_by == person.id
        or bool(case.concerns() & person.offices)
    )


def _checked(knowledge: KnowledgeSet, case: BoundaryCase, decision: CaseDecision) -> Matter:
    """The case's matter; everybody that the decision names is there."""
    for body in (decision.lead, *(support.body for support in decision.support)):
        if Ref(Kind.BODY, body) not in knowledge.records:
            raise InvalidInput(f"{body!r} is no body in the knowledge base")
    matter = knowledge.records.get(Ref(Kind.MATTER, case.matter))
    if not isinstance(matter, Matter):
        raise NotFound(f"no matter {case.matter} in the knowledge in use")
    return matter
