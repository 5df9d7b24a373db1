"""What an update means for us, in private and in groups."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update, User

from bot.channels.telegram_address import Address, parse_address
from bot.channels.telegram_updates import Incoming, read_update
from tests.telegram_server import people

ME = User.de_json(people.BOT)
GROUP = people.group(-1001)
FORUM = people.group(-1002, forum=True)


def read(chat: dict[str, Any] | None = None, sender: int = 7, **content: Any) -> tuple[Incoming, ...]:
    message = people.message(chat or people.private(sender), sender, 11, **content)
    return update(message=message)


def update(**content: Any) -> tuple[Incoming, ...]:
    return read_update(Update.de_json({"update_id": 901, **content}), ME)


def texts(incoming: tuple[Incoming, ...]) -> list[str]:
    return [each.message.text for each in incoming]


def test_a_text_in_private() -> None:
    (incoming,) = read(text="环评要多久", date=1_790_000_000)
    message = incoming.message
    assert (message.channel, message.external_id) == ("telegram", "u901.7.1790000000")
    assert (message.conversation, message.text) == ("7", "环评要多久")
    assert message.language is None
    assert incoming.address == Address(7)
    assert incoming.line is None


def test_commands_are_texts() -> None:
    assert texts(read(text="/start procedure_construction-permit")) == [
        "/start procedure_construction-permit"
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]}, "photo"),
        ({"voice": {"file_id": "f", "file_unique_id": "u", "duration": 2}}, "voice"),
        ({"sticker": {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}}, "sticker"),
        ({"document": {"file_id": "f", "file_unique_id": "u"}}, "document"),
        ({"location": {"latitude": 30.1, "longitude": 120.2}}, "location"),
        ({"venue": {"location": {"latitude": 30.1, "longitude": 120.2}, "title": "t", "address": "a"}, "location": {"latitude": 30.1, "longitude": 120.2}}, "location"),
        ({"contact": {"phone_number": "1", "first_name": "n"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "sticker"),
    ],
)  # fmt: skip
def test_what_is_no_text_gets_a_line(content: dict[str, Any], line: str) -> None:
    (incoming,) = read(**content)
    assert (incoming.line, incoming.message.text) == (line, "")


def test_a_caption_is_read_and_the_rest_named() -> None:
    note, question = read(
        photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}], caption="这个要审批吗"
    )
    assert (note.line, note.message.text) == ("caption_only", "")
    assert (question.line, question.message.text) == (None, "这个要审批吗")
    assert note.message.external_id != question.message.external_id


def test_service_messages_edits_and_other_bots_are_nothing() -> None:
    assert read(GROUP, new_chat_title="A new name") == ()
    assert (
        update(edited_message=people.message(people.private(7), 7, 11, text="hello", edit_date=1_790_000_001))
        == ()
    )
    robot = {**people.person(8), "is_bot": True}
    assert update(message={**people.message(people.private(8), 8, 11, text="hi"), "from": robot}) == ()


def test_in_a_group_only_what_is_said_to_us_counts() -> None:
    assert read(GROUP, text="环评要多久") == ()
    assert read(GROUP, text="/help") == ()
    assert read(GROUP, text="@somebody_else 环评要多久") == ()
    assert texts(read(GROUP, text="@Yuanwen_Test_Bot 环评要多久")) == ["环评要多久"]
    assert texts(read(GROUP, text="/help@yuanwen_test_bot")) == ["/help@yuanwen_test_bot"]
    assert read(GROUP, text="/help@other_bot") == ()
    named = {"type": "text_mention", "offset": 0, "length": 2, "user": people.BOT}
    assert texts(read(GROUP, text="园问 hi", entities=[named])) == ["hi"]


def test_in_a_group_a_reply_to_us_counts() -> None:
    ours = {**people.message(GROUP, 42, 10, text="…"), "from": people.BOT}
    (incoming,) = read(GROUP, text="谁审批", reply_to_message=ours)
    assert incoming.message.conversation == "-1001"
    theirs = people.message(GROUP, 9, 10, text="…")
    assert read(GROUP, text="谁审批", reply_to_message=theirs) == ()


def test_each_topic_of_a_forum_is_a_conversation() -> None:
    (incoming,) = read(FORUM, text="@yuanwen_test_bot hi", message_thread_id=56, is_topic_message=True)
    assert incoming.address == Address(-1002, 56)
    assert incoming.message.conversation == "-1002/56"
    assert parse_address("-1002/56") == incoming.address
    assert parse_address("-1001") == Address(-1001)


def test_a_press_is_its_value_whoever_reports_it_how_often() -> None:
    under = {**people.message(people.private(7), 42, 10, text="…"), "from": people.BOT}
    press = people.press(7, "4382", "#a:d:p/eia-approval", under)
    (first,) = update(callback_query=press)
    (second,) = read_update(Update.de_json({"update_id": 902, "callback_query": press}), ME)
    assert first.message == second.message
    assert (first.message.text, first.message.conversation) == ("#a:d:p/eia-approval", "7")


def test_a_press_under_a_message_too_old_to_be_shown() -> None:
    old = {"chat": people.private(7), "message_id": 3, "date": 0}
    (incoming,) = update(callback_query=people.press(7, "4383", "#h", old))
    assert (incoming.message.text, incoming.address) == ("#h", Address(7))


def test_a_press_that_says_nothing_is_nothing() -> None:
    assert (
        update(
            callback_query={"id": "1", "from": people.person(7), "chat_instance": "1", "game_short_name": "x"}
        )
        == ()
    )


def test_halves_of_characters_and_nulls_are_taken_out() -> None:
    assert texts(read(text="a\ud83d b\x00c")) == ["a\ufffd bc"]
