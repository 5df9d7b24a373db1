"""The time limit of a step: which case of it holds, whose time it is, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.domain.plan import Limit, TimeOwner
from bot.domain.records import DayUnit, DurationCase, Procedure
from bot.domain.rules import Rule
from bot.planning.conditions import FactView
from bot.planning.judging import possible_limits

# Only to tell which of two periods is the shorter one; never shown, never added up.
_WEIGHT: Final[Mapping[DayUnit, int]] = {"working_days": 7, "calendar_days": 5, "published_days": 5}


def limit_of(procedure: Procedure, rule: Rule, view: FactView) -> Limit:
    """The limit of a procedure for a project. Of several possible cases the shortest is counted: totals are lower bounds."""
    limit = procedure.time_limit
    possible = possible_limits(rule, view)
    owners = {item.owner or rule.time for item in possible} or {rule.time}
    named = {item.case for item in possible}
    cases = tuple(case for case in limit.variants if not named or case.case.zh in named)
    if len(owners) > 1:  # an office's time or the company's, depending on what is not known
        return Limit(TimeOwner.OFFICE, None, None, limit.basis, limit.checked, cases)
    owner = owners.pop()
    if not cases:
        return Limit(owner, limit.value, limit.unit, limit.basis, limit.checked)
    shortest, longest = min(cases, key=_weight), max(cases, key=_weight)
    more = longest if _weight(longest) > _weight(shortest) else None
    return Limit(owner, shortest.value, shortest.unit, limit.basis, limit.checked, cases, more)


def _weight(case: DurationCase) -> int:
    return case.value * _WEIGHT[case.unit]
