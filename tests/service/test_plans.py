"""Plans from the knowledge in use: made, kept, found again; another revision is taken up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import InvalidInput, NotFound
from bot.planning.book import PlanningBook
from bot.service.plans import PlanService
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork
from tests.planning.conftest import shipped

__all__ = ["shipped"]  # the fixture
FACTS = {"project_type": "leased", "building_works": "none", "floor_area": None}


class Knowledge:
    """Rules in use that can be replaced, as a running assistant's can."""

    def __init__(self, knowledge: KnowledgeSet) -> None:
        self.knowledge = knowledge
        self.number = 1

    def __call__(self) -> PlanningBook | None:
        revision = Revision(self.number, f"{self.number:064}", datetime(2026, 11, 24, tzinfo=UTC))
        return PlanningBook.of(self.knowledge, revision) if self.knowledge.planning.rules else None


@pytest.fixture
def knowledge(shipped: KnowledgeSet) -> Knowledge:
    return Knowledge(shipped)


@pytest.fixture
def plans(knowledge: Knowledge) -> PlanService:
    clock = FakeClock()
    return PlanService(knowledge, FakeUnitsOfWork(clock), clock)


async def test_a_plan_is_found_again_and_made_once(plans: PlanService) -> None:
    plan = await plans.make(FACTS)
    assert await plans.find(plan.id) == plan
    assert await plans.make(dict(reversed(FACTS.items()))) == plan


async def test_another_revision_makes_another_plan(plans: PlanService, knowledge: Knowledge) -> None:
    first = await plans.make(FACTS)
    knowledge.number = 2
    second = await plans.make(FACTS)
    assert (first.revision, second.revision) == (1, 2)
    assert await plans.find(first.id) == first


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ([], "facts"), ({"colour": 1}, "colour"), ({"floor_area": -1}, "floor_area"), ({"dormitory": "yes"}, "dormitory"),
        ({"project_type": "none"}, "project_type"), ({"start_date": "2026-02-30"}, "start_date"), ({"investment": True}, "investment"),
        ({"construction_months": 10**9}, "construction_months"), ({"floor_area": float("nan")}, "floor_area"),
    ],
)  # fmt: skip
async def test_a_wrong_fact_is_named(plans: PlanService, facts: object, named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        await plans.make(facts)


async def test_what_was_never_made_is_not_found(plans: PlanService) -> None:
    with pytest.raises(NotFound):
        await plans.find("0" * 32)


def test_knowledge_without_rules_makes_no_plans() -> None:
    clock = FakeClock()
    service = PlanService(Knowledge(KnowledgeSet()), FakeUnitsOfWork(clock), clock)
    with pytest.raises(NotFound, match="no planning rules"):
        service.fields()
