"""From an outbox message to what Telegram shows: safe HTML, sources folded away, buttons as a keyboard. Pure, no network."""

from __future__ import annotations

import html
import logging
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.channels.telegram_split import LIMIT, split, units
from bot.channels.telegram_words import TelegramWords
from bot.domain.messages import Button, SourceLine
from bot.domain.text import Language
from bot.ports import OutboxMessage
from bot.service.wire import reply_from_wire

log = logging.getLogger(__name__)

LABEL: Final = 64  # characters of a button's label that are shown
VALUE: Final = 64  # bytes of a button's value that Telegram takes
_SIDE_BY_SIDE: Final = 14  # width (a Chinese character counts two) up to which two buttons stand side by side

Rows = tuple[tuple[Button, ...], ...]
Words = Callable[[Language], TelegramWords]


@dataclass(frozen=True, slots=True)
class TelegramPart:
    """One message: as HTML, and the same as plain text in case Telegram does not take the HTML."""

    html: str
    plain: str
    rows: Rows = ()


def render(message: OutboxMessage, words: Words) -> list[TelegramPart]:
    """The messages that show ``message``; none for what Telegram shows anyway. Raises KeyError for an odd payload."""
    payload = message.payload
    spoken = words(Language(payload.get("lang", Language.ZH)))
    match message.kind:
        case "reply":
            return _reply(payload, spoken)
        case "operator":
            return _texts(f"{spoken.say('operator')}\n{payload['text']}")
        case "mode":
            block = f"mode_{payload['mode']}"
            return _texts(spoken.say(block)) if spoken.has(block) else []
        case "echo":
            return []


def _reply(payload: dict[str, Any], words: TelegramWords) -> list[TelegramPart]:
    reply = reply_from_wire({"buttons": [], "sources": [], "attachments": [], **payload})
    files = [f"{file.name}: {file.url}" for file in reply.attachments if file.url.startswith("https://")]
    parts = _texts("\n\n".join([reply.text, *files]))
    if reply.sources:
        parts = _with_quote(parts, words.say("sources"), [_source(line, words) for line in reply.sources])
    if parts:
        parts[-1] = replace(parts[-1], rows=keyboard(reply.buttons))
    return parts


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
    fits = bool(button.label.strip()) and 1 <= len(button.value.encode()) <= VALUE
    if not fits:
        log.error("a button is left out: it needs a label, and a value of 1 to %d bytes", VALUE)
    return fits


def _cut(label: str) -> str:
    return label if len(label) <= LABEL else label[: LABEL - 1].rstrip() + "…"


def _narrow(button: Button) -> bool:
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in button.label) <= _SIDE_BY_SIDE
