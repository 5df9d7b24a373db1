"""The switch that silences the assistant: one row, which the migration made."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, update

from bot.ports import SwitchState
from bot.storage.database import Transaction
from bot.storage.tables import switch

_READ: Final = select(switch.c.off, switch.c.reason, switch.c.actor, switch.c.at)


class SqlSwitch:
    """See the port ``Switch``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def read(self) -> SwitchState:
        """How it stands."""
        row = (await self._transaction.execute(_READ)).one()
        return SwitchState(row.off, row.reason, row.actor, row.at)

    async def turn(self, state: SwitchState) -> None:
        """How it stands from now on."""
        values = {"off": state.off, "reason": state.reason, "actor": state.actor, "at": state.at}
        await self._transaction.execute(update(switch).values(**values))
