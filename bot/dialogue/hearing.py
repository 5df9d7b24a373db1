"""What was said, made ready: command, button or text; its language; its separate questions. No records are looked up here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.dialogue.buttons import Press, decode
from bot.dialogue.linking import LinkIndex
from bot.dialogue.normal import MAX_READ, chinese_share, has_content, normalise
from bot.domain.lexicon import Lexicon
from bot.domain.text import Forms, Language

MAX_QUESTIONS = 5

_COMMAND = re.compile(r"/([A-Za-z_]{1,32})(?:@\w+)?(?:\s+(.{0,200}))?$", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[?!。;\n])\s*")
_GOES_ON = ("和", "跟", "与", "同", "还是", "或者")  # a clause that only goes on with the one before
_QUESTION_ENDS = ("吗", "呢", "没", "没有", "了不")
_CLAUSE = re.compile(r",\s*|、|:\s*")
_ENGLISH_JOINT = re.compile(
    r"(?:,?\s+(?:and|also|plus)\s+(?=(?:also\s+)?(?:how|who|whom|what|which|where|when|why|do|does|is|are|can|could|must|should)\b))"
    r"|(?:,\s+(?=(?:how|who|whom|what|which|where|when)\b))"
)
_ENGLISH_ASKS = re.compile(
    r"\b(how|who|whom|whose|what|which|where|when|why)\b|^(and |also |plus )*(do|does|did|is|are|can|could|must|should|will|may)\b"
)


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command and what follows it."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message, ready to be understood. ``questions`` are normalised; empty for a press, a command or no content.

    ``enclosed``: the kind of thing that came with it and that nobody here can read.
    """

    press: Press | None = None
    command: Command | None = None
    questions: tuple[str, ...] = ()
    language: Language | None = None
    too_long: bool = False
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
    questions = tuple(split_questions(plain, lexicon))[:MAX_QUESTIONS]
    return Utterance(questions=questions, language=language_of(plain, index), text=stripped)


def language_of(plain: str, index: LinkIndex) -> Language | None:
    """The language of a normalised text; names do not count, unless nothing else is there. None when it shows none."""
    rest = plain
    for name in reversed(index.query(plain).named):
        rest = rest[: name.start] + " " + rest[name.end :]
    for text in (rest, plain):
        if any(ch.isalpha() for ch in text):
            return Language.ZH if chinese_share(text) >= 0.34 else index.language_of_latin(text)
    return None


def split_questions(plain: str, lexicon: Lexicon) -> Iterable[str]:
    """The separate questions in a normalised text, in order; background without a question joins what follows it."""
    for sentence in _SENTENCE.split(plain):
        if has_content(sentence):
            yield from _split_sentence(sentence.strip(), lexicon)


def _split_sentence(sentence: str, lexicon: Lexicon) -> Iterable[str]:
    parts = _joined(_ENGLISH_JOINT.split(sentence), lexicon)
    clauses = [clause for part in parts for clause in _split_clauses(part, lexicon)]
    yield from (clause for clause in clauses if has_content(clause))


def _joined(parts: Sequence[str], lexicon: Lexicon) -> list[str]:
    """English parts of which each asks something: background ("our roof leaks, whom do we tell") stays with its question."""
    joined: list[str] = []
    for part in parts:
        if joined and not _asks_in_english(joined[-1], lexicon.asks):
            joined[-1] += ", " + part
        else:
            joined.append(part)
    return joined


def _asks_in_english(part: str, asks: Mapping[str, Forms]) -> bool:
    if chinese_share(part) >= 0.34:
        return True  # Chinese clauses are looked at by themselves
    return bool(_ENGLISH_ASKS.search(part)) or any(
        word in part for forms in asks.values() for word in forms.en
    )


def _split_clauses(part: str, lexicon: Lexicon) -> list[str]:
    """Clauses that each ask something of their own; the others stay together with the clause before."""
    borders = [match.span() for match in _CLAUSE.finditer(part)]
    if not borders or chinese_share(part) < 0.34:
        return [part]
    clauses: list[str] = []
    begin = 0
    for start, end in [*borders, (len(part), len(part))]:
        clause = part[begin:start]
        begin = end
        new = asks_something(clause, lexicon.asks) and not clause.startswith(_GOES_ON)
        if not clauses or (new and asks_something(clauses[-1], lexicon.asks)):
            clauses.append(clause)
        else:
            clauses[-1] += "," + clause
    return clauses


def asks_something(clause: str, asks: Mapping[str, Forms]) -> bool:
    """True when the clause ends as a question, or a word in it says what is asked."""
    return clause.rstrip("?").endswith(_QUESTION_ENDS) or any(
        word in clause for forms in asks.values() for word in forms.zh
    )
