"""What was understood of one utterance: the intent with its confidence, and who understood it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ask(StrEnum):
    """What is asked about a record. Rasa's intent for it is ``ask_`` + the value."""

    OVERVIEW = "overview"
    DEFINITION = "definition"
    DURATION = "duration"
    DOCUMENTS = "documents"
    FEE = "fee"
    AUTHORITY = "authority"
    HOW = "how"
    LEGAL_BASIS = "legal_basis"
    RESULT = "result"
    VALIDITY = "validity"
    ORDER = "order"
    APPLICABILITY = "applicability"
    EXPANSION = "expansion"
    RISK = "risk"
    WHO = "who"
    SUPPORT = "support"
    ESCALATION = "escalation"
    CONTACT = "contact"
    DUTIES = "duties"
    VALUE = "value"
    PRICE = "price"
    LIST = "list"
    DATE = "date"
    CONFIRM = "confirm"
    STATUS = "status"
    SCOPE = "scope"
    COMPARE = "compare"
    PLAN = "plan"


class Source(StrEnum):
    """Who understood the utterance."""

    RASA = "rasa"
    GAZETTEER = "gazetteer"
    BUTTON = "button"
    COMMAND = "command"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of the utterance that the NLU marked: ``start``/``end`` in characters, ``entity`` the record kind or ``place``."""

    entity: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understanding:
    """One parse. ``confidence`` is 0..1 and calibrated where ``source`` is rasa; ``model`` is the model's name."""

    intent: str
    confidence: float
    source: Source
    model: str | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    mentions: tuple[Mention, ...] = ()

    @property
    def ask(self) -> Ask | None:
        """The ask that the intent stands for, or None for a conversational intent."""
        return ask_of_intent(self.intent)


def ask_of_intent(intent: str) -> Ask | None:
    """``ask_duration`` → Ask.DURATION; ``report_problem`` asks who handles it, ``plan_project`` for the road; others are no ask."""
    if intent == "report_problem":
        return Ask.WHO
    if intent == "plan_project":
        return Ask.PLAN
    name = intent.removeprefix("ask_")
    if name == intent or name not in {ask.value for ask in Ask}:
        return None
    return Ask(name)
