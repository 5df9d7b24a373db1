"""Two questions with one answer are answered once."""

from __future__ import annotations

from datetime import date

from bot.dialogue.compose import Composer
from bot.domain.decisions import Answer
from bot.domain.records import Kind, Ref
from bot.domain.text import Audience, Language
from bot.domain.understanding import Ask
from tests.minds import minds, wording

WASTE = Ref(Kind.MATTER, "industrial-waste")


def replies(*asks: Ask) -> int:
    composer = Composer(minds()[Audience.PUBLIC], wording(), Language.ZH, date(2026, 11, 24))
    return len(composer.compose([Answer(WASTE, ask) for ask in asks]).replies)


def test_the_same_words_are_said_once() -> None:
    assert replies(Ask.WHO, Ask.CONTACT, Ask.DATE, Ask.OVERVIEW) < 4


def test_other_words_are_said_too() -> None:
    assert replies(Ask.WHO, Ask.LEGAL_BASIS) == 2
