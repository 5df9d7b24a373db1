"""A circuit breaker for one server: after repeated failures it is left alone for a while. Pure but for the clock."""

from __future__ import annotations

from bot.ports import Clock


class CircuitBreaker:
    """Closed (calls go through) → open after ``failures`` in a row → half open after ``pause`` seconds: one call tries."""

    def __init__(self, clock: Clock, failures: int = 3, pause: float = 5.0) -> None:
        self._clock = clock
        self._limit = failures
        self._pause = pause
        self._failures = 0
        self._open_until: float | None = None

    @property
    def closed(self) -> bool:
        """True when calls may go through as usual."""
        return self._open_until is None

    def allows(self) -> bool:
        """True when a call may be made now. Half open, this lets one call through and shuts again behind it."""
        if self._open_until is None:
            return True
        now = self._clock.now().timestamp()
        if now < self._open_until:
            return False
        self._open_until = now + self._pause
        return True

    def succeeded(self) -> None:
        """A call went well: close."""
        self._failures = 0
        self._open_until = None

    def failed(self) -> None:
        """A call failed: count it, and open when it was one too many."""
        self._failures += 1
        if self._failures >= self._limit:
            self._open_until = self._clock.now().timestamp() + self._pause
