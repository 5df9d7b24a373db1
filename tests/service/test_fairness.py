"""Who is sent to next: people before the desk, everybody in turn, nobody who would have to wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Due, Rate
from bot.service.fairness import Fairness
from bot.service.pace import Pace

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EACH = (Rate(1, 1.0),)


def limits(to: str) -> tuple[str, Sequence[Rate]]:
    return to.partition("/")[0], EACH


def rank(to: str) -> int:
    return 1 if to.startswith("desk") else 0


def fairness(*overall: Rate) -> tuple[Fairness, Pace]:
    pace = Pace(overall)
    return Fairness(pace, limits, rank), pace


def due(number: int, to: str, seconds: float = 0.0) -> Due:
    return Due(number, f"conversation of {to}", to, NOON + timedelta(seconds=seconds))


def test_people_go_before_the_desk_however_long_that_has_waited() -> None:
    fair, _ = fairness()
    waiting = [due(1, "desk/1", -60), due(2, "anna"), due(3, "bo")]
    assert fair.choose(waiting, 2, NOON) == ([2, 3], None)
    assert fair.choose(waiting, 3, NOON)[0] == [2, 3, 1]


def test_whoever_was_served_longest_ago_is_next() -> None:
    fair, _ = fairness()
    assert fair.choose([due(1, "anna"), due(2, "bo", 1), due(3, "cy", 2)], 2, NOON)[0] == [1, 2]
    assert fair.choose([due(4, "anna", -9), due(5, "bo", -9), due(3, "cy", 2)], 2, NOON)[0] == [3, 4]


def test_who_may_not_be_sent_to_yet_takes_nobodys_place_and_it_is_told_when() -> None:
    fair, pace = fairness()
    pace.count("anna", EACH, NOON)
    now = NOON + timedelta(seconds=0.25)
    assert fair.choose([due(1, "anna"), due(2, "bo")], 1, now) == ([2], 0.75)


def test_topics_of_one_group_go_one_at_a_time() -> None:
    fair, _ = fairness()
    topics = [due(1, "desk/1"), due(2, "desk/2"), due(3, "desk/3")]
    assert fair.choose(topics, 9, NOON)[0] == [1]
    assert fair.choose(topics[1:], 9, NOON, frozenset({"desk"}))[0] == []


def test_no_more_are_taken_up_than_all_together_may_send() -> None:
    fair, pace = fairness(Rate(3, 1.0))
    pace.count("zoe", EACH, NOON)
    waiting = [due(number, f"person {number}") for number in range(5)]
    chosen, later = fair.choose(waiting, 30, NOON)
    assert chosen == [0, 1]
    for number in chosen:
        pace.count(f"person {number}", EACH, NOON)
    assert fair.choose(waiting[2:], 30, NOON + timedelta(seconds=0.5)) == ([], 0.5)
    assert later is None


def test_a_closed_place_waits_and_the_others_do_not() -> None:
    fair, pace = fairness()
    pace.close("desk", NOON + timedelta(seconds=7))
    assert fair.choose([due(1, "desk/1"), due(2, "anna")], 9, NOON) == ([2], 7.0)
    assert fair.choose([due(1, "desk/2")], 9, NOON + timedelta(seconds=7)) == ([1], None)


@given(st.lists(st.integers(1, 8), min_size=1, max_size=8), st.integers(1, 4))
def test_nobody_waits_for_more_than_one_round_of_the_others(backlogs: list[int], room: int) -> None:
    """Each has so many messages: between two of one's own, every other one who waits is served at most once."""
    fair, _ = fairness()
    left = {f"person {number}": backlog for number, backlog in enumerate(backlogs)}
    served: list[str] = []
    now = NOON
    while any(left.values()):
        now += timedelta(seconds=2)
        waiting = [due(number, who) for number, (who, backlog) in enumerate(left.items()) if backlog]
        for number in fair.choose(waiting, room, now)[0]:
            who = f"person {number}"
            left[who] -= 1
            served.append(who)
    for who in left:
        turns = [place for place, each in enumerate(served) if each == who]
        for first, second in pairwise(turns):
            between = served[first + 1 : second]
            assert all(between.count(other) <= 1 for other in set(between))
