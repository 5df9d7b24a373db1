"""A plan: which approvals a project needs, in which order, how long by law, and what is open. Immutable values only.

A plan promises nothing. Each figure is a statutory limit, counted from acceptance of complete papers; what is not
known stays unknown and makes the totals lower bounds. A company's own time is marked as such and never counted as an
office's. Working days and calendar days are kept apart wherever days are added up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from bot.domain.records import Confidence, DayUnit, DurationCase, LegalBasis, TimeReference
from bot.domain.text import Bilingual

FactValue = bool | int | float | str
"""yes/no: bool · amount: number in the fact's unit · choice: an option's id · date: YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What is known of a project. ``unknown``: asked, and answered with "don't know". What is in neither was not said."""

    values: Mapping[str, FactValue] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def get(self, fact: str) -> FactValue | None:
        """The value, or None when it is not known."""
        return self.values.get(fact)

    def settled(self, fact: str) -> bool:
        """True when nobody needs to be asked: a value is known, or known not to be known."""
        return fact in self.values or fact in self.unknown

    def with_value(self, fact: str, value: FactValue) -> ProjectFacts:
        """These facts with one more, or one changed."""
        return ProjectFacts({**self.values, fact: value}, self._unknown_without(fact))

    def with_unknown(self, fact: str) -> ProjectFacts:
        """These facts with one that the person does not know."""
        left = {name: value for name, value in self.values.items() if name != fact}
        return ProjectFacts(left, tuple(sorted({*self.unknown, fact})))

    def without(self, fact: str) -> ProjectFacts:
        """These facts as if one had never been said."""
        left = {name: value for name, value in self.values.items() if name != fact}
        return ProjectFacts(left, self._unknown_without(fact))

    def _unknown_without(self, fact: str) -> tuple[str, ...]:
        return tuple(name for name in self.unknown if name != fact)


class Verdict(StrEnum):
    """Whether a procedure belongs on the road of a project."""

    APPLIES = "applies"
    OPEN = "open"  # depends on facts that are not known, or the law leaves it to an office to decide
    NOT = "does-not-apply"


class TimeOwner(StrEnum):
    """Whose time a step takes."""

    OFFICE = "office"  # from acceptance of complete papers to the decision
    NOTICE = "notice"  # a public period that has to run, at least as long as stated
    COMPANY = "company"  # the company's own: never counted as the office's
    DUTY = "duty"  # a continuing duty or a meeting of minds: there is no time to be measured


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something applies, does not, or is open. ``source`` names the rule; ``facts`` are those it rests on.

    Of an open step each reason that can still hold is told, with the ``verdict`` that it would lead to.
    """

    text: Bilingual
    source: Bilingual
    facts: tuple[str, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step takes by law.

    ``days`` with ``unit``: what is counted; None: not known, and never to be filled in. 0: at once. Where several cases
    are possible, it is the shortest of them, ``longest`` is the longest, and ``cases`` names them all.
    ``owner`` COMPANY with days: a deadline for the company, which is not counted as anybody's processing time.
    """

    owner: TimeOwner
    days: int | None
    unit: DayUnit | None
    basis: Bilingual
    checked: bool
    cases: tuple[DurationCase, ...] = ()
    longest: DurationCase | None = None

    @property
    def counted(self) -> bool:
        """True when its days are part of totals and dates."""
        return self.days is not None and self.owner in (TimeOwner.OFFICE, TimeOwner.NOTICE)


@dataclass(frozen=True, slots=True)
class Timing:
    """When a step can be, counting each limit in full. Day numbers are calendar days from the plan's first day (0).

    ``start``: acceptance; ``finish``: the decision at the latest by law. ``slack``: working days that the start can move
    without moving the end of the plan; 0 on the critical path. ``at_least``: something before it, or the step itself, takes a
    time that is not known or is the company's own, so that it can be later, and cannot be told exactly.
    The dates are None without a start date, and where a year's official holidays are not known.
    """

    start: int
    finish: int
    latest_start: int
    latest_finish: int
    slack: int
    at_least: bool
    start_date: date | None = None
    finish_date: date | None = None
    latest_start_date: date | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Something by id, with its name."""

    id: str
    name: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One station of the road: a procedure, or a milestone of the project itself (start of construction, completion …).

    ``id`` is a procedure's id, or a milestone's. ``verdict`` is APPLIES or OPEN; an open step stands in the order but its days are
    not counted. ``missing``: facts that would settle it. ``group``: steps with the same number are handled in the same period.
    ``after``: the steps that come directly before. ``taken_as_met``: prerequisites that are not on this road.
    ``critical``: without play, and certain to be needed or on the plan's critical path.
    ``notes``: what the pathway says of the step first, then the procedure's notes.
    """

    id: str
    kind: Literal["procedure", "milestone"]
    name: Bilingual
    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()
    stage: str
    legal_kind: Bilingual | None = None
    office: Bilingual | None = None
    office_body: str | None = None
    papers: tuple[Bilingual, ...] = ()
    fee: Bilingual | None = None
    result: Bilingual | None = None
    validity: Bilingual | None = None
    legal_basis: tuple[LegalBasis, ...] = ()
    notes: tuple[Bilingual, ...] = ()
    limit: Limit
    timing: Timing
    group: int
    after: tuple[str, ...] = ()
    taken_as_met: tuple[Named, ...] = ()
    critical: bool = False
    confidence: Confidence = "medium"
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """``before`` must be done when ``after`` begins. ``basis`` is None for a prerequisite that the procedure itself names."""

    before: str
    after: str
    basis: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that are handled in the same period; order inside a group comes from the edges."""

    number: int
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How long the result of ``step`` may wait for its use: until ``until`` is reached (a milestone) or decided (a procedure).

    ``use_by``: the latest safe day for that if the step is decided as early as possible. ``lapses``: as planned, it would
    lapse first. ``not_before``: then the earliest day for the decision so that it still holds at its use.
    Day numbers as in Timing; dates None where they cannot be told.
    """

    step: str
    until: str
    length: int
    unit: Literal["months", "years"]
    use_by: int
    lapses: bool
    not_before: int | None = None
    use_by_date: date | None = None
    not_before_date: date | None = None
    basis: Bilingual
    extension: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Statutory limits added up along the critical path, by unit; ``end`` is the day number of the plan's end.

    ``notice_days`` (public periods, at least) are in neither of the other two.

    ``lower_bound``: True when anything is unknown, open or the company's own, and then the ids say what.
    """

    working_days: int
    calendar_days: int
    notice_days: int
    end: int
    end_date: date | None = None
    lower_bound: bool
    unknown: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    company: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Excluded:
    """A procedure that this project does not need, and why."""

    id: str
    name: Bilingual
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PlanPathway:
    """A kind of project that this one belongs to. The first of a plan is the main one."""

    id: str
    name: Bilingual
    applies_when: Bilingual
    cautions: tuple[Bilingual, ...] = ()
    reform_target: TimeReference | None = None  # published, for the whole journey: never a limit


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact as it is shown: ``value`` in words, None for "not known". ``used`` False: it does not matter for this kind of project."""

    id: str
    label: Bilingual
    value: Bilingual | None
    used: bool = True


@dataclass(frozen=True, slots=True)
class CalendarNote:
    """How days were counted. ``unknown_from``: the first needed year whose official holidays are not known; no date is given there."""

    known: tuple[int, ...] = ()
    unknown_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole road. ``steps`` stand by group, then by earliest start. ``missing``: facts that would settle something, the most useful first.

    ``revision`` and ``digest`` name the knowledge it was made from; ``seal`` is the SHA-256 of all else (bot.planning.seal).
    """

    made_on: date
    revision: int
    digest: str
    start: date | None
    facts: ProjectFacts
    fact_lines: tuple[FactLine, ...]
    missing: tuple[str, ...]
    pathways: tuple[PlanPathway, ...]
    steps: tuple[PlanStep, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...]
    critical_path: tuple[str, ...]
    totals: Totals
    windows: tuple[Window, ...]
    excluded: tuple[Excluded, ...]
    cautions: tuple[Bilingual, ...] = ()
    calendar: CalendarNote = CalendarNote()
    seal: str = ""

    def step(self, identifier: str) -> PlanStep | None:
        """The step with this id."""
        return next((step for step in self.steps if step.id == identifier), None)

    @property
    def id(self) -> str:
        """What it is stored by: the same facts on the same day by the same knowledge are the same plan."""
        return self.seal[:32]

    @property
    def number(self) -> str:
        """What people call the plan: its day and the first digits of its seal."""
        return f"{self.made_on:%Y%m%d}-{self.seal[:8].upper()}"


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step that is in both plans, with what is different, by field name."""

    before: PlanStep
    after: PlanStep
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that is different: shown values, None where there is none."""

    id: str
    label: Bilingual
    before: Bilingual | None
    after: Bilingual | None


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What a change of facts (or of knowledge) makes of a plan."""

    facts: tuple[FactChange, ...]
    added: tuple[PlanStep, ...]
    removed: tuple[PlanStep, ...]
    changed: tuple[StepChange, ...]
    before: Totals
    after: Totals

    @property
    def is_empty(self) -> bool:
        """True when nothing that is told has changed."""
        return not (self.facts or self.added or self.removed or self.changed) and self.before == self.after


@dataclass(frozen=True, slots=True)
class Addition:
    """What a supplement adds: a new step, or new papers of a step that was there. ``because`` says what changed."""

    step: PlanStep
    papers: tuple[Bilingual, ...]
    because: Literal["facts", "knowledge"]
    facts: tuple[FactChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Supplement:
    """Only what was added since a plan was handed over, and why."""

    before: str  # the earlier plan's number
    after: str
    revision_before: int
    revision_after: int
    additions: tuple[Addition, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """The plan if a fact that is not known had this value; ``label``: the value in words."""

    fact: str
    value: FactValue
    label: Bilingual
    plan: Plan
