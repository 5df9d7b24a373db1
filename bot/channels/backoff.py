"""How long to wait after failures: twice as long each time, up to a limit, with jitter so that nobody retries in step."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Called with the number of failures in a row (from 1), gives the seconds to wait."""

    random: random.Random
    first: float = 1.0
    most: float = 60.0

    def __call__(self, failures: int) -> float:
        whole = min(self.most, self.first * 2.0 ** min(failures - 1, 30))
        return whole * self.random.uniform(0.5, 1.0)
