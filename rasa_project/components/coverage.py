"""How much of a text is known from training, and what that leaves of a classifier's confidence.

A linear classifier answers anything, and may be surest about what it has never seen the like of. This guard
measures the share of a text's units that training knows *in their surroundings*, and takes confidence away below
what real phrases reach when their own wording is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from components.features import END, NO_LETTERS, START, pair, units
from components.kinds import KIND_OF_TOKEN

# Of real phrases, this share may lose all, and this share a part, of its confidence.
_QUANTILES = (0.01, 0.05)
_LEAST, _NARROWEST = 0.25, 0.1


@dataclass(frozen=True)
class CoverageGuard:
    """``factor`` is 0 up to a coverage of ``nothing``, 1 from ``everything`` on, and a straight line between."""

    nothing: float
    everything: float

    def factor(self, coverage: float) -> float:
        """What confidence is multiplied by."""
        if coverage <= self.nothing:
            return 0.0
        return min(1.0, (coverage - self.nothing) / (self.everything - self.nothing))

    @classmethod
    def fit(cls, texts: Sequence[str]) -> CoverageGuard:
        """From delexicalised training texts: what each is covered by the others that are not equal to it."""
        owners = Counter(step for text in set(texts) for step in set(steps(text)))
        shared = {step for step, count in owners.items() if count > 1}
        nothing, everything = np.quantile([coverage(text, shared) for text in texts], _QUANTILES)
        nothing = max(float(nothing), _LEAST)
        return cls(nothing, max(float(everything), nothing + _NARROWEST))


def coverage(text: str, known: Container[str]) -> float:
    """Between 0 and 1; 0 for a text without a letter (empty, signs, pictures, numbers).

    Each letter unit counts as 1 if it is known next to one of its neighbours, as a half if only it is known, else
    as 0. A mention counts as 1.
    """
    found = units(text)
    padded = [START, *found, END]
    credits: list[float] = []
    for position, unit in enumerate(found):
        if unit in KIND_OF_TOKEN:
            credits.append(1.0)
        elif unit not in NO_LETTERS:
            beside = pair(padded[position], unit) in known or pair(unit, padded[position + 2]) in known
            credits.append(1.0 if beside else 0.5 if "u" + unit in known else 0.0)
    return sum(credits) / len(credits) if credits else 0.0


def steps(text: str) -> Iterable[str]:
    """The features that coverage looks at: single units and pairs of neighbours."""
    padded = [START, *units(text), END]
    yield from ("u" + unit for unit in padded)
    yield from (pair(left, right) for left, right in pairwise(padded))
