"""The inbox: a message is a row before anybody acts on it, and is decided once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, literal, select, update

from bot.domain.errors import Conflict
from bot.domain.messages import Inbound
from bot.domain.privacy import kept_private
from bot.ports import Accepted, Clock, TurnResult
from bot.storage.conversations import SqlConversations
from bot.storage.database import Transaction
from bot.storage.payloads import INBOUND, RESULT
from bot.storage.statements import all_given, for_each_dialect, given, insert_of, parameters
from bot.storage.tables import conversations, inbound

_I: Final = inbound.c
_ACCEPTED: Final = "accepted"


def _accept(dialect: str) -> Any:
    """One statement for the usual case: the conversation is there and the message is new."""
    columns = ("channel", "external_id", "payload", "received_at")
    who = conversations.c
    row = select(
        *(given(_I[name]) for name in columns), literal(_ACCEPTED, type_=_I.state.type), who.id
    ).where(
        who.channel == given(_I.channel), who.external_id == given(_I.conversation_id)
    )  # fmt: skip
    insert = insert_of(dialect, inbound).from_select([*columns, "state", "conversation_id"], row)
    return insert.on_conflict_do_nothing().returning(_I.id, _I.conversation_id)


_ACCEPT: Final = for_each_dialect(_accept)
_FIND: Final = select(_I.id, _I.conversation_id, _I.result).where(
    _I.channel == given(_I.channel), _I.external_id == given(_I.external_id)
)
_DECIDE: Final = (
    update(inbound)
    .where(_I.id == given(_I.id), _I.state == _ACCEPTED)
    .values(state="decided", **all_given(inbound, "decided_at", "result"))
)
_UNDECIDED: Final = (
    select(_I.payload).where(_I.channel == given(_I.channel), _I.state == _ACCEPTED).order_by(_I.id)
)
_LEFT: Final = (
    select(_I.payload).where(_I.state == _ACCEPTED, _I.received_at <= given(_I.received_at)).order_by(_I.id)
)
_READ: Final = select(_I.payload).where(_I.id == given(_I.id), _I.state == _ACCEPTED)
_LAST: Final = (
    select(_I.external_id)
    .join(conversations, conversations.c.id == _I.conversation_id)
    .where(
        conversations.c.channel == given(_I.channel),
        conversations.c.external_id == given(conversations.c.external_id),
        _I.external_id.like(bindparam("p_pattern", type_=_I.external_id.type)),
    )
    .order_by(_I.id.desc())
    .limit(1)
)


class SqlInbox:
    """See the port ``Inbox``."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    async def accept(self, message: Inbound, at: datetime) -> Accepted:
        """Stores the message, or finds it stored. A message that is there but undecided comes back without a result."""
        if (new := await self._accept(message, at)) is not None:
            return new
        where = parameters(channel=message.channel, external_id=message.external_id)
        row = (await self._transaction.execute(_FIND, where)).one_or_none()
        if row is not None:
            result = None if row.result is None else RESULT.read(row.result)
            return Accepted(row.id, row.conversation_id, result)
        await SqlConversations(self._transaction, self._clock).id_of(message.channel, message.conversation)
        return await self._accept(message, at) or await self.accept(message, at)

    async def _accept(self, message: Inbound, at: datetime) -> Accepted | None:
        values = parameters(
            channel=message.channel,
            external_id=message.external_id,
            payload=INBOUND.write(kept_private(message)),
            received_at=at,
            conversation_id=message.conversation,
        )
        rows = await self._transaction.execute(_ACCEPT[self._transaction.dialect], values)
        row = rows.one_or_none()
        return None if row is None else Accepted(row.id, row.conversation_id)

    async def decided(self, inbound_id: int, result: TurnResult) -> None:
        """Keeps the result for duplicates, without its traces. Raises Conflict when the message was decided before."""
        kept = RESULT.write(replace(result, traces=()))
        values = parameters(id=inbound_id, decided_at=self._clock.now(), result=kept)
        if (await self._transaction.execute(_DECIDE, values)).rowcount != 1:
            raise Conflict("this message was decided before: answer with the stored result")

    async def undecided(self, channel: str, limit: int) -> Sequence[Inbound]:
        """Messages of a channel that were accepted and never decided, oldest first."""
        rows = await self._transaction.execute(_UNDECIDED.limit(limit), parameters(channel=channel))
        return [INBOUND.read(payload) for payload in rows.scalars()]

    async def left(self, since: datetime, limit: int) -> Sequence[Inbound]:
        """Messages of all channels that were accepted at ``since`` or before and never decided, oldest first."""
        rows = await self._transaction.execute(_LEFT.limit(limit), parameters(received_at=since))
        return [INBOUND.read(payload) for payload in rows.scalars()]

    async def read(self, inbound_id: int) -> Inbound | None:
        """An undecided message by its number; None when it is decided or gone."""
        payload = (await self._transaction.execute(_READ, parameters(id=inbound_id))).scalar()
        return None if payload is None else INBOUND.read(payload)

    async def find(self, channel: str, conversation: str, beginning: str, ending: str) -> str | None:
        """The external id of the last message there whose id begins and ends so. Neither may hold % or _."""
        pattern = f"{beginning}%{ending}"
        which = parameters(channel=channel, external_id=conversation, pattern=pattern)
        found: str | None = (await self._transaction.execute(_LAST, which)).scalar()
        return found
