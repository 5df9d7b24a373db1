"""What counts as a right reply."""

from __future__ import annotations

import pytest

from bot.curation.evaluation.judging import comparable, faults
from bot.curation.evaluation.questions import Right
from bot.domain.messages import Outcome
from bot.domain.text import Language
from tests.curation.evaluated import result, turn


def test_a_reply_with_all_that_is_expected_is_right() -> None:
    right = Right(
        outcome=("answered", "clarify"),
        records_any=("matter/eia", "procedure/eia"),
        records_all=("body/bureau",),
        records_each=(("procedure/eia",), ("body/bureau", "body/office")),
        says_any=("60", "30 days"),
        says_all=("Bureau",),
        never=("working days",),
    )
    got = result("The bureau takes 60 days.", "procedure/eia", "body/bureau")
    assert faults(turn(right=right), got) == []


@pytest.mark.parametrize(
    ("right", "fault"),
    [
        (Right(("refused",)), "outcome answered, not refused"),
        (Right(("answered",), never=("7 DAYS",)), "must never say '7 DAYS'"),
        (Right(("answered",), records_any=("matter/a",)), "rests on matter/b, not on any of matter/a"),
        (Right(("answered",), records_all=("matter/a",)), "rests on matter/b, not on matter/a"),
        (
            Right(("answered",), records_each=(("matter/b",), ("matter/a",))),
            "rests on matter/b, not on any of matter/a",
        ),
        (Right(("answered",), says_any=("8", "9")), "says none of 8, 9"),
        (Right(("answered",), says_all=("7", "9")), "does not say '9'"),
    ],
)
def test_what_is_wrong_is_said(right: Right, fault: str) -> None:
    assert faults(turn(right=right), result("It takes 7 days.", "matter/b")) == [fault]


def test_records_and_words_do_not_count_where_nothing_is_answered() -> None:
    right = Right(("answered", "not_known"), records_any=("matter/a",), says_all=("7",), never=("8",))
    assert faults(turn(right=right), result("Not known.", outcome=Outcome.NOT_KNOWN)) == []
    assert faults(turn(right=right), result("8?", outcome=Outcome.NOT_KNOWN)) == ["must never say '8'"]


def test_the_language_must_be_that_of_the_question() -> None:
    assert faults(turn(), result("7日", "procedure/permit", language=Language.ZH)) == ["replied in zh"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("30  Days", "30 days"), ("３０日", "30日"), ("约 30 日", "约30日"), ("A\nB", "a b")],
)
def test_case_width_and_spaces_do_not_count(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)
