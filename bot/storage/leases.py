"""Which replica does a job: one row a job, taken by compare-and-set."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import or_, update

from bot.ports import Clock
from bot.storage.database import Transaction
from bot.storage.statements import insert_of
from bot.storage.tables import leases

_L: Final = leases.c


class SqlLeases:
    """See the port ``Leases``."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    async def take(self, name: str, holder: str, until: datetime, idle_since: datetime | None = None) -> bool:
        """One statement that changes the row or does not: of several who ask at once, one changes it."""
        now = self._clock.now()
        row = {"name": name, "holder": "", "until": now}
        begin = insert_of(self._transaction.dialect, leases).on_conflict_do_nothing()
        await self._transaction.execute(begin, row)
        take = update(leases).where(_L.name == name, _L.until <= now).values(holder=holder, until=until)
        if idle_since is not None:
            take = take.where(or_(_L.done_at.is_(None), _L.done_at <= idle_since))
        return (await self._transaction.execute(take)).rowcount == 1

    async def keep(self, name: str, holder: str, until: datetime) -> bool:
        """False when the lease is no longer ``holder``'s."""
        mine = update(leases).where(_L.name == name, _L.holder == holder, _L.until > self._clock.now())
        return (await self._transaction.execute(mine.values(until=until))).rowcount == 1

    async def done(self, name: str, holder: str) -> None:
        """Frees the job, and notes that it was done. Nothing happens when somebody else has it by now."""
        now = self._clock.now()
        mine = update(leases).where(_L.name == name, _L.holder == holder)
        await self._transaction.execute(mine.values(until=now, done_at=now))

    async def release(self, name: str, holder: str) -> None:
        """Frees the job. Nothing happens when somebody else has it by now."""
        mine = update(leases).where(_L.name == name, _L.holder == holder)
        await self._transaction.execute(mine.values(until=self._clock.now()))
