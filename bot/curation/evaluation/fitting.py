"""Logistic regression with bounds on the weights, small enough to read: no library is needed for a dozen weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SWEEPS = 400
_SETTLED = 1e-6


def fit_logistic(signals: Floats, true: Floats, signs: Floats, ridge: float = 0.05) -> tuple[float, Floats]:
    """The bias and the weights (one a column of ``signals``) under which ``true`` (0 or 1 a row) is likeliest.

    ``signs``: by weight 1 (not below 0), -1 (not above 0). ``ridge`` holds weights that little speaks for near 0.
    Newton's step for one weight after the other, cut at its bound; the problem is convex, so that this ends at the best.
    """
    rows, columns = signals.shape
    bias, weights = 0.0, np.zeros(columns)
    lows, highs = np.where(signs > 0, 0.0, -np.inf), np.where(signs < 0, 0.0, np.inf)
    logits = np.zeros(rows)
    for _ in range(_SWEEPS):
        moved = 0.0
        for column in range(-1, columns):
            values = np.ones(rows) if column < 0 else signals[:, column]
            old, hold = (bias, 0.0) if column < 0 else (float(weights[column]), ridge)
            likely = 1 / (1 + np.exp(-logits))
            slope = float(values @ (likely - true)) + hold * old
            bend = float(values**2 @ (likely * (1 - likely))) + hold + 1e-9
            new = old - slope / bend
            if column < 0:
                bias = new
            else:
                new = weights[column] = float(np.clip(new, lows[column], highs[column]))
            logits += values * (new - old)
            moved = max(moved, abs(new - old))
        if moved < _SETTLED:
            break
    return float(bias), weights
