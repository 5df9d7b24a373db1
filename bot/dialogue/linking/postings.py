"""Which rows have which feature, for any number of rows: all rows in one array, cut by feature. Knows no weights."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]
Floats = NDArray[np.float64]


class Vocabulary:
    """Numbers for features, counted from 0 in the order they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, features: Iterable[str]) -> list[int]:
        """The numbers of features, new ones numbered."""
        numbers = self._numbers
        return [numbers.setdefault(feature, len(numbers)) for feature in features]

    def get(self, feature: str) -> int | None:
        """The number of a feature, None for one that was never added."""
        return self._numbers.get(feature)

    def features(self) -> Iterable[str]:
        """All features, by number."""
        return self._numbers


class Postings:
    """Immutable. The rows of feature 0, then of feature 1 …, each ascending, in one array; ``counts`` by feature."""

    def __init__(self, features: NDArray[np.int32], rows: Rows, size: int) -> None:
        """Pairs of feature number and row, the rows of a feature ascending. ``size``: how many features there are."""
        self.rows: Rows = rows[np.argsort(features, kind="stable")]
        self.counts: NDArray[np.int64] = np.bincount(features, minlength=size)
        self.starts: NDArray[np.int64] = np.concatenate(([0], np.cumsum(self.counts)))

    @classmethod
    def of(cls, texts: Iterable[Sequence[int]], vocabulary: Vocabulary) -> Postings:
        """Postings of texts, given as the numbers of their features (each once): row 0, row 1 …"""
        features, rows = array("i"), array("i")
        for row, numbers in enumerate(texts):
            features.extend(numbers)
            rows.extend([row] * len(numbers))
        return cls(np.asarray(features, dtype=np.int32), np.asarray(rows, dtype=np.int32), len(vocabulary))

    def pairs(self) -> tuple[NDArray[np.int32], Rows]:
        """Feature numbers and rows, by feature."""
        return np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts), self.rows

    def by(self, owner: Rows) -> Postings:
        """The same for what the rows belong to, each once; ``owner`` ascends."""
        features, rows = self.pairs()
        rows = owner[rows]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = (rows[1:] != rows[:-1]) | (features[1:] != features[:-1])
        return Postings(features[first], rows[first], len(self.counts))

    def merged(self, other: Postings, wanted: NDArray[np.bool_]) -> Postings:
        """Rows of either, each once, of the ``wanted`` features only."""
        (features, rows), (more, further) = self.pairs(), other.pairs()
        features, rows = np.concatenate((features, more)), np.concatenate((rows, further))
        kept = wanted[features]
        width = int(rows.max(initial=0)) + 1
        keys = np.unique(features[kept].astype(np.int64) * width + rows[kept])
        return Postings((keys // width).astype(np.int32), (keys % width).astype(np.int32), len(wanted))

    def has(self, feature: int | None) -> bool:
        """True when any row has it."""
        return feature is not None and feature < len(self.counts) and bool(self.counts[feature])

    def sum_by_row(self, features: Sequence[int], weights: Sequence[float], size: int) -> Floats:
        """For each of ``size`` rows the summed weights of those of the features that it has."""
        rows = np.concatenate([self.rows[self.starts[f] : self.starts[f + 1]] for f in features])
        repeated = np.repeat(weights, self.counts[features])
        return np.bincount(rows, weights=repeated, minlength=size).astype(np.float64)

    def sum_of_features(self, weights: Floats, size: int) -> Floats:
        """For each of ``size`` rows the summed weights of all its features; ``weights`` by feature number."""
        return np.bincount(self.rows, weights=np.repeat(weights, self.counts), minlength=size).astype(
            np.float64
        )
