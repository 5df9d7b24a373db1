"""An investor and two operators in Telegram: the real assistant over SQLite, real sockets, a topic for the conversation."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.app import Core, open_core
from bot.channels.telegram import DeskLink, Links, run_telegram
from bot.curation.yaml_files import read_knowledge
from bot.domain.conversation import Mode
from bot.domain.handover import Case
from bot.settings import Settings
from tests.minds import KNOWLEDGE
from tests.telegram_server import people
from tests.telegram_server.faults import too_many
from tests.telegram_server.server import TOKEN, Delivered, TelegramServer, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

DESK = -1001
LI, WANG = 901, 902
_people = count(501)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def core(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> AsyncIterator[Core]:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(_sqlite_template, folder / "yuanwen.db")
    given: dict[str, Any] = {
        "database_url": f"sqlite:///{folder / 'yuanwen.db'}", "nlu_urls": ("http://127.0.0.1:9",),
        "telegram_token": SecretStr(TOKEN), "telegram_desk_chat_id": DESK, "var_dir": folder,
    }  # fmt: skip
    settings = Settings(**given)
    async with open_core(settings, settings.database, read_knowledge(KNOWLEDGE).knowledge) as core:
        yield core


@pytest_asyncio.fixture(loop_scope="module")
async def server(core: Core) -> AsyncIterator[TelegramServer]:
    async with running() as server, serving(server, core):
        yield server


@contextlib.asynccontextmanager
async def serving(server: TelegramServer, core: Core) -> AsyncIterator[None]:
    """The channel and its desk, as long as the block runs."""
    settings = core.settings.model_copy(update={"telegram_api_url": server.api_url})
    link = DeskLink(core.desk.setup, core.public_catalogue, core.notices)
    task = asyncio.create_task(run_telegram(core, settings, Links(b"secret", news=core.notices, desk=link)))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def anna() -> int:
    """An investor that no other test knows."""
    return next(_people)


def in_topic(server: TelegramServer, thread: int) -> list[Delivered]:
    return [each for each in server.delivered if (each.chat, each.thread) == (DESK, thread)]


async def topic_with(server: TelegramServer, words: str, topics: set[int | None] | None = None) -> int:
    """The number of the topic in which these words are shown."""

    def found() -> list[int]:
        return [
            each.thread
            for each in server.delivered
            if each.chat == DESK and words in each.text and each.thread and each.thread not in (topics or ())
        ]

    await server.until(lambda: bool(found()))
    return found()[0]


async def shows(server: TelegramServer, thread: int, words: str) -> Delivered:
    await server.until(lambda: any(words in each.text for each in in_topic(server, thread)))
    return next(each for each in in_topic(server, thread) if words in each.text)


async def operator(server: TelegramServer, thread: int, text: str, who: int = LI, **more: Any) -> Any:
    content = {"text": text, **more} if text else more
    return await server.send(
        people.group(DESK, forum=True), who, message_thread_id=thread, is_topic_message=True, **content
    )


async def case_of(core: Core, anna: int) -> Case:
    async with core.units(reading=True) as work:
        found = await work.conversations.find("telegram", str(anna))
        assert found
        case = await work.handovers.current(found)
    assert case is not None
    return case


async def queued(server: TelegramServer, core: Core, anna: int) -> int:
    """Anna has asked for a person and waits; gives the topic."""
    await server.write(anna, "施工许可证要什么材料")
    await server.delivered_to(anna, 1)
    await server.write(anna, "/human")
    told = (await server.delivered_to(anna, 2))[-1]
    number = (await case_of(core, anna)).number
    assert number in told
    return await topic_with(server, number)


async def test_an_investor_and_two_operators(server: TelegramServer, core: Core, anna: int) -> None:
    thread = await queued(server, core, anna)
    card = await shows(server, thread, "来由")
    assert "施工许可证要什么材料" in card.text
    assert "施工许可" in card.text.split("—— 对话记录 ——")[1]
    await operator(server, thread, "/claim")
    await shows(server, thread, "Person 901 已认领")
    await operator(server, thread, "/claim", WANG)
    await shows(server, thread, "Person 901 已经先认领了")
    await server.until(lambda: "您现在由人工服务。" in server.texts(anna))
    await operator(server, thread, "您好，请问项目在哪个镇？")
    await server.until(lambda: any("请问项目在哪个镇" in text for text in server.texts(anna)))
    before = len(server.texts(anna))
    await server.write(anna, "在原有范围，环评要多久")
    await shows(server, thread, "在原有范围，环评要多久")
    await operator(server, thread, "/note 老客户")
    await shows(server, thread, "老客户")
    await operator(server, thread, "/close")
    await server.until(lambda: any("1到5分" in text for text in server.texts(anna)))
    assert len(server.texts(anna)) == before + 1  # the bot was silent, and the note stayed at the desk
    await server.press(anna, "#r:5")
    await shows(server, thread, "对方评价：5 分")
    assert not server.complaints
    # What the operator wrote is not written into the topic a second time.
    assert not [each for each in in_topic(server, thread) if "请问项目在哪个镇" in each.text]


async def test_edits_follow_and_can_take_back(server: TelegramServer, core: Core, anna: int) -> None:
    thread = await queued(server, core, anna)
    said = await operator(server, thread, "明天上午办理")
    await server.until(lambda: any("明天上午" in text for text in server.texts(anna)))
    changed = await server.edit(said, "后天上午办理")
    del changed
    edited = {**said["message"], "text": "后天上午办理", "edit_date": said["message"]["date"] + 1}
    await server.put({"edited_message": edited})
    await server.until(lambda: any("后天上午" in text for text in server.texts(anna)))
    assert not any("明天上午" in text for text in server.texts(anna))
    await server.put({"edited_message": {**edited, "text": "/delete", "edit_date": edited["edit_date"] + 1}})
    await server.until(lambda: not any("后天上午" in text for text in server.texts(anna)))
    own = await server.write(anna, "地点在新划入")
    await shows(server, thread, "地点在新划入")
    await server.edit(own, "地点在原有范围")
    await shows(server, thread, "地点在原有范围")
    assert not any("新划入" in each.text for each in in_topic(server, thread))


async def test_files_go_both_ways(server: TelegramServer, core: Core, anna: int) -> None:
    thread = await queued(server, core, anna)
    await operator(server, thread, "/claim")
    await server.until(lambda: "您现在由人工服务。" in server.texts(anna))
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    await operator(server, thread, "", photo=photo)
    await server.until(lambda: any((each.chat, each.file) == (anna, "f") for each in server.delivered))
    mine = await server.send(people.private(anna), anna, photo=photo)
    await server.until(
        lambda: any(each.copies == mine["message"]["message_id"] for each in in_topic(server, thread))
    )


async def test_a_deleted_topic_is_made_again_with_everything(
    server: TelegramServer, core: Core, anna: int
) -> None:
    thread = await queued(server, core, anna)
    await operator(server, thread, "您好，我来处理")
    await operator(server, thread, "/note 先查档案")
    await shows(server, thread, "先查档案")
    server.topics_gone.add((DESK, thread))
    await server.write(anna, "谢谢，麻烦了")
    number = (await case_of(core, anna)).number
    again = await topic_with(server, number, {thread})
    card = await shows(server, again, "谢谢，麻烦了")
    for words in ("您好，我来处理", "先查档案", "施工许可证要什么材料"):
        assert words in card.text
    await operator(server, again, "不客气")
    await server.until(lambda: any("不客气" in text for text in server.texts(anna)))


async def test_what_telegram_refuses_for_a_while_comes_later(
    server: TelegramServer, core: Core, anna: int
) -> None:
    server.fail("createForumTopic", too_many(1))
    thread = await queued(server, core, anna)
    server.fail("sendMessage", too_many(1))
    await server.write(anna, "还在吗")
    await shows(server, thread, "还在吗") if (await case_of(core, anna)).state is Mode.QUEUED else None


async def test_forgetting_takes_the_topic_away(server: TelegramServer, core: Core, anna: int) -> None:
    thread = await queued(server, core, anna)
    await shows(server, thread, "来由")
    await server.write(anna, "/forget")
    await server.until(
        lambda: any(call.params["message_thread_id"] == thread for call in server.called("deleteForumTopic"))
    )


async def test_a_process_that_ends_loses_nothing(core: Core, anna: int) -> None:
    async with running() as server:
        async with serving(server, core):
            thread = await queued(server, core, anna)
            await operator(server, thread, "/claim")
            await server.until(lambda: "您现在由人工服务。" in server.texts(anna))
        await operator(server, thread, "我查一下")  # while nobody listens
        await server.write(anna, "好的")
        async with serving(server, core):
            await server.until(lambda: any("我查一下" in text for text in server.texts(anna)))
            await shows(server, thread, "好的")
            assert sum("我查一下" in text for text in server.texts(anna)) == 1
