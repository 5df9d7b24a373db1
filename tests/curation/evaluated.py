"""Small questions and results for the tests of the evaluation."""

from __future__ import annotations

from typing import Any

from bot.curation.evaluation.asking import Asked, AskedTurn
from bot.curation.evaluation.judging import faults
from bot.curation.evaluation.questions import Question, Right, Split, Turn
from bot.domain.conversation import Mode
from bot.domain.decisions import Scored, Trace
from bot.domain.messages import Button, Outcome, Reply
from bot.domain.records import Ref
from bot.domain.text import Audience, Language
from bot.domain.understanding import Source, Understanding
from bot.ports import TurnResult

RIGHT = Right(outcome=("answered",), records_any=("procedure/permit",))


def result(
    text: str = "",
    *records: str,
    outcome: Outcome = Outcome.ANSWERED,
    language: Language = Language.EN,
    traces: tuple[Trace, ...] = (),
    buttons: tuple[str, ...] = (),
    understood: Understanding | None = None,
) -> TurnResult:
    """A result with one reply."""
    reply = Reply(text, tuple(Button(label, "#t") for label in buttons))
    heard = understood or Understanding("ask_duration", 0.9, Source.RASA, "model-1")
    return TurnResult(outcome, language, Mode.BOT, (reply,), records, heard, 1.0, traces)


def trace(record: str, score: float, intent: str = "ask_duration") -> Trace:
    """A trace with one candidate."""
    return Trace("how long", intent, 0.9, (Scored(Ref.parse(record), score),), "Answer", "clear winner")


def question(*turns: Turn, split: Split = "dev", **changes: Any) -> Question:
    """A question of the public in English."""
    given: dict[str, Any] = {
        "id": "direct-en-001",
        "kind": "direct",
        "language": Language.EN,
        "audience": Audience.PUBLIC,
        "ask": "duration",
    }
    return Question(**{**given, "split": split, "turns": turns or (turn(),), **changes})


def turn(text: str = "How long is it?", right: Right = RIGHT) -> Turn:
    """A turn in English."""
    return Turn(text, Language.EN, right)


def asked(got: TurnResult | None = None, **changes: Any) -> Asked:
    """A question with one turn that came back as ``got``; a right answer when it is missing."""
    one = question(**changes)
    got = got or result("7 days", "procedure/permit")
    return Asked(one, (AskedTurn(one.turns[0], got, tuple(faults(one.turns[0], got))),))
