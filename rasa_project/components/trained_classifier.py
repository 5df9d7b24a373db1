"""What training learns about intents, and what it says about a text. Knows nothing of Rasa.

A text comes delexicalised: each mention is the token of its kind (components.kinds), so that "环评要多久" and
"施工许可要多久" are one wording. In training, a text with a mention is read a second time, at half weight, as it is
written: as if no name had been recognised, for misspelt names are common.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from components import linear_model
from components.coverage import Bounds, CoverageGuard, coverage, steps
from components.features import NO_LETTERS, features, units
from components.linear_model import LinearModel
from components.vectoriser import Vectoriser

OUT_OF_SCOPE = "out_of_scope"
"""The one intent that stands for everything else; its phrases do not count as known ground."""

_UNRECOGNISED = 0.5
_ARRAYS, _TEXTS = "arrays.npz", "classifier.json"


@dataclass(frozen=True)
class Example:
    """A normalised training text as written and delexicalised, and its intent."""

    written: str
    delexicalised: str
    intent: str


@dataclass(frozen=True)
class Prediction:
    """Intents with their probabilities, most probable first, and ``unknown``, what the guard took from them.

    All together is 1. ``coverage`` (0 to 1) is the share of the text that in-scope training texts know.
    """

    ranking: list[tuple[str, float]]
    unknown: float
    coverage: float


class TrainedClassifier:
    """Vocabulary, weights and coverage guard of a trained model."""

    def __init__(
        self, vectoriser: Vectoriser, model: LinearModel, guard: CoverageGuard, known: frozenset[str]
    ) -> None:
        """``known``: the steps (components.coverage) of the training texts that are in scope."""
        self.vectoriser = vectoriser
        self.model = model
        self.guard = guard
        self.known = known

    @classmethod
    def fit(cls, examples: Sequence[Example], min_documents: int) -> TrainedClassifier:
        """Train. ``min_documents``: how many training texts a feature has to be in.

        Raises ``ValueError`` when there are fewer than two intents.
        """
        twice = [example for example in examples if example.written != example.delexicalised]
        texts = [example.delexicalised for example in examples] + [example.written for example in twice]
        intents = [example.intent for example in [*examples, *twice]]
        groups = [example.delexicalised for example in [*examples, *twice]]
        importance = np.array([1.0] * len(examples) + [_UNRECOGNISED] * len(twice))

        found = [features(text) for text in texts]
        vectoriser = Vectoriser.fit(found, min_documents)
        model = linear_model.fit(vectoriser.matrix(found), intents, groups, importance)
        in_scope = [text for text, intent in zip(texts, intents, strict=True) if intent != OUT_OF_SCOPE]
        guard = CoverageGuard.fit([e.delexicalised for e in examples if e.intent != OUT_OF_SCOPE])
        return cls(vectoriser, model, guard, frozenset(step for text in in_scope for step in steps(text)))

    def predict(self, delexicalised: str) -> Prediction:
        """What is asked in a normalised, delexicalised text."""
        covered = coverage(delexicalised, self.known)
        certainty = self.guard.factor(delexicalised, covered)
        columns, values = self.vectoriser.row(features(delexicalised))
        probabilities = self.model.probabilities(columns, values)
        # Out of scope need not be known ground; but of a text without one known letter nothing at all is known.
        read = any("u" + unit in self.vectoriser for unit in units(delexicalised) if unit not in NO_LETTERS)
        kept = [float(read) if intent == OUT_OF_SCOPE else certainty for intent in self.model.classes]
        probabilities = probabilities * kept
        order = np.argsort(-probabilities, kind="stable")
        ranking = [(self.model.classes[number], float(probabilities[number])) for number in order]
        return Prediction(ranking, max(0.0, 1 - float(probabilities.sum())), covered)

    def save(self, folder: Path) -> None:
        """Write ``classifier.json`` and ``arrays.npz``. Weights are kept as half floats; the ranking is the same."""
        texts = {
            "classes": self.model.classes,
            "scale": self.model.scale,
            "guard": asdict(self.guard),
            "vocabulary": self.vectoriser.vocabulary,
            "known": sorted(self.known),
        }
        (folder / _TEXTS).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(
            folder / _ARRAYS,
            weights=self.model.weights.astype(np.float16),
            bias=self.model.bias,
            rarity=self.vectoriser.weights,
        )

    @classmethod
    def load(cls, folder: Path) -> TrainedClassifier:
        """Read what ``save`` wrote. Arrays are read without pickle: a model file cannot run code."""
        texts = json.loads((folder / _TEXTS).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            weights, bias, rarity = arrays["weights"].astype(np.float32), arrays["bias"], arrays["rarity"]
        return cls(
            Vectoriser(texts["vocabulary"], rarity),
            LinearModel(tuple(texts["classes"]), weights, bias, float(texts["scale"])),
            CoverageGuard(**{script: Bounds(**bounds) for script, bounds in texts["guard"].items()}),
            frozenset(texts["known"]),
        )
