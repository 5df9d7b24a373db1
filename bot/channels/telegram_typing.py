"""Shows that an answer is being prepared, when it takes longer than a blink."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels.telegram_address import Address
from bot.ports import Clock

AFTER: Final = 0.3  # seconds of silence that nobody minds
_LASTS: Final = 4.5  # seconds; Telegram shows it for five


@contextlib.asynccontextmanager
async def typing(bot: Bot, address: Address, clock: Clock) -> AsyncIterator[None]:
    """Shows "typing" for as long as the block runs, if that is long."""
    showing = asyncio.create_task(_show(bot, address, clock))
    try:
        yield
    finally:
        showing.cancel()


async def _show(bot: Bot, address: Address, clock: Clock) -> None:
    await clock.sleep(AFTER)
    with contextlib.suppress(TelegramError):  # a courtesy: the answer does not depend on it
        while True:
            await bot.send_chat_action(address.chat, ChatAction.TYPING, message_thread_id=address.thread)
            await clock.sleep(_LASTS)
