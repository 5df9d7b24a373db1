"""When the next message may leave: counts sends against the limits of a channel. Pure; the time is given."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.ports import Rate


class _Window:
    """The last sends against one limit, as many as the limit counts."""

    def __init__(self, rate: Rate) -> None:
        self._length = timedelta(seconds=rate.seconds)
        self._sends: deque[datetime] = deque(maxlen=rate.count)

    def free_at(self, now: datetime) -> datetime:
        if len(self._sends) < (self._sends.maxlen or 0):
            return now
        return max(now, self._sends[0] + self._length)

    def count(self, now: datetime) -> None:
        self._sends.append(now)


class Pace:
    """Lets sends through so that no limit is ever exceeded, in any stretch of time.

    Only the ``remembered`` places that were used last are known; the others have not been used for long.
    """

    def __init__(self, overall: Sequence[Rate], remembered: int = 10_000) -> None:
        self._overall = [_Window(rate) for rate in overall]
        self._places: OrderedDict[str, list[_Window]] = OrderedDict()
        self._remembered = remembered

    def take(self, place: str, rates: Sequence[Rate], now: datetime) -> float:
        """0 when a send to ``place`` may go now (and counts it); else the seconds until it is worth asking again."""
        windows = [*self._windows(place, rates), *self._overall]
        free_at = max((window.free_at(now) for window in windows), default=now)
        if free_at > now:
            return (free_at - now).total_seconds()
        for window in windows:
            window.count(now)
        return 0.0

    def _windows(self, place: str, rates: Sequence[Rate]) -> list[_Window]:
        if place not in self._places:
            self._places[place] = [_Window(rate) for rate in rates]
        self._places.move_to_end(place)
        if len(self._places) > self._remembered:
            self._places.popitem(last=False)
        return self._places[place]
