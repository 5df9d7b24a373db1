"""Hearing: commands, presses, languages, several questions in one message."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.hearing import MAX_QUESTIONS, Utterance, hear
from bot.domain.text import Audience, Language
from tests.minds import minds


def heard(text: str) -> Utterance:
    mind = minds()[Audience.PUBLIC]
    return hear(text, mind.index, mind.lexicon)


def test_a_press_needs_no_language() -> None:
    utterance = heard("#a:t:p/eia-approval")
    assert utterance.press is not None
    assert utterance.questions == ()


def test_a_command_with_its_argument() -> None:
    command = heard("/start procedure_construction-permit").command
    assert command is not None
    assert (command.name, command.argument) == (
        "start",
        "procedure_construction-permit",
    )


def test_an_intent_in_a_message_is_only_text() -> None:
    """Rasa would let ``/intent{...}`` set an intent: what is left of it must not begin with a slash."""
    utterance = heard('/ask_fee{"procedure": "x"}')
    assert utterance.command is None
    assert all(not question.startswith("/") for question in utterance.questions)


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂🙂", "？？", "\u200b"])
def test_nothing_said(text: str) -> None:
    assert heard(text) == Utterance()


def test_too_long() -> None:
    assert heard("环评" * 2001).too_long
    assert not heard("环评" * 2000).too_long


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("环评要多久", Language.ZH),
        ("How long does the EIA take?", Language.EN),
        ("Who runs 数智安防产业园?", Language.EN),
        ("EIA 要批多久", Language.ZH),
        ("環評要多久", Language.ZH),
    ],
)
def test_a_name_does_not_flip_the_language(text: str, language: Language) -> None:
    assert heard(text).language is language


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("环评要多久？施工许可找谁？", 2),
        ("环评找谁，要多久", 2),
        ("我们是做传感器的，想在这边办厂，先找谁", 1),
        ("How long does the EIA take and who approves it?", 2),
        ("Who acquires land and houses?", 1),
    ],
)
def test_questions_are_split(text: str, count: int) -> None:
    assert len(heard(text).questions) == count


@settings(deadline=None)
@given(st.text(max_size=500))
def test_no_text_breaks_hearing(text: str) -> None:
    assert len(heard(text).questions) <= MAX_QUESTIONS


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thanks mate", Language.EN),
        ("huanping yao duojiu", Language.ZH),
        ("asdfghjkl", None),
        ("EIA how long", Language.EN),
        ("drainage", Language.EN),
        ("kaifawei meaning?", Language.EN),
    ],
)
def test_latin_letters_are_english_pinyin_or_neither(text: str, language: Language | None) -> None:
    assert heard(text).language is language


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("A contractor fell off our roof, whom do we notify?", 1),
        ("Hazardous chemicals safety review, how long?", 1),
        ("How long does the EIA take and who grants it?", 2),
        ("What is standard land, and which papers do I need for the permit?", 2),
    ],
)
def test_background_stays_with_its_question(text: str, questions: int) -> None:
    assert len(heard(text).questions) == questions
