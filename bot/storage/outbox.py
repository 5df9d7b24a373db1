"""The outbox: messages to deliver, numbered in their conversation, leased one at a time in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, and_, case, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotFound
from bot.ports import Clock, OutboxMessage
from bot.storage.tables import conversations, outbox


class SqlOutbox:
    """See the port ``Outbox``."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def append(self, messages: Sequence[OutboxMessage]) -> Sequence[OutboxMessage]:
        """The messages as stored, with channel, number and id. Raises NotFound for a conversation that is gone."""
        stored: list[OutboxMessage] = []
        for conversation_id, group in groupby(messages, key=lambda message: message.conversation_id):
            stored.extend(await self._append(conversation_id, list(group)))
        return stored

    async def _append(self, conversation_id: str, messages: list[OutboxMessage]) -> list[OutboxMessage]:
        table = conversations.c
        numbering = (
            update(conversations)
            .where(table.id == conversation_id)
            .values(last_seq=table.last_seq + len(messages))
            .returning(table.last_seq, table.channel)
        )
        if (row := (await self._connection.execute(numbering)).one_or_none()) is None:
            raise NotFound("this conversation is no longer there")
        first = row.last_seq - len(messages) + 1
        numbered = [
            replace(message, channel=message.channel or row.channel, seq=first + place)
            for place, message in enumerate(messages)
        ]
        now = self._clock.now()
        values = [
            {
                "conversation_id": item.conversation_id, "seq": item.seq, "channel": item.channel, "kind": item.kind,
                "payload": item.payload, "state": "pending", "created_at": now, "due_at": now,
            }
            for item in numbered
        ]  # fmt: skip
        rows = await self._connection.execute(
            insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True), values
        )
        return [replace(item, id=number) for item, number in zip(numbered, rows.scalars(), strict=True)]

    async def after(self, conversation_id: str, seq: int, limit: int = 200) -> Sequence[OutboxMessage]:
        """The messages of a conversation with numbers above ``seq``, in order, whatever their state."""
        table = outbox.c
        query = (
            select(outbox)
            .where(table.conversation_id == conversation_id, table.seq > seq)
            .order_by(table.seq)
            .limit(limit)
        )
        return [_message(row) for row in await self._connection.execute(query)]

    async def lease(
        self, channel: str, limit: int, until: datetime, now: datetime
    ) -> Sequence[OutboxMessage]:
        """Due messages, kept from other deliverers until ``until``: of each conversation only the first that is not done."""
        table = outbox.c
        before = outbox.alias("before")
        being_repeated = and_(before.c.state == "unknown", before.c.leased_until > now)
        waits = exists().where(
            before.c.conversation_id == table.conversation_id,
            before.c.seq < table.seq,
            or_(before.c.state == "pending", being_repeated),
        )
        free = or_(table.leased_until.is_(None), table.leased_until <= now)
        query = (
            select(table.id, conversations.c.external_id)
            .join(conversations, conversations.c.id == table.conversation_id)
            .where(table.channel == channel, table.state == "pending", table.due_at <= now, free, ~waits)
            .order_by(table.due_at, table.id)
            .limit(limit)
            .with_for_update(of=outbox, skip_locked=True)
        )
        people = {row.id: row.external_id for row in await self._connection.execute(query)}
        if not people:
            return []
        # Whoever held it before did not come back to say how the send ended: this is its one repetition.
        state = case((table.leased_until.is_not(None), "unknown"), else_="pending")
        taking = (
            update(outbox)
            .where(table.id.in_(people))
            .values(leased_until=until, attempts=table.attempts + 1, state=state)
            .returning(*outbox.columns)
        )
        rows = (await self._connection.execute(taking)).all()
        return [
            replace(_message(row), to=people[row.id], repeat=row.state == "unknown")
            for row in sorted(rows, key=lambda row: (row.due_at, row.id))
        ]

    async def settle(self, message_id: int, state: str, due_at: datetime | None = None) -> None:
        """Ends the lease: sent, refused, parked, pending again (then due at ``due_at``), or unknown.

        Unknown with ``due_at``: the lease ends then, unsettled, so that the message is repeated. Unknown without it is final.
        """
        values: dict[str, Any] = {"state": state, "leased_until": None}
        if state == "unknown" and due_at is not None:
            values = {"state": "pending", "leased_until": due_at}
        elif state == "pending":
            values["due_at"] = due_at or self._clock.now()
        else:
            values["settled_at"] = self._clock.now()
        statement = update(outbox).where(outbox.c.id == message_id).values(**values)
        if (await self._connection.execute(statement)).rowcount != 1:
            raise NotFound(f"no message {message_id} in the outbox")


def _message(row: Row[Any]) -> OutboxMessage:
    return OutboxMessage(
        row.conversation_id, row.kind, row.payload, row.seq, row.id, row.channel, row.attempts
    )
