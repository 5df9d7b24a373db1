"""Every pathway of the knowledge is the plan of some project: its steps, in its order."""

from __future__ import annotations

import pytest

from bot.domain.catalogue import KnowledgeSet
from bot.domain.plan import Plan, ProjectFacts, Verdict
from bot.domain.records import Kind, Pathway, Ref
from bot.planning.book import PlanningBook
from bot.planning.planner import make_plan
from tests.planning.conftest import TODAY
from tests.planning.projects import PATHWAYS

# Of two that exclude each other, a pathway lists both; a project has the one that fits it.
EITHER_OR = {
    "rd-headquarters": set(),
    "hazardous-energy-intensive": {"project-verification-approval"},
}


def plan_for(book: PlanningBook, pathway: str) -> Plan:
    return make_plan(book, ProjectFacts(PATHWAYS[pathway]), TODAY)


def pathway_of(shipped: KnowledgeSet, identifier: str) -> Pathway:
    record = shipped.records[Ref(Kind.PATHWAY, identifier)]
    assert isinstance(record, Pathway)
    return record


def test_every_pathway_has_a_project(shipped: KnowledgeSet) -> None:
    assert {ref.id for ref in shipped.records if ref.kind is Kind.PATHWAY} == set(PATHWAYS)


@pytest.mark.parametrize("name", PATHWAYS)
def test_the_project_goes_along_it(book: PlanningBook, name: str) -> None:
    found = [pathway.id for pathway in plan_for(book, name).pathways]
    assert name in found
    assert name == "foreign-invested-setup" or found[0] == name


@pytest.mark.parametrize("name", PATHWAYS)
def test_its_steps_are_all_on_the_road(book: PlanningBook, shipped: KnowledgeSet, name: str) -> None:
    plan = plan_for(book, name)
    on_road = {step.id for step in plan.steps}
    missing = {step.procedure for step in pathway_of(shipped, name).steps} - on_road
    assert missing <= EITHER_OR.get(name, set())


@pytest.mark.parametrize("name", PATHWAYS)
def test_its_groups_keep_their_order(book: PlanningBook, shipped: KnowledgeSet, name: str) -> None:
    plan = plan_for(book, name)
    if plan.pathways[0].id != name:
        pytest.skip("told along the pathway that it joins")
    told = {step.id: step.group for step in plan.steps}
    first: dict[str, int] = {}
    for step in pathway_of(shipped, name).steps:
        first.setdefault(step.procedure, step.group)
    present = [item for item in first if item in told]
    wrong = [
        (one, other)
        for one in present
        for other in present
        if first[one] < first[other] and told[one] > told[other]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", PATHWAYS)
def test_what_it_says_of_a_step_is_told(book: PlanningBook, shipped: KnowledgeSet, name: str) -> None:
    plan = plan_for(book, name)
    if plan.pathways[0].id != name:
        pytest.skip("told along the pathway that it joins")
    for step in pathway_of(shipped, name).steps:
        found = plan.step(step.procedure)
        if found is not None and step.note is not None:
            assert step.note in found.notes


def test_steps_beyond_a_pathway_are_conditional_or_named_by_a_rule(
    book: PlanningBook, shipped: KnowledgeSet
) -> None:
    """What a plan is certain of and the pathway does not list: obligations that the pathway's project has anyway."""
    listed = {step.procedure for step in pathway_of(shipped, "new-standard-land-commitment").steps}
    plan = plan_for(book, "new-standard-land-commitment")
    beyond = {
        step.id
        for step in plan.steps
        if step.kind == "procedure" and step.verdict is Verdict.APPLIES and step.id not in listed
    }
    assert beyond == {"tax-registration", "social-insurance-registration"}
