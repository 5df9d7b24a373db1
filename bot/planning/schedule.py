"""Earliest and latest days, slack and the critical path of steps in a given order. Knows nothing of what the steps are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.planning.days import Days, Span


@dataclass(frozen=True, slots=True)
class Task:
    """One step to schedule: ``length`` 0 takes no time that is counted. ``not_before``: the first day it may start on.

    ``certain``: of equally long chains, the one with most certain stations is told.
    """

    id: str
    length: int = 0
    unit: Span = "working_days"
    not_before: int = 0
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Slot:
    """When a task can be. ``slack``: working days between earliest and latest start; 0 for a critical task by definition.

    Rounding to working days can leave a critical task a day's play before a weekend, which is not counted.
    """

    start: int
    finish: int
    latest_start: int
    latest_finish: int
    slack: int
    critical: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """All slots by id; ``critical_path``: one chain of tasks that no other is longer than, from the begin to ``end``."""

    slots: Mapping[str, Slot]
    critical_path: tuple[str, ...]
    end: int


def schedule(tasks: Sequence[Task], before: Mapping[str, Sequence[str]], days: Days) -> Schedule:
    """``tasks`` in an order in which each comes after all of its ``before``."""
    earliest = _earliest(tasks, before, days)
    if not earliest:
        return Schedule({}, (), 0)
    end = max(finish for _, finish in earliest.values())
    critical = _critical(tasks, before, earliest, end)
    latest = _latest(tasks, before, days, end)
    slots: dict[str, Slot] = {}
    for task in tasks:
        start, finish = earliest[task.id]
        last_start, last_finish = latest[task.id]
        if task.id in critical:
            last_start, last_finish = start, finish
        slack = days.between(start, last_start)
        slots[task.id] = Slot(start, finish, last_start, last_finish, slack, task.id in critical)
    return Schedule(slots, _one_path(tasks, before, earliest, critical), end)


def _earliest(
    tasks: Iterable[Task], before: Mapping[str, Sequence[str]], days: Days
) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for task in tasks:
        ready = max((found[item][1] for item in before.get(task.id, ())), default=0)
        start = days.on_or_after(max(ready, task.not_before))
        found[task.id] = start, days.after(start, task.length, task.unit)
    return found


def _latest(
    tasks: Sequence[Task], before: Mapping[str, Sequence[str]], days: Days, end: int
) -> dict[str, tuple[int, int]]:
    finishes = {task.id: end for task in tasks}
    found: dict[str, tuple[int, int]] = {}
    for task in reversed(tasks):
        finish = days.on_or_before(finishes[task.id])
        start = days.latest_start(finish, task.length, task.unit)
        found[task.id] = start, finish
        for item in before.get(task.id, ()):
            finishes[item] = min(finishes[item], start)
    return found


def _critical(
    tasks: Sequence[Task],
    before: Mapping[str, Sequence[str]],
    earliest: Mapping[str, tuple[int, int]],
    end: int,
) -> frozenset[str]:
    """The tasks on any of the longest chains: from those that finish last, back over what each one waited for."""
    found = {task.id for task in tasks if earliest[task.id][1] == end}
    for task in reversed(tasks):
        if task.id in found:
            found.update(_drivers(task.id, before, earliest))
    return frozenset(found)


def _drivers(
    task: str, before: Mapping[str, Sequence[str]], earliest: Mapping[str, tuple[int, int]]
) -> list[str]:
    start = earliest[task][0]
    return [item for item in before.get(task, ()) if earliest[item][1] == start]


def _one_path(
    tasks: Sequence[Task],
    before: Mapping[str, Sequence[str]],
    earliest: Mapping[str, tuple[int, int]],
    critical: frozenset[str],
) -> tuple[str, ...]:
    """The longest chain with most certain, then with fewest other stations; of equal ones the first in the order of the tasks."""
    score: dict[str, tuple[int, int]] = {}
    came_from: dict[str, str | None] = {}
    for task in tasks:
        if task.id in critical:
            drivers = _drivers(task.id, before, earliest)
            best = max(drivers, key=lambda item: score[item], default=None)
            certain, others = score[best] if best else (0, 0)
            score[task.id] = (certain + 1, others) if task.certain else (certain, others - 1)
            came_from[task.id] = best
    end = max(finish for _, finish in earliest.values())
    last = [task.id for task in tasks if earliest[task.id][1] == end]
    station: str | None = max(last, key=lambda item: score[item])
    path: list[str] = []
    while station:
        path.append(station)
        station = came_from[station]
    return tuple(reversed(path))
