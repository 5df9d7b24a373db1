"""One message at a time: to the assistant, or to the desk. Whatever goes wrong, the person hears of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from telegram import Bot

from bot.channels.backoff import Backoff
from bot.channels.telegram_address import parse_address
from bot.channels.telegram_typing import typing
from bot.channels.telegram_updates import Incoming
from bot.domain.errors import Conflict, NotFound, TryLater
from bot.domain.messages import Inbound, Outcome
from bot.ports import Assistant, Clock, TurnResult
from bot.service.wire import reply_to_wire

log = logging.getLogger(__name__)

_FORGET: Final = "command_forget"  # what a turn on /forget reports as understood


class Lines(Protocol):
    """Answers with set words."""

    async def give(self, message: Inbound, block: str, outcome: Outcome = Outcome.SOCIAL) -> None: ...


class Delivering(Protocol):
    """What brings the answers: woken after each turn."""

    def wake(self) -> None: ...
    async def send_unkept(self, to: str, payload: dict[str, Any]) -> None: ...


class TelegramTurns:
    """Acts on incoming messages. One at a time in a conversation is the caller's care."""

    def __init__(
        self,
        assistant: Assistant,
        lines: Lines,
        delivering: Delivering,
        clock: Clock,
        backoff: Backoff,
    ) -> None:
        self._assistant = assistant
        self._lines = lines
        self._delivering = delivering
        self._clock = clock
        self._backoff = backoff

    async def act(self, incoming: Incoming, bot: Bot) -> None:
        """Acts on a message until it is decided, however long a part is away."""
        if incoming.message.desk:
            await self._answer(incoming.message)
        else:
            async with typing(bot, incoming.address, self._clock):
                await self._answer(incoming.message)
        self._delivering.wake()

    async def _answer(self, message: Inbound) -> None:
        try:
            await self._persist(lambda: self._ask(message))
        except Exception as error:  # noqa: BLE001 - its words can hold what a person wrote
            log.error("telegram: a message could not be dealt with (%s)", type(error).__name__)
            await self._persist(lambda: self._lines.give(message, "failed", Outcome.ERROR))

    async def _ask(self, message: Inbound) -> None:
        result = await self._assistant.handle(message)
        if await self._is_forgotten(message, result):
            to = parse_address(message.conversation).key
            for reply in result.replies:
                await self._delivering.send_unkept(
                    to, {**reply_to_wire(reply), "lang": result.language.value}
                )

    async def _is_forgotten(self, message: Inbound, result: TurnResult) -> bool:
        """True when the turn left nothing of the conversation, so that nothing is there to be delivered."""
        if result.understanding.intent != _FORGET:
            return False
        return not await self._assistant.events(message.channel, message.conversation, 0)

    async def _persist(self, work: Callable[[], Awaitable[None]]) -> None:
        failures = 0
        while True:
            try:
                return await work()
            except (TryLater, Conflict, NotFound) as error:
                failures += 1
                log.warning("telegram: a message waits, try %d failed: %s", failures, error)
                await self._clock.sleep(self._backoff(failures))
