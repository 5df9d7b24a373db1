"""Adds up the statutory limits along the critical path, each unit for itself, and says what is not in the sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.plan import PlanStep, TimeOwner, Totals, Verdict
from bot.planning.days import Days


def total(steps: Mapping[str, PlanStep], critical_path: Sequence[str], days: Days) -> Totals:
    """The totals of a plan. An open step is never counted; a company's own time never either."""
    on_path = [steps[item] for item in critical_path]
    end = max((step.timing.finish for step in steps.values()), default=0)
    unknown = _ids(
        step
        for step in steps.values()
        if step.verdict is Verdict.APPLIES
        and step.limit.owner is TimeOwner.OFFICE
        and step.limit.days is None
    )
    open_ = _ids(step for step in steps.values() if step.verdict is Verdict.OPEN)
    company = _ids(
        step
        for step in steps.values()
        if step.verdict is Verdict.APPLIES and step.limit.owner is TimeOwner.COMPANY
    )
    return Totals(
        working_days=_sum(on_path, TimeOwner.OFFICE, "working_days"),
        calendar_days=_sum(on_path, TimeOwner.OFFICE, "calendar_days"),
        notice_days=_sum(on_path, TimeOwner.NOTICE, "calendar_days"),
        end=end,
        end_date=days.date_of(end),
        lower_bound=bool(unknown or open_ or company),
        unknown=unknown,
        open=open_,
        company=company,
    )


def _sum(steps: Iterable[PlanStep], owner: TimeOwner, unit: str) -> int:
    return sum(
        step.limit.days or 0
        for step in steps
        if step.verdict is Verdict.APPLIES and step.limit.owner is owner and step.limit.unit == unit
    )


def _ids(steps: Iterable[PlanStep]) -> tuple[str, ...]:
    return tuple(step.id for step in steps)
