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

    bias: float = -4.2
    similarity: float = 4.0
    coverage: float = 2.2
    named: float = 1.6
    named_share: float = 1.8
    exact: float = 2.5
    fit: float = 1.2
    current: float = 0.5


def score(found: Sequence[Signals], ask: Ask, current: Ref | None, weights: LinkWeights) -> list[Scored]:
    """The candidates with their scores (probability that this record is meant), best first."""
    scored = [_score(each, ask, current, weights) for each in found]
    return sorted(scored, key=lambda candidate: candidate.score, reverse=True)


def _score(signals: Signals, ask: Ask, current: Ref | None, w: LinkWeights) -> Scored:
    values = {
        "similarity": signals.similarity,
        "coverage": signals.coverage,
        "named": signals.named,
        "named_share": signals.named_share,
        "exact": signals.exact,
        "fit": fit(ask, signals.ref.kind),
        "current": float(signals.ref == current),
    }
    z = w.bias + sum(getattr(w, name) * value for name, value in values.items())
    return Scored(signals.ref, 1 / (1 + math.exp(-z)), tuple((n, round(v, 3)) for n, v in values.items()))
