"""Fetches updates by long polling. An update is in the database before Telegram hears that it has arrived.

The library's own updater confirms updates before anybody has acted on them: what is unfinished at a crash is lost.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.backoff import Backoff
from bot.channels.telegram_errors import kind_of, seconds_of
from bot.channels.telegram_intake import TelegramIntake
from bot.channels.telegram_updates import KINDS
from bot.domain.errors import InvalidInput, TryLater
from bot.ports import Clock

log = logging.getLogger(__name__)

LONG: Final = 30  # seconds that Telegram holds a request while there is nothing
BATCH: Final = 100
_CONFLICT: Final = 10.0  # seconds, at least, before fighting another poller for the updates
_HASTE: Final = 0.05  # an empty answer that comes sooner did not wait for anything

REFUSED: Final = "BOT_TELEGRAM_TOKEN: Telegram refuses this token; copy it again from @BotFather"


class TelegramPolling:
    """The loop round ``getUpdates``. Runs until cancelled; only a refused token ends it."""

    def __init__(self, bot: Bot, intake: TelegramIntake, clock: Clock, backoff: Backoff) -> None:
        self._bot = bot
        self._intake = intake
        self._clock = clock
        self._backoff = backoff
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> None:
        """Raises InvalidInput, with one clear line, when Telegram refuses the token."""
        self._offset = None  # whoever fetched before may have confirmed what we know nothing of
        await self._insist(lambda: self._intake.take_up(self._bot))
        while True:
            await self._intake.room()
            await self.poll()

    async def poll(self) -> None:
        """Asks once: accepts what there is and begins to act on it; the next call confirms it."""
        if updates := await self._fetch():
            await self._insist(lambda: self._intake.take(updates, self._bot))

    async def _insist(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does it as soon as the database answers."""
        failures = 0
        while True:
            try:
                return await work()
            except TryLater as error:
                failures += 1
                log.warning("telegram: updates wait, try %d failed: %s", failures, error)
                await self._clock.sleep(self._backoff(failures))

    async def _fetch(self) -> Sequence[Update]:
        """The next updates; none after an error, when the time to wait has passed."""
        asked = self._clock.now()
        try:
            updates = await self._bot.get_updates(
                offset=self._offset, limit=BATCH, timeout=LONG, allowed_updates=KINDS
            )
        except InvalidToken:
            raise InvalidInput(REFUSED) from None
        except TelegramError as error:
            await self._wait_after(error)
            return ()
        except Exception as error:  # noqa: BLE001 - one update that the library cannot read must not stop all others
            log.error("telegram: an update is not as expected (%s)", type(error).__name__)
            return await self._fetch_singly()
        self._recovered()
        if updates:
            self._offset = max(update.update_id for update in updates) + 1
        elif (self._clock.now() - asked).total_seconds() < _HASTE:
            await self._clock.sleep(_HASTE)
        return updates

    async def _wait_after(self, error: TelegramError) -> None:
        self._failures += 1
        wait = self._backoff(self._failures)
        if isinstance(error, RetryAfter):
            wait = seconds_of(error)
        elif isinstance(error, Conflict):
            wait = max(wait, _CONFLICT)
            log.error(
                "telegram: another process fetches the updates of this bot (or a webhook is set): "
                "stop it; trying again in %.0f s",
                wait,
            )
        if self._failures == 1 and not isinstance(error, Conflict):
            log.warning("telegram: cannot be reached, trying again: %s", kind_of(error))
        await self._clock.sleep(wait)

    def _recovered(self) -> None:
        if self._failures:
            log.warning("telegram: reached again after %d failures", self._failures)
        self._failures = 0

    async def _fetch_singly(self) -> Sequence[Update]:
        """The same updates, each read by itself; those that cannot be read are passed over."""
        arguments = {"offset": self._offset, "limit": BATCH, "timeout": 0, "allowed_updates": list(KINDS)}
        try:
            with warnings.catch_warnings():  # there is a method for it, which cannot pass over an update
                warnings.simplefilter("ignore")
                raw: Any = await self._bot.do_api_request("getUpdates", api_kwargs=arguments)
        except TelegramError as error:
            await self._wait_after(error)
            return ()
        if raw:
            self._offset = max(each["update_id"] for each in raw) + 1
        return [update for each in raw if (update := readable(each, self._bot)) is not None]


def readable(raw: Any, bot: Bot) -> Update | None:
    """An update as the library's type; None, and a line in the log, for one that it cannot read."""
    try:
        return Update.de_json(raw, bot)
    except Exception as error:  # noqa: BLE001 - the library raises whatever the update makes it raise
        number = raw.get("update_id") if isinstance(raw, dict) else None
        log.error("telegram: update %s is passed over (%s)", number, type(error).__name__)
        return None
