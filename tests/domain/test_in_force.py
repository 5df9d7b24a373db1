"""Matters by their day: what was decided anew holds from its day on, and what held before can be told for its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.curation.yaml_files import read_knowledge
from bot.domain.cases import BoundaryCase, CaseDecision, CaseState, decided_matter, working_day_after
from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import Conflict, InvalidInput
from bot.domain.in_force import in_force, matter_at, next_change
from bot.domain.records import Kind, Matter, Ref
from bot.domain.text import Bilingual
from bot.planning.holidays import Holidays
from tests.minds import KNOWLEDGE

RECORD = read_knowledge(KNOWLEDGE).knowledge.records[Ref(Kind.MATTER, "sanitation-new-area")]
assert isinstance(RECORD, Matter)
MATTER: Matter = RECORD
FIRST = date(2027, 1, 1)


def decision(day: date, lead: str = "local-townships") -> CaseDecision:
    return CaseDecision(lead=lead, basis=Bilingual(f"{day}号决定", f"Decision of {day}"), effective_from=day)


@given(st.lists(st.dates(date(2026, 1, 1), date(2030, 1, 1)), min_size=1, max_size=5, unique=True))
def test_on_every_day_the_last_decision_before_it_holds(days: list[date]) -> None:
    matter = MATTER
    for day in sorted(days):
        matter = decided_matter(matter, decision(day, f"body-of-{day}"))
    for day in sorted(days):
        assert matter_at(matter, day).lead == f"body-of-{day}"
        assert matter_at(matter, day).effective_from == day
        before = matter_at(matter, day - timedelta(days=1))
        earlier = [each for each in days if each < day]
        assert before.lead == (f"body-of-{max(earlier)}" if earlier else None)
    assert matter_at(matter, min(days) - timedelta(days=1)) == replace(MATTER, effective_from=None)


def test_a_matter_without_a_day_holds_always() -> None:
    assert matter_at(MATTER, date(1990, 1, 1)) is MATTER


def test_a_decision_is_later_than_the_one_before() -> None:
    once = decided_matter(MATTER, decision(FIRST))
    for day in (FIRST, FIRST - timedelta(days=1)):
        with pytest.raises(InvalidInput):
            decided_matter(once, decision(day))


def test_the_knowledge_changes_on_the_day_and_says_when() -> None:
    knowledge = KnowledgeSet.of([decided_matter(MATTER, decision(FIRST))])
    eve = FIRST - timedelta(days=1)
    assert next_change(knowledge, eve) == FIRST
    assert next_change(knowledge, FIRST) is None
    (then,) = in_force(knowledge, eve).records.values()
    (now,) = in_force(knowledge, FIRST).records.values()
    assert isinstance(then, Matter)
    assert isinstance(now, Matter)
    assert (then.status, now.status) == ("unsettled", "settled")
    assert in_force(knowledge, FIRST) is knowledge


def test_the_public_sees_of_earlier_allocations_what_it_sees_of_any() -> None:
    decided = decided_matter(MATTER, decision(FIRST))
    assert decided.earlier[0].interim is not None
    assert decided.earlier[0].interim.staff is not None
    from bot.domain.audience import public_record

    seen = public_record(decided)
    assert seen is not None
    assert seen.earlier[0].interim is not None
    assert seen.earlier[0].interim.staff is None


@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(1, 20))
def test_working_days_are_counted_as_the_calendar_says(start: date, count: int) -> None:
    days = Holidays.of()
    end = working_day_after(days, start, count)
    assert days.is_working(end)
    between = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    assert sum(map(days.is_working, between)) == count


def test_a_case_moves_only_as_it_may() -> None:
    case = BoundaryCase(
        number="B1", matter="m", place=None, words="", asker="", opened_by="", office="o", candidates=(),
        opened_at=None, due=FIRST,  # type: ignore[arg-type]
    )  # fmt: skip
    allowed = {
        CaseState.OPEN: {CaseState.DECIDED, CaseState.CLOSED},
        CaseState.DECIDED: {CaseState.PUBLISHED, CaseState.OPEN, CaseState.CLOSED},
        CaseState.PUBLISHED: set(),
        CaseState.CLOSED: set(),
    }
    for state in CaseState:
        for target in CaseState:
            if target in allowed[state]:
                assert replace(case, state=state).moved(target).state is target
            else:
                with pytest.raises(Conflict):
                    replace(case, state=state).moved(target)
