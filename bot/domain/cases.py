"""Boundary cases: a matter that nobody is settled for, raised by staff (吹哨), decided by whoever convenes, put into the knowledge
after a review. Pure values and transitions; no storage.

``open → decided → published``, or ``open → closed`` where nothing was to be decided. Anything else raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol

from bot.domain.conversation import Place
from bot.domain.errors import Conflict, InvalidInput
from bot.domain.in_force import allocation_until
from bot.domain.messages import Enclosure
from bot.domain.records import Matter, Record, Support
from bot.domain.text import Bilingual

_STRICT: Final[Mapping[str, Any]] = {"extra": "forbid", "str_min_length": 1}


class Days(Protocol):
    """Which days are worked."""

    def is_working(self, day: date) -> bool: ...


class CaseState(StrEnum):
    """How far a case is."""

    OPEN = "open"
    DECIDED = "decided"
    PUBLISHED = "published"
    CLOSED = "closed"


_NEXT: Final[Mapping[CaseState, frozenset[CaseState]]] = {
    CaseState.OPEN: frozenset({CaseState.DECIDED, CaseState.CLOSED}),
    CaseState.DECIDED: frozenset({CaseState.PUBLISHED, CaseState.OPEN, CaseState.CLOSED}),
    CaseState.PUBLISHED: frozenset(),
    CaseState.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecision:
    """Who leads from ``effective_from`` on, and what says so: ``basis`` names a document that can be cited."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    lead: str
    basis: Bilingual
    effective_from: date
    support: tuple[Support, ...] = ()
    note: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryCase:
    """One case. ``asker`` is a pseudonym; ``office`` convenes; ``due`` reminds, and is nobody's time limit.

    ``draft``: the number of the draft that a decision became. ``version`` rises with every save (compare-and-set).
    """

    number: str
    matter: str
    place: Place | None
    words: str
    asker: str
    opened_by: str
    office: str
    candidates: tuple[str, ...]
    opened_at: datetime
    due: date
    enclosures: tuple[Enclosure, ...] = ()
    state: CaseState = CaseState.OPEN
    decision: CaseDecision | None = None
    decided_by: str = ""
    draft: int | None = None
    ended_at: datetime | None = None
    why: str = ""
    reminded: bool = False
    version: int = 0

    def moved(self, state: CaseState, **changes: Any) -> BoundaryCase:
        """The case in another state. Raises Conflict where the step is none of the above."""
        if state not in _NEXT[self.state]:
            raise Conflict(f"case {self.number} is {self.state}: it cannot become {state}")
        return replace(self, state=state, **changes)

    def overdue(self, today: date) -> bool:
        """True when it is still open after the day that it was to be dealt with."""
        return self.state is CaseState.OPEN and today > self.due

    def concerns(self) -> frozenset[str]:
        """The bodies whose people see it: who convenes, and the candidates."""
        return frozenset({self.office, *self.candidates})


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are wanted; what is empty does not matter."""

    state: CaseState | None = None
    office: str = ""
    matter: str = ""
    overdue_on: date | None = None

    def fits(self, case: BoundaryCase) -> bool:
        """True for a case that is wanted."""
        return (
            (self.state is None or case.state is self.state)
            and (not self.office or self.office in case.concerns())
            and (not self.matter or case.matter == self.matter)
            and (self.overdue_on is None or case.overdue(self.overdue_on))
        )


def working_day_after(days: Days, start: date, count: int) -> date:
    """The ``count``-th working day after ``start``."""
    return next(day for number, day in enumerate(_working(days, start), 1) if number == count)


def _working(days: Days, start: date) -> Iterator[date]:
    day = start
    while True:
        day += timedelta(days=1)
        if days.is_working(day):
            yield day


def decided_matter(matter: Matter, decision: CaseDecision) -> Matter:
    """The matter as it stands from the decision's day on; how it stood until then is kept in it.

    Raises InvalidInput for a day before the matter's last change: what was answered since then stays answered.
    """
    since = matter.effective_from
    if since is not None and decision.effective_from <= since:
        raise InvalidInput(f"effective_from: {matter.id} was decided anew on {since}; choose a later day")
    return replace(
        matter,
        status="settled",
        settled_by="decision",
        lead=decision.lead,
        lead_note=decision.note,
        support=decision.support,
        candidates=(),
        interim=None,
        caution=None,
        decision=decision.basis,
        effective_from=decision.effective_from,
        earlier=(*matter.earlier, allocation_until(matter, decision.effective_from)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Records that are to replace those of the active revision, once somebody else has looked at them.

    ``before``: the same records as they were when the draft was made; what has changed since is not overwritten.
    """

    id: int = 0
    title: str
    source: str  # ``case:NUMBER`` or ``sheet``
    author: str
    made_at: datetime
    records: tuple[Record, ...]
    before: tuple[Record, ...]
    state: str = "draft"  # draft, published, rejected
    reviewer: str = ""
    ended_at: datetime | None = None
    why: str = ""
    revision: int | None = None
