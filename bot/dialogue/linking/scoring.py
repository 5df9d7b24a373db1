"""One calibrated score from the signals: a logistic model with few, readable weights."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from bot.dialogue.asks import fit
from bot.dialogue.linking.values import Signals
from bot.domain.decisions import Scored
from bot.domain.records import Kind, Ref
from bot.domain.understanding import Ask

_CLEARLY_NAMED = 0.5
_CLEARLY_SIMILAR = 0.4
# Where a thing is named too, a body is who is asked whether it handles the thing, unless the body itself is asked about.
_ABOUT_BODIES = frozenset({Ask.DUTIES, Ask.CONTACT, Ask.OVERVIEW, Ask.DEFINITION})


@dataclass(frozen=True, slots=True)
class LinkWeights:
    """Weights of the signals (each signal 0..1); fitted on the development questions, see ``make eval``."""

    bias: float = -3.86
    similarity: float = 2.6
    coverage: float = 0.0
    told: float = 1.65
    named: float = 1.7
    named_share: float = 0.0
    titled: float = 0.0
    exact: float = 1.8
    fit: float = 0.86
    ahead: float = 2.95
    head: float = 0.6
    actor: float = -2.0
    place: float = 1.25
    asked: float = 0.8
    current: float = 0.5


def score(
    found: Sequence[Signals],
    ask: Ask,
    current: Ref | None,
    weights: LinkWeights,
    subjects: Mapping[Ref, str],
    by_place: Container[Ref] = (),
    asked: Mapping[Ref, Container[Ask]] | None = None,
) -> list[Scored]:
    """The candidates with their scores (probability that this record is meant), best first.

    ``subjects``: the subject of a record, where it has one; records of one subject are no rivals of each other.
    ``by_place``: records whose answer depends on the place, when a place was named.
    ``asked``: what people ask about a fact of the zone, by its question forms.
    """
    things = any(_stands_out(each) for each in found if each.ref.kind is not Kind.BODY)
    strength = {each.ref: each.similarity + 0.5 * each.told + 0.5 * each.named for each in found}
    if things and ask not in _ABOUT_BODIES:  # then bodies are no rivals of the things
        things_only = {ref: value for ref, value in strength.items() if ref.kind is not Kind.BODY}
    else:
        things_only = strength
    scored = []
    for each in found:
        values = _values(each, ask) | {
            "ahead": _ahead(each.ref, strength[each.ref], things_only, subjects),
            "actor": float(things and each.ref.kind is Kind.BODY and ask not in _ABOUT_BODIES),
            "place": float(each.ref in by_place),
            "asked": float(ask in (asked or {}).get(each.ref, ())),
            "current": float(each.ref == current),
        }
        scored.append(_score(each.ref, values, weights))
    return sorted(scored, key=lambda candidate: candidate.score, reverse=True)


def _stands_out(signals: Signals) -> bool:
    return signals.named > _CLEARLY_NAMED or signals.similarity > _CLEARLY_SIMILAR


def _ahead(ref: Ref, own: float, strength: Mapping[Ref, float], subjects: Mapping[Ref, str]) -> float:
    """By how much a record's raw strength leads the best of another subject (-1..1)."""
    subject = subjects.get(ref, str(ref))
    rivals = [value for other, value in strength.items() if subjects.get(other, str(other)) != subject]
    return max(-1.0, min(1.0, own - max(rivals, default=0.0)))


def _values(signals: Signals, ask: Ask) -> dict[str, float]:
    return {
        "similarity": signals.similarity,
        "coverage": signals.coverage,
        "told": signals.told,
        "named": signals.named,
        "named_share": signals.named_share,
        "titled": signals.titled,
        "exact": signals.exact,
        "head": signals.head,
        "fit": fit(ask, signals.ref.kind),
    }


def _score(ref: Ref, values: Mapping[str, float], w: LinkWeights) -> Scored:
    z = w.bias + sum(getattr(w, name) * value for name, value in values.items())
    return Scored(ref, 1 / (1 + math.exp(-z)), tuple((n, round(v, 3)) for n, v in values.items()))


def lead(first: Scored, second: Scored) -> float:
    """By how much the first leads the second, in logits: probabilities near 1 are not near each other."""
    return _logit(first.score) - _logit(second.score)


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))
