"""The switch that silences the assistant everywhere: turned by an operator, seen by every replica within a second or two."""

from __future__ import annotations

import logging

from bot.domain.errors import TryLater
from bot.ports import AuditEntry, Clock, SwitchState, UnitsOfWork

log = logging.getLogger(__name__)


class SwitchWatch:
    """How the switch stands, looked at every ``every`` seconds. While the database is away it stands as it last did."""

    def __init__(self, units: UnitsOfWork, clock: Clock, every: float = 1.0) -> None:
        self._units = units
        self._clock = clock
        self._every = every
        self._state = SwitchState()

    @property
    def off(self) -> bool:
        """True while the assistant is to answer nothing but that it is off."""
        return self._state.off

    async def refresh(self) -> None:
        """Looks now. Raises TryLater."""
        async with self._units(reading=True) as work:
            state = await work.switch.read()
        if state.off != self._state.off:
            log.warning("the assistant is switched %s", f"off: {state.reason}" if state.off else "on")
        self._state = state

    async def run(self) -> None:
        """Looks until cancelled; no error ends it."""
        while True:
            try:
                await self.refresh()
            except TryLater:
                pass  # who stores the answers tells that the database is away
            except Exception:
                log.exception("the switch cannot be read; it stands as it last did")
            await self._clock.sleep(self._every)


async def turn_switch(units: UnitsOfWork, clock: Clock, *, off: bool, actor: str, reason: str) -> SwitchState:
    """Turns the switch and notes who did it and why, both or neither. Raises TryLater."""
    state = SwitchState(off, reason, actor, clock.now())
    async with units() as work:
        await work.switch.turn(state)
        await work.audit.add(AuditEntry(actor, "switch.off" if off else "switch.on", why=reason))
        await work.commit()
    return state


async def read_switch(units: UnitsOfWork) -> SwitchState:
    """How the switch stands. Raises TryLater."""
    async with units(reading=True) as work:
        return await work.switch.read()
