"""Which messages an answer to an edited message takes the place of."""

from __future__ import annotations

from bot.ports import OutboxMessage
from bot.service.replacing import replaced


def row(seq: int, message_id: str, *sent_as: str, edits: str = "", kind: str = "reply") -> OutboxMessage:
    payload = {"message_id": message_id} | ({"edits": edits} if edits else {})
    return OutboxMessage("c", kind, payload, seq, sent_as=sent_as)  # type: ignore[arg-type]


def test_each_reply_takes_its_own_place_and_the_last_one_what_is_left_over() -> None:
    near = [row(1, "u1", kind="echo"), row(2, "u1", "10", "11"), row(3, "u1", "12"), row(4, "u1", "13")]
    first, second = row(6, "e1", edits="u1"), row(7, "e1", edits="u1")
    near += [row(5, "e1", edits="u1", kind="echo"), first, second]
    assert replaced(first, near) == ("10", "11")
    assert replaced(second, near) == ("12", "13")


def test_a_longer_answer_has_replies_without_a_place() -> None:
    first, second = row(3, "e1", edits="u1"), row(4, "e1", edits="u1")
    near = [row(2, "u1", "10"), first, second]
    assert replaced(first, near) == ("10",)
    assert replaced(second, near) == ()


def test_the_second_edit_takes_the_place_of_the_first_edits_answer() -> None:
    near = [row(2, "u1", "10"), row(3, "u2", "20"), row(4, "e1", "10", "11", "", edits="u1")]
    again = row(5, "e2", edits="u1")
    assert replaced(again, [*near, again]) == ("10", "11")


def test_an_answer_that_was_never_sent_leaves_nothing_to_replace() -> None:
    again = row(3, "e1", edits="u1")
    assert replaced(again, [row(2, "u1"), again]) == ()
    assert replaced(again, []) == ()
