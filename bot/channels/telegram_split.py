"""Cuts a text into messages that Telegram takes: 4,096 UTF-16 units, at the end of a paragraph where there is one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LIMIT: Final = 4096

_SENTENCE_END: Final = re.compile(r"[。！？；]|[.!?;](?=\s)")


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text) + sum(ch > "\uffff" for ch in text)


def split(text: str, limit: int = LIMIT) -> list[str]:
    """The text in parts of at most ``limit`` units, none of them empty; only white space at the cuts is lost."""
    parts: list[str] = []
    rest = text.strip()
    while units(rest) > limit:
        head = _head(rest, limit)
        cut = _last_border(head, rest[len(head) :])
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _head(text: str, limit: int) -> str:
    """The longest beginning of at most ``limit`` units."""
    head = text[:limit]
    while (over := units(head) - limit) > 0:
        head = head[: -max(1, over // 2)]
    return head


def _last_border(head: str, after: str) -> int:
    """Where to cut: after the last paragraph, else line, sentence, word; anywhere when there is no border at all.

    A border near the beginning counts last: it would leave a message of a few words before a full one.
    """
    borders = [found for found in _borders(head, after) if found > 0]
    return next((found for found in borders if found >= len(head) // 4), borders[0] if borders else len(head))


def _borders(head: str, after: str) -> Iterator[int]:
    """The last paragraph's end, the last line's, the last sentence's, the last word's."""
    whole = head + after[:2]
    for mark in ("\n\n", "\n"):
        yield whole.rfind(mark, 0, len(head) + len(mark))
    yield max((end for m in _SENTENCE_END.finditer(whole) if (end := m.end()) <= len(head)), default=0)
    yield whole.rfind(" ", 0, len(head) + 1)
