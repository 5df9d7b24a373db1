"""One calibrated score from the signals: a logistic model with few, readable weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.dialogue.asks import fit
from bot.dialogue.linking.index import Signals
from bot.domain.decisions import Scored
from bot.domain.records import Ref
from bot.domain.understanding import Ask


@dataclass(frozen=True, slots=True)
class LinkWeights:
    """Weights of the signals (each signal 0..1); fitted on the development questions, see ``make eval``."""

    bias: float = -4.6
    similarity: float = 3.0
    coverage: float = 0.0
    told: float = 1.9
    named: float = 1.7
    named_share: float = 0.0
    titled: float = 0.5
    exact: float = 1.2
    fit: float = 1.75
    ahead: float = 2.9
    current: float = 0.5


def score(
    found: Sequence[Signals], ask: Ask, current: Ref | None, weights: LinkWeights, subjects: Mapping[Ref, str]
) -> list[Scored]:
    """The candidates with their scores (probability that this record is meant), best first.

    ``subjects``: the subject of a record, where it has one; records of one subject are no rivals of each other.
    """
    strength = {each.ref: each.similarity + 0.5 * each.told + 0.5 * each.named for each in found}
    scored = [_score(each, ask, current, weights, _ahead(each.ref, strength, subjects)) for each in found]
    return sorted(scored, key=lambda candidate: candidate.score, reverse=True)


def _ahead(ref: Ref, strength: Mapping[Ref, float], subjects: Mapping[Ref, str]) -> float:
    """By how much a record's raw strength leads the best of another subject (-1..1)."""
    own = subjects.get(ref, str(ref))
    rivals = [value for other, value in strength.items() if subjects.get(other, str(other)) != own]
    return max(-1.0, min(1.0, strength[ref] - max(rivals, default=0.0)))


def _score(signals: Signals, ask: Ask, current: Ref | None, w: LinkWeights, ahead: float) -> Scored:
    values = {
        "ahead": ahead,
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
