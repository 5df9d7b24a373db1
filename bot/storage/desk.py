"""What the operators' desks keep in the database: entries that only they see, topics of their groups, who is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, delete, func, insert, or_, select, update

from bot.ports import Clock, DeskEntry, Present, Topic
from bot.storage.database import Transaction
from bot.storage.statements import insert_of
from bot.storage.tables import conversations, desk_entries, desk_posts, desk_presence, desk_topics

_E: Final = desk_entries.c
_T: Final = desk_topics.c
_P: Final = desk_presence.c
_O: Final = desk_posts.c


class SqlDesk:
    """See the port ``Desk``."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    async def add(self, entry: DeskEntry) -> DeskEntry:
        """The entry as stored."""
        at = entry.at or self._clock.now()
        statement = insert(desk_entries).values(
            conversation_id=entry.conversation_id, at=at, kind=entry.kind, actor=entry.actor, payload=entry.payload
        )  # fmt: skip
        number: Any = (await self._transaction.execute(statement.returning(_E.id))).scalar_one()
        return replace(entry, id=number, at=at)

    async def entries(self, conversation_id: str, after: int, limit: int = 500) -> Sequence[DeskEntry]:
        """The entries of a conversation with ids above ``after``, in order."""
        query = select(desk_entries).where(_E.conversation_id == conversation_id, _E.id > after)
        rows = await self._transaction.execute(query.order_by(_E.id).limit(limit))
        return [
            DeskEntry(row.conversation_id, row.kind, row.actor, row.payload, row.at, row.id) for row in rows
        ]

    async def put_topic(self, topic: Topic) -> None:
        """Stores a topic, or how it is from now on. Another conversation's topic of that number is gone, then."""
        if topic.thread is not None:
            other = update(desk_topics).where(
                _T.chat == topic.chat,
                _T.thread == topic.thread,
                _T.conversation_id != topic.conversation_id,
            )
            await self._transaction.execute(other.values(thread=None, last_seq=0, last_entry=0))
        values = {
            "thread": topic.thread, "last_seq": topic.last_seq, "last_entry": topic.last_entry,
            "unwanted": topic.unwanted,
        }  # fmt: skip
        which = {"conversation_id": topic.conversation_id, "chat": topic.chat}
        statement = insert_of(self._transaction.dialect, desk_topics).values(**which, **values)
        await self._transaction.execute(
            statement.on_conflict_do_update(index_elements=["conversation_id", "chat"], set_=values)
        )

    async def topic(self, conversation_id: str, chat: int) -> Topic | None:
        """The topic of a conversation in a group."""
        return await self._one(
            select(desk_topics).where(_T.conversation_id == conversation_id, _T.chat == chat)
        )

    async def topics_of(self, conversation_id: str) -> Sequence[Topic]:
        """The topics of a conversation in all groups."""
        rows = await self._transaction.execute(
            select(desk_topics).where(_T.conversation_id == conversation_id)
        )
        return [_topic(row) for row in rows]

    async def topic_at(self, chat: int, thread: int) -> Topic | None:
        """The topic with a number in a group."""
        return await self._one(select(desk_topics).where(_T.chat == chat, _T.thread == thread))

    async def unfilled_topics(self, limit: int) -> Sequence[Topic]:
        """Topics that something is missing in, and those that are to be deleted."""
        newest = (
            select(func.coalesce(func.max(_E.id), 0))
            .where(_E.conversation_id == _T.conversation_id)
            .scalar_subquery()
        )
        last_seq = (
            select(conversations.c.last_seq).where(conversations.c.id == _T.conversation_id).scalar_subquery()
        )
        missing = or_(_T.unwanted, _T.last_seq < last_seq, _T.last_entry < newest)
        rows = await self._transaction.execute(select(desk_topics).where(missing).limit(limit))
        return [_topic(row) for row in rows]

    async def drop_topic(self, topic: Topic) -> None:
        """Forgets a topic."""
        which = delete(desk_topics).where(_T.conversation_id == topic.conversation_id, _T.chat == topic.chat)
        await self._transaction.execute(which)

    async def last_seq(self, conversation_id: str) -> int:
        """The number of the last thing said in a conversation; 0 when nothing was."""
        query = select(conversations.c.last_seq).where(conversations.c.id == conversation_id)
        found: Any = (await self._transaction.execute(query)).scalar()
        return int(found or 0)

    async def put_post(self, topic: Topic, seq: int, message: int) -> None:
        """Notes where a message stands in a topic."""
        which = {"conversation_id": topic.conversation_id, "chat": topic.chat, "seq": seq}
        statement = insert_of(self._transaction.dialect, desk_posts).values(**which, message=message)
        await self._transaction.execute(
            statement.on_conflict_do_update(index_elements=list(which), set_={"message": message})
        )

    async def post(self, topic: Topic, seq: int) -> int | None:
        """The number of a message in a topic."""
        query = select(_O.message).where(
            _O.conversation_id == topic.conversation_id, _O.chat == topic.chat, _O.seq == seq
        )
        found: Any = (await self._transaction.execute(query)).scalar()
        return None if found is None else int(found)

    async def see(self, present: Present) -> None:
        """An operator is there now."""
        values = {
            "name": present.name, "conversation_id": present.conversation_id, "seen_at": present.seen_at,
        }  # fmt: skip
        statement = insert_of(self._transaction.dialect, desk_presence).values(
            operator=present.operator, **values
        )
        await self._transaction.execute(
            statement.on_conflict_do_update(index_elements=["operator"], set_=values)
        )

    async def present(self, since: datetime) -> Sequence[Present]:
        """Who was seen since."""
        rows = await self._transaction.execute(
            select(desk_presence).where(_P.seen_at >= since).order_by(_P.operator)
        )
        return [Present(row.operator, row.name, row.conversation_id, row.seen_at) for row in rows]

    async def _one(self, query: Select[Any]) -> Topic | None:
        row = (await self._transaction.execute(query)).one_or_none()
        return None if row is None else _topic(row)


def _topic(row: Row[Any]) -> Topic:
    return Topic(row.conversation_id, row.chat, row.thread, row.last_seq, row.last_entry, row.unwanted)
