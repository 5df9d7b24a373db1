"""Conversations in the database: found by who speaks on which channel, locked, saved by compare-and-set."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.conversation import Context, Conversation, Mode
from bot.domain.errors import Conflict, NotFound
from bot.ports import Clock
from bot.storage.payloads import CONTEXT
from bot.storage.tables import conversations
from bot.storage.writing import insert_once


class SqlConversations:
    """See the port ``Conversations``."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def id_of(self, channel: str, external_id: str) -> str:
        """The conversation with somebody on a channel; begun when there is none. The id tells nothing about the person."""
        if (found := await self.find(channel, external_id)) is not None:
            return found
        now = self._clock.now()
        values = {
            "id": uuid4().hex, "channel": channel, "external_id": external_id, "mode": Mode.BOT.value,
            "context": CONTEXT.write(Context()), "created_at": now, "updated_at": now,
        }  # fmt: skip
        await self._connection.execute(insert_once(self._connection, conversations, values))
        found = await self.find(channel, external_id)  # ours, or the one that somebody else began just now
        assert found is not None
        return found

    async def find(self, channel: str, external_id: str) -> str | None:
        """The conversation with somebody on a channel, if there is one."""
        table = conversations.c
        query = select(table.id).where(table.channel == channel, table.external_id == external_id)
        return (await self._connection.execute(query)).scalar()

    async def lock(self, conversation_id: str) -> Conversation:
        """The conversation, kept from all others until the unit of work ends. Raises NotFound."""
        table = conversations.c
        query = select(table.id, table.channel, table.mode, table.context, table.turns, table.version)
        rows = await self._connection.execute(query.where(table.id == conversation_id).with_for_update())
        if (row := rows.one_or_none()) is None:
            raise NotFound("this conversation is no longer there")
        return Conversation(
            row.id, row.channel, Mode(row.mode), CONTEXT.read(row.context), row.turns, row.version
        )

    async def save(self, conversation: Conversation) -> None:
        """Raises Conflict when it was saved by somebody else since it was read."""
        context = conversation.context
        language = context.language or context.spoken
        statement = (
            update(conversations)
            .where(conversations.c.id == conversation.id, conversations.c.version == conversation.version)
            .values(
                mode=conversation.mode.value,
                language=None if language is None else language.value,
                context=CONTEXT.write(context),
                turns=conversation.turns,
                version=conversation.version + 1,
                updated_at=self._moment(context),
            )
        )
        if (await self._connection.execute(statement)).rowcount != 1:
            raise Conflict("the conversation was changed by somebody else: read it again")

    async def forget(self, conversation_id: str) -> None:
        """Erases a conversation with everything in it: messages, turns, what waits to be delivered."""
        await self._connection.execute(delete(conversations).where(conversations.c.id == conversation_id))

    def _moment(self, context: Context) -> datetime:
        return context.touched or self._clock.now()
