"""The inbox: a message is a row before anybody acts on it, and is decided once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Conflict
from bot.domain.messages import Inbound
from bot.ports import Accepted, Clock, TurnResult
from bot.storage.conversations import SqlConversations
from bot.storage.payloads import INBOUND, RESULT
from bot.storage.tables import inbound
from bot.storage.writing import insert_once


class SqlInbox:
    """See the port ``Inbox``."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def accept(self, message: Inbound, at: datetime) -> Accepted:
        """Stores the message, or finds it stored. A message that is there but undecided comes back without a result."""
        conversation = await SqlConversations(self._connection, self._clock).id_of(
            message.channel, message.conversation
        )
        values = {
            "channel": message.channel, "external_id": message.external_id, "conversation_id": conversation,
            "payload": INBOUND.write(message), "received_at": at, "state": "accepted",
        }  # fmt: skip
        statement = insert_once(self._connection, inbound, values).returning(inbound.c.id)
        number = (await self._connection.execute(statement)).scalar()
        if number is not None:
            return Accepted(number, conversation)
        query = select(inbound.c.id, inbound.c.conversation_id, inbound.c.result).where(
            inbound.c.channel == message.channel, inbound.c.external_id == message.external_id
        )
        row = (await self._connection.execute(query)).one()
        result = None if row.result is None else RESULT.read(row.result)
        return Accepted(row.id, row.conversation_id, result)

    async def decided(self, inbound_id: int, result: TurnResult) -> None:
        """Keeps the result for duplicates, without its traces. Raises Conflict when the message was decided before."""
        statement = (
            update(inbound)
            .where(inbound.c.id == inbound_id, inbound.c.state == "accepted")
            .values(
                state="decided", decided_at=self._clock.now(), result=RESULT.write(replace(result, traces=()))
            )
        )
        if (await self._connection.execute(statement)).rowcount != 1:
            raise Conflict("this message was decided before: answer with the stored result")

    async def undecided(self, channel: str, limit: int) -> Sequence[Inbound]:
        """Messages of a channel that were accepted and never decided, oldest first."""
        query = (
            select(inbound.c.payload)
            .where(inbound.c.channel == channel, inbound.c.state == "accepted")
            .order_by(inbound.c.id)
            .limit(limit)
        )
        return [INBOUND.read(payload) for payload in (await self._connection.execute(query)).scalars()]
