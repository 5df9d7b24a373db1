"""What the dialogue can decide to do with a message: a closed set of values, composed into words elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.domain.conversation import Place
from bot.domain.messages import Enclosure
from bot.domain.plan import ProjectFacts
from bot.domain.records import Ref
from bot.domain.text import Language
from bot.domain.understanding import Ask


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer ``ask`` about ``record``. ``more``: the longer form. ``beside``: records of the same subject that the answer also uses."""

    record: Ref
    ask: Ask
    place: Place | None = None
    more: bool = False
    beside: tuple[Ref, ...] = ()
    focus: str = field(
        default="", compare=False
    )  # the normalised question: which of the record's statements it is about


@dataclass(frozen=True, slots=True)
class AnswerBoth:
    """The same matter in both places, side by side, because the person does not know where it lies."""

    records: tuple[Ref, ...]
    ask: Ask


@dataclass(frozen=True, slots=True)
class Clarify:
    """Ask which of the candidates is meant."""

    candidates: tuple[Ref, ...]
    ask: Ask


@dataclass(frozen=True, slots=True)
class AskPlace:
    """Ask where it is before saying who is responsible."""

    record: Ref
    counterparts: tuple[Ref, ...]
    ask: Ask


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Honestly not in the knowledge base. ``near``: really near records, offered as buttons only. ``topic``: a known gap."""

    near: tuple[Ref, ...] = ()
    topic: Literal["general", "contact", "price", "out_of_scope"] = "general"
    ask: Ask = Ask.OVERVIEW
    about: Ref | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not for this audience, not now or not like this. Says nothing about what is refused."""

    reason: Literal["staff_only", "too_long", "too_fast", "off"]


@dataclass(frozen=True, slots=True)
class Social:
    """A conversational act: greeting, thanks, help, language …"""

    act: str
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class AskFact:
    """Ask for a fact of the project. ``told``: facts just understood, which are said back. ``again``: the answer was no answer."""

    fact: str
    facts: ProjectFacts
    told: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class MakePlan:
    """Make the plan of these facts. ``before``: of a plan made before, what was known then; the difference is told."""

    facts: ProjectFacts
    before: ProjectFacts | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """A person is wanted or needed."""

    reason: Literal["wish", "complaint", "misses", "sensitive", "deletion"]


@dataclass(frozen=True, slots=True)
class GuideWho:
    """Lead to a matter by buttons: its stage, then its place, then the matters, ``page`` by page."""

    stage: str = ""
    place: Place | None = None
    page: int = 0


@dataclass(frozen=True, slots=True)
class AskCase:
    """Ask what happened where, before a boundary case is opened."""

    record: Ref
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a boundary case about an unsettled matter. ``number`` and ``due`` are given where it is stored."""

    record: Ref
    place: Place | None
    words: str
    enclosures: tuple[Enclosure, ...] = ()
    number: str = ""
    due: date | None = None


Decision = (
    Answer
    | AnswerBoth
    | Clarify
    | AskPlace
    | NotKnown
    | Refuse
    | Social
    | AskFact
    | MakePlan
    | Handover
    | GuideWho
    | AskCase
    | OpenCase
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate record with its calibrated score (0..1) and the signals behind it, for the trace."""

    ref: Ref
    score: float
    signals: tuple[tuple[str, float], ...] = ()

    def rounded(self) -> Scored:
        """The same with as many digits as a person reads."""
        return Scored(self.ref, round(self.score, 4), tuple((n, round(v, 3)) for n, v in self.signals if v))


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a turn was decided as it was: one entry a segment of the message."""

    normalised: str
    intent: str
    confidence: float
    candidates: tuple[Scored, ...]
    decision: str
    why: str
