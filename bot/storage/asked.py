"""How often records were asked about, counted over the turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot.storage.database import Transaction
from bot.storage.tables import turns


class SqlAsked:
    """See the port ``Asked``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def counts(self, since: datetime) -> Sequence[tuple[str, int]]:
        """The most asked first."""
        rows = await self._transaction.execute(select(turns.c.records).where(turns.c.at >= since))
        counted = Counter(record for row in rows for record in row.records)
        return counted.most_common()
