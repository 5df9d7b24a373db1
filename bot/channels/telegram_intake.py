"""Takes updates in, whichever way they come: stored first, acted on after. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from telegram import Bot, Update, User
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.channels.backoff import Backoff
from bot.channels.lanes import Lanes
from bot.channels.telegram_address import CHANNEL, parse_address
from bot.channels.telegram_errors import kind_of
from bot.channels.telegram_reach import Reach
from bot.channels.telegram_turns import TelegramTurns
from bot.channels.telegram_updates import Incoming, Reader
from bot.domain.errors import TryLater, YuanwenError
from bot.domain.messages import Inbound
from bot.ports import Clock, Probe, UnitOfWork, UnitsOfWork, no_probe

log = logging.getLogger(__name__)

WAITING: Final = 1_000  # messages that wait to be acted on: beyond it, Telegram keeps the rest
_SEEN: Final = 5_000  # updates remembered in memory, so that a duplicate costs nothing
_GRACE: Final = 5.0  # seconds that turns under way are given at the end
_ANSWER_TRIES: Final = 4  # of a press: by then Telegram does not take an answer any more


class TelegramIntake:
    """``take`` stores what updates say, in one transaction, and begins to act on it."""

    def __init__(
        self,
        reader: Reader,
        turns: TelegramTurns,
        units: UnitsOfWork,
        clock: Clock,
        backoff: Backoff,
        *,
        probe: Probe = no_probe,
    ) -> None:
        self._reader = reader
        self._turns = turns
        self._units = units
        self._clock = clock
        self._backoff = backoff
        self._probe = probe
        self._reach = Reach(units, clock)
        self._lanes = Lanes()
        self._seen: OrderedDict[str, None] = OrderedDict()

    @property
    def full(self) -> bool:
        """True while so much waits to be acted on that no more should be taken."""
        return self._lanes.open >= WAITING

    async def room(self) -> None:
        """Returns when more can be taken."""
        await self._lanes.fewer_than(WAITING)

    async def take(self, updates: Sequence[Update], bot: Bot) -> None:
        """Stores what the updates say, and begins to act on it.

        Raises TryLater while the database is away: nothing was taken then, and the same updates can be given again.
        """
        incoming = [each for update in updates for each in self._read(update, bot)]
        self._probe("updates read")
        await self._reach.moves(updates)
        await self._store_all([each for each in incoming if each.message.external_id not in self._seen], bot)
        await self._reach.members(updates)

    async def take_up(self, bot: Bot) -> None:
        """Begins with what an earlier process accepted and did not decide. Raises TryLater."""
        async with self._units(reading=True) as work:
            left = await work.inbox.undecided(CHANNEL, WAITING)
        if left:
            log.warning("telegram: %d messages were left undecided and are taken up", len(left))
        for message in left:
            self._begin(Incoming(message, parse_address(message.conversation)), bot)

    async def close(self) -> None:
        """Begins nothing more; what is under way is given a few seconds."""
        await self._lanes.close(_GRACE)

    # -- reading and storing ----------------------------------------------------------------------------------

    def _read(self, update: Update, bot: Bot) -> Sequence[Incoming]:
        try:
            reading = self._reader.read(update, _me(bot))
        except Exception as error:  # noqa: BLE001 - one update must not hold up all others
            log.error("telegram: update %d is passed over (%s)", update.update_id, type(error).__name__)
            return ()
        if (query := update.callback_query) is not None:
            self._lanes.put(f"press {query.id}", partial(self._answer_press, bot, query.id, reading.refused))
        return () if reading.incoming is None else (reading.incoming,)

    async def _store_all(self, incoming: Sequence[Incoming], bot: Bot) -> None:
        """Stores all messages in one transaction; one that cannot be stored at all is passed over."""
        if not incoming:
            return
        try:
            stored = await self._store(incoming)
        except YuanwenError as error:
            raise TryLater(str(error)) from error
        except Exception as error:  # noqa: BLE001 - found by trying each alone
            log.error(
                "telegram: %d messages cannot be stored together (%s)", len(incoming), type(error).__name__
            )
            for each in incoming if len(incoming) > 1 else ():
                await self._store_all([each], bot)
            return
        self._probe("updates stored")
        for each in stored:
            self._begin(each, bot)

    async def _store(self, incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        stored = []
        async with self._units() as work:
            for each in incoming:
                message = await self._with_original(work, each.message)
                await work.inbox.accept(message, self._clock.now())
                stored.append(replace(each, message=message))
            await work.commit()
        return stored

    async def _with_original(self, work: UnitOfWork, message: Inbound) -> Inbound:
        """An edited message with the id under which its first form was accepted; without one, it is a new message."""
        if not message.edits:
            return message
        original = await work.inbox.find(CHANNEL, message.conversation, "u", message.edits)
        return replace(message, edits=original or "")

    def _begin(self, incoming: Incoming, bot: Bot) -> None:
        self._seen[incoming.message.external_id] = None
        if len(self._seen) > _SEEN:
            self._seen.popitem(last=False)
        self._lanes.put(incoming.address.key, partial(self._turns.act, incoming, bot))

    # -- presses ----------------------------------------------------------------------------------------------

    async def _answer_press(self, bot: Bot, identifier: str, refused: str) -> None:
        """Ends the waiting sign on a button, with the reason where nothing is done."""
        for tries in range(1, _ANSWER_TRIES + 1):
            try:
                more: dict[str, Any] = {"text": refused, "show_alert": True} if refused else {}
                await bot.answer_callback_query(identifier, **more)
                return
            except (BadRequest, Forbidden, InvalidToken) as error:  # too late: the sign has ended by itself
                log.info("telegram: a press was not answered: %s", kind_of(error))
                return
            except TelegramError as error:
                log.info("telegram: a press was not answered, try %d: %s", tries, kind_of(error))
                await asyncio.sleep(0) if tries == _ANSWER_TRIES else await self._clock.sleep(
                    self._backoff(tries)
                )


def _me(bot: Bot) -> User:
    return bot.bot
