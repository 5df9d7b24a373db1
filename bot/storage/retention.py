"""Removes what is too old, a limited number of rows at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, delete, exists, select, update

from bot.domain.handover import OPEN
from bot.ports import Old
from bot.storage.database import Transaction
from bot.storage.payloads import RESULT
from bot.storage.tables import conversations, desk_entries, handovers, inbound, outbox, plans, turns

_T: Final = turns.c


class SqlRetention:
    """See the port ``Retention``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def remove(self, kind: Old, before: datetime, limit: int) -> int:
        """How many rows were removed; for ``transcripts``, emptied of words."""
        match kind:
            case "inbox":
                done = inbound.c.state == "decided"
                return await self._delete(
                    inbound, inbound.c.id, (inbound.c.received_at < before) & done, limit
                )
            case "outbox":
                old = (outbox.c.created_at < before) & outbox.c.settled_at.is_not(None)
                removed = await self._delete(outbox, outbox.c.id, old, limit)
                return removed + await self._desk(before, limit)
            case "turns":
                return await self._delete(turns, turns.c.inbound_id, turns.c.at < before, limit)
            case "transcripts":
                return await self._empty(before, limit)
            case "conversations":
                return await self._delete(conversations, conversations.c.id, _unused(before), limit)
            case "plans":
                return await self._delete(plans, plans.c.id, plans.c.created_at < before, limit)

    async def _desk(self, before: datetime, limit: int) -> int:
        """What only operators saw goes with what was sent; a case that is over goes with the last of it."""
        removed = await self._delete(desk_entries, desk_entries.c.id, desk_entries.c.at < before, limit)
        left = exists().where(desk_entries.c.conversation_id == handovers.c.conversation_id)
        over = handovers.c.state.not_in(sorted(state.value for state in OPEN))
        return removed + await self._delete(handovers, handovers.c.id, over & ~left, limit)

    async def _delete(self, table: Table, key: Any, old: ColumnElement[bool], limit: int) -> int:
        chosen = select(key).where(old).limit(limit)
        return (await self._transaction.execute(delete(table).where(key.in_(chosen)))).rowcount

    async def _empty(self, before: datetime, limit: int) -> int:
        """What a turn was about stays; what the person and the assistant said goes."""
        with_words = select(_T.inbound_id, _T.result).where(_T.words.is_(True), _T.at < before).limit(limit)
        rows = (await self._transaction.execute(with_words)).all()
        for row in rows:
            result = replace(RESULT.read(row.result), replies=())
            emptied = {"text": "", "result": RESULT.write(result), "trace": [], "words": False}
            await self._transaction.execute(
                update(turns).where(_T.inbound_id == row.inbound_id).values(**emptied)
            )
        return len(rows)


def _unused(before: datetime) -> ColumnElement[bool]:
    """Nothing of it is left."""
    mine = conversations.c.id
    left = [exists().where(table.c.conversation_id == mine) for table in (inbound, turns, outbox)]
    return and_(conversations.c.updated_at < before, *(~some for some in left))
