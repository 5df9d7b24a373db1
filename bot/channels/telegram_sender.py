"""Sends what the outbox holds for Telegram: the port ``Sender``. When and how often is decided elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.channels.telegram_address import CHANNEL, Address, parse_address
from bot.channels.telegram_errors import how_it_ended, is_about, nobody_there
from bot.channels.telegram_files import send_enclosure, send_file
from bot.channels.telegram_rendering import Rows, TelegramPart, render
from bot.channels.telegram_words import Words
from bot.dialogue.signed import Signer
from bot.domain.errors import TryLater
from bot.domain.messages import Attachment
from bot.ports import Files, OutboxMessage, Rate, Sent

log = logging.getLogger(__name__)

# Telegram allows 30 in a second, one of them to a chat, and 20 in a minute to a group. It counts when requests arrive, and
# they bunch up on their way: a little slower, and in small bursts, keeps the limits there as well.
OVERALL: Final = (Rate(5, 0.2),)
PERSON: Final = (Rate(1, 1.1),)
GROUP: Final = (Rate(1, 1.1), Rate(20, 61.0))

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_AS_IT_IS: Final = ("message is not modified",)
_CANNOT_EDIT: Final = ("message to edit not found", "message can't be edited", "message_id_invalid")
_CANNOT_DELETE: Final = ("message to delete not found", "message can't be deleted", "message_id_invalid")


@dataclass(slots=True)
class TelegramSender:
    """See the port ``Sender``. ``desks``: the operators' groups, which are served when nobody else waits; ``files``: where attachments of ours are read."""

    bot: Bot
    words: Words
    signer: Signer
    desks: Sequence[int] = ()
    files: Files | None = None
    channel: str = CHANNEL
    overall: Sequence[Rate] = OVERALL
    _moved: dict[int, int] = field(default_factory=dict)  # groups that became supergroups, with their number

    def parts(self, message: OutboxMessage) -> Sequence[TelegramPart]:
        """See ``render``."""
        return render(message, self.words)

    def limits(self, to: str) -> tuple[str, Sequence[Rate]]:
        """All topics of a group share its limits."""
        address = parse_address(to)
        return address.place, GROUP if address.group else PERSON

    def rank(self, to: str) -> int:
        """People first, groups of people after them, the desk last."""
        address = parse_address(to)
        return 2 if address.chat in self.desks else int(address.group)

    async def send(self, to: str, part: TelegramPart) -> Sent:
        """One part as one message; plain, without buttons, when Telegram does not take it otherwise."""
        address = parse_address(to)
        try:
            return await self._send(address, part)
        except ChatMigrated as moved:
            self._moved[address.chat] = moved.new_chat_id
            return Sent("later", 0.0, "the group has a new number")
        except BadRequest as error:
            if nobody_there(error) or not part.html:
                return how_it_ended(error)
            log.error(
                "telegram: a message is not taken as it is (%s); sending plain text", error.message[:200]
            )
            return await self._send_plain(address, part)
        except TelegramError as error:
            return how_it_ended(error)

    async def _send(self, address: Address, part: TelegramPart) -> Sent:
        if part.deletes is not None:
            return await self._delete(address, part.deletes)
        if part.replaces is not None and (edited := await self._edit(address, part)) is not None:
            return edited
        if part.copies is not None:
            chat, number = part.copies
            copied = await self.bot.copy_message(
                from_chat_id=chat, message_id=number, **self._where(address, part)
            )
            return Sent("sent", id=str(copied.message_id))
        if part.file is not None:
            return await self._send_file(address, part, part.file)
        if part.encloses is not None:
            where = self._where(address, part)
            return _sent(await send_enclosure(self.bot, part.encloses, part.plain, where))
        made = await self.bot.send_message(
            text=part.html,
            parse_mode=ParseMode.HTML,
            reply_markup=self._markup(part.rows, address),
            link_preview_options=_NO_PREVIEW,
            **self._where(address, part),
        )
        return _sent(made)

    async def _send_file(self, address: Address, part: TelegramPart, file: Attachment) -> Sent:
        try:
            content = await self.files.read(file.url) if self.files is not None else None
        except TryLater as error:
            return Sent("later", why=str(error))
        except Exception as error:  # noqa: BLE001 - the words that it belongs to are out already
            log.error("telegram: a file could not be made (%s)", type(error).__name__)
            content = None
        if content is None:
            return Sent("sent")  # nothing to send: what follows goes on
        return _sent(await send_file(self.bot, file, content, self._where(address, part)))

    async def _send_plain(self, address: Address, part: TelegramPart) -> Sent:
        try:
            return _sent(await self.bot.send_message(text=part.plain, **self._where(address, part)))
        except TelegramError as error:
            return how_it_ended(error)

    async def _edit(self, address: Address, part: TelegramPart) -> Sent | None:
        """Writes a part over an earlier message; None when that one cannot be written over any more."""
        try:
            await self.bot.edit_message_text(
                part.html,
                chat_id=self._chat(address),
                message_id=part.replaces,
                parse_mode=ParseMode.HTML,
                reply_markup=self._markup(part.rows, address),
                link_preview_options=_NO_PREVIEW,
            )
        except BadRequest as error:
            if is_about(error, _CANNOT_EDIT):
                return None
            if not is_about(error, _AS_IT_IS):
                raise
        return Sent("sent", id=str(part.replaces))

    async def _delete(self, address: Address, number: int) -> Sent:
        """Takes an earlier message back; one that cannot be taken back stays."""
        try:
            await self.bot.delete_message(self._chat(address), number)
        except BadRequest as error:
            if not is_about(error, _CANNOT_DELETE):
                raise
        return Sent("sent")

    def _where(self, address: Address, part: TelegramPart) -> dict[str, Any]:
        where: dict[str, Any] = {"chat_id": self._chat(address), "message_thread_id": address.thread}
        if part.answers is not None and address.group:  # many people ask there
            where["reply_parameters"] = ReplyParameters(part.answers, allow_sending_without_reply=True)
        return where

    def _chat(self, address: Address) -> int:
        return self._moved.get(address.chat, address.chat)

    def _markup(self, rows: Rows, address: Address) -> InlineKeyboardMarkup | None:
        """The keyboard, its values signed for the chat where it will be."""
        if not rows:
            return None
        place = str(self._chat(address))
        return InlineKeyboardMarkup(
            [
                [
                    InlineKeyboardButton(button.label, callback_data=self.signer.sign(button.value, place))
                    for button in row
                ]
                for row in rows
            ]
        )


def _sent(made: Message) -> Sent:
    return Sent("sent", id=str(made.message_id))
