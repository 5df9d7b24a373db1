"""Plays the conversations of ``tests/dialogues`` against the real knowledge; who understands them is the caller's choice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.dialogue.compose import Composed, Composer
from bot.dialogue.decide import decide
from bot.dialogue.hearing import hear
from bot.dialogue.mind import Mind
from bot.domain.conversation import Context
from bot.domain.text import Audience, Language
from bot.domain.understanding import Understanding
from bot.service.handle_message import CONTEXT_LASTS
from tests.minds import minds, wording

FOLDER = Path(__file__).parent / "dialogues"
MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)
Understand = Callable[[str], Understanding]


@dataclass(frozen=True)
class Dialogue:
    """One conversation as written, and where it stands."""

    name: str
    turns: Sequence[Mapping[str, Any]]
    audience: Audience = Audience.PUBLIC
    understood_by: str = "any"  # any, model (word lists cannot understand it), words (not meant for a model)


@dataclass
class Person:
    """What is remembered of one person's conversation."""

    context: Context = field(default_factory=Context)
    last: Composed | None = None


def dialogues() -> Iterator[Dialogue]:
    """Every conversation of the folder without people at the desk, its name led by its file's."""
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem.startswith("handover"):
            continue  # these need the whole desk: tests/service plays them
        for each in yaml.safe_load(path.read_text(encoding="utf-8"))["dialogues"]:
            audience = Audience(each.get("audience", "public"))
            name = f"{path.stem}: {each['name']}"
            yield Dialogue(name, each["turns"], audience, each.get("understood_by", "any"))


def play(dialogue: Dialogue, understand: Understand) -> None:
    """Plays a conversation to its end. Raises AssertionError at the first turn that does not go as written."""
    mind = minds()[dialogue.audience]
    people: defaultdict[str, Person] = defaultdict(Person)
    now = MORNING
    for turn in dialogue.turns:
        now += timedelta(hours=turn.get("hours_later", 0), minutes=1)
        person = people[turn.get("person", "")]
        language = _turn(turn, person, mind, understand, now)
        assert person.last is not None
        _check(turn, person.last, language, mind)


def _turn(
    turn: Mapping[str, Any], person: Person, mind: Mind, understand: Understand, now: datetime
) -> Language:
    before = person.context
    before = before.forget_topic() if before.expired(now, CONTEXT_LASTS) else before
    utterance = hear(_said(turn, person.last), mind.index, mind.lexicon)
    decided = decide(utterance, [understand(each) for each in utterance.questions], before, mind)
    after = decided.context
    language = after.language or utterance.language or after.spoken or Language.ZH
    composer = Composer(mind, wording(), language, now.date())
    person.last = composer.compose(decided.decisions, after.misses, danger=decided.danger)
    person.context = replace(after, touched=now)
    return language


def _said(turn: Mapping[str, Any], last: Composed | None) -> str:
    """What the person types, or the value of the button that they press."""
    if "press" not in turn:
        return str(turn["says"])
    assert last is not None
    buttons = {button.label: button.value for reply in last.replies for button in reply.buttons}
    assert turn["press"] in buttons, f"no button {turn['press']!r} among {list(buttons)}"
    return buttons[turn["press"]]


def _check(turn: Mapping[str, Any], composed: Composed, language: Language, mind: Mind) -> None:
    text = "\n".join(reply.text for reply in composed.replies)
    where = f"after {turn.get('says', turn.get('press'))!r}: {composed.outcome} {composed.records}\n{text}"
    outcome = turn.get("outcome", "answered" if "about" in turn else None)
    if outcome:
        assert composed.outcome.value == outcome, where
    assert set(turn.get("records", ())) <= set(composed.records), where
    _check_about(turn.get("about", ()), composed.records, mind, where)
    for words in turn.get("answer_has", ()):
        assert words in text, f"no {words!r} {where}"
    for words in turn.get("answer_lacks", ()):
        assert words not in text, f"has {words!r} {where}"
    for label in turn.get("buttons", ()):
        assert any(button.label == label for reply in composed.replies for button in reply.buttons), where
    if "replies" in turn:
        assert len(composed.replies) == turn["replies"], f"{len(composed.replies)} replies {where}"
    if "lang" in turn:
        assert language.value == turn["lang"], f"{language} {where}"


def _check_about(wanted: str | Sequence[str], records: Sequence[str], mind: Mind, where: str) -> None:
    """Each thing that the answer must be about stands behind it, in the order written."""
    places = []
    for thing in [wanted] if isinstance(wanted, str) else wanted:
        found = [place for place, record in enumerate(records) if record in _records_of(thing, mind)]
        assert found, f"not about {thing} {where}"
        places.append(found[0])
    assert places == sorted(places), f"not in order {where}"


def _records_of(thing: str, mind: Mind) -> set[str]:
    """``KIND/ID`` is that record, a bare id all records of that subject; ``A or B`` either."""
    records: set[str] = set()
    for one in thing.split(" or "):
        members = {str(ref) for ref, subject in mind.subjects.items() if subject == one}
        assert members or "/" in one, f"no subject {one}"
        records |= members or {one}
    return records
