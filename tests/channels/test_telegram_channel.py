"""People and the bot talk over the Bot API: every message is answered once, in order, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from bot.channels.telegram import run_telegram
from bot.domain.errors import InvalidInput, TryLater
from bot.domain.messages import Button, Enclosure, Inbound, Reply
from bot.ports import OutboxMessage
from bot.storage.database import open_database
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.channels.conftest import Channel
from tests.channels.parts import Parts
from tests.telegram_server import people
from tests.telegram_server.faults import Answer, Reset, Slow, another_poller, broken, too_many
from tests.telegram_server.server import TelegramServer

ANNA, BO = 7, 8
PHOTO = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]}


# -- talking --------------------------------------------------------------------------------------------------


async def test_a_message_is_answered(server: TelegramServer, channel: Channel) -> None:
    await server.write(ANNA, "hello <b>")
    assert await server.delivered_to(ANNA, 1) == ["You said: hello <b>"]


async def test_the_menu_is_registered_in_both_languages(server: TelegramServer, channel: Channel) -> None:
    await server.until(lambda: len(server.commands) == 3)
    assert {language: len(menu) for language, menu in server.commands.items()} == {"zh": 9, "en": 9, "": 9}
    assert server.commands[""] == server.commands["en"]
    assert dict(server.commands["zh"])["forget"] == "删除您在这里的对话记录"


async def test_a_button_is_answered_as_its_value(server: TelegramServer, channel: Channel) -> None:
    channel.parts.assistant.answering = lambda message: (
        Reply(message.text, (Button("How long", "#a:d:p/eia"),)),
    )
    await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    await server.press(ANNA, "#a:d:p/eia", "press-1")
    assert await server.delivered_to(ANNA, 2) == ["hello", "#a:d:p/eia"]
    await server.until(lambda: server.answered == ["press-1"])


async def test_a_press_reported_twice_acts_once_and_is_answered_twice(
    server: TelegramServer, channel: Channel
) -> None:
    channel.parts.assistant.answering = lambda message: (Reply(message.text, (Button("Again", "#h"),)),)
    await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    for _ in range(2):
        await server.press(ANNA, "#h", "press-1")
    await server.until(lambda: server.answered == ["press-1", "press-1"])
    await server.write(ANNA, "last")
    assert await server.delivered_to(ANNA, 3) == ["hello", "#h", "last"]


async def test_a_duplicate_does_nothing(server: TelegramServer, channel: Channel) -> None:
    update = await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    await server.put(update)
    await server.write(ANNA, "last")
    assert await server.delivered_to(ANNA, 2) == ["You said: hello", "You said: last"]


async def test_a_duplicate_after_a_restart_does_nothing(server: TelegramServer, channel: Channel) -> None:
    update = await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    await channel.stop()
    channel.start()
    await server.put(update)
    await server.write(ANNA, "last")
    assert await server.delivered_to(ANNA, 2) == ["You said: hello", "You said: last"]


async def test_in_order_for_each_and_beside_each_other(server: TelegramServer, channel: Channel) -> None:
    gate = channel.parts.assistant.close_gate("slow")
    for text in ("slow", "quick 1", "quick 2"):
        await server.write(ANNA, text)
    await server.write(BO, "hello")
    assert await server.delivered_to(BO, 1) == ["You said: hello"]
    assert server.texts(ANNA) == []
    gate.set()
    assert await server.delivered_to(ANNA, 3) == ["You said: slow", "You said: quick 1", "You said: quick 2"]


async def test_typing_is_shown_when_it_takes_long(server: TelegramServer, channel: Channel) -> None:
    gate = channel.parts.assistant.close_gate("slow")
    await server.write(BO, "hello")
    await server.write(ANNA, "slow")
    await server.until(lambda: bool(server.called("sendChatAction")))
    gate.set()
    await server.delivered_to(ANNA, 1)
    assert {call.params["chat_id"] for call in server.called("sendChatAction")} == {ANNA}


async def test_many_people_at_once_within_the_limits(server: TelegramServer, sqlite_url: str) -> None:
    channel = Channel(server, factor=1)
    database = open_database(sqlite_url)
    channel.parts = Parts(channel.parts.clock, SqlUnitsOfWork(database, channel.parts.clock))
    channel.parts.assistant.answering = lambda message: (Reply("one"), Reply("two"))
    for number in range(101, 141):
        await server.write(number, "hello")
    channel.start()
    await server.until(lambda: len(server.delivered) == 80)
    await channel.stop()
    await database.dispose()
    assert all(server.texts(number) == ["one", "two"] for number in range(101, 141))
    times = sorted(each.at for each in server.delivered)
    # The server stands in this process: on a busy machine what was sent apart arrives a little closer together.
    assert all(later - first >= 0.75 for first, later in zip(times, times[30:], strict=False))


# -- what is no text ------------------------------------------------------------------------------------------


async def test_a_picture_reaches_the_assistant_with_what_is_needed_to_send_it_on(
    server: TelegramServer, channel: Channel
) -> None:
    await server.send(people.private(ANNA), ANNA, caption="what is this", **PHOTO)
    assert await server.delivered_to(ANNA, 1) == ["You said: what is this"]
    (message,) = channel.parts.assistant.acted
    assert message.enclosures == (Enclosure("photo", "f"),)


async def test_groups_are_answered_where_they_asked(server: TelegramServer, channel: Channel) -> None:
    forum = people.group(-1002, forum=True)
    await server.send(people.group(-1001), ANNA, text="among ourselves")
    await server.send(people.group(-1001), ANNA, text="@yuanwen_test_bot how long")
    await server.send(forum, BO, text="@yuanwen_test_bot who", message_thread_id=5, is_topic_message=True)
    assert await server.delivered_to(-1001, 1) == ["You said: how long"]
    await server.delivered_to(-1002, 1)
    assert [each.thread for each in server.delivered if each.chat == -1002] == [5]


async def test_in_a_group_an_answer_names_the_message_that_it_answers(
    server: TelegramServer, channel: Channel
) -> None:
    asked = await server.send(people.group(-1001), ANNA, text="@yuanwen_test_bot how long")
    await server.write(ANNA, "how long")
    await server.delivered_to(-1001, 1)
    await server.delivered_to(ANNA, 1)
    assert {each.chat: each.answers for each in server.delivered} == {
        -1001: asked["message"]["message_id"],
        ANNA: None,
    }


async def test_a_group_that_moved_is_found(server: TelegramServer, channel: Channel) -> None:
    server.migrated[-50] = -1000050
    await server.send(people.group(-50), ANNA, text="@yuanwen_test_bot how long")
    assert await server.delivered_to(-1000050, 1) == ["You said: how long"]


async def test_a_group_that_tells_that_it_moved_keeps_its_conversation(
    server: TelegramServer, channel: Channel
) -> None:
    await server.send(people.group(-50), ANNA, text="@yuanwen_test_bot how long")
    await server.delivered_to(-50, 1)
    await server.send(people.group(-50), ANNA, migrate_to_chat_id=-1000050)
    await server.send(people.group(-1000050), ANNA, text="@yuanwen_test_bot and now")
    assert await server.delivered_to(-1000050, 1) == ["You said: and now"]
    assert list(channel.parts.memory.state.people) == [("telegram", "-1000050")]


# -- edits ----------------------------------------------------------------------------------------------------

EDITED = "You changed your question; this is the answer to it as it stands now:\n\n"


async def test_an_edited_message_is_answered_by_editing_the_answer(
    server: TelegramServer, channel: Channel
) -> None:
    first = await server.write(ANNA, "hello")
    await server.write(ANNA, "something else")
    await server.delivered_to(ANNA, 2)
    for text in ("hello again", "hello once more"):
        await server.edit(first, text)
        await server.until(lambda text=text: server.texts(ANNA)[0] == f"{EDITED}You said: {text}")  # type: ignore[misc]
    assert server.texts(ANNA)[1:] == ["You said: something else"]
    assert [call.method for call in server.calls if "essage" in call.method] == [
        "sendMessage", "sendMessage", "editMessageText", "editMessageText",
    ]  # fmt: skip


async def test_an_answer_that_grows_and_shrinks_is_rewritten_message_by_message(
    server: TelegramServer, channel: Channel
) -> None:
    channel.parts.assistant.answering = lambda message: [Reply(part) for part in message.text.split("|")]
    first = await server.write(ANNA, "one|two")
    await server.delivered_to(ANNA, 2)
    await server.edit(first, "1|2|3")
    assert await server.delivered_to(ANNA, 3) == [f"{EDITED}1", f"{EDITED}2", f"{EDITED}3"]
    await server.edit(first, "I")
    await server.until(lambda: server.texts(ANNA) == [f"{EDITED}I"])
    assert len(server.deleted) == 2


async def test_an_answer_that_is_no_longer_there_is_given_anew(
    server: TelegramServer, channel: Channel
) -> None:
    first = await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    server.delivered.clear()
    await server.edit(first, "hello again")
    assert await server.delivered_to(ANNA, 1) == [f"{EDITED}You said: hello again"]


async def test_an_edit_of_what_was_never_heard_is_a_message(server: TelegramServer, channel: Channel) -> None:
    unheard = people.message(people.private(ANNA), ANNA, 999, text="hello", edit_date=1_790_000_000)
    await server.put({"edited_message": unheard})
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]


async def test_who_asks_to_be_forgotten_is_told_and_nothing_stays(
    server: TelegramServer, channel: Channel
) -> None:
    await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    await server.write(ANNA, "/forget")
    assert await server.delivered_to(ANNA, 2) == ["You said: hello", "You said: /forget"]
    await server.until(lambda: channel.parts.memory.state.people == {})
    assert channel.parts.memory.state.outbox == []


# -- sends that fail ------------------------------------------------------------------------------------------


async def test_flood_control_is_obeyed(server: TelegramServer, channel: Channel) -> None:
    server.fail("sendMessage", too_many(4))
    await server.write(ANNA, "hello")
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]
    first, second = (call.at for call in server.called("sendMessage"))
    assert second - first >= 4 / channel.parts.clock.factor


async def test_flood_control_is_obeyed_over_a_restart(server: TelegramServer, channel: Channel) -> None:
    server.fail("sendMessage", too_many(20))
    await server.write(ANNA, "hello")
    await server.until(lambda: len(server.called("sendMessage")) == 1)
    await channel.stop()
    channel.start()
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]
    first, second = (call.at for call in server.called("sendMessage"))
    assert second - first >= 20 / channel.parts.clock.factor


@pytest.mark.parametrize("fault", [broken(500), broken(502), Reset()])
async def test_a_send_that_failed_is_made_again(server: TelegramServer, channel: Channel, fault: Any) -> None:
    server.fail("sendMessage", fault)
    await server.write(ANNA, "hello")
    await server.write(ANNA, "again")
    assert await server.delivered_to(ANNA, 2) == ["You said: hello", "You said: again"]


async def test_a_send_of_unknown_end_is_repeated_at_most_once(
    server: TelegramServer, channel: Channel
) -> None:
    server.fail("sendMessage", Reset(after=True), Reset(after=True))
    await server.write(ANNA, "hello")
    await server.write(ANNA, "again")
    assert await server.delivered_to(ANNA, 3) == ["You said: hello", "You said: hello", "You said: again"]


@pytest.mark.parametrize("gone", ["blocked", "deactivated"])
async def test_who_cannot_be_reached_holds_up_nobody_and_hears_it_when_they_are_back(
    server: TelegramServer, channel: Channel, gone: str
) -> None:
    away: set[int] = getattr(server, gone)
    away.add(ANNA)
    await server.write(ANNA, "hello")
    await server.write(BO, "hello")
    await server.delivered_to(BO, 1)
    state = channel.parts.memory.state
    await server.until(lambda: bool(channel.parts.memory.state.audit))
    state = channel.parts.memory.state
    assert [(entry.actor, entry.action) for entry in state.audit] == [("system", "conversation.parked")]
    events = [row for row in state.outbox if row.message.kind == "event"]
    assert [(row.state, row.message.payload["event"]) for row in events] == [("parked", "unreachable")]
    away.clear()
    await server.write(ANNA, "I am back")
    assert await server.delivered_to(ANNA, 2) == ["You said: hello", "You said: I am back"]
    assert [call.params["chat_id"] for call in server.called("sendMessage")].count(ANNA) == 3


async def test_a_person_who_blocks_the_bot_is_not_written_to_until_they_let_it_in(
    server: TelegramServer, channel: Channel
) -> None:
    await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    await server.member(people.private(ANNA), ANNA, "kicked")
    await server.until(lambda: bool(channel.parts.memory.state.parked))
    async with channel.parts.units() as work:
        conversation = await work.conversations.id_of("telegram", str(ANNA))
        await work.outbox.append([OutboxMessage(conversation, "operator", {"text": "hello?", "lang": "en"})])
        await work.commit()
    await server.write(BO, "hello")
    await server.delivered_to(BO, 1)
    assert len(server.texts(ANNA)) == 1
    await server.member(people.private(ANNA), ANNA, "member")
    assert (await server.delivered_to(ANNA, 2))[1] == "Staff:\nhello?"


async def test_a_topic_that_was_deleted_is_parked_and_nothing_is_lost(
    server: TelegramServer, channel: Channel
) -> None:
    forum, topic = people.group(-1002, forum=True), {"message_thread_id": 5, "is_topic_message": True}
    server.topics_gone.add((-1002, 5))
    await server.send(forum, BO, text="@yuanwen_test_bot who", **topic)
    await server.until(lambda: bool(channel.parts.memory.state.audit))
    assert {row.state for row in channel.parts.memory.state.outbox if row.message.kind == "reply"} == {
        "parked"
    }
    server.topics_gone.clear()
    await server.send(forum, BO, text="@yuanwen_test_bot again", **topic)
    assert await server.delivered_to(-1002, 2) == ["You said: who", "You said: again"]


async def test_what_telegram_does_not_take_goes_as_plain_text(
    server: TelegramServer, channel: Channel
) -> None:
    server.fail("sendMessage", Answer(400, "Bad Request: can't parse entities"))
    await server.write(ANNA, "1 < 2")
    assert await server.delivered_to(ANNA, 1) == ["You said: 1 < 2"]
    assert "parse_mode" not in server.called("sendMessage")[-1].params


async def test_a_press_of_what_was_never_offered_is_answered_with_the_reason(
    server: TelegramServer, channel: Channel
) -> None:
    under = people.message(people.private(ANNA), 42, 1, text="…")
    await server.put({"callback_query": people.press(ANNA, "forged", "#h", {**under, "from": people.BOT})})
    await server.until(lambda: bool(server.alerts))
    assert (server.answered, server.alerts[0][:9]) == (["forged"], "这个按钮已经失效。")
    assert channel.parts.assistant.acted == []


async def test_a_press_is_answered_when_telegram_can_be_reached_again(
    server: TelegramServer, channel: Channel
) -> None:
    channel.parts.assistant.answering = lambda message: (Reply(message.text, (Button("Human", "#h"),)),)
    server.fail("answerCallbackQuery", Reset(), broken(502))
    await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    await server.press(ANNA, "#h", "press-1")
    await server.until(lambda: server.answered == ["press-1"])


async def test_a_press_that_cannot_be_answered_is_acted_on(server: TelegramServer, channel: Channel) -> None:
    channel.parts.assistant.answering = lambda message: (Reply(message.text, (Button("Human", "#h"),)),)
    server.fail("answerCallbackQuery", Answer(400, "Bad Request: query is too old"))
    await server.write(ANNA, "hello")
    await server.delivered_to(ANNA, 1)
    await server.press(ANNA, "#h")
    assert await server.delivered_to(ANNA, 2) == ["hello", "#h"]


# -- fetching that fails --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [broken(500), Reset(), Reset(after=True), too_many(1), Slow(0.1)])
async def test_fetching_goes_on_after_a_failure(server: TelegramServer, fault: Any) -> None:
    server.fail("getUpdates", fault, fault)
    await server.write(ANNA, "hello")
    channel = Channel(server)
    channel.start()
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]
    await channel.stop()


async def test_another_poller_is_named_and_waited_for(
    server: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail("getUpdates", another_poller())
    await server.write(ANNA, "hello")
    channel = Channel(server)
    channel.start()
    await server.delivered_to(ANNA, 1)
    await channel.stop()
    assert "another process fetches the updates of this bot" in caplog.text
    first, second = (call.at for call in server.called("getUpdates")[:2])
    assert second - first >= 10 / channel.parts.clock.factor


async def test_two_pollers_over_one_storage_answer_once(server: TelegramServer, channel: Channel) -> None:
    other = Channel(server)
    other.parts = channel.parts
    other.start()
    for number in range(5):
        await server.write(ANNA, f"message {number}")
    await server.delivered_to(ANNA, 5)
    await other.stop()
    assert server.texts(ANNA) == [f"You said: message {number}" for number in range(5)]


async def test_a_server_that_is_away_at_the_start_is_waited_for(server: TelegramServer) -> None:
    await server.stop()
    channel = Channel(server)
    channel.start()
    await asyncio.sleep(0.1)
    await server.start()
    await server.write(ANNA, "hello")
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]
    await channel.stop()


async def test_an_update_that_cannot_be_read_is_passed_over(server: TelegramServer, channel: Channel) -> None:
    await server.put({"message": {"message_id": "no date, no chat"}})
    await server.write(ANNA, "hello")
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]
    await server.until(lambda: server.unconfirmed == 0)


async def test_a_refused_token_is_one_clear_line(server: TelegramServer) -> None:
    channel = Channel(server)
    settings = channel.settings
    server.token = "43:AAanother-token"
    with pytest.raises(InvalidInput, match=r"^BOT_TELEGRAM_TOKEN: Telegram refuses this token"):
        await run_telegram(channel.parts, settings, channel.links)


async def test_a_token_that_is_refused_later_ends_the_channel(
    server: TelegramServer, channel: Channel
) -> None:
    await server.until(lambda: bool(server.called("getUpdates")))
    server.fail("getUpdates", Answer(401, "Unauthorized"))
    await server.write(ANNA, "hello")
    assert channel.task is not None
    with pytest.raises(InvalidInput, match="BOT_TELEGRAM_TOKEN"):
        await asyncio.wait_for(asyncio.shield(channel.task), 10)
    channel.task = None


# -- nothing is lost ------------------------------------------------------------------------------------------


async def test_an_update_is_confirmed_only_when_it_is_stored(
    server: TelegramServer, channel: Channel
) -> None:
    await server.until(lambda: bool(server.called("getUpdates")))
    channel.parts.memory.away = True
    await server.write(ANNA, "hello")
    await asyncio.sleep(0.3)
    assert server.unconfirmed == 1
    channel.parts.memory.away = False
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]
    await server.until(lambda: server.unconfirmed == 0)


async def test_what_was_accepted_and_not_decided_is_taken_up(
    server: TelegramServer, channel: Channel
) -> None:
    gate = channel.parts.assistant.close_gate("slow")
    await server.write(ANNA, "slow")
    await server.write(ANNA, "next")
    await server.until(lambda: server.unconfirmed == 0)
    assert channel.task is not None
    channel.task.cancel()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if task is not channel.task and "aiohttp" not in repr(task):
            task.cancel()  # killed in the middle of the turn
    await asyncio.gather(channel.task, return_exceptions=True)
    assert server.delivered == []
    gate.set()
    channel.start()
    assert await server.delivered_to(ANNA, 2) == ["You said: slow", "You said: next"]


async def test_what_was_decided_and_not_sent_is_delivered_by_the_next(server: TelegramServer) -> None:
    channel = Channel(server)
    for number in range(3):
        await channel.parts.assistant.handle(
            Inbound("telegram", f"u{number}", str(ANNA), f"message {number}")
        )
    channel.start()
    assert await server.delivered_to(ANNA, 3) == [f"You said: message {number}" for number in range(3)]
    await channel.stop()


async def test_a_turn_that_fails_for_now_is_tried_again(server: TelegramServer, channel: Channel) -> None:
    channel.parts.assistant.failures = [
        TryLater("the database went away"),
        TryLater("the database went away"),
    ]
    await server.write(ANNA, "hello")
    assert await server.delivered_to(ANNA, 1) == ["You said: hello"]


async def test_a_turn_that_fails_for_good_is_owned_up_to(server: TelegramServer, channel: Channel) -> None:
    channel.parts.assistant.failures = [RuntimeError("a fault of ours")]
    await server.write(ANNA, "hello")
    await server.write(ANNA, "again")
    sorry, answer = await server.delivered_to(ANNA, 2)
    assert "something went wrong with this message" in sorry
    assert answer == "You said: again"


async def test_the_end_finishes_turns_and_sends_under_way(server: TelegramServer, channel: Channel) -> None:
    server.fail("sendMessage", Slow(0.3))
    await server.write(ANNA, "hello")
    await server.until(lambda: bool(server.called("sendMessage")))
    await channel.stop()
    assert server.texts(ANNA) == ["You said: hello"]
    assert [row.state for row in channel.parts.memory.state.outbox] == ["sent", "sent"]


async def test_the_token_is_never_logged(server: TelegramServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.fail("getMe", broken(500), Reset())
    server.fail("getUpdates", Reset(), another_poller(), broken(502))
    server.fail("sendMessage", Reset(), Answer(400, "Bad Request: can't parse entities"), Reset(after=True))
    channel = Channel(server)
    channel.start()
    await server.write(ANNA, "what I said")
    await server.delivered_to(ANNA, 1)
    server.fail("getUpdates", Answer(401, "Unauthorized"))
    await server.write(ANNA, "more")
    assert channel.task is not None
    with pytest.raises(InvalidInput) as refused:
        await channel.task
    written = caplog.text + repr(refused.value)
    assert server.token not in written
    assert server.token.partition(":")[2] not in written
    assert "what I said" not in written
