"""No limit is exceeded in any stretch of time, and nobody waits longer than the limits say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Rate
from bot.service.pace import Pace

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
OVERALL = Rate(5, 1.0)
EACH = (Rate(1, 1.0), Rate(4, 20.0))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_first_send_goes_at_once_and_the_next_to_the_same_person_waits() -> None:
    pace = Pace([OVERALL])
    assert pace.take("anna", EACH, at(0)) == 0
    assert pace.take("anna", EACH, at(0.25)) == 0.75
    assert pace.take("bo", EACH, at(0.25)) == 0
    assert pace.take("anna", EACH, at(1)) == 0


def test_all_together_wait_for_the_overall_limit() -> None:
    pace = Pace([OVERALL])
    waits = [pace.take(f"person {number}", EACH, at(number / 10)) for number in range(6)]
    assert waits[:5] == [0] * 5
    assert waits[5] == 0.5


def test_a_wait_counts_nothing() -> None:
    pace = Pace([Rate(1, 1.0)])
    assert pace.take("anna", (), at(0)) == 0
    for _ in range(10):
        assert pace.take("bo", (), at(0.5)) == 0.5
    assert pace.take("bo", (), at(1)) == 0


def test_only_places_used_last_are_remembered() -> None:
    pace = Pace([], remembered=2)
    for place in ("a", "b", "c"):
        pace.take(place, EACH, at(0))
    assert pace.take("c", EACH, at(0.5)) == 0.5
    assert pace.take("a", EACH, at(0.5)) == 0


@given(st.lists(st.tuples(st.floats(0, 2), st.sampled_from("abc")), max_size=80))
def test_no_limit_is_ever_exceeded(asked: list[tuple[float, str]]) -> None:
    pace = Pace([OVERALL])
    now = 0.0
    sends: list[tuple[datetime, str]] = []
    for step, place in asked:
        now += step
        if pace.take(place, EACH, at(now)) == 0:
            sends.append((at(now), place))
    for rate, which in [(OVERALL, "abc"), *((rate, place) for rate in EACH for place in "abc")]:
        times = [moment for moment, place in sends if place in which]
        for first, last in zip(times, times[rate.count :], strict=False):
            assert last - first >= timedelta(seconds=rate.seconds)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=40))
def test_asking_again_after_the_wait_always_ends_in_a_send(asked: list[str]) -> None:
    pace = Pace([OVERALL])
    now = at(0)
    for place in asked:
        for _ in range(4):
            wait = pace.take(place, EACH, now)
            if wait == 0:
                break
            now += timedelta(seconds=wait)
        assert wait == 0
