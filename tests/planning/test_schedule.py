"""The critical path against every path there is, and against networkx; the calendar's days against counting them one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import networkx as nx
import pytest
from chinese_calendar import is_workday
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.records import DayUnit
from bot.planning.days import Days
from bot.planning.holidays import Holidays
from bot.planning.schedule import Task, schedule

Before = Mapping[str, Sequence[str]]
UNITS: Sequence[DayUnit] = ("working_days", "calendar_days")


@st.composite
def roads(draw: st.DrawFn, units: Sequence[DayUnit] = UNITS) -> tuple[list[Task], Before]:
    """Tasks in order, each waiting for some of those before it."""
    count = draw(st.integers(1, 9))
    tasks: list[Task] = []
    before: dict[str, list[str]] = {}
    for number in range(count):
        name = f"t{number}"
        tasks.append(
            Task(name, draw(st.integers(0, 45)), draw(st.sampled_from(units)), certain=draw(st.booleans()))
        )
        before[name] = draw(
            st.lists(st.sampled_from([task.id for task in tasks[:-1]] or [name]), unique=True, max_size=4)
        )
        before[name] = [item for item in before[name] if item != name]
    return tasks, before


def all_paths(tasks: Sequence[Task], before: Before) -> Iterator[tuple[str, ...]]:
    """Every chain from a task that waits for nothing to one that nothing waits for."""
    waited = {item for items in before.values() for item in items}

    def back(task: str) -> Iterator[tuple[str, ...]]:
        if not before[task]:
            yield (task,)
        for item in before[task]:
            for path in back(item):
                yield (*path, task)

    for task in tasks:
        if task.id not in waited:
            yield from back(task.id)


def walked(path: Sequence[str], tasks: Mapping[str, Task], days: Days) -> int:
    """Where a chain ends that nothing else holds up."""
    day = 0
    for name in path:
        task = tasks[name]
        day = days.after(days.on_or_after(day), task.length, task.unit)
    return day


STARTS = st.one_of(st.none(), st.dates(date(2018, 1, 1), date(2025, 12, 31)))


@settings(max_examples=300, deadline=None)
@given(roads(), STARTS)
def test_the_critical_path_is_the_longest_of_all_paths(
    road: tuple[list[Task], Before], first: date | None
) -> None:
    tasks, before = road
    days = Days(Holidays.of(), first)
    found = schedule(tasks, before, days)
    by_name = {task.id: task for task in tasks}
    ends = {path: walked(path, by_name, days) for path in all_paths(tasks, before)}
    assert found.end == max(ends.values())
    assert walked(found.critical_path, by_name, days) == found.end
    longest = {name for path, end in ends.items() if end == found.end for name in path}
    # Rounding to working days lets two chains drive one start: whatever is on a longest chain is critical.
    critical = {name for name, slot in found.slots.items() if slot.critical}
    assert set(found.critical_path) <= critical
    assert critical <= longest


@settings(max_examples=300, deadline=None)
@given(roads(("working_days",)))
def test_it_is_as_long_as_networkx_finds_it(road: tuple[list[Task], Before]) -> None:
    tasks, before = road
    days = Days(Holidays.of(), None)
    found = schedule(tasks, before, days)
    graph = nx.DiGraph()
    lengths = {task.id: task.length for task in tasks}
    for task in tasks:
        graph.add_edge("begin", task.id, weight=0)
        for item in before[task.id]:
            graph.add_edge(item, task.id, weight=lengths[item])
        graph.add_edge(task.id, "end", weight=task.length)
    longest = nx.dag_longest_path_length(graph)
    assert days.between(0, found.end) == longest == sum(lengths[name] for name in found.critical_path)


@settings(max_examples=300, deadline=None)
@given(roads(), STARTS)
def test_slack_can_be_used_up_and_no_more(road: tuple[list[Task], Before], first: date | None) -> None:
    tasks, before = road
    days = Days(Holidays.of(), first)
    found = schedule(tasks, before, days)
    for place, task in enumerate(tasks):
        slot = found.slots[task.id]
        assert slot.slack >= 0
        assert slot.start <= slot.latest_start
        if slot.critical:
            continue
        late = [*tasks[:place], Task(task.id, task.length, task.unit, slot.latest_start), *tasks[place + 1 :]]
        assert schedule(late, before, days).end == found.end
        too_late = days.next_working(slot.latest_start)
        late[place] = Task(task.id, task.length, task.unit, too_late)
        assert schedule(late, before, days).end > found.end


@settings(max_examples=200, deadline=None)
@given(roads(), STARTS)
def test_nothing_starts_before_what_it_waits_for(road: tuple[list[Task], Before], first: date | None) -> None:
    tasks, before = road
    slots = schedule(tasks, before, Days(Holidays.of(), first)).slots
    for name, items in before.items():
        assert all(slots[item].finish <= slots[name].start for item in items)


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2006, 1, 1), date(2026, 6, 30)), st.integers(0, 60))
def test_working_days_are_those_of_the_official_calendar(first: date, length: int) -> None:
    days = Days(Holidays.of(), first)
    start = days.on_or_after(0)
    end = days.after(start, length, "working_days")
    between = [first + timedelta(days=day) for day in range(start + 1, end + 1)]
    assert sum(map(is_workday, between)) == length
    assert is_workday(first + timedelta(days=end))


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2006, 1, 1), date(2026, 6, 30)), st.integers(0, 400), st.sampled_from(UNITS))
def test_longer_is_never_earlier(first: date, length: int, unit: DayUnit) -> None:
    days = Days(Holidays.of(), first)
    start = days.on_or_after(0)
    assert days.after(start, length, unit) <= days.after(start, length + 1, unit)
    assert days.after(start, length, unit) <= days.after(days.next_working(start), length, unit)


@settings(max_examples=300, deadline=None)
@given(
    STARTS,
    st.integers(0, 300),
    st.integers(0, 30),
    st.sampled_from(["working_days", "calendar_days", "months"]),
)
def test_the_latest_start_is_the_last_that_ends_in_time(
    first: date | None, end: int, length: int, unit: str
) -> None:
    days = Days(Holidays.of(), first)
    begin = days.on_or_after(0)
    end = days.after(begin, length, unit) + end  # type: ignore[arg-type]
    found = days.latest_start(end, length, unit)  # type: ignore[arg-type]
    assert days.after(found, length, unit) <= end  # type: ignore[arg-type]
    assert days.after(days.next_working(found), length, unit) > days.on_or_before(end)  # type: ignore[arg-type]


def test_shifted_days_are_counted() -> None:
    """The National Day week of 2026: seven days off, Sunday 20 September and Saturday 10 October worked."""
    days = Days(Holidays.of(), date(2026, 9, 18))  # a Friday
    assert days.date_of(days.after(0, 1, "working_days")) == date(2026, 9, 20)
    days = Days(Holidays.of(), date(2026, 9, 30))
    assert [days.date_of(days.after(0, count, "working_days")) for count in (1, 2, 3)] == [
        date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10),
    ]  # fmt: skip
    assert days.date_of(days.after(0, 1, "calendar_days")) == date(2026, 10, 8)  # the 1st is a day off


def test_no_date_is_given_in_a_year_that_is_not_known() -> None:
    known = max(Holidays.of().years)
    days = Days(Holidays.of(), date(known, 12, 25))
    assert days.date_of(0) == date(known, 12, 25)
    assert days.date_of(30) is None
    assert days.unknown_year(30) == known + 1
    assert days.unknown_year(3) is None


@pytest.mark.parametrize(("months", "end"), [(1, date(2025, 2, 28)), (12, date(2026, 1, 31))])
def test_months_end_on_the_same_day_or_the_months_last(months: int, end: date) -> None:
    first = date(2025, 1, 31)
    assert first + timedelta(days=Days(Holidays.of(), first).shift(0, months, "months")) == end
