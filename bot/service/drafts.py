"""Drafts of the knowledge: looked at by somebody else than their author, then published as a new revision, or rejected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.domain.cases import CaseState, Draft
from bot.domain.catalogue import KnowledgeSet, ref_of
from bot.domain.errors import Conflict, InvalidInput, NotFound, Refused
from bot.domain.records import Record
from bot.domain.staff import Right, StaffPerson
from bot.ports import AuditEntry, Clock, UnitOfWork, UnitsOfWork
from bot.staff_ports import Revisions

# Says what is wrong with a whole knowledge base: one line a problem, those that forbid publishing only.
Check = Callable[[KnowledgeSet], Sequence[str]]
_LISTED: Final = 200
_CASE: Final = "case:"


class DraftDesk:
    """The use cases."""

    def __init__(self, units: UnitsOfWork, clock: Clock, revisions: Revisions, check: Check) -> None:
        self._units = units
        self._clock = clock
        self._revisions = revisions
        self._check = check

    async def make(
        self, person: StaffPerson, title: str, source: str, records: Sequence[Record]
    ) -> Draft | None:
        """A draft of the records that differ from the active revision; None when none does. Raises Refused, InvalidInput."""
        _need(person)
        knowledge = await self._active()
        changed = [record for record in records if knowledge.records.get(ref_of(record)) != record]
        if not changed:
            return None
        await self._sound(_with(knowledge, changed))
        before = tuple(
            found for record in changed if (found := knowledge.records.get(ref_of(record))) is not None
        )
        draft = Draft(
            title=title, source=source, author=person.id, made_at=self._clock.now(),
            records=tuple(changed), before=before,
        )  # fmt: skip
        async with self._units() as work:
            draft = await work.drafts.add(draft)
            await work.audit.add(AuditEntry(person.id, "draft.made", str(draft.id), title))
            await work.commit()
        return draft

    async def listed(self, person: StaffPerson, state: str = "draft") -> Sequence[Draft]:
        """The drafts of a state, newest first. Raises Refused."""
        _need(person)
        async with self._units(reading=True) as work:
            return await work.drafts.listed(state, _LISTED)

    async def read(self, person: StaffPerson, draft_id: int) -> Draft:
        """One draft. Raises Refused, NotFound."""
        _need(person)
        async with self._units(reading=True) as work:
            return await work.drafts.get(draft_id)

    async def publish(self, person: StaffPerson, draft_id: int) -> Draft:
        """A new revision with the draft's records, active at once.

        Raises Refused (also for one's own draft), NotFound, Conflict when a record has changed meanwhile, InvalidInput when the
        whole would not be sound.
        """
        draft = await self.read(person, draft_id)
        if draft.author == person.id:
            raise Refused("somebody else looks at a draft before it is published")
        if draft.state != "draft":
            raise Conflict(f"draft {draft_id} was {draft.state} before")
        knowledge = await self._active()
        known = {ref_of(record): record for record in draft.before}
        for record in draft.records:
            if knowledge.records.get(ref_of(record)) != known.get(ref_of(record)):
                raise Conflict(f"{ref_of(record)} has changed since the draft was made: make it anew")
        after = _with(knowledge, draft.records)
        await self._sound(after)
        revision = await self._revisions.publish(after, note=f"draft {draft_id}: {draft.title}"[:200])
        return await self._end(person, replace(draft, state="published", revision=revision.number))

    async def reject(self, person: StaffPerson, draft_id: int, why: str) -> Draft:
        """The draft comes to nothing; a case that it came from is open again. Raises Refused, NotFound, InvalidInput, Conflict."""
        if not why.strip():
            raise InvalidInput("why: say in a few words what is wrong with it")
        draft = await self.read(person, draft_id)
        return await self._end(person, replace(draft, state="rejected", why=why.strip()[:500]))

    async def _end(self, person: StaffPerson, draft: Draft) -> Draft:
        draft = replace(draft, reviewer=person.id, ended_at=self._clock.now())
        async with self._units() as work:
            await work.drafts.end(draft)
            await self._move_case(work, draft)
            await work.audit.add(AuditEntry(person.id, f"draft.{draft.state}", str(draft.id), draft.why))
            await work.commit()
        return draft

    async def _move_case(self, work: UnitOfWork, draft: Draft) -> None:
        if not draft.source.startswith(_CASE):
            return
        case = await work.cases.get(draft.source.removeprefix(_CASE))
        if draft.state == "published":
            case = case.moved(CaseState.PUBLISHED, ended_at=draft.ended_at)
        else:
            case = case.moved(CaseState.OPEN, decision=None, decided_by="", draft=None)
        await work.cases.save(case)

    async def _active(self) -> KnowledgeSet:
        active = await self._revisions.active()
        if active is None:
            raise NotFound("no knowledge is loaded")
        return await self._revisions.load(active.number)

    async def _sound(self, knowledge: KnowledgeSet) -> None:
        if problems := await asyncio.to_thread(self._check, knowledge):
            raise InvalidInput("; ".join(problems[:5]))


def _with(knowledge: KnowledgeSet, records: Sequence[Record]) -> KnowledgeSet:
    changed = {**knowledge.records, **{ref_of(record): record for record in records}}
    return replace(knowledge, records=KnowledgeSet.of(changed.values()).records)


def _need(person: StaffPerson) -> None:
    if not person.may(Right.CURATE):
        raise Refused("not allowed")
