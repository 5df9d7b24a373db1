"""The Telegram channel, put together: updates in, by webhook or long polling; replies from the outbox out."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import SecretStr
from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.channels.backoff import Backoff
from bot.channels.telegram_address import CHANNEL
from bot.channels.telegram_client import make_client
from bot.channels.telegram_desk import TelegramDesk
from bot.channels.telegram_errors import kind_of, seconds_of
from bot.channels.telegram_intake import TelegramIntake
from bot.channels.telegram_menu import register_commands
from bot.channels.telegram_polling import REFUSED, TelegramPolling
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_turns import TelegramTurns
from bot.channels.telegram_updates import Reader
from bot.channels.telegram_webhook import PATH, TelegramWebhook
from bot.channels.telegram_words import TelegramWords
from bot.dialogue.signed import Signer
from bot.dialogue.wording import Wording
from bot.domain.catalogue import Catalogue
from bot.domain.errors import InvalidInput
from bot.domain.text import Language
from bot.ports import Assistant, Clock, Files, Probe, UnitsOfWork, no_probe
from bot.service.deliver_outbox import Deliverer
from bot.service.desk_setup import DeskSetup
from bot.service.lead import Lead
from bot.service.notices import Notices
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


@dataclass(frozen=True, slots=True)
class Parts:
    """A core, part by part, for one whose assistant is another one."""

    clock: Clock
    units: UnitsOfWork
    wording: Wording
    assistant: Assistant


class Settings(Protocol):
    """The settings that the channel needs."""

    @property
    def telegram_token(self) -> SecretStr | None: ...
    @property
    def telegram_api_url(self) -> str: ...
    @property
    def telegram_webhook_secret(self) -> SecretStr | None: ...
    @property
    def desk_chats(self) -> tuple[int, ...]: ...
    @property
    def public_url(self) -> str | None: ...


class Door(Protocol):
    """Where the web part hands updates over: ``open`` says to whom."""

    def open(self, receive: Callable[[Any], Awaitable[None]]) -> None: ...


class Meter(Protocol):
    """Told how sends ended, whenever it asks."""

    def deliveries(self, channel: str, counts: Callable[[], dict[str, int]]) -> None: ...


class News(Protocol):
    """Wakes whoever delivers a channel when something was said there, in this replica or another one."""

    def on(self, channel: str, wake: Callable[[], None]) -> None: ...


@dataclass(frozen=True, slots=True)
class DeskLink:
    """The desk behind the operators' groups."""

    setup: DeskSetup
    catalogue: Callable[[], Catalogue]
    notices: Notices


@dataclass(frozen=True, slots=True)
class Links:
    """What the channel is joined to beside the core, where there is such a thing.

    ``secret`` signs buttons. ``door``: where a webhook's updates come in. ``files``: where attachments are read. ``desk``:
    fills the topics of the operators' groups.
    """

    secret: bytes = field(repr=False)
    door: Door | None = None
    meter: Meter | None = None
    news: News | None = None
    files: Files | None = None
    desk: DeskLink | None = None
    probe: Probe = no_probe


async def run_telegram(core: Core, settings: Settings, links: Links) -> None:
    """Serves Telegram until cancelled; turns and sends under way are finished then.

    Raises InvalidInput, with one clear line, when the token is missing or Telegram refuses it.
    """
    if settings.telegram_token is None:
        raise InvalidInput("BOT_TELEGRAM_TOKEN is not set: get a token from @BotFather")
    bot = make_client(settings.telegram_token.get_secret_value(), settings.telegram_api_url)
    channel = _Channel(core, settings, links, bot, Backoff(random.Random()))
    try:
        await channel.serve()
    finally:
        await bot.shutdown()


class _Channel:
    """The parts of the channel for as long as it runs."""

    def __init__(self, core: Core, settings: Settings, links: Links, bot: Bot, backoff: Backoff) -> None:
        self._core = core
        self._settings = settings
        self._links = links
        self._bot = bot
        self._backoff = backoff
        desks = settings.desk_chats
        signer = Signer(links.secret)
        sender = TelegramSender(bot, self._words, signer, desks, links.files)
        self._deliverer = Deliverer(sender, core.units, core.clock, backoff, links.probe)
        lines = SetAnswers(
            core.units, lambda language, block: core.wording.say(language, "dialogue", block), core.clock
        )
        turns = TelegramTurns(core.assistant, lines, self._deliverer, core.clock, backoff)
        reader = Reader(signer, self._words, desks)
        self._intake = TelegramIntake(reader, turns, core.units, core.clock, backoff, probe=links.probe)

    def _words(self, language: Language) -> TelegramWords:
        return TelegramWords(self._core.wording, language)

    async def serve(self) -> None:
        """Until cancelled."""
        await self._insist(self._bot.initialize)
        if self._links.meter is not None:
            self._links.meter.deliveries(CHANNEL, lambda: dict(self._deliverer.counts))
        if self._links.news is not None:
            self._links.news.on(CHANNEL, self._deliverer.wake)
        log.info("telegram: on")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(register_commands(self._bot, self._words, self._settings.desk_chats))
                group.create_task(self._led("deliver", self._deliverer.run))
                group.create_task(self._updates())
                if self._links.desk is not None and self._settings.desk_chats:
                    group.create_task(self._led("desk", self._desk(self._links.desk).run))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            await self._intake.close()

    def _desk(self, link: DeskLink) -> TelegramDesk:
        return TelegramDesk(
            self._bot, link.setup, link.catalogue, self._core.units, self._core.clock, link.notices
        )

    def _led(self, name: str, work: Callable[[], Awaitable[None]]) -> Any:
        """Work that one replica at a time does: the limits hold for all of them together, and so does ``getUpdates``."""
        return Lead(f"telegram.{name}", self._core.units, self._core.clock).run(work)

    async def _updates(self) -> None:
        url, secret, door = (
            self._settings.public_url, self._settings.telegram_webhook_secret, self._links.door
        )  # fmt: skip
        clock = self._core.clock
        if url is None or secret is None or door is None:
            await self._insist(self._bot.delete_webhook)  # with one set, nothing can be fetched
            await self._led("fetch", TelegramPolling(self._bot, self._intake, clock, self._backoff).run)
            return
        address = url.rstrip("/") + PATH
        webhook = TelegramWebhook(
            self._bot, self._intake, address, secret.get_secret_value(), clock, self._backoff
        )
        door.open(webhook.receive)
        await webhook.run()

    async def _insist(self, call: Callable[[], Awaitable[object]]) -> None:
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
                wait = seconds_of(error) if isinstance(error, RetryAfter) else self._backoff(failures)
                await self._core.clock.sleep(wait)
