"""The offices that take conversations over, the hours in which they do, and the time that passes there. Pure.

A wait is counted in working time: it stands still outside an office's hours, over lunch and on holidays. Which days are worked is
given (``Days``): the official arrangement with its shifted days; of a year that is not arranged yet it is said that it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final, Protocol

from bot.domain.text import Bilingual
from bot.domain.zone_time import ZONE_TIME

_STRICT: Mapping[str, Any] = {"extra": "forbid", "str_min_length": 1}
_FAR: Final = 60  # days looked ahead: no holiday is that long
ZERO: Final = timedelta()


class Days(Protocol):
    """Which days are worked."""

    def is_working(self, day: date) -> bool: ...
    def is_known(self, year: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``begin`` to ``end`` on one day, in China's time; the end is not part of it."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    begin: time
    end: time

    def __post_init__(self) -> None:
        if self.begin >= self.end:
            raise ValueError(f"a shift ends after it begins: {self.begin} to {self.end}")


@dataclass(frozen=True, slots=True)
class Office:
    """An office with a queue of its own. ``id`` is the body's."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    name: Bilingual
    hours: tuple[Shift, ...] = ()
    serves: tuple[str, ...] = ()  # other bodies whose conversations come here

    def __post_init__(self) -> None:
        for before, next_one in zip(self.hours, self.hours[1:], strict=False):
            if before.end > next_one.begin:
                raise ValueError(f"{self.id}: shifts stand in order and do not overlap")


@dataclass(frozen=True, slots=True)
class Canned:
    """A reply kept ready, in both languages."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    id: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Opening:
    """When an office opens next. ``sure`` False: the holidays of a year on the way are not arranged yet."""

    at: datetime
    sure: bool


@dataclass(frozen=True, slots=True)
class Offices:
    """All offices. ``front_desk`` takes what no other office is named for; ``zone_desk`` is told what waits too long."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    front_desk: str
    zone_desk: str
    hours: tuple[Shift, ...]
    offices: tuple[Office, ...]
    canned: tuple[Canned, ...] = field(default=())

    def __post_init__(self) -> None:
        missing = {self.front_desk, self.zone_desk} - {office.id for office in self.offices}
        if missing:
            raise ValueError(f"no such office: {', '.join(sorted(missing))}")
        if not self.hours:
            raise ValueError("hours: at least one shift")

    def get(self, office_id: str) -> Office | None:
        """The office, if there is one."""
        return next((office for office in self.offices if office.id == office_id), None)

    def serving(self, body: str) -> str | None:
        """The office that a body's conversations go to, if there is one."""
        for office in self.offices:
            if body == office.id or body in office.serves:
                return office.id
        return None

    def shifts(self, office_id: str) -> tuple[Shift, ...]:
        """An office's hours; those of all where it has none of its own."""
        office = self.get(office_id)
        return office.hours if office is not None and office.hours else self.hours


class Calendar:
    """The time of one office."""

    def __init__(self, shifts: tuple[Shift, ...], days: Days) -> None:
        self._shifts = shifts
        self._days = days

    @property
    def day(self) -> timedelta:
        """The length of a working day."""
        return sum((_on(date.min, s.end) - _on(date.min, s.begin) for s in self._shifts), ZERO)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there."""
        return any(begin <= at < end for begin, end in self._periods(at) if begin <= at)

    def next_opening(self, at: datetime) -> Opening:
        """The next moment from ``at`` on at which the office is open; ``at`` itself when it is."""
        begin = next(begin for begin, end in self._periods(at) if end > at)
        opens = max(at, begin)
        years = range(at.astimezone(ZONE_TIME).year, opens.astimezone(ZONE_TIME).year + 1)
        return Opening(opens, all(self._days.is_known(year) for year in years))

    def next_closing(self, at: datetime) -> datetime:
        """The end of the period in which, or before which, ``at`` lies: lunch counts."""
        return next(end for _, end in self._periods(at) if end > at)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; none when they are the wrong way round."""
        total = ZERO
        if end <= start:
            return total
        for begin, close in self._periods(start, (end - start).days + 2):
            if begin >= end:
                break
            total += max(ZERO, min(close, end) - max(begin, start))
        return total

    def later(self, start: datetime, length: timedelta) -> datetime:
        """The first moment at which ``length`` of working time has passed since ``start``."""
        if length <= ZERO:
            return start
        left = length
        for begin, close in self._periods(start, _FAR + 2 * (length // self.day)):
            here = max(ZERO, close - max(begin, start))
            if here >= left:
                return max(begin, start) + left
            left -= here
        raise ValueError("no such working time in sight")

    def _periods(self, at: datetime, days: int = _FAR) -> Iterator[tuple[datetime, datetime]]:
        """The periods of work from the day of ``at`` on."""
        first = at.astimezone(ZONE_TIME).date()
        for number in range(days + 1):
            day = first + timedelta(days=number)
            if self._days.is_working(day):
                for shift in self._shifts:
                    yield _on(day, shift.begin), _on(day, shift.end)


def _on(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, ZONE_TIME)
