"""The templates: the same blocks in both languages, and every record answers every ask in both."""

from __future__ import annotations

import re

import pytest

from bot.dialogue.asks import TOLD
from bot.dialogue.compose import Composer
from bot.domain.decisions import Answer
from bot.domain.records import Kind, Ref
from bot.domain.text import Audience, Language
from bot.domain.understanding import Ask
from tests.minds import TODAY, minds, wording


def test_both_languages_have_the_same_blocks() -> None:
    files = wording().files(Language.ZH)
    assert files == wording().files(Language.EN)
    for file in files:
        assert wording().blocks(Language.ZH, file) == wording().blocks(Language.EN, file), file


@pytest.mark.parametrize("kind", list(Kind))
def test_every_told_ask_has_a_block(kind: Kind) -> None:
    missing = {ask.value for ask in TOLD[kind]} - wording().blocks(Language.ZH, kind.value)
    assert not missing


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("language", list(Language))
def test_every_record_answers_every_ask(audience: Audience, language: Language) -> None:
    mind = minds()[audience]
    composer = Composer(mind, wording(), language, TODAY)
    for ref in mind.catalogue.records:
        for ask in Ask:
            composed = composer.compose([Answer(ref, ask)])
            reply = composed.replies[0]
            assert reply.text, (ref, ask)
            assert not re.search(r"\bNone\b|\{\{", reply.text), (ref, ask)
            assert str(ref) in composed.records
            assert reply.buttons[-1].value == "#h", "a way to a person is always offered"
            assert reply.sources, (ref, ask)
            assert all(len(button.label) <= 40 for button in reply.buttons)


def test_an_unchecked_article_is_never_shown() -> None:
    mind = minds()[Audience.STAFF]
    for language in Language:
        composer = Composer(mind, wording(), language, TODAY)
        for ref in mind.catalogue.records:
            for line in composer.compose([Answer(ref, Ask.LEGAL_BASIS)]).replies[0].sources:
                assert line.checked or line.article is None, ref


@pytest.mark.parametrize("ref", ["procedure/electricity-connection", "procedure/tax-registration"])
def test_an_unknown_duration_stays_unknown(ref: str) -> None:
    mind = minds()[Audience.PUBLIC]
    composer = Composer(mind, wording(), Language.ZH, TODAY)
    text = composer.compose([Answer(Ref.parse(ref), Ask.DURATION)]).replies[0].text
    assert "没有可核实" in text


def test_unsettled_matters_name_nobody_as_responsible_to_the_public() -> None:
    mind = minds()[Audience.PUBLIC]
    claims = re.compile(r"请找：|please turn to")
    for language in Language:
        composer = Composer(mind, wording(), language, TODAY)
        for ref, record in mind.catalogue.records.items():
            if getattr(record, "status", "") == "unsettled":
                text = composer.compose([Answer(ref, Ask.WHO)]).replies[0].text
                assert not claims.search(text), ref
                assert "12345" in text or "书面" in text or "written" in text, ref
