"""The curated records: what the knowledge base can hold. Immutable values; no storage, no wording, no search.

Every record carries where its facts come from, as of when, whether the citation was checked against the text of
the law, who owns it and when it must be reviewed. A field may override these marks (``marks``). A field whose
metadata says ``staff`` is emptied in the public view, and a record whose audience is staff is not in it at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Literal

from bot.domain.text import Audience, Bilingual, Forms


class Kind(StrEnum):
    """The kinds of record that an answer can rest on; the first half of a record's reference."""

    PROCEDURE = "procedure"
    BODY = "body"
    MATTER = "matter"
    PARK = "park"
    MECHANISM = "mechanism"
    CONCEPT = "concept"
    PATHWAY = "pathway"


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A record's reference, printed as ``KIND/ID``."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind.value}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """``"procedure/eia-approval"`` → Ref. Raises ValueError for any other shape."""
        kind, slash, identifier = text.partition("/")
        if not slash or not identifier:
            raise ValueError(f"not a record reference: {text!r} (expected KIND/ID)")
        return cls(Kind(kind), identifier)


_STRICT: Mapping[str, Any] = {"extra": "forbid", "str_min_length": 1}
Confidence = Literal["high", "medium", "low"]
DayUnit = Literal["working_days", "calendar_days", "published_days"]


def staff_only(default: Any = None, **kwargs: Any) -> Any:
    """A dataclass field that the public view empties."""
    if "default_factory" in kwargs:
        return field(metadata={"audience": "staff"}, **kwargs)
    return field(default=default, metadata={"audience": "staff"})


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A document that a record rests on. ``date`` is YYYY, YYYY-MM or YYYY-MM-DD; ``note`` says what kind of text it is."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    title: Bilingual
    date: str | None = None
    url: str | None = None
    note: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """Overrides of a record's marks for one field. None: as the record says."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    source: int | None = None  # index into the record's sources
    as_of: str | None = None
    checked: bool | None = None
    audience: Audience | None = None
    owner: str | None = None
    review_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What every record has. ``owner`` is a body's id; ``as_of`` is YYYY, YYYY-MM or YYYY-MM-DD."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    name: Bilingual
    aliases: Forms = field(default_factory=Forms)
    questions: Forms = field(default_factory=Forms)
    audience: Audience = Audience.PUBLIC
    owner: str
    as_of: str
    review_by: date
    confidence: Confidence
    sources: tuple[SourceRef, ...]
    marks: Mapping[str, Marks] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duration:
    """Days with their unit. ``value`` None: not known, and never to be filled in. 0 means at once."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    value: int | None
    unit: DayUnit | None


@dataclass(frozen=True, slots=True)
class DurationCase:
    """The duration in one case, such as "report" against "form"."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    case: Bilingual
    value: int
    unit: DayUnit


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A time limit: by law (``Procedure.time_limit``) or a published target (``Procedure.reform_target``).

    ``basis`` names the rule it comes from; it holds an article number only when ``checked``.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    value: int | None
    unit: DayUnit | None
    basis: Bilingual
    checked: bool
    variants: tuple[DurationCase, ...] = ()


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One law that a procedure rests on. ``article`` is shown only when ``checked``."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    law: Bilingual
    summary: Bilingual
    checked: bool
    article: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Header):
    """An approval, filing, registration or similar that somebody goes through."""

    kind: Literal["procedure"] = "procedure"
    stage: Literal[
        "establishment", "filing", "land", "planning", "construction", "build", "acceptance", "operation"
    ]
    legal_kind: Bilingual
    authority: Bilingual
    authority_body: str | None = None
    applies_when: Bilingual
    prerequisites: tuple[str, ...] = ()
    time_limit: TimeLimit
    reform_target: TimeLimit | None = None
    documents: tuple[Bilingual, ...]
    fee: Bilingual
    legal_basis: tuple[LegalBasis, ...]
    result: Bilingual
    validity: Bilingual
    notes: tuple[Bilingual, ...] = ()
    expansion: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Header):
    """An authority, office, institution, company or park that the material names."""

    kind: Literal["body"] = "body"
    category: str
    parent: str | None = None
    functions: tuple[Bilingual, ...]
    functions_staff: tuple[Bilingual, ...] = staff_only(default_factory=tuple)
    duties: Literal["stated", "name-only"] = "stated"
    not_stated: tuple[Bilingual, ...] = ()
    caution: Bilingual | None = None
    laws: tuple[str, ...] = ()
    in_report: bool


@dataclass(frozen=True, slots=True)
class Support:
    """A body that assists in a matter, and with which part."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    body: str
    part: Bilingual


@dataclass(frozen=True, slots=True)
class Interim:
    """What holds while nobody is settled: words for the public, and the working way for staff."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    public: Bilingual
    staff: Bilingual | None = staff_only()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """How a matter stood before it was decided anew: it held until the day before ``until``. The fields are the matter's."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    until: date
    status: Literal["settled", "unsettled"]
    settled_by: Literal["report", "law", "both", "none", "decision"]
    lead: str | None = None
    lead_note: Bilingual | None = None
    support: tuple[Support, ...] = ()
    basis_report: Bilingual | None = None
    laws: tuple[str, ...] = ()
    caution: Bilingual | None = None
    candidates: tuple[str, ...] = ()
    interim: Interim | None = None
    decision: Bilingual | None = None


Stage = Literal["invest", "approve", "build", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter(Header):
    """A matter of responsibility: who leads, who supports, on what basis, or that it is not settled.

    ``stages``: in which part of a project's life it comes up. ``effective_from``: since when it stands as told here (always, when
    not said); ``decision``: what settled it then; ``earlier``: how it stood before, oldest first.
    """

    kind: Literal["matter"] = "matter"
    category: Literal["invest", "plan", "approve", "safety", "environment", "urban", "social", "internal"]
    scope: str
    stages: tuple[Stage, ...] = ()
    status: Literal["settled", "unsettled"]
    settled_by: Literal["report", "law", "both", "none", "decision"]
    lead: str | None = None
    lead_note: Bilingual | None = None
    support: tuple[Support, ...] = ()
    basis_report: Bilingual | None = None
    laws: tuple[str, ...] = ()
    caution: Bilingual | None = None
    candidates: tuple[str, ...] = ()
    interim: Interim | None = None
    ask_location: bool = False
    counterpart: tuple[str, ...] = ()
    decision: Bilingual | None = None
    effective_from: date | None = None
    earlier: tuple[Allocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, as the source gives it."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    number: float
    unit: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkFact(Header):
    """A fact about the zone. ``answer`` is the whole sentence that is said; ``figure``/``items`` are its data.

    ``answerable`` False: the material does not say it; ``answer`` then says so, and where to ask.
    """

    kind: Literal["park"] = "park"
    answerable: bool
    answer: Bilingual
    figure: Figure | None = None
    items: tuple[Bilingual, ...] = ()
    derived: bool = False
    time_note: Bilingual
    caution: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism(Header):
    """A working mechanism of the zone; ``recommended`` ones are proposals and never told as services."""

    kind: Literal["mechanism"] = "mechanism"
    what: Bilingual
    run_by: tuple[str, ...]
    serves: Bilingual
    status: Literal["in-place", "recommended", "ended"]
    status_note: Bilingual | None = None
    caution: Bilingual | None = None
    assistant_use: Bilingual | None = staff_only()


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept(Header):
    """A term and what it means."""

    kind: Literal["concept"] = "concept"
    explanation: Bilingual


@dataclass(frozen=True, slots=True)
class TimeReference:
    """A published time for a whole journey: a reform target, never a limit."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    value: int
    unit: DayUnit
    scope: Bilingual
    counts: Bilingual
    basis: Bilingual
    caution: Bilingual


@dataclass(frozen=True, slots=True)
class Step:
    """A procedure on a pathway; steps of one ``group`` are handled in the same period."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    procedure: str
    group: int
    note: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway(Header):
    """The road of one kind of project through the procedures."""

    kind: Literal["pathway"] = "pathway"
    applies_when: Bilingual
    time_reference: TimeReference | None = None
    steps: tuple[Step, ...]
    cautions: tuple[Bilingual, ...] = ()


Record = Procedure | Body | Matter | ParkFact | Mechanism | Concept | Pathway
