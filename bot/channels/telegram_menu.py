"""The menu of commands, in each language, as people see it when they type a slash."""

from __future__ import annotations

import logging

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram_errors import kind_of
from bot.channels.telegram_rendering import Words
from bot.domain.text import Language

log = logging.getLogger(__name__)


async def register_commands(bot: Bot, words: Words) -> None:
    """Registers the commands for both languages; English for people whose Telegram speaks another one."""
    try:
        for language in Language:
            await bot.set_my_commands(words(language).commands(), language_code=language.value)
        await bot.set_my_commands(words(Language.EN).commands())
    except TelegramError as error:  # the commands work without a menu
        log.warning("telegram: the menu of commands could not be set: %s", kind_of(error))
    except ValueError as error:
        log.error("telegram: the menu of commands was not set: %s", error)
