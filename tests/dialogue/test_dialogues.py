"""Whole conversations from ``tests/dialogues``, as a non-programmer can review them. Word lists understand here, so that
the result is the same on every machine; ``tests/end_to_end/test_dialogues.py`` plays them with the trained model."""

from __future__ import annotations

import pytest

from tests.dialogue_player import Dialogue, dialogues, play
from tests.minds import gazetteer

PLAYED = [each for each in dialogues() if each.understood_by != "model"]


@pytest.mark.parametrize("dialogue", PLAYED, ids=lambda each: each.name)
def test_dialogue(dialogue: Dialogue) -> None:
    play(dialogue, gazetteer().understand)


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    names = [each.name for each in dialogues()]
    assert len(names) >= 200
    assert len(set(names)) == len(names)


def test_most_are_understood_by_word_lists_too() -> None:
    assert len(PLAYED) >= 0.95 * len(list(dialogues()))
