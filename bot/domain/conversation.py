"""The state of one conversation between turns: small, explicit, expiring. No storage, no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.domain.plan import ProjectFacts
from bot.domain.records import Ref
from bot.domain.text import Language
from bot.domain.understanding import Ask


class Mode(StrEnum):
    """Who holds the conversation."""

    BOT = "bot"
    OFFERED = "offered"
    QUEUED = "queued"
    AFTER_HOURS = "after_hours"
    CLAIMED = "claimed"
    WAITING_USER = "waiting_user"
    CLOSED = "closed"
    EXPIRED = "expired"


class Place(StrEnum):
    """Which part of the zone is meant."""

    NEW = "new"
    EXISTING = "existing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that the assistant asked and waits an answer to: which record, which place, or what a boundary case is about."""

    question: Literal["which", "place", "case"]
    candidates: tuple[Ref, ...]
    ask: Ask


@dataclass(frozen=True, slots=True)
class PlanForm:
    """The facts of a project as far as they were told. ``asked``: the fact that an answer is waited for.

    ``path``: the facts in the order in which they were settled, for going back. ``planned``: a plan was made of them.
    """

    facts: ProjectFacts = field(default_factory=ProjectFacts)
    asked: str | None = None
    path: tuple[str, ...] = ()
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation is about. ``earlier`` holds the records talked about before, newest first, at most five."""

    record: Ref | None = None
    ask: Ask | None = None
    place: Place | None = None
    pending: Pending | None = None
    language: Language | None = None  # the person's explicit choice; outranks detection
    spoken: Language | None = None  # the language of the last message that showed one
    said: str = ""  # the last question, normalised and cut: "and B?" is understood by it
    fresh: bool = False  # the record was talked about earlier in this very message
    misses: int = 0
    earlier: tuple[Ref, ...] = ()
    touched: datetime | None = None
    form: PlanForm | None = None

    def expired(self, now: datetime, after: timedelta) -> bool:
        """True when the last turn is longer ago than ``after``."""
        return self.touched is not None and now - self.touched > after

    def forget_topic(self) -> Context:
        """The same person with a clean table: the language choice stays, and the facts of a project, about which nothing is asked now."""
        form = replace(self.form, asked=None) if self.form else None
        return Context(language=self.language, spoken=self.spoken, form=form)

    def about(self, record: Ref, ask: Ask) -> Context:
        """The context after an answer about ``record``."""
        earlier = tuple(ref for ref in (self.record, *self.earlier) if ref is not None and ref != record)
        return replace(self, record=record, ask=ask, pending=None, misses=0, earlier=earlier[:5])


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as stored. ``version`` rises with every save (compare-and-set).

    ``warned_at``: when the person was last told to write more slowly. Set by reading, not by saving: ``parked``: what is said
    waits until the person writes again; ``undecided``: the inbox's number of the first message not decided yet.
    """

    id: str
    channel: str
    mode: Mode = Mode.BOT
    context: Context = field(default_factory=Context)
    turns: int = 0
    version: int = 0
    warned_at: datetime | None = None
    parked: bool = False
    undecided: int | None = None
