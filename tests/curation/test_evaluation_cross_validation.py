"""Rasa's reports are read, whichever way they tell the accuracy."""

from __future__ import annotations

from typing import Any

import pytest

from bot.curation.evaluation.cross_validation import (
    Pipeline,
    read_mistakes,
    read_scores,
    side_by_side,
    stolen,
)

AVERAGES: dict[str, Any] = {
    "macro avg": {"f1-score": 0.8, "support": 120},
    "weighted avg": {"f1-score": 0.85, "support": 120},
}


@pytest.mark.parametrize("accuracy", [{"accuracy": 0.9}, {"micro avg": {"f1-score": 0.9}}])
def test_accuracy_is_read(accuracy: dict[str, Any]) -> None:
    scores = read_scores({**AVERAGES, **accuracy}, 12.0)
    assert (scores.accuracy, scores.macro_f1, scores.weighted_f1, scores.examples) == (0.9, 0.8, 0.85, 120)


def test_pipelines_stand_side_by_side() -> None:
    found = [
        (Pipeline(name, ""), read_scores({**AVERAGES, "accuracy": 0.9}, seconds))
        for name, seconds in (("shipped", 10.0), ("stock", 200.0))
    ]
    table = side_by_side(found, 5)
    assert [row[0] for row in table.rows] == ["shipped", "stock"]
    assert table.rows[1][-1] == "20.0x"


def test_intents_that_take_from_each_other_stand_together() -> None:
    errors = [
        {"text": "", "intent": intent, "intent_prediction": {"name": taken_for, "confidence": 0.6}}
        for intent, taken_for in [
            ("ask_who", "ask_authority"),
            ("ask_authority", "ask_who"),
            ("ask_who", "ask_authority"),
            ("ask_fee", "ask_price"),
        ]
    ]
    table = stolen("shipped", read_mistakes(errors))
    assert table.rows == (("ask_authority · ask_who", "1", "2"), ("ask_fee · ask_price", "1", "0"))
    assert table.note.startswith("4 sentences")
