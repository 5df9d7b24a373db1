"""Rasa's reports are read, whichever way they tell the accuracy."""

from __future__ import annotations

from typing import Any

import pytest

from bot.curation.evaluation.cross_validation import Pipeline, read_scores, side_by_side

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
