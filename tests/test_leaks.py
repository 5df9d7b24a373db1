"""What only staff may know is shown on no public surface: every text of staff records and staff fields, and the private contacts.

A text is the staff's when it stands in the knowledge for staff and nowhere in what the public may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from bot.app import build_minds
from bot.curation.language_files import read_lexicon
from bot.curation.yaml_files import read_knowledge
from bot.dialogue.buttons import Press, decode, encode
from bot.dialogue.compose import Composer
from bot.dialogue.decide import decide
from bot.dialogue.hearing import hear
from bot.dialogue.mind import Mind
from bot.domain.catalogue import KnowledgeSet
from bot.domain.contacts import Contact
from bot.domain.conversation import Context, Place
from bot.domain.decisions import Answer, GuideWho
from bot.domain.messages import Reply
from bot.domain.records import Kind, Ref
from bot.domain.shapes import plain, values_of
from bot.domain.text import Audience, Language
from bot.domain.understanding import Ask
from tests.minds import KNOWLEDGE, TODAY, gazetteer, minds, wording

_SHORT = 8  # shorter texts stand in others by chance
DUTY = Contact(body="local-townships", post="duty", name="值班室甲乙丙丁", phone="0000-000-0001")


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_of(part)


def all_texts(knowledge: KnowledgeSet) -> set[str]:
    return {text for value in values_of(knowledge) for text in texts_of(plain(value))}


@cache
def secrets() -> frozenset[str]:
    """Every text that only staff may read."""
    knowledge = read_knowledge(KNOWLEDGE).knowledge
    public = all_texts(knowledge.for_audience(Audience.PUBLIC))
    shown = "\n".join(public)
    hidden = all_texts(knowledge) - public
    return frozenset(text for text in hidden if len(text) >= _SHORT and text not in shown)


def leaks(replies: tuple[Reply, ...]) -> list[str]:
    """The staff's texts in replies: words, buttons, sources."""
    said = "\n".join(
        [
            *(reply.text for reply in replies),
            *(f"{button.label} {button.value}" for reply in replies for button in reply.buttons),
            *(f"{line.title} {line.article}" for reply in replies for line in reply.sources),
        ]
    )
    return [text for text in secrets() if text in said]


def public() -> Mind:
    return minds()[Audience.PUBLIC]


def staff_refs() -> list[Ref]:
    return [ref for ref in minds()[Audience.STAFF].catalogue.records if not public().visible(ref)]


def answered(text: str, context: Context | None = None) -> tuple[Reply, ...]:
    mind = public()
    utterance = hear(text, mind.index, mind.lexicon)
    decided = decide(
        utterance, [gazetteer().understand(q) for q in utterance.questions], context or Context(), mind
    )
    language = utterance.language or Language.ZH
    return Composer(mind, wording(), language, TODAY).compose(decided.decisions).replies


def test_there_is_something_to_leak() -> None:
    assert len(secrets()) > 100
    assert len(staff_refs()) > 10
    staff = minds()[Audience.STAFF]
    composer = Composer(staff, wording(), Language.ZH, TODAY)
    told = composer.compose([Answer(ref, Ask.WHO) for ref in staff_refs()]).replies
    assert leaks(told), "the test would see a leak"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("more", [False, True])
def test_no_answer_about_any_record_shows_it(language: Language, more: bool) -> None:
    composer = Composer(public(), wording(), language, TODAY)
    for ref in minds()[Audience.STAFF].catalogue.records:
        for ask in Ask:
            assert leaks(composer.compose([Answer(ref, ask, more=more)]).replies) == [], (ref, ask)


def test_asking_for_it_by_name_alias_or_question_shows_nothing() -> None:
    for ref in staff_refs():
        record = minds()[Audience.STAFF].catalogue.records[ref]
        for form in (*record.name.zh.split("，"), record.name.en, *record.aliases, *record.questions):
            for text in (form, f"/who {form}"):
                found = leaks(answered(text))
                assert found == [], (ref, text)


def test_no_button_of_the_staff_s_opens_it() -> None:
    for ref in staff_refs():
        values = [encode(Press("answer", ask, ref)) for ask in Ask] + [encode(Press("more", Ask.WHO, ref))]
        if ref.kind is Kind.MATTER:
            values += [encode(Press("place", Ask.WHO, ref, place)) for place in Place]
            values.append(encode(Press("case", record=ref)))
        for value in values:
            assert decode(value) is not None
            assert leaks(answered(value)) == [], value
        assert leaks(answered(f"/start {ref.kind.value}_{ref.id}")) == []


def test_a_conversation_that_was_about_it_goes_on_without_it() -> None:
    for ref in staff_refs():
        context = Context(record=ref, ask=Ask.WHO, earlier=(ref,))
        for text in ("依据是什么", "那谁配合呢", "how long does it take", "还有呢"):
            assert leaks(answered(text, context)) == [], (ref, text)


def test_the_way_by_buttons_names_no_staff_matter() -> None:
    for language in Language:
        composer = Composer(public(), wording(), language, TODAY)
        for stage in ("", "invest", "approve", "build", "run", "other"):
            for place in (None, *Place):
                for page in range(8):
                    assert leaks(composer.compose([GuideWho(stage, place, page)]).replies) == []


def test_contacts_are_the_staff_s_alone() -> None:
    knowledge = read_knowledge(KNOWLEDGE).knowledge
    revision = public().catalogue.revision
    built = build_minds(knowledge, revision, read_lexicon(KNOWLEDGE), TODAY, {DUTY.body: (DUTY,)})
    for language in Language:
        for audience, expected in ((Audience.STAFF, True), (Audience.PUBLIC, False)):
            composer = Composer(built[audience], wording(), language, TODAY)
            refs = [Ref(Kind.BODY, DUTY.body), *(r for r in knowledge.records if r.kind is Kind.MATTER)]
            said = [composer.compose([Answer(ref, Ask.WHO)]).replies[0].text for ref in refs]
            assert any(DUTY.phone in text and DUTY.name in text for text in said) is expected
            if expected:
                assert DUTY.phone in said[0]
