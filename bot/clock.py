"""The wall clock, as the only one who looks at it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class WallClock:
    """The port ``Clock`` over the machine's own clock."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)
