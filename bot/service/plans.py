"""Makes plans of projects from the knowledge in use, keeps them, and finds them again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta, timezone
from typing import Any, Final

from bot.domain.catalogue import Catalogue
from bot.domain.errors import NotFound
from bot.domain.plan import Plan, ProjectFacts
from bot.planning.book import PlanningBook
from bot.planning.fields import read_facts, schema
from bot.planning.planner import make_plan
from bot.ports import Clock, UnitsOfWork

ZONE: Final = timezone(timedelta(hours=8))  # the days of a plan are those of the zone


class PlanService:
    """The use cases of planning. ``catalogue`` gives the public's knowledge in use; it may raise NotFound before there is any."""

    def __init__(self, catalogue: Callable[[], Catalogue], units: UnitsOfWork, clock: Clock) -> None:
        self._catalogue = catalogue
        self._units = units
        self._clock = clock
        self._book: PlanningBook | None = None

    def book(self) -> PlanningBook:
        """The rules in use; laid out anew when another revision has been taken up. Raises NotFound when there are none."""
        catalogue = self._catalogue()
        if self._book is None or self._book.revision != catalogue.revision:
            self._book = PlanningBook.of(catalogue.knowledge, catalogue.revision)
        return self._book

    def today(self) -> date:
        """The day on which a plan made now is made."""
        return self._clock.now().astimezone(ZONE).date()

    def fields(self) -> dict[str, Any]:
        """The JSON Schema of the facts."""
        return schema(self.book())

    def draft(self, facts: ProjectFacts) -> Plan:
        """The plan of some facts, not kept."""
        return make_plan(self.book(), facts, self.today())

    async def make(self, facts: object) -> Plan:
        """The plan of facts as JSON data, kept. Raises InvalidInput that names the first fact that is wrong."""
        book = self.book()
        plan = await asyncio.to_thread(make_plan, book, read_facts(book, facts), self.today())
        await self.keep(plan)
        return plan

    async def keep(self, plan: Plan) -> None:
        """Stores a plan, so that it can be found by its id."""
        async with self._units() as work:
            await work.plans.add(plan, self._clock.now())
            await work.commit()

    async def find(self, plan_id: str) -> Plan:
        """The plan with this id. Raises NotFound when there is none (any more)."""
        async with self._units(reading=True) as work:
            plan = await work.plans.read(plan_id)
        if plan is None:
            raise NotFound(f"no plan {plan_id}: it was never made here, or is no longer kept")
        return plan
