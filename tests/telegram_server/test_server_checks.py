"""The server takes what the Bot API takes, and complains of everything else."""

from __future__ import annotations

import pytest

from tests.telegram_server.check import decode, problems
from tests.telegram_server.markup import shown


@pytest.mark.parametrize(
    ("method", "fields", "problem"),
    [
        ("sendMessage", {"chat_id": "7", "text": "12"}, None),
        ("sendMessage", {"chat_id": "@name", "text": "hi"}, None),
        ("sendMessage", {"chat_id": "7"}, "text is missing"),
        ("sendMessage", {"chat_id": "7", "text": "hi", "sound": "loud"}, "unknown parameter sound"),
        ("sendMessage", {"chat_id": "7", "text": "hi", "message_thread_id": "five"}, "'five' is no Integer"),
        ("sendMessage", {"chat_id": "7", "text": "hi", "protect_content": "1"}, "1 is no Boolean"),
        ("sendMessage", {"chat_id": "7", "text": "hi", "reply_markup": '{"inline_keyboard": [[{"text": "a"}]]}'}, None),
        ("sendMessage", {"chat_id": "7", "text": "hi", "reply_markup": '{"inline_keyboard": [[{"txt": "a"}]]}'}, "unknown parameter txt"),
        ("setMyCommands", {"commands": '[{"command": "start", "description": "Begin"}]'}, None),
        ("setMyCommands", {"commands": '[{"command": "start"}]'}, "description is missing"),
        ("setMyCommands", {"commands": "start"}, "not an array"),
        ("sendMesage", {"chat_id": "7"}, "no such method"),
    ],
)  # fmt: skip
def test_calls(method: str, fields: dict[str, str], problem: str | None) -> None:
    found = problems(method, decode(method, fields))
    if problem is None:
        assert found == []
    else:
        assert any(problem in each for each in found), found


def test_markup_that_is_taken() -> None:
    assert shown("a &lt; b\n<blockquote expandable>c &amp; d</blockquote>") == "a < b\nc & d"
    assert shown("<b>bold <i>both</i></b>") == "bold both"


@pytest.mark.parametrize(
    "source",
    ["a < b", "a & b", "<b>", "</b>", "<b><i></b></i>", "<script>x</script>", '<b onclick="x">a</b>'],
)
def test_markup_that_is_not_taken(source: str) -> None:
    with pytest.raises(ValueError, match=r"tag|bare"):
        shown(source)
