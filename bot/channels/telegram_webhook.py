"""Updates that Telegram brings by itself, to an address of ours. The address holds no secret; a header does."""

from __future__ import annotations

import logging
from typing import Any, Final

from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.channels.backoff import Backoff
from bot.channels.telegram_errors import kind_of, seconds_of
from bot.channels.telegram_intake import TelegramIntake
from bot.channels.telegram_polling import REFUSED, readable
from bot.channels.telegram_updates import KINDS
from bot.domain.errors import InvalidInput, TryLater
from bot.ports import Clock

log = logging.getLogger(__name__)

PATH: Final = "/telegram/webhook"
CHECK_EVERY: Final = 300.0  # seconds: another program may have taken the bot's updates over
_CONNECTIONS: Final = 40  # updates that Telegram brings at once


class TelegramWebhook:
    """``receive`` is called for each update; ``run`` keeps the webhook set."""

    def __init__(
        self, bot: Bot, intake: TelegramIntake, url: str, secret: str, clock: Clock, backoff: Backoff
    ) -> None:
        self._bot = bot
        self._intake = intake
        self._url = url
        self._secret = secret
        self._clock = clock
        self._backoff = backoff

    async def receive(self, raw: Any) -> None:
        """Takes an update in. When it returns, the update is stored; raises TryLater when it could not be."""
        if self._intake.full:
            raise TryLater("too many messages at once: try again in a moment")
        update = readable(raw, self._bot)
        if update is not None:
            await self._intake.take([update], self._bot)

    async def run(self) -> None:
        """Sets the webhook, and sets it again when somebody changed it. Raises InvalidInput for a refused token."""
        await self._insist()
        log.info("telegram: updates come to %s", self._url)
        while True:
            await self._clock.sleep(CHECK_EVERY)
            try:
                found = await self._bot.get_webhook_info()
            except TelegramError as error:
                log.warning("telegram: the webhook could not be looked at: %s", kind_of(error))
                continue
            if found.url != self._url:
                log.error("telegram: another program changed the webhook of this bot; it is set again")
                await self._insist()

    async def _insist(self) -> None:
        failures = 0
        while True:
            try:
                await self._bot.set_webhook(
                    self._url,
                    allowed_updates=KINDS,
                    max_connections=_CONNECTIONS,
                    secret_token=self._secret,
                )
                return
            except InvalidToken:
                raise InvalidInput(REFUSED) from None
            except TelegramError as error:
                failures += 1
                log.warning("telegram: the webhook could not be set, try %d: %s", failures, kind_of(error))
                wait = seconds_of(error) if isinstance(error, RetryAfter) else self._backoff(failures)
                await self._clock.sleep(wait)
