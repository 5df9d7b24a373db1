"""One calibrated score from the signals: a logistic model with few, readable weights."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from heapq import nlargest
from operator import mul
from typing import Final

from bot.dialogue.asks import fit
from bot.dialogue.linking.values import Signals
from bot.domain.decisions import Scored
from bot.domain.records import Kind, Ref
from bot.domain.understanding import Ask

_CLEARLY_NAMED = 0.5
_CLEARLY_SIMILAR = 0.4
# Where a thing is named too, a body is who is asked whether it handles the thing, unless the body itself is asked about.
_ABOUT_BODIES = frozenset({Ask.DUTIES, Ask.CONTACT, Ask.OVERVIEW, Ask.DEFINITION})


@dataclass(frozen=True)
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

    @cached_property
    def vector(self) -> tuple[float, ...]:
        """The weights in the order of ``SIGNALS``."""
        return tuple(getattr(self, name) for name in SIGNALS)


SIGNALS: Final = tuple(item.name for item in fields(LinkWeights) if item.name != "bias")


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
    rivals = _best_two(things_only, subjects)
    vector = weights.vector
    scored = []
    for each in found:
        values = (
            each.similarity,
            each.coverage,
            each.told,
            each.named,
            each.named_share,
            each.titled,
            each.exact,
            fit(ask, each.ref.kind),
            _ahead(each.ref, strength[each.ref], rivals, subjects),
            each.head,
            float(things and each.ref.kind is Kind.BODY and ask not in _ABOUT_BODIES),
            float(each.ref in by_place),
            float(ask in (asked or {}).get(each.ref, ())),
            float(each.ref == current),
        )
        scored.append((weights.bias + sum(map(mul, vector, values)), each.ref, values))
    scored.sort(key=lambda candidate: candidate[0], reverse=True)
    return [
        Scored(ref, 1 / (1 + math.exp(-z)), tuple(zip(SIGNALS, values, strict=True)))
        for z, ref, values in scored
    ]


def _stands_out(signals: Signals) -> bool:
    return signals.named > _CLEARLY_NAMED or signals.similarity > _CLEARLY_SIMILAR


def _best_two(strength: Mapping[Ref, float], subjects: Mapping[Ref, str]) -> list[tuple[str | Ref, float]]:
    """The two strongest subjects, each with the raw strength of its best record; a record of none is its own."""
    best: dict[str | Ref, float] = {}
    for ref, value in strength.items():
        subject = subjects.get(ref, ref)
        best[subject] = max(best.get(subject, 0.0), value)
    return nlargest(2, best.items(), key=lambda item: item[1])


def _ahead(
    ref: Ref, own: float, best: Sequence[tuple[str | Ref, float]], subjects: Mapping[Ref, str]
) -> float:
    """By how much a record's raw strength leads the best of another subject (-1..1)."""
    subject = subjects.get(ref, ref)
    rival = next((value for other, value in best if other != subject), 0.0)
    return max(-1.0, min(1.0, own - rival))


def lead(first: Scored, second: Scored) -> float:
    """By how much the first leads the second, in logits: probabilities near 1 are not near each other."""
    return _logit(first.score) - _logit(second.score)


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))
