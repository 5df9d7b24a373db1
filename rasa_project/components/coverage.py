"""How much of a text is known from training, and what that leaves of a classifier's confidence.

A linear classifier answers anything, and may be surest about what it has never seen the like of. This guard
measures the share of a text's units that training knows *in their surroundings*, and takes confidence away below
what real phrases reach when their own wording is left out. What they reach depends on how a text is written: two
Chinese characters side by side are more often known than two Latin words. So each script has its own bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from components.features import END, NO_LETTERS, START, pair, units
from components.kinds import KIND_OF_TOKEN
from components.normalisation import is_chinese

# Of real phrases, this share may lose all, and this share a part, of its confidence. Of Chinese ones fewer may: a
# homophone or a word of a dialect breaks two pairs at once. Measured on wordings that were held out.
_CHINESE_SHARES, _LATIN_SHARES = (0.0025, 0.02), (0.01, 0.05)
_LEAST, _NARROWEST = 0.25, 0.1
_SHORTEST_INFLECTED, _SHORTEST_ROOT = 4, 3  # letters


@dataclass(frozen=True)
class Bounds:
    """``factor`` is 0 up to a coverage of ``nothing``, 1 from ``everything`` on, and a straight line between."""

    nothing: float
    everything: float

    def factor(self, coverage: float) -> float:
        """What confidence is multiplied by."""
        if coverage <= self.nothing:
            return 0.0
        return min(1.0, (coverage - self.nothing) / (self.everything - self.nothing))

    @classmethod
    def of(cls, coverages: Sequence[float], shares: tuple[float, float]) -> Bounds:
        """The bounds under which these shares of some coverages of real phrases lose all, or a part."""
        nothing, everything = np.quantile(coverages, shares)
        nothing = max(float(nothing), _LEAST)
        return cls(nothing, max(float(everything), nothing + _NARROWEST))


@dataclass(frozen=True)
class CoverageGuard:
    """The bounds for texts of Chinese characters and for those of Latin words."""

    chinese: Bounds
    latin: Bounds

    def factor(self, text: str, coverage: float) -> float:
        """What confidence in a delexicalised text of some coverage is multiplied by."""
        return (self.chinese if is_mostly_chinese(text) else self.latin).factor(coverage)

    @classmethod
    def fit(cls, texts: Sequence[str]) -> CoverageGuard:
        """From delexicalised training texts: what each is covered by the others that are not equal to it."""
        owners = Counter(step for text in set(texts) for step in set(steps(text)))
        shared = {step for step, count in owners.items() if count > 1}
        reached = [coverage(text, shared) for text in texts]
        chinese = [is_mostly_chinese(text) for text in texts]
        ours = [value for value, mine in zip(reached, chinese, strict=True) if mine]
        others = [value for value, mine in zip(reached, chinese, strict=True) if not mine]
        # What there is of one script alone serves for both.
        return cls(Bounds.of(ours or others, _CHINESE_SHARES), Bounds.of(others or ours, _LATIN_SHARES))


def is_mostly_chinese(text: str) -> bool:
    """Whether a text has at least as many Chinese characters as Latin words."""
    found = [unit for unit in units(text) if unit not in KIND_OF_TOKEN and unit not in NO_LETTERS]
    return bool(found) and 2 * sum(is_chinese(unit[0]) for unit in found) >= len(found)


def coverage(text: str, known: Container[str]) -> float:
    """Between 0 and 1; 0 for a text without a letter (empty, signs, pictures, numbers).

    Latin words count without their endings. Each letter unit counts as 1 if it is known next to one of its neighbours, as a half if only it is known, else
    as 0. A mention counts as 1.
    """
    found = _roots(text)
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
    padded = [START, *_roots(text), END]
    yield from ("u" + unit for unit in padded)
    yield from (pair(left, right) for left, right in pairwise(padded))


def _roots(text: str) -> list[str]:
    return [root(unit) for unit in units(text)]


@lru_cache(maxsize=8192)
def root(unit: str) -> str:
    """A Latin word without the endings of its forms ("approves", "approved", "approving"); another unit as it is.

    Both sides of every comparison are cut alike, so a root need not be a word.
    """
    if len(unit) < _SHORTEST_INFLECTED or not (unit.isascii() and unit.isalpha()):
        return unit
    if unit.endswith("ies"):
        return unit[:-3] + "y"
    if unit.endswith("s") and not unit.endswith(("ss", "us", "is")):
        unit = unit[:-1]
    for ending in ("ing", "ed"):
        if unit.endswith(ending) and len(unit) - len(ending) >= _SHORTEST_ROOT:
            unit = unit[: -len(ending)]
            if unit[-1] == unit[-2] and unit[-1] not in "lsz":
                unit = unit[:-1]
            break
    return unit[:-1] if unit.endswith("e") and len(unit) > _SHORTEST_INFLECTED else unit
