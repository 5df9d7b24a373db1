"""From an outbox message to what Telegram shows: safe HTML, sources folded away, buttons as a keyboard. Pure, no network."""

from __future__ import annotations

import html
import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.channels.telegram_address import number_in, parse_address
from bot.channels.telegram_files import can_send
from bot.channels.telegram_split import LIMIT, split, units
from bot.channels.telegram_words import TelegramWords, Words
from bot.dialogue.buttons import MAX_BYTES
from bot.domain.messages import Attachment, Button, Enclosure, SourceLine
from bot.domain.text import Language
from bot.ports import OutboxMessage
from bot.service.wire import reply_from_wire

log = logging.getLogger(__name__)

LABEL: Final = 64  # characters of a button's label that are shown
_SIDE_BY_SIDE: Final = 14  # width (a Chinese character counts two) up to which two buttons stand side by side

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class TelegramPart:
    """One message: as HTML, and the same as plain text in case Telegram does not take the HTML; or a file of ours; or a file or
    place that came over Telegram (``plain`` is its caption); or the copy of a message.

    ``replaces``: the number of an earlier message that it is written over; ``deletes``: of one that is taken back;
    ``answers``: of the message that it answers; ``copies``: the chat and number of a message that is sent again as it is.
    """

    html: str = ""
    plain: str = ""
    rows: Rows = ()
    replaces: int | None = None
    deletes: int | None = None
    answers: int | None = None
    copies: tuple[int, int] | None = None
    file: Attachment | None = None
    encloses: Enclosure | None = None


def render(message: OutboxMessage, words: Words) -> list[TelegramPart]:
    """The messages that show ``message``; none for what Telegram shows anyway. Raises KeyError for an odd payload.

    A payload with ``copies`` (the external id of a message that came over Telegram) sends that message again, with all it holds.
    """
    payload = message.payload
    spoken = words(Language(payload.get("lang", Language.ZH)))
    parts = _parts(message, spoken)
    if parts and (answered := number_in(str(payload.get("message_id", "")))) is not None:
        parts[0] = replace(parts[0], answers=answered)
    return _over(parts, message.replaces)


def _parts(message: OutboxMessage, words: TelegramWords) -> list[TelegramPart]:
    payload = message.payload
    match message.kind:
        case "reply":
            return _reply(payload, words)
        case "operator":
            return _operator(payload, words)
        case "mode" if payload.get("quiet"):  # what is said beside it tells the person already
            return []
        case "mode":
            block = f"mode_{payload['mode']}"
            return _texts(words.say(block)) if words.has(block) else []
        case "echo" | "event":
            return []


def _operator(payload: dict[str, Any], words: TelegramWords) -> list[TelegramPart]:
    """A person's words, marked as such; with ``deleted``, what was sent for them is taken back."""
    if payload.get("deleted"):
        return []
    mark, text = words.say("operator"), payload["text"]
    parts = _texts(f"{mark}\n{text}") if text.strip() else []
    if parts and payload.get("sources"):
        sources = [_source(SourceLine(**line), words) for line in payload["sources"]]
        parts = _with_quote(parts, words.say("sources"), sources)
    return [*parts, *_enclosures(payload, "" if parts else mark), *_files(payload)]


def _enclosures(payload: dict[str, Any], caption: str = "") -> list[TelegramPart]:
    """What came with a message over Telegram, each a message of its own."""
    enclosures = [Enclosure(**each) for each in payload.get("enclosures", ())]
    return [TelegramPart(encloses=each, plain=caption) for each in enclosures if can_send(each)]


def _over(parts: list[TelegramPart], numbers: Sequence[str]) -> list[TelegramPart]:
    """Parts written over earlier messages, one after the other; earlier messages that are left over are taken back."""
    whole = [int(number) for number in numbers]
    over = [
        replace(part, replaces=number) if part.html else part
        for part, number in zip(parts, whole, strict=False)
    ]
    return [*over, *parts[len(whole) :], *(TelegramPart(deletes=number) for number in whole[len(parts) :])]


def _reply(payload: dict[str, Any], words: TelegramWords) -> list[TelegramPart]:
    reply = reply_from_wire({"buttons": [], "sources": [], "attachments": [], **payload})
    links = [f"{file.name}: {file.url}" for file in reply.attachments if file.url.startswith("https://")]
    mark = [words.say("edited")] if payload.get("edits") else []
    parts = _texts("\n\n".join([*mark, reply.text, *links]))
    if reply.sources:
        parts = _with_quote(parts, words.say("sources"), [_source(line, words) for line in reply.sources])
    if parts:
        parts[-1] = replace(parts[-1], rows=keyboard(reply.buttons))
    return [*parts, *_copy(payload), *_enclosures(payload), *_files(payload)]


def _copy(payload: dict[str, Any]) -> list[TelegramPart]:
    """A message of a person's or an operator's, sent again as it is."""
    identifier = str(payload.get("copies", ""))
    if not identifier or (number := number_in(identifier)) is None:
        return []
    return [TelegramPart(copies=(parse_address(identifier.split(".")[1]).chat, number))]


def _files(payload: dict[str, Any]) -> list[TelegramPart]:
    """Files of ours, each a message of its own."""
    files = [Attachment(**each) for each in payload.get("attachments", ())]
    return [TelegramPart(file=each) for each in files if each.url.startswith("/")]


def _texts(text: str) -> list[TelegramPart]:
    return [TelegramPart(html.escape(part, quote=False), part) for part in split(text)]


def _source(line: SourceLine, words: TelegramWords) -> str:
    title = f"{line.title} {line.article}" if line.article and line.checked else line.title
    as_of = words.say("as_of", date=line.as_of)
    return f"· {title} · {as_of} · {words.say('checked' if line.checked else 'unchecked')}"


def _with_quote(parts: list[TelegramPart], heading: str, lines: Sequence[str]) -> list[TelegramPart]:
    """The sources as a quote that unfolds, below the last part; in parts of their own where they do not fit."""
    quotes = split("\n".join([heading, *lines]))
    if parts and len(quotes) == 1 and units(parts[-1].plain) + 2 + units(quotes[0]) <= LIMIT:
        last = parts.pop()
        quote = _quote(quotes.pop())
        parts.append(TelegramPart(f"{last.html}\n\n{quote.html}", f"{last.plain}\n\n{quote.plain}"))
    return [*parts, *map(_quote, quotes)]


def _quote(text: str) -> TelegramPart:
    return TelegramPart(f"<blockquote expandable>{html.escape(text, quote=False)}</blockquote>", text)


# -- buttons --------------------------------------------------------------------------------------------------


def keyboard(buttons: Sequence[Button]) -> Rows:
    """Buttons in rows: two side by side where both labels are short. One that Telegram would refuse is left out."""
    rows: list[tuple[Button, ...]] = []
    for button in filter(_fits, buttons):
        shown = replace(button, label=_cut(button.label.strip()))
        if rows and len(rows[-1]) == 1 and _narrow(rows[-1][0]) and _narrow(shown):
            rows[-1] = (rows[-1][0], shown)
        else:
            rows.append((shown,))
    return tuple(rows)


def _fits(button: Button) -> bool:
    fits = bool(button.label.strip()) and 1 <= len(button.value.encode()) <= MAX_BYTES
    if not fits:
        log.error("a button is left out: it needs a label, and a value of 1 to %d bytes", MAX_BYTES)
    return fits


def _cut(label: str) -> str:
    return label if len(label) <= LABEL else label[: LABEL - 1].rstrip() + "…"


def _narrow(button: Button) -> bool:
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in button.label) <= _SIDE_BY_SIDE
