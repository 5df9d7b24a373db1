"""The rules of planning as data: which facts of a project count, which procedures they call for, and in which order.

Conditions are written as a list of alternatives; inside one alternative all tests must hold. A test is a yes or no, a list of
a choice's options, or a range of an amount. Values only: they are judged in ``bot.planning``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final, Literal

from bot.domain.plan import FactValue, TimeOwner, Verdict
from bot.domain.text import Bilingual, Forms

_STRICT: Mapping[str, Any] = {"extra": "forbid", "str_min_length": 1}
START_DATE: Final = "start_date"  # the one fact that dates a plan instead of deciding what is on it


@dataclass(frozen=True, slots=True)
class Range:
    """An amount from here to there; a side that is None is open. At most one bound a side."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    def holds(self, amount: float) -> bool:
        """True when the amount is inside."""
        return not (
            (self.at_least is not None and amount < self.at_least)
            or (self.above is not None and amount <= self.above)
            or (self.at_most is not None and amount > self.at_most)
            or (self.below is not None and amount >= self.below)
        )


Test = bool | tuple[str, ...] | Range
Alternative = Mapping[str, Test]
When = tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a choice. ``words``: how people say it in a free text."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    label: Bilingual
    words: Forms = field(default_factory=Forms)


@dataclass(frozen=True, slots=True)
class Band:
    """A range of an amount that people can choose who do not know the exact figure."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    label: Bilingual
    range: Range


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit that an amount can be said in: ``factor`` of it make one of the fact's unit. ``words`` name it in free text."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    factor: float
    words: Forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to know of a project. ``id`` is its key in JSON: lower-case letters, digits and underscores.

    ``essential``: asked for in a conversation; the others only make sure what is otherwise told as conditional.
    ``matters_when``: the fact says nothing about other projects; empty: about all. ``words`` and ``denials``: how people say it, or
    deny it, in a free text; of an amount ``words`` tell which amount is meant, and ``scales`` in which units. ``largest``: more
    than that is a slip of the pen.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    kind: Literal["choice", "yes_no", "amount", "date"]
    label: Bilingual
    question: Bilingual
    hint: Bilingual | None = None
    essential: bool = False
    matters_when: When = ()
    options: tuple[Option, ...] = ()
    unit: Bilingual | None = None
    largest: float = 1e15
    bands: tuple[Band, ...] = ()
    scales: tuple[Scale, ...] = ()
    words: Forms = field(default_factory=Forms)
    denials: Forms = field(default_factory=Forms)


@dataclass(frozen=True, slots=True)
class Case:
    """One way a rule can come out. No ``when``: in every case that no other one covers.

    ``basis`` counts the procedure's legal bases from 0: the rule that the reason rests on.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    verdict: Verdict
    reason: Bilingual
    when: When = ()
    basis: int = 0


@dataclass(frozen=True, slots=True)
class LimitCase:
    """Which case of the procedure's time limit holds: ``case`` is that case's Chinese name. ``owner``: whose time it then is."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    case: str
    when: When = ()
    owner: TimeOwner | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Something that comes before: a procedure or milestone by id, and why."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    basis: Bilingual


@dataclass(frozen=True, slots=True)
class Lapse:
    """How long a result may wait until ``until`` (a milestone reached, a procedure decided), as the procedure's ``validity`` says."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    length: int
    unit: Literal["months", "years"]
    until: str
    extension: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a procedure (``id``) is on the road, whose time it takes, and what comes before it besides its prerequisites.

    ``presume``: what is taken for a fact that is not known. ``stands_for``: procedures whose place it takes for whatever needs them.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    cases: tuple[Case, ...]
    presume: Mapping[str, FactValue] = field(default_factory=dict)
    time: TimeOwner = TimeOwner.OFFICE
    limits: tuple[LimitCase, ...] = ()
    after: tuple[Order, ...] = ()
    stands_for: tuple[str, ...] = ()
    lapses: tuple[Lapse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A station of the project itself. ``lasts``: the fact with the company's own estimate, in months, of the time before it is
    reached; ``not_before``: the fact with the day that the company plans it for. ``own_time``: it takes time of the company's own.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    name: Bilingual
    meaning: Bilingual
    source: Bilingual
    when: When = ()
    after: tuple[Order, ...] = ()
    own_time: bool = False
    lasts: str | None = None
    not_before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayRule:
    """Which projects go along a pathway (``id``). Of several that hold, the first as written is the main one.

    ``presume``: what is taken for facts that are not known, until they are.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    when: When
    presume: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """The official holidays of a year (``id``, four digits), and the weekend days that are worked instead."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]
    source: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNotice:
    """What every plan says about itself: that it promises nothing, what is not counted. ``use`` word: "yes" or "no" (by id)."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    text: Bilingual
    use: Literal["notice", "word"] = "notice"


@dataclass(frozen=True, slots=True)
class PlanningRules:
    """All of it; each part in the order that it is written in."""

    facts: tuple[Fact, ...] = ()
    rules: tuple[Rule, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    pathways: tuple[PathwayRule, ...] = ()
    calendar: tuple[CalendarYear, ...] = ()
    notices: tuple[PlanNotice, ...] = ()
