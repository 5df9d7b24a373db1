"""Hundreds of projects, known in part or in full: whatever they are, the plan contradicts neither itself nor what was said."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.plan import Plan, PlanStep, ProjectFacts, TimeOwner, Verdict
from bot.planning.book import PlanningBook
from bot.planning.fields import facts_to_json, read_facts
from bot.planning.planner import make_plan
from bot.planning.questions import next_question
from bot.planning.seal import is_whole, plan_from_json, plan_to_json
from tests.planning.conftest import TODAY
from tests.planning.projects import any_facts

MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def by_id(plan: Plan) -> Mapping[str, PlanStep]:
    return {step.id: step for step in plan.steps}


@MANY
@given(data=st.data())
def test_a_plan_holds_together(book: PlanningBook, data: st.DataObject) -> None:
    plan = make_plan(book, data.draw(any_facts(book, 0.5)), TODAY)
    steps = by_id(plan)
    assert len(steps) == len(plan.steps)
    for edge in plan.edges:
        before, after = steps[edge.before], steps[edge.after]
        assert before.timing.finish <= after.timing.start
        assert before.group <= after.group
        assert edge.before in after.after
        assert not before.timing.at_least or after.timing.at_least
    procedures = {step.id for step in plan.steps if step.kind == "procedure"}
    excluded = {item.id for item in plan.excluded}
    assert not procedures & excluded
    assert procedures | excluded == set(book.procedures)
    assert [group.number for group in plan.groups] == list(range(1, len(plan.groups) + 1))
    assert [name for group in plan.groups for name in group.steps] == [step.id for step in plan.steps]


@MANY
@given(data=st.data())
def test_the_critical_path_is_a_path_to_the_end_and_its_limits_are_the_totals(
    book: PlanningBook, data: st.DataObject
) -> None:
    plan = make_plan(book, data.draw(any_facts(book, 0.5)), TODAY)
    steps = by_id(plan)
    path = [steps[name] for name in plan.critical_path]
    assert all(step.critical and step.timing.slack == 0 for step in path)
    assert all(before.id in after.after for before, after in pairwise(path))
    assert path[-1].timing.finish == plan.totals.end == max(step.timing.finish for step in plan.steps)
    counted = [step.limit for step in path if step.verdict is Verdict.APPLIES]
    office = [limit for limit in counted if limit.owner is TimeOwner.OFFICE and limit.days is not None]
    assert plan.totals.working_days == sum(
        limit.days or 0 for limit in office if limit.unit == "working_days"
    )
    assert plan.totals.calendar_days == sum(
        limit.days or 0 for limit in office if limit.unit == "calendar_days"
    )
    unsure = [
        step
        for step in plan.steps
        if step.verdict is Verdict.OPEN or (step.limit.owner is TimeOwner.OFFICE and step.limit.days is None)
    ]
    assert plan.totals.lower_bound or not unsure


@MANY
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_what_is_certain_stays_so_when_more_is_known(
    book: PlanningBook, data: st.DataObject, seed: int
) -> None:
    """A verdict that rests on a presumption may change; any other may not."""
    facts = data.draw(any_facts(book))
    hidden = set(random.Random(seed).sample(sorted(facts.values), 20))
    fewer = ProjectFacts({name: value for name, value in facts.values.items() if name not in hidden})
    before, after = (
        {**{item.id: Verdict.NOT for item in plan.excluded}, **{step.id: step.verdict for step in plan.steps}}
        for plan in (make_plan(book, fewer, TODAY), make_plan(book, facts, TODAY))
    )
    for name, verdict in before.items():
        if verdict is not Verdict.OPEN and name in book.rules and not book.rules[name].presume:
            assert after.get(name, Verdict.NOT) is verdict, name


@MANY
@given(data=st.data())
def test_when_all_is_known_only_offices_leave_something_open(book: PlanningBook, data: st.DataObject) -> None:
    plan = make_plan(book, data.draw(any_facts(book)), TODAY)
    assert plan.missing == ()
    for step in plan.steps:
        if step.verdict is Verdict.OPEN:
            assert all(reason.verdict is Verdict.OPEN for reason in step.reasons)


@MANY
@given(data=st.data())
def test_what_excludes_each_other_is_never_both_certain(book: PlanningBook, data: st.DataObject) -> None:
    plan = make_plan(book, data.draw(any_facts(book, 0.5)), TODAY)
    certain = {step.id for step in plan.steps if step.verdict is Verdict.APPLIES}
    for one, other in (
        ("eia-approval", "eia-registration-form"),
        ("enterprise-registration", "foreign-enterprise-registration"),
        ("project-filing", "project-verification-approval"),
        ("safety-three-simultaneities-general", "hazchem-project-safety-review"),
    ):
        assert not {one, other} <= certain


@MANY
@given(data=st.data())
def test_a_plan_is_the_same_read_back_and_whatever_the_order_of_facts(
    book: PlanningBook, data: st.DataObject
) -> None:
    facts = data.draw(any_facts(book, 0.5))
    plan = make_plan(book, facts, TODAY)
    assert is_whole(plan)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan
    turned = ProjectFacts(dict(reversed(facts.values.items())), tuple(reversed(facts.unknown)))
    assert make_plan(book, turned, TODAY) == plan
    assert make_plan(book, read_facts(book, facts_to_json(facts)), TODAY) == plan


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_questions_come_to_an_end_and_each_is_asked_once(book: PlanningBook, data: st.DataObject) -> None:
    truth = data.draw(any_facts(book, 0.5))
    facts, asked = ProjectFacts(), set()
    while (fact := next_question(book, facts)) is not None:
        assert fact.id not in asked
        assert fact.essential
        asked.add(fact.id)
        value = truth.get(fact.id)
        facts = facts.with_unknown(fact.id) if value is None else facts.with_value(fact.id, value)
    assert "project_type" in asked
