"""Sends what the outbox holds for Telegram: the port ``Sender``. When and how often is decided elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.channels.telegram_address import Address, parse_address
from bot.channels.telegram_errors import how_it_ended, nobody_there
from bot.channels.telegram_rendering import Rows, TelegramPart, Words, render
from bot.ports import OutboxMessage, Rate, Sent

log = logging.getLogger(__name__)

CHANNEL: Final = "telegram"
# Telegram allows 30 in a second, one of them to a chat, and 20 in a minute to a group. It counts when requests arrive, and
# they bunch up on their way: a little slower, and in small bursts, keeps the limits there as well.
OVERALL: Final = (Rate(5, 0.2),)
PERSON: Final = (Rate(1, 1.1),)
GROUP: Final = (Rate(1, 1.1), Rate(20, 61.0))

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class TelegramSender:
    """See the port ``Sender``."""

    channel: Final = CHANNEL
    overall: Sequence[Rate] = OVERALL

    def __init__(self, bot: Bot, words: Words) -> None:
        self._bot = bot
        self._words = words
        self._moved: dict[int, int] = {}  # groups that became supergroups, with their new number

    def parts(self, message: OutboxMessage) -> Sequence[TelegramPart]:
        """See ``render``."""
        return render(message, self._words)

    def limits(self, to: str) -> tuple[str, Sequence[Rate]]:
        """All topics of a group share its limits."""
        address = parse_address(to)
        return str(address.chat), GROUP if address.group else PERSON

    async def send(self, to: str, part: TelegramPart) -> Sent:
        """One part as one message; plain, without buttons, when Telegram does not take it otherwise."""
        address = parse_address(to)
        try:
            await self._send(address, part)
        except ChatMigrated as moved:
            self._moved[address.chat] = moved.new_chat_id
            return Sent("later", 0.0, "the group has a new number")
        except BadRequest as error:
            return (
                how_it_ended(error) if nobody_there(error) else await self._send_plain(address, part, error)
            )
        except TelegramError as error:
            return how_it_ended(error)
        return Sent("sent")

    async def _send_plain(self, address: Address, part: TelegramPart, error: BadRequest) -> Sent:
        log.error("telegram: a message was not taken as it is (%s); sending plain text", error.message[:200])
        try:
            await self._bot.send_message(
                self._moved.get(address.chat, address.chat), part.plain, message_thread_id=address.thread
            )
        except TelegramError as again:
            return how_it_ended(again)
        return Sent("sent")

    async def _send(self, address: Address, part: TelegramPart) -> None:
        await self._bot.send_message(
            self._moved.get(address.chat, address.chat),
            part.html,
            parse_mode=ParseMode.HTML,
            reply_markup=_markup(part.rows),
            message_thread_id=address.thread,
            link_preview_options=_NO_PREVIEW,
        )


def _markup(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.value) for button in row] for row in rows]
    )
