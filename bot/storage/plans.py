"""Plans that were made, whole and never changed."""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from typing import Final

from sqlalchemy import select

from bot.domain.plan import Plan
from bot.planning.seal import plan_from_json, plan_to_json
from bot.storage.database import Transaction
from bot.storage.statements import all_given, for_each_dialect, given, insert_of, parameters
from bot.storage.tables import plans

_ADD: Final = for_each_dialect(
    lambda dialect: (
        insert_of(dialect, plans)
        .values(all_given(plans, "id", "created_at", "revision", "content"))
        .on_conflict_do_nothing()
    )
)
_READ: Final = select(plans.c.content).where(plans.c.id == given(plans.c.id))


class SqlPlans:
    """See the port ``Plans``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, plan: Plan, at: datetime) -> None:
        """Stores a plan; one that is there already stays as it is."""
        content = zlib.compress(json.dumps(plan_to_json(plan), ensure_ascii=False).encode())
        values = parameters(id=plan.id, created_at=at, revision=plan.revision, content=content)
        await self._transaction.execute(_ADD[self._transaction.dialect], values)

    async def read(self, plan_id: str) -> Plan | None:
        """The plan with this id, None when there is none (any more)."""
        found = (await self._transaction.execute(_READ, parameters(id=plan_id))).scalar_one_or_none()
        return None if found is None else plan_from_json(json.loads(zlib.decompress(found)))
