"""The real assistant over SQLite, the real knowledge, real sockets, and processes that are killed."""

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
from bot.channels.telegram import run_telegram
from bot.curation.yaml_files import read_knowledge
from bot.domain.messages import Inbound
from bot.settings import Settings
from tests.channels.parts import LINKS
from tests.minds import KNOWLEDGE
from tests.telegram_server import people
from tests.telegram_server.faults import Reset, too_many
from tests.telegram_server.server import TOKEN, TelegramServer, running

ROOT = Path(__file__).parents[2]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Settings:
    """Settings of a bot whose Rasa is away, so that word lists understand."""
    folder = tmp_path_factory.mktemp("telegram")
    shutil.copy(_sqlite_template, folder / "yuanwen.db")
    given: dict[str, Any] = {
        "database_url": f"sqlite:///{folder / 'yuanwen.db'}",
        "nlu_urls": ("http://127.0.0.1:9",),
        "telegram_token": SecretStr(TOKEN),
        "var_dir": folder,
    }
    return Settings(**given)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def core(settings: Settings) -> AsyncIterator[Core]:
    """The parts over a database with the knowledge; it takes seconds to think itself in, so all tests share it."""
    async with open_core(settings, settings.database, read_knowledge(KNOWLEDGE).knowledge) as core:
        yield core


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[TelegramServer]:
    async with running() as server:
        yield server


def at(server: TelegramServer, settings: Settings) -> Settings:
    """The settings with this server as the Bot API."""
    return settings.model_copy(update={"telegram_api_url": server.api_url})


@pytest_asyncio.fixture(loop_scope="module")
async def telegram(server: TelegramServer, core: Core, settings: Settings) -> AsyncIterator[None]:
    """The channel, running."""
    async with serving(server, core, settings):
        yield


@contextlib.asynccontextmanager
async def serving(server: TelegramServer, core: Core, settings: Settings) -> AsyncIterator[None]:
    """The channel runs as long as the block."""
    task = asyncio.create_task(run_telegram(core, at(server, settings), LINKS))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def anna() -> int:
    """A person that no other test knows."""
    return next(_people)


@pytest.fixture
def bo() -> int:
    """Another one."""
    return next(_people)


_people = count(101)


@pytest.mark.usefixtures("telegram")
async def test_a_conversation(server: TelegramServer, anna: int) -> None:
    await server.write(anna, "/start")
    await server.write(anna, "施工许可证要什么材料")
    hello, answer = await server.delivered_to(anna, 2)
    assert hello.startswith("您好")
    assert "施工许可" in answer
    assert "依据与来源" in answer
    await server.press(anna, server.delivered[-1].values[-1])
    await server.delivered_to(anna, 3)
    await server.until(lambda: len(server.answered) == 1)
    await server.write(anna, "/lang en")
    await server.write(anna, "/help")
    assert "You can ask, for example" in (await server.delivered_to(anna, 5))[-1]


@pytest.mark.usefixtures("telegram")
async def test_a_deep_link_opens_its_record(server: TelegramServer, anna: int) -> None:
    await server.write(anna, "/start procedure_construction-permit")
    (answer,) = await server.delivered_to(anna, 1)
    assert "施工许可" in answer


@pytest.mark.usefixtures("telegram")
async def test_two_people_do_not_hear_each_other(server: TelegramServer, anna: int, bo: int) -> None:
    await server.write(anna, "How long does the construction permit take?")
    await server.write(bo, "路灯坏了找谁")
    (english,) = await server.delivered_to(anna, 1)
    (chinese,) = await server.delivered_to(bo, 1)
    assert "Basis and sources" in english
    assert "地点在哪里" in chinese


@pytest.mark.usefixtures("telegram")
async def test_a_picture_is_answered_in_the_language_of_the_conversation(
    server: TelegramServer, anna: int
) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    await server.write(anna, "施工许可证要什么材料")
    await server.send(people.private(anna), anna, photo=photo)
    line = (await server.delivered_to(anna, 2))[1]
    assert line.startswith("我看不了图片")
    assert "I cannot" not in line


@pytest.mark.usefixtures("telegram")
async def test_a_picture_with_words_is_named_and_the_words_are_answered(
    server: TelegramServer, anna: int
) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    await server.send(people.private(anna), anna, photo=photo, caption="施工许可证要什么材料")
    line, answer = await server.delivered_to(anna, 2)
    assert line == "附带的内容我看不了，下面只回答您写的文字。"
    assert "建设工程规划许可证" in answer


@pytest.mark.usefixtures("telegram")
async def test_an_edited_question_is_answered_by_editing_the_answer(
    server: TelegramServer, anna: int
) -> None:
    asked = await server.write(anna, "施工许可证要什么材料")
    await server.delivered_to(anna, 1)
    await server.edit(asked, "施工许可证要多久")
    await server.until(lambda: server.texts(anna)[0].startswith("您修改了问题"))
    (answer,) = server.texts(anna)
    assert "法定期限" in answer


@pytest.mark.usefixtures("telegram")
async def test_whoever_asks_is_forgotten_and_told_so(server: TelegramServer, core: Core, anna: int) -> None:
    await server.write(anna, "施工许可证要什么材料")
    await server.delivered_to(anna, 1)
    await server.write(anna, "/forget")
    assert "已经删除" in (await server.delivered_to(anna, 2))[1]
    async with core.units(reading=True) as work:
        assert await work.conversations.find("telegram", str(anna)) is None


async def test_a_press_reported_twice_flood_control_and_a_lost_connection(
    server: TelegramServer, core: Core, settings: Settings, anna: int
) -> None:
    server.fail("sendMessage", Reset(), too_many(1))
    async with serving(server, core, settings):
        await server.write(anna, "/help")
        await server.delivered_to(anna, 1)
        value = server.delivered[0].values[0]
        for _ in range(2):
            await server.press(anna, value, "press-1")
        await server.write(anna, "/cancel")
        assert "已取消" in (await server.delivered_to(anna, 3))[2]


async def test_what_was_committed_is_delivered_by_whoever_comes_next(
    server: TelegramServer, core: Core, settings: Settings, anna: int
) -> None:
    for number, text in enumerate(("施工许可证要什么材料", "要多久")):
        await core.assistant.handle(Inbound("telegram", f"u{anna}.{number}", str(anna), text))
    async with serving(server, core, settings):
        documents, duration = await server.delivered_to(anna, 2)
    assert "建设工程规划许可证" in documents
    assert "工作日" in duration
