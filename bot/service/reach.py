"""People who cannot be reached, and can be again: what is said to them waits, and the desk sees it.

All of it inside a unit of work of the caller's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.domain.errors import NotFound
from bot.ports import AuditEntry, Clock, OutboxMessage, UnitOfWork

STALE: Final = timedelta(days=1)  # what could not be delivered for that long is of no use any more


async def unreachable(work: UnitOfWork, conversation_id: str, why: str) -> None:
    """Sets what is to be said there aside, and leaves an event in the conversation and a line in the audit, once."""
    try:
        conversation = await work.conversations.lock(conversation_id)
    except NotFound:
        return  # forgotten meanwhile
    if not conversation.parked:
        event = {"event": "unreachable", "why": why}
        await work.outbox.append([OutboxMessage(conversation_id, "event", event)])
        await work.audit.add(AuditEntry("system", "conversation.parked", conversation_id, why))
    await work.outbox.park(conversation_id)


async def reachable(work: UnitOfWork, conversation_id: str, clock: Clock) -> None:
    """What was set aside is due again, but for what is too old."""
    try:
        conversation = await work.conversations.lock(conversation_id)
    except NotFound:
        return
    if conversation.parked:
        await work.outbox.unpark(conversation_id, clock.now() - STALE)
        await work.outbox.append([OutboxMessage(conversation_id, "event", {"event": "reachable"})])


async def move(work: UnitOfWork, channel: str, before: str, after: str) -> None:
    """A place has a new name: its conversations go on there, unless others have begun there already."""
    for conversation_id in await work.conversations.at(channel, before):
        await work.conversations.move(conversation_id, before, after)
