"""One calibrated score from the signals: a logistic model with few, readable weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.asks import fit
from bot.dialogue.linking.index import Signals
from bot.domain.decisions import Scored
from bot.domain.records import Ref
from bot.domain.understanding import Ask


@dataclass(frozen=True, slots=True)
class LinkWeights:
    """Weights of the signals (each signal 0..1); fitted on the development questions, see ``make eval``."""

    bias: float = -7.3
    similarity: float = 4.9
    coverage: float = 0.2
    told: float = 2.4
    named: float = 3.9
    named_share: float = 0.0
    titled: float = 0.9
    exact: float = 1.1
    fit: float = 2.0
    current: float = 0.5


def score(found: Sequence[Signals], ask: Ask, current: Ref | None, weights: LinkWeights) -> list[Scored]:
    """The candidates with their scores (probability that this record is meant), best first."""
    scored = [_score(each, ask, current, weights) for each in found]
    return sorted(scored, key=lambda candidate: candidate.score, reverse=True)


def _score(signals: Signals, ask: Ask, current: Ref | None, w: LinkWeights) -> Scored:
    values = {
        "similarity": signals.similarity,
        "coverage": signals.coverage,
        "told": signals.told,
        "named": signals.named,
        "named_share": signals.named_share,
        "titled": signals.titled,
        "exact": signals.exact,
        "fit": fit(ask, signals.ref.kind),
        "current": float(signals.ref == current),
    }
    z = w.bias + sum(getattr(w, name) * value for name, value in values.items())
    return Scored(signals.ref, 1 / (1 + math.exp(-z)), tuple((n, round(v, 3)) for n, v in values.items()))


def lead(first: Scored, second: Scored) -> float:
    """By how much the first leads the second, in logits: probabilities near 1 are not near each other."""
    return _logit(first.score) - _logit(second.score)


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))
