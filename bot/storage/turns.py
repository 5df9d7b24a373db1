"""Turn records: what was said, what was decided and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import func, insert, select

from bot.ports import TurnRecord
from bot.storage.database import Transaction
from bot.storage.payloads import RESULT, TRACES
from bot.storage.statements import all_given, given, parameters
from bot.storage.tables import turns

_T: Final = turns.c
_NEXT: Final = select(func.coalesce(func.max(_T.seq), 0) + 1).where(
    _T.conversation_id == given(_T.conversation_id)
)
_ADD: Final = insert(turns).values(
    seq=_NEXT.scalar_subquery(),
    **all_given(turns, *(column.name for column in _T if column.name not in ("seq", "words"))),
)
_RECENT: Final = select(turns).where(_T.conversation_id == given(_T.conversation_id)).order_by(_T.seq.desc())


class SqlTurns:
    """See the port ``Turns``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, turn: TurnRecord) -> None:
        """Numbers the turn in its conversation; the conversation must be locked."""
        result = turn.result
        values = parameters(
            conversation_id=turn.conversation_id,
            inbound_id=turn.inbound_id,
            at=turn.at,
            text=turn.text,
            result=RESULT.write(replace(result, traces=())),
            trace=TRACES.write(result.traces),
            outcome=result.outcome.value,
            records=list(result.records),
            intent=result.understanding.intent,
            confidence=result.understanding.confidence,
            source=result.understanding.source.value,
            model=result.understanding.model,
            revision=turn.revision,
            ms=result.ms,
        )
        await self._transaction.execute(_ADD, values)

    async def recent(self, conversation_id: str, limit: int) -> Sequence[TurnRecord]:
        """The last ``limit`` turns, newest last."""
        query = _RECENT.limit(limit)
        rows = (await self._transaction.execute(query, parameters(conversation_id=conversation_id))).all()
        return [
            TurnRecord(
                row.conversation_id, row.inbound_id, row.text, row.at, row.revision,
                replace(RESULT.read(row.result), traces=TRACES.read(row.trace)),
            )
            for row in reversed(rows)
        ]  # fmt: skip
