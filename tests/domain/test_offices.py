"""Working time: hours with lunch, holidays and shifted days; what is not arranged yet is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.offices import Calendar, Office, Offices, Shift
from bot.domain.text import Bilingual
from bot.domain.zone_time import ZONE_TIME
from bot.planning.holidays import Holidays

HOURS = (Shift(time(8, 30), time(12)), Shift(time(14), time(17, 30)))
CALENDAR = Calendar(HOURS, Holidays.of())
MOMENTS = st.integers(0, 384 * 24 * 60).map(
    lambda minutes: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
LENGTHS = st.timedeltas(timedelta(0), timedelta(hours=60))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE_TIME)


def test_a_working_day() -> None:
    assert CALENDAR.day == timedelta(hours=7)
    assert CALENDAR.is_open(at(24, 8, 30))
    assert not CALENDAR.is_open(at(24, 12))
    assert not CALENDAR.is_open(at(24, 17, 30))
    assert CALENDAR.next_opening(at(24, 12, 30)).at == at(24, 14)
    assert CALENDAR.next_opening(at(24, 18)).at == at(25, 8, 30)
    assert CALENDAR.next_closing(at(24, 9)) == at(24, 12)


def test_a_weekend_and_a_holiday() -> None:
    assert CALENDAR.next_opening(at(27, 18)).at == at(30, 8, 30)  # Friday evening → Monday
    assert not CALENDAR.is_open(at(1, 10, month=10))  # National Day
    assert CALENDAR.next_opening(at(30, 18, month=9)).at == at(8, 8, 30, month=10)


def test_a_saturday_that_is_worked() -> None:
    assert CALENDAR.is_open(at(10, 10, month=10))  # the Saturday in exchange for the holiday


def test_the_wait_stands_still_over_lunch_and_night() -> None:
    assert CALENDAR.worked(at(24, 11, 50), at(24, 14, 5)) == timedelta(minutes=15)
    assert CALENDAR.worked(at(24, 17, 20), at(25, 8, 40)) == timedelta(minutes=20)
    assert CALENDAR.later(at(24, 11, 50), timedelta(minutes=15)) == at(24, 14, 5)
    assert CALENDAR.later(at(24, 10), CALENDAR.day) == at(25, 10)


def test_a_year_that_is_not_arranged_is_said() -> None:
    known = max(year for year in range(2020, 2040) if Holidays.of().is_known(year))
    last = datetime(known, 12, 31, 23, tzinfo=ZONE_TIME)
    assert not CALENDAR.next_opening(last).sure
    assert CALENDAR.next_opening(at(24, 18)).sure
    assert CALENDAR.next_opening(datetime(known + 1, 1, 20, 3, tzinfo=ZONE_TIME)).at.date() >= date(
        known + 1, 1, 20
    )


@given(MOMENTS, LENGTHS)
def test_later_and_worked_agree(start: datetime, length: timedelta) -> None:
    assert CALENDAR.worked(start, CALENDAR.later(start, length)) == length


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    first, second, third = sorted((one, two, three))
    whole = CALENDAR.worked(first, third)
    assert whole == CALENDAR.worked(first, second) + CALENDAR.worked(second, third)
    assert timedelta() <= whole <= third - first
    assert CALENDAR.worked(third, first) == timedelta()


@given(MOMENTS)
def test_the_next_opening_is_open_and_nothing_is_worked_before(start: datetime) -> None:
    opening = CALENDAR.next_opening(start).at
    assert opening >= start
    assert CALENDAR.is_open(opening)
    assert CALENDAR.worked(start, opening) == timedelta()
    closing = CALENDAR.next_closing(opening)
    assert not CALENDAR.is_open(closing)
    assert CALENDAR.worked(opening, closing) == closing - opening


def test_offices_must_be_whole() -> None:
    front = Office("front", Bilingual("前台", "Front desk"), serves=("tax",))
    offices = Offices("front", "front", HOURS, (front,))
    assert offices.serving("tax") == offices.serving("front") == "front"
    assert offices.serving("fire") is None
    assert offices.shifts("front") == HOURS
    with pytest.raises(ValueError, match="no such office: zone"):
        Offices("front", "zone", HOURS, (front,))
    with pytest.raises(ValueError, match="ends after it begins"):
        Shift(time(12), time(8))
    with pytest.raises(ValueError, match="in order"):
        Office("x", Bilingual("一", "x"), (HOURS[1], HOURS[0]))
