"""What a plan says of particular projects: what applies and why, whose time it is, what can lapse, and that it promises nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.domain.plan import Plan, PlanStep, ProjectFacts, TimeOwner, Verdict
from bot.planning.book import PlanningBook
from bot.planning.difference import difference, supplement
from bot.planning.planner import make_plan
from bot.planning.questions import branches, further_questions, next_question
from tests.planning.conftest import TODAY

STANDARD: dict[str, Any] = {
    "project_type": "new", "land": "standard", "area_assessment": True, "negative_list": False, "company_exists": False,
    "foreign_investment": False, "floor_area": 20000, "investment": 200_000_000, "eia_class": "form",
}  # fmt: skip


def planned(book: PlanningBook, **facts: Any) -> Plan:
    return make_plan(book, ProjectFacts({**STANDARD, **facts}), TODAY)


def step_of(plan: Plan, identifier: str) -> PlanStep:
    found = plan.step(identifier)
    assert found is not None, identifier
    return found


def before(plan: Plan, identifier: str) -> set[str]:
    """All that comes before a step, directly or not."""
    found: set[str] = set()
    waiting = [identifier]
    while waiting:
        for item in step_of(plan, waiting.pop()).after:
            if item not in found:
                found.add(item)
                waiting.append(item)
    return found


@pytest.mark.parametrize(
    ("facts", "procedure", "verdict"),
    [
        ({"floor_area": 999}, "construction-permit", Verdict.NOT),
        ({"floor_area": 1000}, "construction-permit", Verdict.APPLIES),
        ({"investment": 1_999_999}, "construction-permit", Verdict.NOT),
        ({"floor_area": "below_1000"}, "construction-permit", Verdict.NOT),
        ({"energy_use": 999}, "energy-review", Verdict.NOT),
        ({"energy_use": 1000}, "energy-review", Verdict.APPLIES),
        ({"energy_use": 0, "coal_use": 1000}, "energy-review", Verdict.APPLIES),
        ({"dormitory": True, "civil_area": 2000}, "civil-air-defence-review", Verdict.APPLIES),
        ({"dormitory": True, "civil_area": 100}, "civil-air-defence-review", Verdict.OPEN),
        ({"dormitory": False, "office_building": False}, "civil-air-defence-review", Verdict.NOT),
        ({"special_product": "device_class_1"}, "drug-medical-device-production-license", Verdict.NOT),
        ({"hazchem": "minor"}, "hazchem-project-safety-review", Verdict.NOT),
        ({"hazchem": "storage"}, "hazchem-licenses", Verdict.OPEN),
        ({"verification_catalogue": True}, "project-filing", Verdict.NOT),
        ({"land": "held"}, "industrial-land-grant", Verdict.NOT),
        ({"river": True}, "flood-impact-approval", Verdict.OPEN),
        ({"eia_class": "registration"}, "environmental-self-acceptance", Verdict.OPEN),
    ],
)
def test_what_the_law_says_of_the_facts_decides(
    book: PlanningBook, facts: dict[str, Any], procedure: str, verdict: Verdict
) -> None:
    plan = planned(book, **facts)
    step = plan.step(procedure)
    assert (step.verdict if step else Verdict.NOT) is verdict
    reasons = step.reasons if step else next(item.reasons for item in plan.excluded if item.id == procedure)
    assert reasons
    assert all(reason.text.zh and reason.text.en and reason.source.zh for reason in reasons)


@pytest.mark.parametrize(
    ("facts", "procedure", "days", "unit", "owner"),
    [
        ({"eia_class": "report"}, "eia-approval", 60, "calendar_days", TimeOwner.OFFICE),
        ({"eia_class": "form"}, "eia-approval", 30, "calendar_days", TimeOwner.OFFICE),
        (
            {"discharge_class": "simplified"},
            "pollutant-discharge-permit",
            20,
            "calendar_days",
            TimeOwner.OFFICE,
        ),
        ({}, "industrial-land-grant", 20, "calendar_days", TimeOwner.NOTICE),
        ({}, "completion-acceptance-filing", 15, "calendar_days", TimeOwner.COMPANY),
        ({"fire_special": False}, "fire-acceptance", 5, "working_days", TimeOwner.COMPANY),
        ({"fire_special": True}, "fire-acceptance", 15, "calendar_days", TimeOwner.OFFICE),
        ({}, "electricity-connection", None, None, TimeOwner.OFFICE),
        ({}, "completion-joint-acceptance", None, None, TimeOwner.OFFICE),
    ],
)
def test_limits_are_the_laws_and_each_ones_own(
    book: PlanningBook,
    facts: dict[str, Any],
    procedure: str,
    days: int | None,
    unit: str | None,
    owner: TimeOwner,
) -> None:
    limit = step_of(planned(book, **facts), procedure).limit
    assert (limit.days, limit.unit, limit.owner) == (days, unit, owner)


def test_of_several_possible_limits_the_shortest_counts_and_the_longest_is_told(book: PlanningBook) -> None:
    limit = step_of(planned(book, discharge_class="key"), "pollutant-discharge-permit").limit
    assert limit.days == 30
    assert limit.longest is not None
    assert limit.longest.value == 45
    review = step_of(planned(book), "construction-drawing-review").limit
    assert review.longest is not None
    assert (review.days, review.longest.value) == (10, 15)


def test_a_companys_time_is_nobody_elses(book: PlanningBook) -> None:
    """Neither its deadlines nor its own estimate of the construction time are in the office's totals."""
    short, long = planned(book, construction_months=1), planned(book, construction_months=24)
    assert short.totals.working_days == long.totals.working_days
    assert short.totals.calendar_days == long.totals.calendar_days
    assert long.totals.end > short.totals.end + 600
    assert "completion" in long.totals.company
    assert "completion-acceptance-filing" in long.totals.company


def test_the_order_keeps_what_was_settled_of_the_facts(book: PlanningBook) -> None:
    """The README of the facts, 4 to 7."""
    plan = planned(
        book, foreign_investment=True, discharge_class="simplified", dormitory=True, civil_area=3000
    )
    for review in ("construction-drawing-review", "civil-air-defence-review"):
        assert "construction-project-planning-permit" not in before(plan, review)
        assert review in before(plan, "construction-permit")
    assert "pollutant-discharge-permit" in before(plan, "trial-run")
    assert "trial-run" in before(plan, "environmental-self-acceptance")
    assert "eia-approval" in before(plan, "pollutant-discharge-permit")
    assert "foreign-enterprise-registration" in before(plan, "project-filing")
    allocated = planned(book, land="allocated", verification_catalogue=True)
    assert "project-filing" not in before(allocated, "land-pre-review-site-opinion")
    for step in ("eia-approval", "construction-permit", "construction-project-planning-permit"):
        assert step in before(plan, "construction-start")


def test_a_registration_form_stands_for_the_approval(book: PlanningBook) -> None:
    plan = planned(book, eia_class="registration", discharge_class="registration")
    assert "eia-registration-form" in before(plan, "pollutant-discharge-permit")
    assert "eia-registration-form" in before(plan, "construction-start")


def test_a_prerequisite_that_is_not_on_the_road_is_said_to_be_taken_as_met(book: PlanningBook) -> None:
    plan = make_plan(
        book,
        ProjectFacts({"project_type": "expansion", "land": "held", "building_works": "new_buildings"}),
        TODAY,
    )
    met = {item.id for item in step_of(plan, "construction-project-planning-permit").taken_as_met}
    assert met == {"construction-land-planning-permit"}
    assert "project-filing" in before(plan, "construction-project-planning-permit")


def test_dates_are_given_only_where_the_holidays_are_known(book: PlanningBook) -> None:
    plan = planned(book, start_date="2026-01-05")
    assert plan.start == date(2026, 1, 5)
    assert plan.calendar.unknown_from is None
    assert step_of(plan, "enterprise-registration").timing.finish_date == date(2026, 1, 8)
    assert all(step.timing.start_date for step in plan.steps)
    late = planned(book, start_date="2026-12-21")
    assert late.calendar.unknown_from == 2027
    assert late.totals.end_date is None
    assert step_of(late, "enterprise-registration").timing.finish_date == date(2026, 12, 24)
    undated = planned(book)
    assert undated.totals.end_date is None
    assert undated.totals.end > 0


def test_a_permit_that_would_lapse_is_told_with_the_latest_safe_day(book: PlanningBook) -> None:
    plan = planned(book, start_date="2025-01-06", construction_start="2026-06-01")
    window = next(item for item in plan.windows if item.step == "construction-permit")
    permit = step_of(plan, "construction-permit").timing
    assert window.until == "construction-start"
    assert window.lapses
    assert permit.finish_date is not None
    assert window.use_by_date is not None
    assert window.not_before_date is not None
    assert permit.finish_date < window.use_by_date < date(2026, 6, 1)
    assert window.not_before_date == date(2026, 3, 2)  # three months before is a Sunday: the next working day
    in_time = planned(book, start_date="2025-01-06")
    assert not any(item.lapses for item in in_time.windows)


def test_what_if_tells_what_comes_goes_and_changes(book: PlanningBook) -> None:
    found = difference(planned(book), planned(book, eia_class="report", hazchem="production"))
    assert {change.id for change in found.facts} == {"eia_class", "hazchem"}
    assert "hazchem-project-safety-review" in {change.after.id for change in found.changed}
    assert "safety-three-simultaneities-general" in {step.id for step in found.removed}
    eia = next(change for change in found.changed if change.after.id == "eia-approval")
    assert "limit" in eia.fields
    assert difference(planned(book), planned(book)).is_empty


def test_a_supplement_has_only_what_was_added_and_why(book: PlanningBook) -> None:
    first = planned(book, dormitory=False, office_building=False)
    second = planned(book, dormitory=True, office_building=False, civil_area=3000)
    found = supplement(first, second, first)
    added = {item.step.id: item for item in found.additions}
    assert set(added) == {"civil-air-defence-review"}
    assert added["civil-air-defence-review"].because == "facts"
    assert {change.id for change in added["civil-air-defence-review"].facts} == {"dormitory", "civil_area"}
    assert (found.before, found.after) == (first.number, second.number)
    assert supplement(first, first, first).additions == ()


def test_dont_know_shows_both_branches(book: PlanningBook) -> None:
    facts = ProjectFacts(STANDARD).with_unknown("eia_class")
    plan = make_plan(book, facts, TODAY)
    assert {step.id for step in plan.steps if step.verdict is Verdict.OPEN} >= {
        "eia-approval",
        "eia-registration-form",
    }
    found = {branch.value: branch.plan for branch in branches(book, facts, "eia_class", TODAY)}
    assert set(found) == {"report", "form", "registration", "exempt"}
    assert step_of(found["report"], "eia-approval").limit.days == 60
    assert found["exempt"].step("eia-approval") is None


def test_only_what_matters_is_asked(book: PlanningBook) -> None:
    first = next_question(book, ProjectFacts())
    assert first is not None
    assert first.id == "project_type"
    leased = ProjectFacts({"project_type": "leased", "building_works": "none", "use_change": False})
    asked = []
    while (fact := next_question(book, leased)) is not None:
        asked.append(fact.id)
        leased = leased.with_unknown(fact.id)
    assert not {"land", "floor_area", "dormitory", "site_area", "investment", "fire_special"} & set(asked)
    assert {"fixed_assets", "eia_class", "hazchem"} <= set(asked)
    assert "relics" not in {fact.id for fact in further_questions(book, leased)}


def test_a_fact_that_does_not_matter_is_marked_and_changes_nothing(book: PlanningBook) -> None:
    base = {"project_type": "leased", "building_works": "none"}
    plan = make_plan(book, ProjectFacts({**base, "land": "standard"}), TODAY)
    assert [line.used for line in plan.fact_lines if line.id == "land"] == [False]
    assert plan.step("industrial-land-grant") is None


def test_it_never_promises(book: PlanningBook) -> None:
    plan = planned(book)
    assert any("不是承诺" in caution.zh and "not promises" in caution.en for caution in plan.cautions)
    assert plan.totals.lower_bound
    target = plan.pathways[0].reform_target
    assert target is not None
    assert target.value == 90
    assert target.caution.zh
    assert 90 not in {step.limit.days for step in plan.steps}


def test_a_conditional_step_is_on_the_critical_path_only_where_no_way_leads_past_it(
    book: PlanningBook,
) -> None:
    path = planned(book).critical_path
    assert "road-occupation-permits" not in path
    assert path.index("construction-start") == path.index("construction-permit") + 1


@pytest.mark.parametrize(
    ("facts", "main"),
    [
        ({}, []),
        ({"project_type": "new"}, []),
        ({"project_type": "new", "land": "standard"}, ["new-standard-land-commitment"]),
        ({"project_type": "new", "land": "standard", "area_assessment": False}, ["new-general"]),
        (
            {"project_type": "new", "land": "standard", "negative_list": True, "area_assessment": True},
            ["new-general"],
        ),
        ({"project_type": "leased", "foreign_investment": True}, ["leased-plant", "foreign-invested-setup"]),
        (
            {"project_type": "new", "land": "ordinary", "energy_use": 20000},
            ["hazardous-energy-intensive", "new-general"],
        ),
    ],
)
def test_a_project_goes_along_the_pathway_of_what_is_known(
    book: PlanningBook, facts: dict[str, Any], main: list[str]
) -> None:
    plan = make_plan(book, ProjectFacts(facts), TODAY)
    assert [pathway.id for pathway in plan.pathways] == main
