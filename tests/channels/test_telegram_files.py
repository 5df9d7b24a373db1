"""Files of ours and what came over Telegram, sent as what they are."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.channels.telegram_client import make_client
from bot.channels.telegram_rendering import TelegramPart
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_words import TelegramWords
from bot.dialogue.signed import Signer
from bot.domain.errors import TryLater
from bot.domain.messages import Attachment, Enclosure
from bot.domain.text import Language
from bot.ports import Files
from tests.minds import wording
from tests.telegram_server.faults import Answer
from tests.telegram_server.server import TelegramServer

PDF = Attachment("plan.pdf", "application/pdf", "/plan.pdf")
PNG = Attachment("plan.png", "image/png", "/plan.png")


class Shelf:
    """Holds every file but those at ``/gone``; at ``/later`` the database is away."""

    async def read(self, url: str) -> bytes | None:
        if url == "/later":
            raise TryLater("the database does not answer")
        if url == "/broken":
            raise RuntimeError("a fault of ours")
        return None if url == "/gone" else b"content"


@contextlib.asynccontextmanager
async def sender(server: TelegramServer, files: Files | None = None) -> AsyncIterator[TelegramSender]:
    bot: Bot = make_client(server.token, server.api_url)
    await bot.initialize()
    try:
        words = {language: TelegramWords(wording(), language) for language in Language}
        yield TelegramSender(bot, words.__getitem__, Signer(b"a secret"), files=files)
    finally:
        await bot.shutdown()


async def test_pictures_go_as_photos_and_the_rest_as_documents(server: TelegramServer) -> None:
    async with sender(server, Shelf()) as sending:
        for file in (PDF, PNG):
            ended = await sending.send("7", TelegramPart(file=file))
            assert (ended.state, ended.id != "") == ("sent", True)
    assert [(call.method, call.params["chat_id"]) for call in server.calls[1:]] == [
        ("sendDocument", 7), ("sendPhoto", 7),
    ]  # fmt: skip


@pytest.mark.parametrize(("url", "state"), [("/gone", "sent"), ("/broken", "sent"), ("/later", "later")])
async def test_a_file_that_is_not_there_holds_up_nothing(
    server: TelegramServer, url: str, state: str
) -> None:
    async with sender(server, Shelf()) as sending:
        ended = await sending.send("7", TelegramPart(file=Attachment("a", "application/pdf", url)))
    assert (ended.state, server.delivered) == (state, [])


async def test_a_message_is_copied_into_a_topic(server: TelegramServer) -> None:
    async with sender(server) as sending:
        ended = await sending.send("-1002/56", TelegramPart(copies=(7, 11)))
    assert ended.state == "sent"
    (copy,) = server.delivered
    assert (copy.chat, copy.thread, copy.copies) == (-1002, 56, 11)


async def test_what_came_over_telegram_is_sent_by_its_id(server: TelegramServer) -> None:
    async with sender(server) as sending:
        await sending.send("7", TelegramPart(encloses=Enclosure("document", "abc"), plain="工作人员："))
        server.fail("sendPhoto", Answer(400, "Bad Request: wrong file identifier/HTTP URL specified"))
        refused = await sending.send("7", TelegramPart(encloses=Enclosure("photo", "old")))
    assert refused.state == "refused"
    document, _ = server.calls[1:]
    assert (document.params["document"], document.params["caption"]) == ("abc", "工作人员：")
