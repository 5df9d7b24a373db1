"""Gives the steps their earliest days, slack and critical path, and marks what can be later than it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.domain.plan import PlanStep, TimeOwner, Timing, Verdict
from bot.planning.book import PlanningBook
from bot.planning.conditions import FactView
from bot.planning.days import Days
from bot.planning.schedule import Slot, Task, schedule


def time_steps(
    book: PlanningBook, steps: Sequence[PlanStep], view: FactView, days: Days
) -> tuple[tuple[PlanStep, ...], tuple[str, ...]]:
    """The steps with their times, by group and then earliest start, and the critical path. ``steps`` stand in order."""
    tasks = [_task(book, step, view, days) for step in steps]
    found = schedule(tasks, {step.id: step.after for step in steps}, days)
    on_path = frozenset(found.critical_path)
    later: dict[str, bool] = {}
    timed: list[PlanStep] = []
    for step in steps:
        later[step.id] = _open_ended(book, step, view) or any(later[item] for item in step.after)
        slot = found.slots[step.id]
        timing = _timing(slot, later[step.id], days)
        told = step.verdict is Verdict.APPLIES or step.id in on_path
        timed.append(replace(step, timing=timing, critical=slot.critical and told))
    place = {step.id: number for number, step in enumerate(steps)}
    timed.sort(key=lambda step: (step.group, step.timing.start, place[step.id]))
    return tuple(timed), found.critical_path


def own_months(book: PlanningBook, step: PlanStep, view: FactView) -> int:
    """The company's own estimate of a milestone's time in whole months; 0 when there is none."""
    milestone = book.milestones.get(step.id)
    value = view.known(milestone.lasts) if milestone and milestone.lasts else None
    return round(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _task(book: PlanningBook, step: PlanStep, view: FactView, days: Days) -> Task:
    milestone = book.milestones.get(step.id)
    if milestone is not None:
        planned = view.known(milestone.not_before) if milestone.not_before else None
        day = days.number_of(date.fromisoformat(planned)) if isinstance(planned, str) else None
        return Task(step.id, own_months(book, step, view), "months", max(0, day or 0))
    limit = step.limit
    certain = step.verdict is Verdict.APPLIES
    if certain and limit.counted and limit.days is not None and limit.unit is not None:
        return Task(step.id, limit.days, limit.unit)
    return Task(step.id, certain=certain)


def _open_ended(book: PlanningBook, step: PlanStep, view: FactView) -> bool:
    """Whether a step takes a time that is not counted: not known, not certain to be needed, or the company's own."""
    if step.verdict is Verdict.OPEN:
        return True
    match step.limit.owner:
        case TimeOwner.OFFICE:
            return step.limit.days is None
        case TimeOwner.COMPANY:
            return own_months(book, step, view) == 0
        case TimeOwner.NOTICE:
            return True  # "at least" is all that is laid down
        case TimeOwner.DUTY:
            return False


def _timing(slot: Slot, at_least: bool, days: Days) -> Timing:
    return Timing(
        slot.start,
        slot.finish,
        slot.latest_start,
        slot.latest_finish,
        slot.slack,
        at_least,
        days.date_of(slot.start),
        days.date_of(slot.finish),
        days.date_of(slot.latest_start),
    )
