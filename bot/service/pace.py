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

    def room(self, now: datetime) -> int:
        """How many may go now."""
        most = self._sends.maxlen or 0
        return most - sum(1 for sent in self._sends if sent + self._length > now)

    def count(self, now: datetime) -> None:
        self._sends.append(now)


class Pace:
    """Lets sends through so that no limit is ever exceeded, in any stretch of time.

    Only the ``remembered`` places that were used last are known; the others have not been used for long.
    """

    def __init__(self, overall: Sequence[Rate], remembered: int = 10_000) -> None:
        self._overall = [_Window(rate) for rate in overall]
        self._places: OrderedDict[str, list[_Window]] = OrderedDict()
        self._closed: dict[str, datetime] = {}
        self._remembered = remembered

    def take(self, place: str, rates: Sequence[Rate], now: datetime) -> float:
        """0 when a send to ``place`` may go now (and counts it); else the seconds until it is worth asking again."""
        wait = max(self.wait(place, rates, now), self.wait_for_any(now))
        if wait > 0:
            return wait
        self.count(place, rates, now)
        return 0.0

    def wait(self, place: str, rates: Sequence[Rate], now: datetime) -> float:
        """The seconds until ``place`` may be sent to, as far as its own limits go."""
        free_at = [window.free_at(now) for window in self._windows(place, rates)]
        if (until := self._closed.get(place)) is not None:
            if until <= now:
                del self._closed[place]
            else:
                free_at.append(until)
        return (max(free_at, default=now) - now).total_seconds()

    def wait_for_any(self, now: datetime) -> float:
        """The seconds until anybody may be sent to, as far as the limits of all together go."""
        free_at = max((window.free_at(now) for window in self._overall), default=now)
        return (free_at - now).total_seconds()

    def room(self, now: datetime, most: int) -> int:
        """How many sends the limits of all together leave for now, ``most`` where there are none."""
        return min((window.room(now) for window in self._overall), default=most)

    def count(self, place: str, rates: Sequence[Rate], at: datetime) -> None:
        """A send that went at ``at``. Sends are counted in the order of their times."""
        for window in (*self._windows(place, rates), *self._overall):
            window.count(at)

    def close(self, place: str, until: datetime) -> None:
        """Nothing goes to ``place`` before ``until``: the channel said so."""
        self._closed[place] = max(until, self._closed.get(place, until))

    def _windows(self, place: str, rates: Sequence[Rate]) -> list[_Window]:
        if place not in self._places:
            self._places[place] = [_Window(rate) for rate in rates]
        self._places.move_to_end(place)
        if len(self._places) > self._remembered:
            self._places.popitem(last=False)
        return self._places[place]
