"""A handover from both sides, over the storage in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.conversation import Mode
from bot.domain.errors import InvalidInput, NotFound, Refused
from bot.domain.handover import NotAllowed
from bot.domain.messages import Enclosure, Inbound, Outcome
from bot.domain.text import Language
from bot.domain.zone_time import ZONE_TIME
from bot.ports import Topic
from bot.service.operator_desk import Operator, Taken, Words
from tests.service.desk_world import LI, WANG, Always, DeskWorld


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE_TIME)


@pytest.fixture
def world() -> DeskWorld:
    return DeskWorld()


@pytest.mark.parametrize("words", ["/human", "#h", "转人工", "我要找真人", "I want to talk to a human"])
async def test_who_asks_for_a_person_is_queued_and_told_the_number(world: DeskWorld, words: str) -> None:
    turn = await world.say(words)
    case = await world.case()
    assert (turn.mode, turn.outcome) == (Mode.QUEUED, Outcome.HANDOVER)
    assert case.number in turn.replies[-1].text
    assert [item.kind for item in await world.told()] == ["echo", "reply", "mode"]
    assert (await world.last("mode"))["mode"] == "queued"
    assert await world.entries() == ["queued"]


async def test_the_question_before_the_wish_is_on_the_case(world: DeskWorld) -> None:
    await world.say("谁负责招商引资")
    await world.say("转人工")
    case = await world.case()
    assert case.question == "谁负责招商引资"
    assert case.records
    assert case.reason == "wish"


async def test_where_nobody_sees_the_queue_nobody_is_put_into_it() -> None:
    world = DeskWorld(watched=False)
    turn = await world.say("转人工")
    assert turn.mode is Mode.BOT
    assert "12345" in turn.replies[0].text
    assert await world.cases() == 0


async def test_a_whole_conversation_with_a_person(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.desk.claim(LI, (await world.case()).id)
    assert (await world.last("mode"))["mode"] == "claimed"
    assert "quiet" not in await world.last("mode")
    await world.desk.reply(LI, case.id, Words("您好，请问是哪块地？"))
    assert (await world.last("operator"))["text"] == "您好，请问是哪块地？"
    turn = await world.say("环评报告表要批多久")
    assert turn.replies == ()
    assert (turn.mode, turn.outcome) == (Mode.CLAIMED, Outcome.HANDOVER)
    await world.desk.close(LI, case.id)
    buttons = (await world.last())["buttons"]
    assert [button["value"] for button in buttons] == ["#r:1", "#r:2", "#r:3", "#r:4", "#r:5"]
    rated = await world.say("#r:4")
    assert rated.replies[0].buttons[0].value == "#rc"
    await world.say("#rc")
    await world.say("回复很快")
    done = await world.case()
    assert (done.state, done.rating, done.comment, done.awaits) == (Mode.CLOSED, 4, "回复很快", "")
    turn = await world.say("环评报告表要批多久")
    assert (turn.mode, turn.outcome) == (Mode.BOT, Outcome.ANSWERED)


async def test_a_rating_may_be_typed_with_words(world: DeskWorld) -> None:
    await world.say("转人工")
    await world.desk.close(LI, (await world.case()).id)
    await world.say("5分，很满意")
    case = await world.case()
    assert (case.rating, case.comment) == (5, "很满意")


async def test_a_question_after_the_end_is_no_rating(world: DeskWorld) -> None:
    await world.say("转人工")
    await world.desk.close(LI, (await world.case()).id)
    turn = await world.say("施工许可证要什么材料")
    assert turn.outcome is Outcome.ANSWERED
    assert (await world.case()).rating is None


async def test_the_second_who_claims_sees_who_was_first(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.case()
    outcomes = await asyncio.gather(
        world.desk.claim(LI, case.id), world.desk.claim(WANG, case.id), return_exceptions=True
    )
    lost = [each for each in outcomes if isinstance(each, Taken)]
    assert [each.holder for each in lost] == ["李工"]
    assert (await world.desk.claim(LI, case.id)).operator == "li"  # again is no error
    with pytest.raises(Taken, match="李工"):
        await world.desk.reply(WANG, case.id, Words("我来"))
    with pytest.raises(Taken):
        await world.desk.close(WANG, case.id)


async def test_from_who_leaves_the_person_waiting_it_can_be_taken_over(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.desk.claim(LI, (await world.case()).id)
    for _ in range(3):
        await world.pass_minutes(20)
    assert (await world.case()).reminded == 60
    taken = await world.desk.claim(WANG, case.id)
    assert (taken.operator, taken.waiting_since) == ("wang", case.waiting_since)


async def test_a_reply_claims_what_nobody_has(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.desk.reply(LI, (await world.case()).id, Words("您好"))
    assert (case.state, case.operator) == (Mode.WAITING_USER, "li")
    kinds = [item.kind for item in await world.told()][-3:]
    assert kinds == ["mode", "mode", "operator"]


async def test_two_misses_in_a_row_offer_a_person_and_yes_takes_it(world: DeskWorld) -> None:
    await world.say("阿巴阿巴")
    turn = await world.say("呜啦呜啦")
    assert turn.mode is Mode.OFFERED
    assert any(button.value == "#h" for button in turn.replies[-1].buttons)
    turn = await world.say("好的")
    assert turn.mode is Mode.QUEUED
    assert (await world.case()).reason == "misses"


async def test_who_does_not_take_the_offer_goes_on_with_the_bot(world: DeskWorld) -> None:
    await world.say("阿巴阿巴")
    await world.say("呜啦呜啦")
    turn = await world.say("环评报告表要批多久")
    assert (turn.mode, turn.outcome) == (Mode.BOT, Outcome.ANSWERED)


async def test_a_complaint_is_offered_a_person() -> None:
    world = DeskWorld(nlu=Always("complain"))
    turn = await world.say("你们太差劲了")
    assert turn.mode is Mode.OFFERED
    assert "12345" in turn.replies[-1].text
    assert turn.replies[-1].buttons[0].value == "#h"
    assert (await world.say("#h")).mode is Mode.QUEUED
    assert (await world.case()).reason == "complaint"


async def test_outside_hours_the_next_opening_is_told_and_the_bot_goes_on() -> None:
    world = DeskWorld(at(27, 18))  # Friday evening
    turn = await world.say("转人工")
    assert turn.mode is Mode.AFTER_HOURS
    assert "11月30日（周一）08:30" in turn.replies[-1].text
    answered = await world.say("环评报告表要批多久")
    assert (answered.outcome, answered.mode) == (Outcome.ANSWERED, Mode.AFTER_HOURS)
    again = await world.say("转人工")
    assert "11月30日" in again.replies[-1].text
    assert await world.cases() == 1
    await world.pass_minutes(62.5 * 60)
    assert (await world.case()).state is Mode.QUEUED
    assert (await world.last("mode"))["mode"] == "queued"


async def test_english_people_are_told_in_english() -> None:
    world = DeskWorld(at(27, 18))
    turn = await world.say("I want to talk to a human")
    assert "Mon 30 Nov, 08:30" in turn.replies[-1].text
    assert (await world.case()).language is Language.EN


async def test_reminders_in_working_time_and_to_the_zone_desk_at_last() -> None:
    world = DeskWorld(at(24, 11, 50))
    await world.say("转人工")
    await world.pass_minutes(4)
    assert "reminded" not in await world.entries()
    await world.pass_minutes(1)
    assert (await world.entries()).count("reminded") == 1
    await world.pass_minutes(6)  # lunch
    assert (await world.case()).state is Mode.AFTER_HOURS
    await world.pass_minutes(89)  # 13:30
    assert (await world.case()).state is Mode.QUEUED
    await world.pass_minutes(5)
    assert (await world.case()).reminded == 15
    await world.pass_minutes(45)
    assert (await world.case()).reminded == 60


async def test_after_a_working_day_without_anybody_an_apology_and_the_bot(world: DeskWorld) -> None:
    await world.say("转人工")
    for _ in range(30):
        await world.pass_minutes(60)
    case = await world.case()
    assert case.state is Mode.EXPIRED
    assert case.number in (await world.last())["text"]
    assert "很抱歉" in (await world.last())["text"]
    turn = await world.say("环评报告表要批多久")
    assert (turn.mode, turn.outcome) == (Mode.BOT, Outcome.ANSWERED)
    late = await world.desk.reply(LI, case.id, Words("抱歉久等了"))
    assert late.state is Mode.WAITING_USER


async def test_long_standstill_does_all_that_was_due(world: DeskWorld) -> None:
    await world.say("转人工")
    await world.pass_minutes(60 * 24 * 4)
    assert (await world.case()).state is Mode.EXPIRED


async def test_silence_is_nudged_once_and_ends(world: DeskWorld) -> None:
    await world.say("转人工")
    await world.desk.reply(LI, (await world.case()).id, Words("请补充"))
    await world.pass_minutes(24 * 60)
    assert "工作人员在等您回复" in (await world.last())["text"]
    await world.pass_minutes(24 * 60)
    assert (await world.entries()).count("nudged") == 1
    await world.pass_minutes(24 * 60)
    case = await world.case()
    assert (case.state, case.awaits) == (Mode.CLOSED, "rating")


async def test_an_answer_of_the_operator_stops_the_clock(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.desk.reply(LI, (await world.case()).id, Words("您好"))
    assert case.waiting_since is None
    await world.say("还有一个问题")
    assert (await world.case()).waiting_since == world.clock.now()
    await world.pass_minutes(5)
    assert (await world.entries()).count("reminded") == 1


async def test_a_transfer_goes_to_another_queue(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.desk.claim(LI, (await world.case()).id)
    case = await world.desk.transfer(LI, case.id, "construction-office")
    assert (case.state, case.office, case.operator) == (Mode.QUEUED, "construction-office", "")
    assert "开发委建设处" in (await world.last())["text"]
    builder = Operator("zhao", "赵工", frozenset({"construction-office"}))
    stranger = Operator("qian", "钱工", frozenset({"investment-office"}))
    assert [each.id for each in await world.desk.queue(builder)] == [case.id]
    assert await world.desk.queue(stranger) == []
    with pytest.raises(Refused):
        await world.desk.claim(stranger, case.id)
    with pytest.raises(InvalidInput):
        await world.desk.transfer(builder, case.id, "nowhere")


async def test_a_note_is_never_told_to_the_person(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.case()
    await world.desk.note(LI, case.id, "可能是重复来访")
    assert "重复来访" not in str(await world.told())
    assert (await world.entries())[-1] == "note"


async def test_handing_back_and_going_back(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.case()
    await world.desk.hand_back(LI, case.id)
    assert (await world.say("环评报告表要批多久")).mode is Mode.BOT
    await world.say("转人工")
    turn = await world.say("#b")
    assert turn.mode is Mode.BOT
    assert (await world.case()).state is Mode.BOT
    with pytest.raises(NotAllowed):
        await world.desk.close(LI, (await world.case()).id)
    with pytest.raises(NotFound):
        await world.desk.claim(LI, (await world.case()).id)


async def test_own_commands_work_whoever_holds_the_conversation(world: DeskWorld) -> None:
    await world.say("转人工")
    await world.desk.claim(LI, (await world.case()).id)
    turn = await world.say("/lang en")
    assert turn.language is Language.EN
    assert turn.mode is Mode.CLAIMED
    await world.say("/forget")
    assert await world.cases() == 0


async def test_old_buttons_are_told_to_be_old(world: DeskWorld) -> None:
    for value in ("#b", "#r:5", "#rc"):
        turn = await world.say(value)
        assert "按钮" in turn.replies[0].text


async def test_what_an_operator_said_can_be_changed_and_taken_back(world: DeskWorld) -> None:
    await world.say("转人工")
    case = await world.desk.reply(LI, (await world.case()).id, Words("明天", message_id="t1"))
    original = (await world.last("operator"))["message_id"]
    assert "t1" not in original  # the operator's own id stays at the desk
    await world.desk.change(LI, case.id, Words("后天", message_id="t1"))
    assert (await world.last("operator"))["edits"] == original
    await world.desk.change(LI, case.id, Words("", message_id="t1"), gone=True)
    assert (await world.last("operator"))["deleted"] is True
    with pytest.raises(Refused):
        await world.desk.change(WANG, case.id, Words("x", message_id="t1"))


async def test_repeated_messages_act_once(world: DeskWorld) -> None:
    first = await world.say("转人工")
    world.said_so_far -= 1
    again = await world.say("转人工")
    assert again.replies == first.replies
    assert await world.cases() == 1


# -- from a topic of a group -----------------------------------------------------------------------------------


async def in_topic(world: DeskWorld) -> None:
    """The conversation has a topic."""
    await world.say("转人工")
    case = await world.case()
    async with world.units() as work:
        await work.desk.put_topic(Topic(case.conversation_id, -1001, 56))
        await work.commit()


async def operator_says(world: DeskWorld, number: int, text: str, **rest: object) -> None:
    identifier = f"u{number}.-1001/56.1.{number}"
    message = Inbound("telegram", identifier, "-1001/56", text, sender="4711", desk=True)
    await world.assistant.handle(replace(message, **rest))  # type: ignore[arg-type]


async def test_commands_and_words_in_a_topic(world: DeskWorld) -> None:
    await in_topic(world)
    await operator_says(world, 1, "/claim")
    assert (await world.case()).state is Mode.CLAIMED
    photo = Enclosure("photo", ref="file-1")
    await operator_says(world, 2, "您好", enclosures=(photo,))
    said = await world.last("operator")
    assert said["text"].startswith("您好\n\n（工作人员发来了文件")  # the page cannot show it, and says so
    assert "file-1" not in str(said)
    await operator_says(world, 3, "/note@our_bot 回电")
    assert "回电" not in str(await world.told())
    await operator_says(world, 4, "您好！", edits="u2.-1001/56.1.2")
    assert (await world.last("operator"))["edits"] == said["message_id"]
    await operator_says(world, 5, "/nonsense")
    assert (await world.entries())[-1] == "unknown"
    assert "nonsense" not in str(await world.told())
    await operator_says(world, 6, "/transfer 建设处")
    assert (await world.case()).office == "construction-office"
    await operator_says(world, 7, "/close")
    assert (await world.case()).state is Mode.CLOSED
    await operator_says(world, 8, "/back")
    assert (await world.entries())[-1] == "not_possible"


async def test_another_operator_in_the_topic_is_told_who_was_first(world: DeskWorld) -> None:
    await in_topic(world)
    await operator_says(world, 1, "/claim")
    await operator_says(world, 2, "/claim", sender="4712")
    entry = world.units.state.desk.entries[-1]
    assert (entry.kind, entry.payload["name"]) == ("refused", "#4711")


async def test_an_operators_message_taken_up_twice_is_said_once(world: DeskWorld) -> None:
    await in_topic(world)
    for _ in range(3):
        await operator_says(world, 1, "您好")
    assert [item.payload["text"] for item in await world.told() if item.kind == "operator"] == ["您好"]


async def test_talk_outside_topics_of_conversations_is_no_concern_of_ours(world: DeskWorld) -> None:
    await in_topic(world)
    await operator_says(world, 1, "大家早", conversation="-1001")
    await operator_says(world, 2, "大家早", conversation="-1001/99")
    assert not [item for item in await world.told() if item.kind == "operator"]
