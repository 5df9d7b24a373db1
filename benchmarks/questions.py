"""The texts that are measured with: the evaluation questions, as the assistant reads them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.curation.evaluation.questions import Question, read_questions
from bot.dialogue.normal import normalise
from bot.domain.text import Audience
from bot.settings import ROOT


def public_questions() -> Sequence[Question]:
    """All questions of the public, in the order of the files."""
    found = read_questions(ROOT / "tests" / "questions")
    return [question for question in found if question.audience is Audience.PUBLIC]


def texts(count: int) -> list[str]:
    """``count`` first messages, each another, taken evenly from all kinds."""
    unique = list(dict.fromkeys(question.turns[0].text for question in public_questions()))
    step = len(unique) / count
    return [unique[int(place * step)] for place in range(min(count, len(unique)))]


def normalised(count: int) -> list[str]:
    """The same, normalised; those without content are left out."""
    return [text for text in map(normalise, texts(count)) if text]
