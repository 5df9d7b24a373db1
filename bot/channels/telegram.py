"""The Telegram channel, put together: updates by long polling in, replies from the outbox out."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

from pydantic import SecretStr
from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.channels.backoff import Backoff
from bot.channels.telegram_client import make_client
from bot.channels.telegram_errors import kind_of, seconds_of
from bot.channels.telegram_menu import register_commands
from bot.channels.telegram_polling import REFUSED, TelegramPolling
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_turns import TelegramTurns
from bot.channels.telegram_words import TelegramWords
from bot.dialogue.wording import Wording
from bot.domain.errors import InvalidInput
from bot.domain.text import Language
from bot.ports import Assistant, Clock, UnitsOfWork
from bot.service.deliver_outbox import Deliverer
from bot.service.set_answer import SetAnswers

log = logging.getLogger(__name__)


class Core(Protocol):
    """The parts that the channel needs of the whole."""

    @property
    def clock(self) -> Clock: ...
    @property
    def units(self) -> UnitsOfWork: ...
    @property
    def wording(self) -> Wording: ...
    @property
    def assistant(self) -> Assistant: ...


class Settings(Protocol):
    """The settings that the channel needs."""

    @property
    def telegram_token(self) -> SecretStr | None: ...
    @property
    def telegram_api_url(self) -> str: ...


async def run_telegram(core: Core, settings: Settings) -> None:
    """Serves Telegram until cancelled; turns and sends under way are finished then.

    Raises InvalidInput, with one clear line, when the token is missing or Telegram refuses it.
    """
    if settings.telegram_token is None:
        raise InvalidInput("BOT_TELEGRAM_TOKEN is not set: get a token from @BotFather")
    bot = make_client(settings.telegram_token.get_secret_value(), settings.telegram_api_url)
    backoff = Backoff(random.Random())
    try:
        await _insist(bot.initialize, core.clock, backoff)
        await _insist(bot.delete_webhook, core.clock, backoff)  # with one set, nothing can be fetched
        await _serve(core, bot, backoff)
    finally:
        await bot.shutdown()


async def _serve(core: Core, bot: Bot, backoff: Backoff) -> None:
    def words(language: Language) -> TelegramWords:
        return TelegramWords(core.wording, language)

    deliverer = Deliverer(TelegramSender(bot, words), core.units, core.clock, backoff)
    lines = SetAnswers(core.units, lambda language, block: words(language).say(block), core.clock)
    turns = TelegramTurns(core.assistant, lines, deliverer, core.clock, backoff)
    polling = TelegramPolling(bot, turns, core.units, core.clock, backoff)
    log.info("telegram: on")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(register_commands(bot, words))
            group.create_task(deliverer.run())
            group.create_task(polling.run())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


async def _insist(call: Callable[[], Awaitable[object]], clock: Clock, backoff: Backoff) -> None:
    """Calls until it succeeds. Raises InvalidInput for a token that is refused (whose text must not be shown)."""
    failures = 0
    while True:
        try:
            await call()
            return
        except InvalidToken:
            raise InvalidInput(REFUSED) from None
        except TelegramError as error:
            failures += 1
            if failures == 1:
                log.warning("telegram: cannot be reached, trying again: %s", kind_of(error))
            wait = seconds_of(error) if isinstance(error, RetryAfter) else backoff(failures)
            await clock.sleep(wait)
