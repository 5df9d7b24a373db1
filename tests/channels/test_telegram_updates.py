"""What an update means for us, in private and in groups."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update, User

from bot.channels.telegram_address import Address, number_in, parse_address
from bot.channels.telegram_updates import Incoming, Reader, Reading
from bot.channels.telegram_words import TelegramWords
from bot.curation.template_files import read_templates
from bot.dialogue.signed import Signer
from bot.dialogue.wording import Wording
from bot.domain.messages import Enclosure
from bot.domain.text import Language
from tests.channels.parts import KNOWLEDGE
from tests.telegram_server import people

ME = User.de_json(people.BOT)
GROUP = people.group(-1001)
FORUM = people.group(-1002, forum=True)
SIGNER = Signer(b"a secret")
WORDING = Wording(read_templates(KNOWLEDGE))
PHOTO = [
    {"file_id": size, "file_unique_id": "u", "width": 1, "height": 1, "file_size": 9} for size in ("s", "l")
]
FILE = {"file_id": "f", "file_unique_id": "u"}


def words(language: Language) -> TelegramWords:
    return TelegramWords(WORDING, language)


READER = Reader(SIGNER, words)


def reading(reader: Reader = READER, **content: Any) -> Reading:
    return reader.read(Update.de_json({"update_id": 901, **content}), ME)


def update(reader: Reader = READER, **content: Any) -> Incoming | None:
    return reading(reader, **content).incoming


def read(
    chat: dict[str, Any] | None = None, sender: int = 7, reader: Reader = READER, **content: Any
) -> Incoming | None:
    message = people.message(chat or people.private(sender), sender, 11, **content)
    return update(reader, message=message)


def heard(incoming: Incoming | None) -> Incoming:
    assert incoming is not None
    return incoming


def text_of(incoming: Incoming | None) -> str | None:
    return None if incoming is None else incoming.message.text


def pressed(value: str, place: str = "7", under: dict[str, Any] | None = None) -> Reading:
    message = under or {**people.message(people.private(7), 42, 10, text="…"), "from": people.BOT}
    return reading(callback_query=people.press(7, "4382", SIGNER.sign(value, place), message))


def test_a_text_in_private() -> None:
    incoming = heard(read(text="环评要多久", date=1_790_000_000))
    message = incoming.message
    assert (message.channel, message.external_id) == ("telegram", "u901.7.1790000000.11")
    assert (message.conversation, message.text, message.sender) == ("7", "环评要多久", "7")
    assert (message.language, message.locale) == (None, Language.ZH)
    assert (message.enclosures, message.edits, message.desk) == ((), "", False)
    assert incoming.address == Address(7)
    assert number_in(message.external_id) == 11


def test_commands_are_texts() -> None:
    deep_link = "/start procedure_construction-permit"
    assert text_of(read(text=deep_link)) == deep_link


@pytest.mark.parametrize(
    ("content", "enclosure"),
    [
        ({"photo": PHOTO}, Enclosure("photo", "l", size=9)),
        ({"voice": {**FILE, "duration": 2, "mime_type": "audio/ogg"}}, Enclosure("voice", "f", content_type="audio/ogg")),
        ({"sticker": {**FILE, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}}, Enclosure("sticker", "f")),
        ({"document": {**FILE, "file_name": "a.pdf", "mime_type": "application/pdf"}}, Enclosure("document", "f", "a.pdf", "application/pdf")),
        ({"location": {"latitude": 30.1, "longitude": 120.2}}, Enclosure("location", latitude=30.1, longitude=120.2)),
        ({"venue": {"location": {"latitude": 30.1, "longitude": 120.2}, "title": "t", "address": "a"}, "location": {"latitude": 30.1, "longitude": 120.2}}, Enclosure("location", latitude=30.1, longitude=120.2)),
        ({"contact": {"phone_number": "1", "first_name": "n"}}, Enclosure("contact")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Enclosure("sticker")),
    ],
)  # fmt: skip
def test_what_is_no_text_is_kept(content: dict[str, Any], enclosure: Enclosure) -> None:
    message = heard(read(**content)).message
    assert (message.text, message.enclosures) == ("", (enclosure,))


def test_a_caption_is_the_text() -> None:
    message = heard(read(photo=PHOTO, caption="这个要审批吗")).message
    assert (message.text, len(message.enclosures)) == ("这个要审批吗", 1)


def test_an_edited_text_replaces_the_message_of_its_number() -> None:
    edited = people.message(people.private(7), 7, 11, text="环评要多久", edit_date=1_790_000_009)
    message = heard(update(edited_message=edited)).message
    assert message.external_id == "e901.7.1790000009.11"
    assert message.edits == ".11"


def test_a_place_that_moves_is_no_new_message() -> None:
    moved = people.message(people.private(7), 7, 11, location={"latitude": 30.1, "longitude": 120.2})
    assert update(edited_message=moved) is None


def test_service_messages_and_other_bots_are_nothing() -> None:
    assert read(GROUP, new_chat_title="A new name") is None
    robot = {**people.person(8), "is_bot": True}
    assert update(message={**people.message(people.private(8), 8, 11, text="hi"), "from": robot}) is None


@pytest.mark.parametrize(
    ("code", "locale"),
    [("zh-hans", Language.ZH), ("zh", Language.ZH), ("en", Language.EN), ("de", Language.EN)],
)
def test_the_language_of_the_persons_telegram_is_told(code: str, locale: Language) -> None:
    person = people.person(7, language=code)
    message = {**people.message(people.private(7), 7, 11, text="/start"), "from": person}
    assert heard(update(message=message)).message.locale is locale


def test_in_a_group_only_what_is_said_to_us_counts() -> None:
    assert read(GROUP, text="环评要多久") is None
    assert read(GROUP, text="/help") is None
    assert read(GROUP, text="@somebody_else 环评要多久") is None
    assert read(GROUP, photo=PHOTO) is None
    assert text_of(read(GROUP, text="@Yuanwen_Test_Bot 环评要多久")) == "环评要多久"
    assert text_of(read(GROUP, text="/help@yuanwen_test_bot")) == "/help@yuanwen_test_bot"
    assert read(GROUP, text="/help@other_bot") is None
    named = {"type": "text_mention", "offset": 0, "length": 2, "user": people.BOT}
    assert text_of(read(GROUP, text="园问 hi", entities=[named])) == "hi"


def test_in_a_group_a_reply_to_us_counts() -> None:
    ours = {**people.message(GROUP, 42, 10, text="…"), "from": people.BOT}
    incoming = heard(read(GROUP, sender=9, text="谁审批", reply_to_message=ours))
    assert (incoming.message.conversation, incoming.message.sender) == ("-1001", "9")
    theirs = people.message(GROUP, 9, 10, text="…")
    assert read(GROUP, text="谁审批", reply_to_message=theirs) is None


def test_each_topic_of_a_forum_is_a_conversation() -> None:
    in_topic = {"message_thread_id": 56, "is_topic_message": True}
    incoming = heard(read(FORUM, text="@yuanwen_test_bot hi", **in_topic))
    assert incoming.address == Address(-1002, 56)
    assert incoming.message.conversation == "-1002/56"
    assert parse_address("-1002/56") == incoming.address
    assert parse_address("-1001") == Address(-1001)


def test_at_the_desk_everything_counts() -> None:
    desk = Reader(SIGNER, words, desks=(-1002,))
    said = heard(read(FORUM, reader=desk, text="您好", message_thread_id=56, is_topic_message=True)).message
    assert (said.desk, said.conversation, said.text) == (True, "-1002/56", "您好")
    assert read(GROUP, reader=desk, text="您好") is None
    assert not heard(read(reader=desk, text="您好")).message.desk


def test_a_press_is_its_value_whoever_reports_it_how_often() -> None:
    first, second = pressed("#a:d:p/eia-approval"), pressed("#a:d:p/eia-approval")
    assert first == second
    message = heard(first.incoming).message
    assert (message.text, message.conversation, message.sender) == ("#a:d:p/eia-approval", "7", "7")
    assert message.external_id == "c4382.7.10"
    assert number_in(message.external_id) is None


def test_a_press_under_a_message_too_old_to_be_shown() -> None:
    incoming = heard(pressed("#h", under={"chat": people.private(7), "message_id": 3, "date": 0}).incoming)
    assert (incoming.message.text, incoming.address) == ("#h", Address(7))


@pytest.mark.parametrize("value", ["#h", "#a:d:p/eia-approval", SIGNER.sign("#h", "8"), "x"])
def test_a_press_of_what_was_not_offered_there_is_refused_with_the_reason(value: str) -> None:
    under = {**people.message(people.private(7), 42, 10, text="…"), "from": people.BOT}
    found = reading(callback_query=people.press(7, "4383", value, under))
    assert found.incoming is None
    assert found.refused.startswith("这个按钮已经失效")


def test_a_press_that_says_nothing_is_nothing() -> None:
    game = {"id": "1", "from": people.person(7), "chat_instance": "1", "game_short_name": "x"}
    assert update(callback_query=game) is None


def test_halves_of_characters_and_nulls_are_taken_out() -> None:
    assert text_of(read(text="a\ud83d b\x00c")) == "a\ufffd bc"
