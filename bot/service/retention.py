"""How long what was said is kept: the days are the operator's choice; older rows are removed, a few at a time."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.ports import Clock, Old, UnitsOfWork

log = logging.getLogger(__name__)

_AT_ONCE: Final = 500  # rows in one transaction: whoever writes beside it waits for milliseconds


@dataclass(frozen=True, slots=True)
class Keep:
    """Days. ``inbox``: messages as they came, known again when they come twice; ``outbox``: what was sent, and shown on the page;
    ``transcripts``: the words of turns; ``turns``: what was asked about and decided, without words; 0 keeps for ever.

    A conversation without any of these goes with the last of them. ``plans``: plans that were made, from their first day.
    """

    inbox: int = 30
    outbox: int = 180
    transcripts: int = 180
    turns: int = 730
    plans: int = 365


class Retention:
    """The job."""

    def __init__(self, keep: Keep, units: UnitsOfWork, clock: Clock) -> None:
        self._keep = keep
        self._units = units
        self._clock = clock

    async def __call__(self) -> dict[Old, int]:
        """Removes what is too old; gives how many rows of each kind."""
        keep = self._keep
        days: dict[Old, int] = {
            "inbox": keep.inbox,
            "outbox": keep.outbox,
            "transcripts": keep.transcripts,
            "turns": keep.turns,
        }
        if all(days.values()):
            days["conversations"] = max(days.values())
        days["plans"] = keep.plans
        removed = {kind: await self._remove(kind, number) for kind, number in days.items() if number}
        if any(removed.values()):
            log.info(
                "removed as too old: %s", ", ".join(f"{number} {kind}" for kind, number in removed.items())
            )
        return removed

    async def _remove(self, kind: Old, days: int) -> int:
        before = self._clock.now() - timedelta(days=days)
        removed = 0
        while True:
            async with self._units() as work:
                number = await work.retention.remove(kind, before, _AT_ONCE)
                await work.commit()
            removed += number
            if number < _AT_ONCE:
                return removed
            await asyncio.sleep(0)  # others may write in between
