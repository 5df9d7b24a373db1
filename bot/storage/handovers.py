"""Cases in the database: saved by compare-and-set, so that of two operators who claim one, one has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from bot.domain.errors import Conflict, NotFound
from bot.domain.handover import OPEN, Case
from bot.storage.database import Transaction
from bot.storage.payloads import CASE
from bot.storage.tables import handovers

_H: Final = handovers.c
_READ: Final = select(_H.id, _H.version, _H.content)
_OPEN: Final = sorted(state.value for state in OPEN)


class SqlHandovers:
    """See the port ``Handovers``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def open(self, case: Case) -> Case:
        """The case as stored, with its number."""
        statement = insert(handovers).values(
            conversation_id=case.conversation_id, version=0, **_columns(case)
        )
        number: Any = (await self._transaction.execute(statement.returning(_H.id))).scalar_one()
        return replace(case, id=number, version=0)

    async def get(self, case_id: int) -> Case:
        """Raises NotFound."""
        rows = await self._transaction.execute(_READ.where(_H.id == case_id))
        if (row := rows.one_or_none()) is None:
            raise NotFound(f"no case {case_id}")
        return _case(row)

    async def current(self, conversation_id: str) -> Case | None:
        """The newest case of a conversation, open or not."""
        query = _READ.where(_H.conversation_id == conversation_id).order_by(_H.id.desc()).limit(1)
        row = (await self._transaction.execute(query)).one_or_none()
        return None if row is None else _case(row)

    async def save(self, case: Case) -> Case:
        """The case with its new version. Raises Conflict when somebody else saved it since it was read."""
        same = update(handovers).where(_H.id == case.id, _H.version == case.version)
        saved = await self._transaction.execute(same.values(version=case.version + 1, **_columns(case)))
        if saved.rowcount != 1:
            raise Conflict("somebody else was first: read the case again")
        return replace(case, version=case.version + 1)

    async def queue(self, offices: Sequence[str] | None, limit: int) -> Sequence[Case]:
        """The open cases: who waits longest first; those that wait for nothing last."""
        query = _READ.where(_H.state.in_(_OPEN))
        if offices is not None:
            query = query.where(_H.office.in_(list(offices)))
        query = query.order_by(_H.waiting_since.asc().nulls_last(), _H.id).limit(limit)
        return [_case(row) for row in await self._transaction.execute(query)]

    async def recent(self, limit: int) -> Sequence[Case]:
        """The cases that are over, newest first."""
        query = _READ.where(_H.state.not_in(_OPEN)).order_by(_H.id.desc()).limit(limit)
        return [_case(row) for row in await self._transaction.execute(query)]

    async def due(self, now: datetime, limit: int) -> Sequence[Case]:
        """The cases for which something is due, oldest first."""
        query = _READ.where(_H.due_at <= now).order_by(_H.due_at, _H.id).limit(limit)
        return [_case(row) for row in await self._transaction.execute(query)]


def _columns(case: Case) -> dict[str, Any]:
    return {
        "state": case.state.value, "office": case.office, "waiting_since": case.waiting_since, "due_at": case.due_at,
        "content": CASE.write(replace(case, id=0, version=0)),
    }  # fmt: skip


def _case(row: Row[Any]) -> Case:
    return replace(CASE.read(row.content), id=row.id, version=row.version)
