"""Turn records: what was said, what was decided and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import TurnRecord
from bot.storage.payloads import RESULT, TRACES
from bot.storage.tables import turns


class SqlTurns:
    """See the port ``Turns``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, turn: TurnRecord) -> None:
        """Numbers the turn in its conversation; the conversation must be locked."""
        result = turn.result
        last = select(func.coalesce(func.max(turns.c.seq), 0) + 1).where(
            turns.c.conversation_id == turn.conversation_id
        )
        values = {
            "conversation_id": turn.conversation_id, "seq": last.scalar_subquery(), "inbound_id": turn.inbound_id,
            "at": turn.at, "text": turn.text, "result": RESULT.write(replace(result, traces=())),
            "trace": TRACES.write(result.traces), "outcome": result.outcome.value, "records": list(result.records),
            "intent": result.understanding.intent, "confidence": result.understanding.confidence,
            "source": result.understanding.source.value, "model": result.understanding.model,
            "revision": turn.revision, "ms": result.ms,
        }  # fmt: skip
        await self._connection.execute(insert(turns).values(**values))

    async def recent(self, conversation_id: str, limit: int) -> Sequence[TurnRecord]:
        """The last ``limit`` turns, newest last."""
        query = (
            select(turns)
            .where(turns.c.conversation_id == conversation_id)
            .order_by(turns.c.seq.desc())
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).all()
        return [
            TurnRecord(
                row.conversation_id, row.inbound_id, row.text, row.at, row.revision,
                replace(RESULT.read(row.result), traces=TRACES.read(row.trace)),
            )
            for row in reversed(rows)
        ]  # fmt: skip
