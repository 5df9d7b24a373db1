"""Whole conversations from ``tests/dialogues``, as a non-programmer can review them. Word lists understand, so that
the result is the same on every machine; how well the trained model understands is measured by ``make eval``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dialogue.compose import Composed, Composer
from bot.dialogue.decide import decide
from bot.dialogue.hearing import hear
from bot.domain.conversation import Context
from bot.domain.text import Audience, Language
from tests.minds import TODAY, gazetteer, minds, wording

FOLDER = Path(__file__).parent.parent / "dialogues"


def _dialogues() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8"))["dialogues"]:
            yield pytest.param(dialogue, id=f"{path.stem}: {dialogue['name']}")


@pytest.mark.parametrize("dialogue", list(_dialogues()))
def test_dialogue(dialogue: dict[str, Any]) -> None:
    mind = minds()[Audience(dialogue.get("audience", "public"))]
    context = Context()
    last: Composed | None = None
    for turn in dialogue["turns"]:
        text = _said(turn, last)
        utterance = hear(text, mind.index, mind.lexicon)
        decided = decide(utterance, [gazetteer().understand(q) for q in utterance.questions], context, mind)
        context = decided.context
        language = context.language or utterance.language or context.spoken or Language.ZH
        composer = Composer(mind, wording(), language, TODAY)
        last = composer.compose(decided.decisions, danger=decided.danger)
        _check(turn, last, language)


def _said(turn: dict[str, Any], last: Composed | None) -> str:
    """What the person types, or the value of the button that they press."""
    if "press" not in turn:
        return str(turn["says"])
    assert last is not None
    buttons = {button.label: button.value for reply in last.replies for button in reply.buttons}
    assert turn["press"] in buttons, f"no button {turn['press']!r} among {list(buttons)}"
    return buttons[turn["press"]]


def _check(turn: dict[str, Any], composed: Composed, language: Language) -> None:
    text = "\n".join(reply.text for reply in composed.replies)
    where = f"after {turn.get('says', turn.get('press'))!r}: {composed.outcome} {composed.records}\n{text}"
    if "outcome" in turn:
        assert composed.outcome.value == turn["outcome"], where
    for record in turn.get("records", ()):
        assert record in composed.records, where
    for words in turn.get("answer_has", ()):
        assert words in text, where
    for words in turn.get("answer_lacks", ()):
        assert words not in text, where
    for label in turn.get("buttons", ()):
        assert any(button.label == label for reply in composed.replies for button in reply.buttons), where
    if "lang" in turn:
        assert language.value == turn["lang"], where
