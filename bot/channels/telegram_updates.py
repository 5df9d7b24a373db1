"""From an update to what it means for us: a text, a press, something we cannot read, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telegram import CallbackQuery, Message, MessageEntity, Update, User

from bot.channels.telegram_address import Address
from bot.channels.telegram_sender import CHANNEL
from bot.domain.messages import Inbound

KINDS: Final = (Update.MESSAGE, Update.CALLBACK_QUERY)  # an edited message is not asked again

# What a message can hold instead of text → the words that answer it; the first that it holds counts.
_CONTENTS: Final[Mapping[str, str]] = {
    "photo": "photo",
    "live_photo": "photo",
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "sticker",
    "sticker": "sticker",
    "document": "document",
    "venue": "location",
    "location": "location",
    "contact": "contact",
    "dice": "sticker",
    "poll": "other",
    "story": "other",
    "paid_media": "other",
    "checklist": "other",
    "game": "other",
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing to act on. ``line``: the block of words that answers it, when it is nothing that can be understood."""

    message: Inbound
    address: Address
    line: str | None = None


def read_update(update: Update, me: User) -> tuple[Incoming, ...]:
    """What to do about an update, in order. In groups only what is said to the bot ``me`` counts."""
    if update.callback_query is not None:
        return _press(update.callback_query)
    if update.message is not None and _is_for(me, update.message):
        return _message(update.update_id, update.message, me)
    return ()


def _press(query: CallbackQuery) -> tuple[Incoming, ...]:
    under = query.message
    if query.data is None or under is None:
        return ()
    thread = under.message_thread_id if isinstance(under, Message) and under.is_topic_message else None
    address = Address(under.chat.id, thread)
    # One press is one press, however often it is reported; the message it belongs to keeps other bots' ids apart.
    identifier = f"c{query.id}.{address.key}.{under.message_id}"
    return (Incoming(_inbound(identifier, address, query.data), address),)


def _message(number: int, message: Message, me: User) -> tuple[Incoming, ...]:
    address = Address(message.chat.id, message.message_thread_id if message.is_topic_message else None)
    # The number alone would do, but Telegram begins anywhere after a quiet week, and another token has its own.
    identifier = f"u{number}.{address.key}.{int(message.date.timestamp())}"
    text = _without_mention(message, me)
    content = next((block for name, block in _CONTENTS.items() if getattr(message, name, None)), None)
    if content is None:
        return (Incoming(_inbound(identifier, address, text), address),) if message.text else ()
    if not text.strip():
        return (Incoming(_inbound(identifier, address, ""), address, line=content),)
    note = Incoming(_inbound(f"{identifier}.note", address, ""), address, line="caption_only")
    return note, Incoming(_inbound(identifier, address, text), address)


def _inbound(identifier: str, address: Address, text: str) -> Inbound:
    return Inbound(CHANNEL, identifier, address.key, _clean(text))


def _clean(text: str) -> str:
    """The text without what no database stores: halves of characters and null characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


# -- groups ---------------------------------------------------------------------------------------------------


def _is_for(me: User, message: Message) -> bool:
    sender = message.from_user
    if sender is not None and sender.is_bot and message.sender_chat is None:
        return False
    if message.chat.id > 0:
        return True
    return _answers(me, message) or any(
        _names(me, entity, name) for entity, name in _entities(message).items()
    )


def _answers(me: User, message: Message) -> bool:
    earlier = message.reply_to_message
    if earlier is None or earlier.from_user is None or earlier.forum_topic_created is not None:
        return False
    return earlier.from_user.id == me.id


def _entities(message: Message) -> Mapping[MessageEntity, str]:
    return message.parse_entities() if message.text else message.parse_caption_entities()


def _names(me: User, entity: MessageEntity, text: str) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    name = f"@{me.username}".lower()
    if entity.type == MessageEntity.MENTION:
        return text.lower() == name
    return entity.type == MessageEntity.BOT_COMMAND and text.lower().endswith(name)


def _without_mention(message: Message, me: User) -> str:
    text = message.text or message.caption or ""
    for entity, name in _entities(message).items():
        if entity.type != MessageEntity.BOT_COMMAND and _names(me, entity, name):
            text = text.replace(name, " ", 1)
    return text.strip() if message.chat.id < 0 else text
