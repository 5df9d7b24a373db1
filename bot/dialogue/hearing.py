"""What was said, made ready: command, button or text; its language; its separate questions. No records are looked up here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dialogue.buttons import Press, decode
from bot.dialogue.correcting import corrected
from bot.dialogue.linking import LinkIndex
from bot.dialogue.normal import MAX_READ, chinese_share, has_content, normalise
from bot.dialogue.splitting import Asked, split_questions
from bot.domain.lexicon import Lexicon
from bot.domain.text import Language

MAX_QUESTIONS = 5

_COMMAND = re.compile(r"/([A-Za-z_]{1,32})(?:@\w+)?(?:\s+(.{0,200}))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command and what follows it."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message, ready to be understood. ``questions`` are normalised; empty for a press, a command or no content.

    ``enclosed``: the kind of thing that came with it and that nobody here can read.
    ``questions`` are what is understood; ``asked`` holds, one for each, the question proper and what was told beside it.
    ``corrects``: the message says that something else was meant before; its questions are what is left of it then.
    """

    press: Press | None = None
    command: Command | None = None
    questions: tuple[str, ...] = ()
    language: Language | None = None
    too_long: bool = False
    asked: tuple[Asked, ...] = ()
    corrects: bool = False
    text: str = ""  # as it was written, for facts and figures
    enclosed: str = ""


def hear(text: str, index: LinkIndex, lexicon: Lexicon) -> Utterance:
    """Reads a message. A text of more than 4,000 characters is not read further."""
    if len(text) > MAX_READ:
        return Utterance(too_long=True, language=language_of(normalise(text[:400]), index))
    if press := decode(text):
        return Utterance(press=press)
    stripped = text.strip()
    if stripped.startswith("/") and (match := _COMMAND.fullmatch(stripped)):
        return Utterance(command=Command(match[1].lower(), (match[2] or "").strip()))
    plain = normalise(stripped.lstrip("/"))
    if not has_content(plain):
        return Utterance()
    meant = corrected(plain, lexicon)
    asked = tuple(split_questions(meant or stripped.lstrip("/"), lexicon)[:MAX_QUESTIONS])
    return Utterance(
        questions=tuple(each.heard for each in asked),
        asked=asked,
        corrects=meant is not None,
        language=language_of(plain, index),
        text=stripped,
    )


def language_of(plain: str, index: LinkIndex) -> Language | None:
    """The language of a normalised text; names do not count, unless nothing else is there. None when it shows none."""
    rest = plain
    for name in reversed(index.query(plain).named):
        rest = rest[: name.start] + " " + rest[name.end :]
    for text in (rest, plain):
        if any(ch.isalpha() for ch in text):
            return Language.ZH if chinese_share(text) >= 0.34 else index.language_of_latin(text)
    return None
