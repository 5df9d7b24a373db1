"""Who is sent to next, of all who wait: fair between conversations, people before the desk, nobody who may not be sent to.

Nothing that would have to wait for a limit is taken up, so that it does not stand in the way of those who need not wait. Pure.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.ports import Due, Rate
from bot.service.pace import Pace

Limits = Callable[[str], tuple[str, Sequence[Rate]]]
Rank = Callable[[str], int]


class Fairness:
    """Remembers who was served when, of the ``remembered`` conversations that were served last."""

    def __init__(self, pace: Pace, limits: Limits, rank: Rank, remembered: int = 10_000) -> None:
        self._pace = pace
        self._limits = limits
        self._rank = rank
        self._remembered = remembered
        self._served: OrderedDict[str, int] = OrderedDict()
        self._turns = 0

    def choose(
        self, waiting: Sequence[Due], room: int, now: datetime, busy: frozenset[str] = frozenset()
    ) -> tuple[list[int], float | None]:
        """The ids of at most ``room`` messages to send now, and in how many seconds another one may be sent (None: unknown).

        ``busy``: the places that are being sent to. By rank, then whoever was served longest ago, then whoever waits longest.
        """
        room = min(room, self._pace.room(now, room))
        chosen: list[int] = []
        later: list[float] = []
        taken = set(busy)
        for due in sorted(waiting, key=self._order):
            place, rates = self._limits(due.to)
            if (wait := self._pace.wait(place, rates, now)) > 0:
                later.append(wait)
            elif (place not in taken or not rates) and len(chosen) < room:
                chosen.append(due.id)
                taken.add(place)
                self._serve(due.conversation_id)
        if len(chosen) + len(later) < len(waiting) and (wait := self._pace.wait_for_any(now)) > 0:
            later.append(wait)
        return chosen, min(later, default=None)

    def _order(self, due: Due) -> tuple[int, int, datetime, int]:
        return self._rank(due.to), self._served.get(due.conversation_id, -1), due.due_at, due.id

    def _serve(self, conversation_id: str) -> None:
        self._turns += 1
        self._served[conversation_id] = self._turns
        self._served.move_to_end(conversation_id)
        if len(self._served) > self._remembered:
            self._served.popitem(last=False)
