"""Trains the shipped pipeline on a split and counts what it gets right.

The pipeline without names: the data sets know none of our records, so the gazetteer has nothing to find. Settings are
those of ``config.yml``; nothing is tuned to a data set.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from components.intent_classifier import CalibratedNgramClassifier
from components.normalisation import normalise
from components.trained_classifier import OUT_OF_SCOPE, Example, TrainedClassifier
from yardsticks.readers import DataSet, Fold


@dataclass(frozen=True)
class Scores:
    """Shares of 0 to 1. ``recall``: of the strangers, those that no intent took; None where there are none."""

    accuracy: float
    recall: float | None
    intents: int
    train: int
    test: int
    train_seconds: float
    milliseconds: float


def measure(data: DataSet) -> Scores:
    """The mean over the splits of a data set."""
    found = [_measure(fold) for fold in data.folds]
    recalls = [scores.recall for scores in found if scores.recall is not None]
    return Scores(
        accuracy=_mean(scores.accuracy for scores in found),
        recall=_mean(recalls) if recalls else None,
        intents=found[0].intents,
        train=sum(scores.train for scores in found),
        test=sum(scores.test for scores in found),
        train_seconds=_mean(scores.train_seconds for scores in found),
        milliseconds=_mean(scores.milliseconds for scores in found),
    )


def _measure(fold: Fold) -> Scores:
    began = time.perf_counter()
    examples = [
        Example(written, written, intent)
        for written, intent in ((normalise(t).text, i) for t, i in fold.train)
    ]
    least = int(CalibratedNgramClassifier.get_default_config()["min_documents"])
    trained = TrainedClassifier.fit(examples, least)
    trained_at = time.perf_counter()
    right = sum(heard(trained, text) == intent for text, intent in fold.test)
    refused = sum(heard(trained, text) == OUT_OF_SCOPE for text in fold.strangers)
    asked = len(fold.test) + len(fold.strangers)
    return Scores(
        accuracy=right / len(fold.test),
        recall=refused / len(fold.strangers) if fold.strangers else None,
        intents=len({intent for _, intent in fold.test}),
        train=len(fold.train),
        test=asked,
        train_seconds=trained_at - began,
        milliseconds=1000 * (time.perf_counter() - trained_at) / asked,
    )


def heard(trained: TrainedClassifier, text: str) -> str:
    """The intent as Rasa would report it; what is out of scope or not known is ``OUT_OF_SCOPE``."""
    prediction = trained.predict(normalise(text).text)
    intent, probability = prediction.ranking[0]
    return intent if probability >= prediction.unknown else OUT_OF_SCOPE


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)
