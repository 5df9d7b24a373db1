"""Files, sent as what they are: those of ours by their content, those that came over Telegram by their id there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from telegram import Bot, Message
from telegram.error import BadRequest

from bot.domain.messages import Attachment, Enclosure

_PICTURES: Final = ("image/png", "image/jpeg")
# The kinds of file that Telegram tells apart and we do not: whichever takes the id is right.
_METHODS: Final = {
    "photo": ("photo",),
    "voice": ("voice", "audio"),
    "video": ("video", "video_note"),
    "sticker": ("sticker", "animation"),
    "document": ("document",),
}
_WITH_CAPTION: Final = ("photo", "voice", "audio", "video", "animation", "document")


async def send_file(bot: Bot, file: Attachment, content: bytes, where: dict[str, Any]) -> Message:
    """Sends one file of ours: pictures as photos, everything else as documents.

    ``where``: the chat, the topic and the message that is answered. Raises TelegramError.
    """
    if file.content_type in _PICTURES:
        return await bot.send_photo(photo=content, filename=file.name, **where)
    return await bot.send_document(document=content, filename=file.name, **where)


def can_send(enclosure: Enclosure) -> bool:
    """Whether enough is known of it: a contact is never kept."""
    return (enclosure.kind in _METHODS and bool(enclosure.ref)) or enclosure.latitude is not None


async def send_enclosure(bot: Bot, enclosure: Enclosure, caption: str, where: dict[str, Any]) -> Message:
    """Sends on what came over Telegram. Raises TelegramError."""
    if enclosure.latitude is not None:
        return await bot.send_location(latitude=enclosure.latitude, longitude=enclosure.longitude, **where)
    return await _send_as(bot, _METHODS[enclosure.kind], enclosure.ref, caption, where)


async def _send_as(
    bot: Bot, methods: Sequence[str], ref: str, caption: str, where: dict[str, Any]
) -> Message:
    first, *others = methods
    more = {"caption": caption} if caption and first in _WITH_CAPTION else {}
    send = getattr(bot, f"send_{first}")
    try:
        made: Message = await send(**{first: ref}, **more, **where)
        return made
    except BadRequest as error:
        if not others or "file" not in error.message.lower():
            raise
    return await _send_as(bot, others, ref, caption, where)
