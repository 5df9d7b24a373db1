"""Conversations in the database: found by who speaks on which channel, locked, saved by compare-and-set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import bindparam, delete, func, or_, select, update

from bot.domain.conversation import Context, Conversation, Mode
from bot.domain.errors import Conflict, NotFound
from bot.ports import Clock
from bot.storage.database import Transaction
from bot.storage.payloads import CONTEXT
from bot.storage.statements import all_given, for_each_dialect, given, insert_of, parameters
from bot.storage.tables import conversations, inbound

_C: Final = conversations.c
_BEGIN: Final = for_each_dialect(lambda dialect: insert_of(dialect, conversations).on_conflict_do_nothing())
_FIND: Final = select(_C.id).where(_C.channel == given(_C.channel), _C.external_id == given(_C.external_id))
_UNDECIDED: Final = (
    select(func.min(inbound.c.id))
    .where(inbound.c.conversation_id == _C.id, inbound.c.state == "accepted")
    .scalar_subquery()
)
_AT: Final = (
    select(_C.id)
    .where(
        _C.channel == given(_C.channel),
        or_(_C.external_id == bindparam("p_place"), _C.external_id.like(bindparam("p_topics"))),
    )
    .order_by(_C.id)
)
_LOCK: Final = (
    select(
        _C.id, _C.channel, _C.mode, _C.context, _C.turns, _C.version, _C.warned_at, _C.parked,
        _UNDECIDED.label("undecided"),
    )
    .where(_C.id == given(_C.id))
    .with_for_update(of=conversations)
)  # fmt: skip
_SAVE: Final = (
    update(conversations)
    .where(_C.id == given(_C.id), _C.version == given(_C.version))
    .values(
        **all_given(conversations, "mode", "language", "context", "turns", "updated_at", "warned_at"),
        version=_C.version + 1,
    )
)
_FORGET: Final = delete(conversations).where(_C.id == given(_C.id))


class SqlConversations:
    """See the port ``Conversations``."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
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
        await self._transaction.execute(_BEGIN[self._transaction.dialect], values)
        found = await self.find(channel, external_id)  # ours, or the one that somebody else began just now
        assert found is not None
        return found

    async def find(self, channel: str, external_id: str) -> str | None:
        """The conversation with somebody on a channel, if there is one."""
        found: Any = await self._transaction.execute(
            _FIND, parameters(channel=channel, external_id=external_id)
        )
        identifier: str | None = found.scalar()
        return identifier

    async def at(self, channel: str, place: str) -> Sequence[str]:
        """The conversations in a place and its topics."""
        which = {"p_channel": channel, "p_place": place, "p_topics": f"{place}/%"}
        found: Any = await self._transaction.execute(_AT, which)
        return list(found.scalars())

    async def move(self, conversation_id: str, before: str, after: str) -> bool:
        """The same conversation at another place; False when there is one there already."""
        found = await self._transaction.execute(
            select(_C.channel, _C.external_id).where(_C.id == conversation_id)
        )
        if (row := found.one_or_none()) is None:
            return False
        moved = after + row.external_id.removeprefix(before)
        if await self.find(row.channel, moved) is not None:
            return False
        await self._transaction.execute(
            update(conversations).where(_C.id == conversation_id).values(external_id=moved)
        )
        return True

    async def lock(self, conversation_id: str) -> Conversation:
        """The conversation, kept from all others until the unit of work ends. Raises NotFound."""
        rows = await self._transaction.execute(_LOCK, parameters(id=conversation_id))
        if (row := rows.one_or_none()) is None:
            raise NotFound("this conversation is no longer there")
        return Conversation(
            row.id, row.channel, Mode(row.mode), CONTEXT.read(row.context), row.turns, row.version,
            row.warned_at, row.parked, row.undecided,
        )  # fmt: skip

    async def save(self, conversation: Conversation) -> None:
        """Raises Conflict when it was saved by somebody else since it was read."""
        context = conversation.context
        language = context.language or context.spoken
        values = parameters(
            id=conversation.id,
            version=conversation.version,
            mode=conversation.mode.value,
            language=None if language is None else language.value,
            context=CONTEXT.write(context),
            turns=conversation.turns,
            updated_at=context.touched or self._clock.now(),
            warned_at=conversation.warned_at,
        )
        if (await self._transaction.execute(_SAVE, values)).rowcount != 1:
            raise Conflict("the conversation was changed by somebody else: read it again")

    async def forget(self, conversation_id: str) -> None:
        """Erases a conversation with everything in it: messages, turns, what waits to be delivered."""
        await self._transaction.execute(_FORGET, parameters(id=conversation_id))
