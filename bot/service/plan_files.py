"""The files of a plan that was kept: drawn when they are asked for, one at a time, the last few remembered."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, Protocol

from bot.domain.errors import NotFound
from bot.domain.plan import Plan
from bot.domain.text import Language
from bot.ports import Drawer, PlanFile, PlanFileKind

# The files by the last part of their address.
KINDS: Final[Mapping[str, PlanFileKind]] = {
    "chart.png": "chart",
    "notice.pdf": "notice",
    "sheet.xlsx": "sheet",
    "calendar.ics": "calendar",
}
_ADDRESS: Final = re.compile(r"/api/v1/plans/([0-9a-f]{32})/([a-z]+\.[a-z]+)\?lang=([a-z]{2})")
_REMEMBERED: Final = 32  # files; the same plan always gives the same ones


class KeptPlans(Protocol):
    """Where plans are found again."""

    async def find(self, plan_id: str) -> Plan:
        """The plan with this id. Raises NotFound."""
        ...


class PlanFiles:
    """The use case behind a plan's attachments, on whatever way they reach the person."""

    def __init__(self, plans: KeptPlans, drawer: Drawer) -> None:
        self._plans = plans
        self._drawer = drawer
        self._drawing = (
            asyncio.Lock()
        )  # the libraries are not made for several at once, and two cores have other work
        self._files: OrderedDict[tuple[str, PlanFileKind, Language], PlanFile] = OrderedDict()

    async def read(self, url: str) -> bytes | None:
        """The content of a plan's attachment, by its address (the port ``Files``). None for any other address, or a plan that is gone."""
        if (match := _ADDRESS.fullmatch(url)) is None:
            return None
        try:
            file = await self.file(match[1], KINDS[match[2]], Language(match[3]))
        except (NotFound, KeyError, ValueError):
            return None
        return file.content

    async def file(self, plan_id: str, kind: PlanFileKind, language: Language) -> PlanFile:
        """One file of a plan. Raises NotFound for a plan that is not (or no longer) kept."""
        plan = await self._plans.find(plan_id)
        key = (plan.seal, kind, language)
        async with self._drawing:
            if key not in self._files:
                self._files[key] = await asyncio.to_thread(self._drawer.draw, plan, kind, language)
                if len(self._files) > _REMEMBERED:
                    self._files.popitem(last=False)
            self._files.move_to_end(key)
            return self._files[key]
