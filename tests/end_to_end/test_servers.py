"""Servers of the settings: NLU servers that are away, and a Bot API that is not Telegram's."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.end_to_end.running import Assistant, surroundings
from tests.telegram_server.server import TelegramServer

pytestmark = pytest.mark.timeout(300)
AWAY = "http://127.0.0.1:9,http://127.0.0.1:10"


def test_with_all_servers_away_the_word_lists_answer(tmp_path: Path) -> None:
    running = Assistant.start(tmp_path, surroundings(tmp_path, BOT_HTTP_PORT="0", BOT_NLU_URLS=AWAY))
    try:
        assert running.rasa() is None
        for _ in range(10):
            turn = running.ask_anew("环评报告表要批多久")
            assert (turn["outcome"], turn["understanding"]["source"]) == ("answered", "gazetteer")
        ready = running.get("/readyz")
        assert (ready["status"], ready["nlu"]) == ("ready", "away")
        assert running.stop(signal.SIGTERM) == 0
    finally:
        running.kill()


async def test_telegram_is_on_as_soon_as_there_is_a_token(tmp_path: Path) -> None:
    server = TelegramServer()
    await server.start()
    env = surroundings(
        tmp_path,
        BOT_HTTP_PORT="0",
        BOT_NLU_URLS=AWAY,
        BOT_TELEGRAM_TOKEN=server.token,
        BOT_TELEGRAM_API_URL=server.api_url,
    )
    running = await asyncio.to_thread(Assistant.start, tmp_path, env)
    try:
        await server.write(7, "环评报告表要批多久")
        await server.until(lambda: any("30" in text for text in server.texts(7)), seconds=60)
        assert await asyncio.to_thread(running.stop, signal.SIGINT) == 0
        assert server.token not in running.output.read_text(encoding="utf-8")
    finally:
        running.kill()
        await server.stop()
