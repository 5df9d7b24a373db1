"""Linear classifiers, one for each class, and probabilities that keep their word on wordings not trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

_HELD_OUT_SHARE = 5  # one group in so many
_SEED = 7


@dataclass(frozen=True)
class LinearModel:
    """``weights``: float32, features × classes; ``bias``: classes; ``scale``: sharpness of the softmax."""

    classes: tuple[str, ...]
    weights: NDArray[Any]
    bias: NDArray[Any]
    scale: float

    def probabilities(self, columns: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
        """Probability of each class (they sum to 1) for one text, given by its known features."""
        return softmax(self.scale * (values @ self.weights[columns] + self.bias))


def fit(
    matrix: sparse.csr_matrix, labels: Sequence[str], groups: Sequence[str], importance: NDArray[Any]
) -> LinearModel:
    """Train on texts × features. Texts of one group share a wording, and are held out together.

    The scale is found on a fifth of the groups with a model that is trained on the others; the weights are then
    trained on everything. Nothing is random: the same data gives the same model.

    Raises ``ValueError`` when there are fewer than two classes.
    """
    names = np.asarray(labels)
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise ValueError("a classifier needs examples of at least two intents")
    held_out = np.array([is_held_out(group) for group in groups])
    scale = _calibrate(matrix, names, held_out, importance)
    weights, bias = _train(matrix, names, importance)
    return LinearModel(classes, weights, bias, scale)


def is_held_out(group: str) -> bool:
    """Whether a group serves to calibrate: decided by its name, so that other groups do not change it."""
    return hashlib.sha256(group.encode()).digest()[0] % _HELD_OUT_SHARE == 0


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: NDArray[Any] = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _train(
    matrix: sparse.csr_matrix, names: NDArray[Any], importance: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weights (features × classes) and bias (classes), the classes in alphabetical order."""
    # Imported here: only training needs it.
    from sklearn.svm import LinearSVC

    trained = LinearSVC(C=1.0, random_state=_SEED).fit(matrix, names, sample_weight=importance)
    coefficients, intercepts = trained.coef_, trained.intercept_
    if len(coefficients) == 1:
        # Of two classes only the second has a classifier.
        coefficients, intercepts = (
            np.vstack([-coefficients, coefficients]),
            np.array([-intercepts[0], intercepts[0]]),
        )
    return coefficients.T.astype(np.float32), intercepts.astype(np.float32)


def _calibrate(
    matrix: sparse.csr_matrix, names: NDArray[Any], held_out: NDArray[Any], importance: NDArray[Any]
) -> float:
    """The scale under which the right classes of held-out texts are most likely; 1 if too little is held out."""
    classes = np.unique(names[~held_out])
    known = held_out & np.isin(names, classes)
    if len(classes) < 2 or not known.any():
        return 1.0
    weights, bias = _train(matrix[~held_out], names[~held_out], importance[~held_out])
    scores = matrix[known] @ weights + bias
    right = (np.arange(len(scores)), np.searchsorted(classes, names[known]))

    def loss(exponent: float) -> float:
        likelihood = np.log(np.maximum(softmax(np.exp(exponent) * scores)[right], 1e-12))
        return float(-np.average(likelihood, weights=importance[known]))

    return float(np.exp(optimize.minimize_scalar(loss, bounds=(-1.0, 4.0), method="bounded").x))
