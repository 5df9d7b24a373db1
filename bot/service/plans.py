"""Makes plans of projects from the knowledge in use, keeps them, and finds them again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

from bot.domain.errors import NotFound
from bot.domain.plan import Plan, ProjectFacts
from bot.domain.zone_time import local_day
from bot.planning.book import PlanningBook
from bot.planning.fields import read_facts, schema
from bot.planning.planner import make_plan
from bot.ports import Clock, UnitsOfWork


class PlanService:
    """The use cases of planning. ``book`` gives the public's rules in use, None when the revision has none; it may raise NotFound."""

    def __init__(self, book: Callable[[], PlanningBook | None], units: UnitsOfWork, clock: Clock) -> None:
        self._book = book
        self._units = units
        self._clock = clock

    def book(self) -> PlanningBook:
        """The rules in use. Raises NotFound when there are none."""
        book = self._book()
        if book is None:
            raise NotFound("the knowledge in use has no planning rules: load a newer revision")
        return book

    def today(self) -> date:
        """The day on which a plan made now is made."""
        return local_day(self._clock.now())

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
