"""The audit: who did what, when and why. Rows are added; the database refuses anything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import insert, select

from bot.ports import AuditEntry, Clock
from bot.storage.database import Transaction
from bot.storage.tables import audit

_A: Final = audit.c


class SqlAudit:
    """See the port ``Audit``."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    async def add(self, entry: AuditEntry) -> None:
        """Stores an entry, at the time it tells or now."""
        values = {
            "at": entry.at or self._clock.now(), "actor": entry.actor, "action": entry.action,
            "subject": entry.subject, "why": entry.why,
        }  # fmt: skip
        await self._transaction.execute(insert(audit), values)

    async def recent(self, limit: int, action: str = "") -> Sequence[AuditEntry]:
        """The last entries, newest first."""
        query = select(audit).where(_A.action.startswith(action, autoescape=True))
        rows = await self._transaction.execute(query.order_by(_A.id.desc()).limit(limit))
        return [AuditEntry(row.actor, row.action, row.subject, row.why, row.at, row.id) for row in rows]
