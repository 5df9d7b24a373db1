"""From the features of a text to a vector: a vocabulary, inverse document frequencies, weights of the views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Row = tuple[NDArray[Any], NDArray[Any]]
"""Column numbers (int32) and their values (float32, Euclidean length 1; empty if nothing is known)."""

# How much each view counts (see components.features), measured on held-out phrases.
VIEW_WEIGHTS: Mapping[str, float] = {"u": 1.3, "n": 1.0, "g": 0.5, "s": 0.5, "k": 1.0}


class Vectoriser:
    """Knows the features that occur often enough in the training texts; others are unknown and left out."""

    def __init__(self, vocabulary: Sequence[str], weights: NDArray[Any]) -> None:
        """``vocabulary``: the features, one a column; ``weights``: float32, the factor of each column."""
        self.vocabulary = tuple(vocabulary)
        self.weights = weights
        self._columns: dict[str, int] = {feature: column for column, feature in enumerate(self.vocabulary)}

    def __contains__(self, feature: str) -> bool:
        return feature in self._columns

    def __len__(self) -> int:
        """Number of columns."""
        return len(self.vocabulary)

    @classmethod
    def fit(cls, texts: Sequence[Iterable[str]], min_documents: int) -> Vectoriser:
        """Learn the vocabulary of texts, given by their features: those that ``min_documents`` texts have."""
        documents: Counter[str] = Counter()
        for found in texts:
            documents.update(set(found))
        vocabulary = sorted(feature for feature, count in documents.items() if count >= min_documents)
        rarity = [np.log((1 + len(texts)) / (1 + documents[feature])) + 1 for feature in vocabulary]
        views = [VIEW_WEIGHTS[feature[0]] for feature in vocabulary]
        return cls(vocabulary, np.asarray(rarity, np.float32) * np.asarray(views, np.float32))

    def row(self, found: Iterable[str]) -> Row:
        """The vector of one text."""
        counts: dict[int, int] = {}
        columns = self._columns
        for feature in found:
            column = columns.get(feature)
            if column is not None:
                counts[column] = counts.get(column, 0) + 1
        indices = np.fromiter(counts.keys(), np.int32, len(counts))
        values = 1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))
        values *= self.weights[indices]
        return indices, values / max(float(np.sqrt(values @ values)), 1e-12)

    def matrix(self, texts: Iterable[Iterable[str]]) -> sparse.csr_matrix:
        """The vectors of many texts, one a row."""
        columns = self._columns
        rows = [
            [column for feature in found if (column := columns.get(feature)) is not None] for found in texts
        ]
        bounds = np.cumsum([0, *map(len, rows)])
        indices = np.fromiter(chain.from_iterable(rows), np.int32, int(bounds[-1]))
        shape = (len(rows), len(self))
        made = sparse.csr_matrix((np.ones(len(indices), np.float32), indices, bounds), shape=shape)
        made.sum_duplicates()
        made.data = (1 + np.log(made.data)) * self.weights[made.indices]
        lengths = np.sqrt(np.asarray(made.multiply(made).sum(axis=1), np.float32).ravel())
        made.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(made.indptr))
        return made
