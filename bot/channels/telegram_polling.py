"""Fetches updates by long polling. An update is in the database before Telegram hears that it has arrived.

The library's own updater confirms updates before anybody has acted on them: what is unfinished at a crash is lost.
"""

from __future__ import annotations

import logging
import warnings
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from telegram import Bot, Update, User
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.backoff import Backoff
from bot.channels.lanes import Lanes
from bot.channels.telegram_address import parse_address
from bot.channels.telegram_errors import kind_of, seconds_of
from bot.channels.telegram_sender import CHANNEL
from bot.channels.telegram_turns import TelegramTurns
from bot.channels.telegram_updates import KINDS, Incoming, read_update
from bot.domain.errors import InvalidInput, YuanwenError
from bot.domain.messages import Inbound
from bot.ports import Clock, UnitsOfWork

log = logging.getLogger(__name__)
Result = TypeVar("Result")

LONG: Final = 30  # seconds that Telegram holds a request while there is nothing
BATCH: Final = 100
WAITING: Final = 1_000  # messages that wait to be acted on: beyond it, Telegram keeps the rest
_SEEN: Final = 5_000  # updates remembered in memory, so that a duplicate costs nothing
_GRACE: Final = 5.0  # seconds that turns under way are given at the end
_CONFLICT: Final = 10.0  # seconds, at least, before fighting another poller for the updates
_HASTE: Final = 0.05  # an empty answer that comes sooner did not wait for anything

REFUSED: Final = "BOT_TELEGRAM_TOKEN: Telegram refuses this token; copy it again from @BotFather"


class TelegramPolling:
    """The loop round ``getUpdates``. Runs until cancelled; only a refused token ends it."""

    def __init__(
        self, bot: Bot, turns: TelegramTurns, units: UnitsOfWork, clock: Clock, backoff: Backoff
    ) -> None:
        self._bot = bot
        self._turns = turns
        self._units = units
        self._clock = clock
        self._backoff = backoff
        self._lanes = Lanes()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> None:
        """Raises InvalidInput, with one clear line, when Telegram refuses the token."""
        try:
            await self._take_up()
            while True:
                await self._lanes.fewer_than(WAITING)
                await self.poll()
        finally:
            await self._lanes.close(_GRACE)

    async def poll(self) -> None:
        """Asks once: accepts what there is and begins to act on it; the next call confirms it."""
        updates = await self._fetch()
        incoming = [each for update in updates for each in self._read(update)]
        await self._accept([each for each in incoming if each.message.external_id not in self._seen])

    # -- accepting --------------------------------------------------------------------------------------------

    def _read(self, update: Update) -> Sequence[Incoming]:
        if (query := update.callback_query) is not None:
            self._lanes.put(f"press {query.id}", partial(self._answer_press, query.id))
        try:
            return read_update(update, self._me)
        except Exception:
            log.exception("telegram: update %d cannot be read and is passed over", update.update_id)
            return ()

    @property
    def _me(self) -> User:
        return self._bot.bot

    async def _accept(self, incoming: Sequence[Incoming]) -> None:
        """Stores all messages, in one transaction; one that cannot be stored at all is passed over."""
        if not incoming:
            return
        try:
            await self._insist(lambda: self._store(incoming))
        except Exception:
            log.exception("telegram: %d messages cannot be stored together", len(incoming))
            for each in incoming if len(incoming) > 1 else ():
                await self._accept([each])
            return
        for each in incoming:
            self._begin(each)

    async def _store(self, incoming: Sequence[Incoming]) -> None:
        async with self._units() as work:
            for each in incoming:
                await work.inbox.accept(each.message, self._clock.now())
            await work.commit()

    async def _insist(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Does it as soon as the database answers."""
        failures = 0
        while True:
            try:
                return await work()
            except YuanwenError as error:
                failures += 1
                log.warning("telegram: updates wait, try %d failed: %s", failures, error)
                await self._clock.sleep(self._backoff(failures))

    def _begin(self, incoming: Incoming) -> None:
        self._seen[incoming.message.external_id] = None
        if len(self._seen) > _SEEN:
            self._seen.popitem(last=False)
        self._lanes.put(incoming.address.key, partial(self._turns.act, incoming, self._bot))

    async def _take_up(self) -> None:
        """Begins with what an earlier process accepted and did not decide."""
        left = await self._insist(self._undecided)
        if left:
            log.warning("telegram: %d messages were left undecided and are taken up", len(left))
        for message in left:
            self._begin(Incoming(message, parse_address(message.conversation)))

    async def _undecided(self) -> Sequence[Inbound]:
        async with self._units(reading=True) as work:
            return await work.inbox.undecided(CHANNEL, WAITING)

    async def _answer_press(self, identifier: str) -> None:
        """Ends the waiting sign on a button. Too late is no harm: it ends by itself."""
        try:
            await self._bot.answer_callback_query(identifier)
        except TelegramError as error:
            log.info("telegram: a press was not answered: %s", kind_of(error))

    # -- fetching ---------------------------------------------------------------------------------------------

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
            self._offset = updates[-1].update_id + 1
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
            self._offset = raw[-1]["update_id"] + 1
        return [update for each in raw if (update := self._readable(each)) is not None]

    def _readable(self, raw: dict[str, Any]) -> Update | None:
        try:
            return Update.de_json(raw, self._bot)
        except Exception as error:  # noqa: BLE001 - the library raises whatever the update makes it raise
            log.error("telegram: update %s is passed over (%s)", raw.get("update_id"), type(error).__name__)
            return None
