"""Boundary cases in the database: saved by compare-and-set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import insert, select, update

from bot.domain.cases import BoundaryCase, CaseFilter
from bot.domain.errors import Conflict, NotFound
from bot.storage.database import Transaction
from bot.storage.payloads import Payload
from bot.storage.tables import boundary_cases

_C: Final = boundary_cases.c
_CASE: Final = Payload(TypeAdapter(BoundaryCase))
_READ: Final = select(_C.version, _C.content)


class SqlCases:
    """See the port ``Cases``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, case: BoundaryCase) -> None:
        """A new case."""
        values = {"number": case.number, "version": 0, **_columns(case)}
        await self._transaction.execute(insert(boundary_cases).values(**values))

    async def get(self, number: str) -> BoundaryCase:
        """Raises NotFound."""
        row = (await self._transaction.execute(_READ.where(_C.number == number))).first()
        if row is None:
            raise NotFound(f"no boundary case {number}")
        return _case(row)

    async def save(self, case: BoundaryCase) -> BoundaryCase:
        """Raises Conflict when somebody else saved it since it was read."""
        same = update(boundary_cases).where(_C.number == case.number, _C.version == case.version)
        saved = await self._transaction.execute(same.values(version=case.version + 1, **_columns(case)))
        if saved.rowcount != 1:
            raise Conflict("somebody else was first: read the case again")
        return replace(case, version=case.version + 1)

    async def listed(self, wanted: CaseFilter, limit: int) -> Sequence[BoundaryCase]:
        """The cases that fit, those due first."""
        query = _READ.order_by(_C.due, _C.number)
        if wanted.state is not None:
            query = query.where(_C.state == wanted.state.value)
        if wanted.matter:
            query = query.where(_C.matter == wanted.matter)
        found = map(_case, await self._transaction.execute(query))
        return [case for case in found if wanted.fits(case)][:limit]


def _columns(case: BoundaryCase) -> dict[str, Any]:
    return {
        "matter": case.matter, "office": case.office, "state": case.state.value, "due": case.due,
        "content": _CASE.write(replace(case, version=0)),
    }  # fmt: skip


def _case(row: Any) -> BoundaryCase:
    return replace(_CASE.read(row.content), version=row.version)
