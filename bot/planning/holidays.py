"""Which days are worked, year by year: the official arrangement with its shifted days, or the honest answer "not known".

The years come from the library ``chinesecalendar`` and from the knowledge, which goes first. No year is ever guessed: the State
Council settles each one in the autumn before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from chinese_calendar import constants

from bot.domain.rules import CalendarYear

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class YearDays:
    """One year's exceptions from Monday to Friday."""

    holidays: frozenset[date]
    workdays: frozenset[date]

    def is_working(self, day: date) -> bool:
        """``day`` must be of this year."""
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)


@dataclass(frozen=True, slots=True)
class Holidays:
    """The years that are known."""

    years: Mapping[int, YearDays]

    @classmethod
    def of(cls, added: Iterable[CalendarYear] = ()) -> Holidays:
        """The library's years, and ``added`` ones from the knowledge."""
        more = {int(year.id): YearDays(frozenset(year.holidays), frozenset(year.workdays)) for year in added}
        return cls({**_library_years(), **more})

    def is_known(self, year: int) -> bool:
        """Whether the official arrangement of a year is known."""
        return year in self.years

    def is_working(self, day: date) -> bool:
        """Whether a day is worked; of a year that is not known, whether it would be by the week alone."""
        known = self.years.get(day.year)
        return known.is_working(day) if known else day.weekday() < _SATURDAY


@cache
def _library_years() -> Mapping[int, YearDays]:
    names = {day.year for day in constants.holidays}
    return {
        year: YearDays(
            frozenset(day for day in constants.holidays if day.year == year),
            frozenset(day for day in constants.workdays if day.year == year),
        )
        for year in names
    }
