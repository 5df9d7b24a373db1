"""What every change of a case has in common: stored with what is due next, its conversation's mode, what is told to whom.

Inside a unit of work of the caller's, with the conversation locked. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.conversation import Conversation, Mode
from bot.domain.handover import Case
from bot.domain.handover_times import next_step
from bot.domain.messages import Button, Reply
from bot.domain.text import Language
from bot.domain.zone_time import ZONE_TIME
from bot.ports import AuditEntry, DeskEntry, OutboxMessage, Topic, UnitOfWork
from bot.service.desk_setup import DeskSetup
from bot.service.wire import reply_to_wire

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class DeskSteps:
    """The steps over one setup."""

    setup: DeskSetup

    async def store(self, work: UnitOfWork, case: Case, now: datetime) -> Case:
        """Saves (or opens) a case with the time at which something is next due. Raises Conflict."""
        step = next_step(case, self.setup.calendar(case.office), now)
        case = replace(case, due_at=None if step is None else max(step.at, now))
        return await (work.handovers.save(case) if case.id else work.handovers.open(case))

    async def turn(
        self, work: UnitOfWork, conversation: Conversation, case: Case, now: datetime, *, quiet: bool = True
    ) -> Conversation:
        """The conversation's mode as the case has it, told where it changed. Raises Conflict."""
        if conversation.mode is case.mode:
            return conversation
        changed = replace(conversation, mode=case.mode)
        await work.conversations.save(changed)
        await work.outbox.append([self.mode_message(case, now, quiet=quiet)])
        return replace(changed, version=conversation.version + 1)

    def mode_message(self, case: Case, now: datetime, *, quiet: bool = True) -> OutboxMessage:
        """A change of who holds the conversation. ``quiet``: what was said beside it tells the person already."""
        return mode_message(case.conversation_id, case.mode, case.language, now, quiet=quiet)

    def said(self, case: Case, now: datetime, text: str, buttons: Sequence[Button] = ()) -> OutboxMessage:
        """What the assistant says about a case, to its person."""
        payload = reply_to_wire(Reply(text, tuple(buttons)))
        about = {"outcome": "handover", "lang": case.language.value, "mode": case.mode.value}
        return OutboxMessage(case.conversation_id, "reply", {**payload, **about, "at": now.isoformat()})

    async def note(
        self, work: UnitOfWork, case: Case, kind: str, actor: str = SYSTEM, **payload: Any
    ) -> DeskEntry:
        """An entry that operators see."""
        return await work.desk.add(DeskEntry(case.conversation_id, kind, actor, {"case": case.id, **payload}))

    async def audit(self, work: UnitOfWork, case: Case, action: str, actor: str, why: str = "") -> None:
        """Who did what with a case; no words of anybody."""
        await work.audit.add(AuditEntry(actor, f"handover.{action}", case.number, why))

    async def topics(self, work: UnitOfWork, case: Case) -> None:
        """Gives the conversation a topic in one of the groups, unless it has one: they are shared out evenly."""
        if not self.setup.chats or await work.desk.topics_of(case.conversation_id):
            return
        chat = self.setup.chats[case.id % len(self.setup.chats)]
        await work.desk.put_topic(Topic(case.conversation_id, chat))

    def opening(self, case: Case, now: datetime) -> dict[str, Any]:
        """The values that tell when the office opens next."""
        opening = self.setup.calendar(case.office).next_opening(now)
        return {"opening": opening.at.astimezone(ZONE_TIME), "sure": opening.sure}


def mode_message(
    conversation_id: str, mode: Mode, language: Language, now: datetime, *, quiet: bool
) -> OutboxMessage:
    """See ``DeskSteps.mode_message``."""
    payload: dict[str, Any] = {"mode": mode.value, "lang": language.value, "at": now.isoformat()}
    return OutboxMessage(conversation_id, "mode", {**payload, "quiet": True} if quiet else payload)
