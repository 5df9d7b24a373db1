"""Counts working and calendar days from the first day of a plan. Days are numbers: 0 is that first day.

The day on which a period begins is not counted. A period that would end on a day off ends on the next working day, and whatever
starts, starts on a working day: offices accept papers on no other.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from typing import Final, Literal

from bot.domain.records import DayUnit
from bot.planning.holidays import Holidays

_CHUNK: Final = 366
_WEEK: Final = 7
_DAYS_A_YEAR: Final = 365.2425
Span = DayUnit | Literal["months", "years"]


class Days:
    """The days from ``first`` on. Without a first day: weeks of five working days, beginning on a Monday, no holidays."""

    def __init__(self, holidays: Holidays, first: date | None) -> None:
        self._holidays = holidays
        self._first = first
        self._working: list[int] = []
        self._reach = 0  # days below this number are laid out
        self._unknown_from = self._first_unknown()

    def date_of(self, day: int) -> date | None:
        """The date of a day; None without a first day, or from the first year on whose holidays are not known."""
        if self._first is None:
            return None
        found = self._first + timedelta(days=day)
        return found if found.year < self._unknown_from else None

    def number_of(self, day: date) -> int | None:
        """The number of a date, None without a first day."""
        return None if self._first is None else (day - self._first).days

    def on_or_after(self, day: int) -> int:
        """The first working day from ``day`` on."""
        self._lay_out(day + 31)
        return self._working[bisect_left(self._working, day)]

    def on_or_before(self, day: int) -> int:
        """The last working day up to ``day``; the very first working day when there is none."""
        self._lay_out(day)
        return self._working[max(0, bisect_right(self._working, day) - 1)]

    def after(self, day: int, length: int, unit: Span) -> int:
        """The working day on which a period of ``length`` ends that begins on the working day ``day``."""
        if length == 0:
            return day
        if unit == "working_days":
            self._lay_out(day + 2 * length + 40)
            return self._working[bisect_left(self._working, day) + length]
        return self.on_or_after(self.shift(day, length, unit))

    def latest_start(self, end: int, length: int, unit: Span) -> int:
        """The last working day on which a period can begin that ends on ``end`` or before."""
        end = self.on_or_before(end)
        if unit == "working_days":
            return self._working[max(0, bisect_left(self._working, end) - length)]
        start = self.on_or_before(self.shift(end, -length, unit))
        while unit in ("months", "years") and self.after(self.next_working(start), length, unit) <= end:
            start = self.next_working(start)
        return start

    def next_working(self, day: int) -> int:
        """The working day after ``day``."""
        return self.on_or_after(day + 1)

    def between(self, start: int, end: int) -> int:
        """How many working days lie between two working days."""
        self._lay_out(max(start, end) + 1)
        return bisect_left(self._working, end) - bisect_left(self._working, start)

    def shift(self, day: int, length: int, unit: Span) -> int:
        """``length`` calendar days, months or years on (back when negative), whatever is worked."""
        if unit in ("working_days", "calendar_days", "published_days"):
            return day + length
        months = length * (12 if unit == "years" else 1)
        if self._first is None:
            return day + round(months * _DAYS_A_YEAR / 12)
        return (_months_on(self._first + timedelta(days=day), months) - self._first).days

    def unknown_year(self, last: int) -> int | None:
        """The first year up to day ``last`` whose official holidays are not known."""
        return self._unknown_from if self._unknown_from in self._years(last) else None

    def known_years(self, last: int) -> tuple[int, ...]:
        """The years up to day ``last`` whose official holidays were counted."""
        return tuple(year for year in self._years(last) if year < self._unknown_from)

    def _first_unknown(self) -> int:
        year = self._first.year if self._first else 0
        while self._first and self._holidays.is_known(year):
            year += 1
        return year

    def _years(self, last: int) -> range:
        if self._first is None:
            return range(0)
        return range(self._first.year, (self._first + timedelta(days=last)).year + 1)

    def _lay_out(self, day: int) -> None:
        while self._reach <= day or len(self._working) < 2:
            for number in range(self._reach, self._reach + _CHUNK):
                if self._is_working(number):
                    self._working.append(number)
            self._reach += _CHUNK

    def _is_working(self, number: int) -> bool:
        if self._first is None:
            return number % _WEEK < _WEEK - 2
        return self._holidays.is_working(self._first + timedelta(days=number))


def _months_on(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
