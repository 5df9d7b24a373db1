"""From an update to what it means for us: a text, a press, an edit, something that is no text, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from telegram import CallbackQuery, Message, MessageEntity, Update, User

from bot.channels.telegram_address import CHANNEL, Address
from bot.channels.telegram_enclosures import enclosures_of
from bot.channels.telegram_words import Words
from bot.dialogue.signed import Signer
from bot.domain.messages import Inbound
from bot.domain.text import Language

KINDS: Final = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing to act on, and where it happened."""

    message: Inbound
    address: Address


@dataclass(frozen=True, slots=True)
class Reading:
    """What an update says: nothing or one message. ``refused``: the words that tell why a press is not acted on."""

    incoming: Incoming | None = None
    refused: str = ""


_NOTHING: Final = Reading()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads updates to the bot ``me``. ``desks``: the operators' groups, where everything counts; in other groups only what is
    said to the bot does."""

    signer: Signer
    words: Words
    desks: Sequence[int] = ()

    def read(self, update: Update, me: User) -> Reading:
        """What to do about an update."""
        if update.callback_query is not None:
            return self._press(update.callback_query)
        message = update.message or update.edited_message
        if message is None or not (self._at_a_desk(message) or _is_for(me, message)):
            return _NOTHING
        return self._message(update, message, me)

    def _at_a_desk(self, message: Message) -> bool:
        sender = message.from_user
        return message.chat.id in self.desks and (sender is None or not sender.is_bot)

    def _press(self, query: CallbackQuery) -> Reading:
        under = query.message
        if query.data is None or under is None:
            return _NOTHING
        thread = under.message_thread_id if isinstance(under, Message) and under.is_topic_message else None
        address = Address(under.chat.id, thread)
        value = self.signer.read(query.data, address.place)
        if value is None:
            return Reading(refused=self.words(_locale(query.from_user) or Language.ZH).say("old_button"))
        # One press is one press, however often it is reported; the message it belongs to keeps other bots' ids apart.
        identifier = f"c{query.id}.{address.key}.{under.message_id}"
        return Reading(Incoming(self._inbound(identifier, address, value, query.from_user), address))

    def _message(self, update: Update, message: Message, me: User) -> Reading:
        address = Address(message.chat.id, message.message_thread_id if message.is_topic_message else None)
        edited = update.edited_message is not None
        text = _without_mention(message, me)
        enclosures = () if edited else enclosures_of(message)
        if not (message.text or enclosures or (edited and message.caption)):
            return _NOTHING
        # The number alone would do, but Telegram begins anywhere after a quiet week, and another token has its own.
        at = message.edit_date if edited and message.edit_date else message.date
        identifier = f"{'e' if edited else 'u'}{update.update_id}.{address.key}.{int(at.timestamp())}"
        inbound = self._inbound(f"{identifier}.{message.message_id}", address, text, message.from_user)
        # The message it replaces is found by its number when it is stored.
        edits = f".{message.message_id}" if edited else ""
        return Reading(Incoming(replace(inbound, enclosures=enclosures, edits=edits), address))

    def _inbound(self, identifier: str, address: Address, text: str, sender: User | None) -> Inbound:
        return Inbound(
            CHANNEL,
            identifier,
            address.key,
            _clean(text),
            sender=str(sender.id) if sender else "",
            locale=_locale(sender),
            desk=address.chat in self.desks,
            name=sender.full_name[:60] if sender and address.chat in self.desks else "",
        )


def _locale(person: User | None) -> Language | None:
    """The language of the person's Telegram, where it tells one: Chinese of any kind, else English."""
    if person is None or not person.language_code:
        return None
    return Language.ZH if person.language_code.lower().startswith("zh") else Language.EN


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
