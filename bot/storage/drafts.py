"""Drafts of the knowledge in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import insert, select, update

from bot.domain.cases import Draft
from bot.domain.errors import Conflict, NotFound
from bot.domain.records import Record
from bot.domain.shapes import plain, read_value
from bot.storage.database import Transaction
from bot.storage.tables import drafts

_D: Final = drafts.c
_TEXTS: Final = ("title", "source", "author", "reviewer", "why")


class SqlDrafts:
    """See the port ``Drafts``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, draft: Draft) -> Draft:
        """The draft with its number."""
        new = insert(drafts).values(state=draft.state, content=_content(draft)).returning(_D.id)
        number: Any = (await self._transaction.execute(new)).scalar_one()
        return replace(draft, id=number)

    async def get(self, draft_id: int) -> Draft:
        """Raises NotFound."""
        row = (await self._transaction.execute(select(drafts).where(_D.id == draft_id))).first()
        if row is None:
            raise NotFound(f"no draft {draft_id}")
        return _draft(row)

    async def end(self, draft: Draft) -> None:
        """Raises Conflict when it was published or rejected before."""
        ended = update(drafts).where(_D.id == draft.id, _D.state == "draft")
        values = ended.values(state=draft.state, content=_content(draft))
        if (await self._transaction.execute(values)).rowcount != 1:
            raise Conflict(f"draft {draft.id} was published or rejected before")

    async def listed(self, state: str, limit: int) -> Sequence[Draft]:
        """Newest first."""
        query = select(drafts).order_by(_D.id.desc()).limit(limit)
        rows = await self._transaction.execute(query.where(_D.state == state) if state else query)
        return [_draft(row) for row in rows]


def _content(draft: Draft) -> Mapping[str, Any]:
    return {
        **{name: getattr(draft, name) for name in _TEXTS},
        "made_at": draft.made_at.isoformat(),
        "ended_at": draft.ended_at.isoformat() if draft.ended_at else None,
        "revision": draft.revision,
        "records": plain(draft.records),
        "before": plain(draft.before),
    }


def _draft(row: Any) -> Draft:
    data = row.content
    ended = data["ended_at"]
    return Draft(
        id=row.id,
        state=row.state,
        made_at=datetime.fromisoformat(data["made_at"]),
        ended_at=datetime.fromisoformat(ended) if ended else None,
        revision=data["revision"],
        records=_records(data["records"]),
        before=_records(data["before"]),
        **{name: data[name] for name in _TEXTS},
    )


def _records(listed: Sequence[Mapping[str, Any]]) -> tuple[Record, ...]:
    return tuple(cast(Record, read_value("records", data)) for data in listed)
