"""The menus of commands, in each language, as people and operators see them when they type a slash."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from telegram import Bot, BotCommandScopeChat
from telegram.error import TelegramError

from bot.channels.telegram_errors import kind_of
from bot.channels.telegram_words import Words
from bot.domain.text import Language

log = logging.getLogger(__name__)


async def register_commands(bot: Bot, words: Words, desks: Sequence[int] = ()) -> None:
    """Registers the commands for both languages, English for people whose Telegram speaks another one; and the desks'."""
    try:
        for language in Language:
            await bot.set_my_commands(words(language).commands(), language_code=language.value)
        await bot.set_my_commands(words(Language.EN).commands())
        for desk in desks:
            scope = BotCommandScopeChat(desk)
            await bot.set_my_commands(words(Language.ZH).commands("desk_commands"), scope=scope)
    except TelegramError as error:  # the commands work without a menu
        log.warning("telegram: a menu of commands could not be set: %s", kind_of(error))
    except ValueError as error:
        log.error("telegram: a menu of commands was not set: %s", error)
