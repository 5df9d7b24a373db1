"""Cuts a text into messages that Telegram takes: 4,096 UTF-16 units, at the end of a paragraph where there is one. Pure."""

from __future__ import annotations

import re
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
    """Where to cut: after the last paragraph, else line, sentence, word; anywhere when there is no border at all."""
    whole = head + after[:2]
    for mark in ("\n\n", "\n"):
        if (found := whole.rfind(mark, 0, len(head) + len(mark))) > 0:
            return found
    if ends := [match.end() for match in _SENTENCE_END.finditer(whole) if match.end() <= len(head)]:
        return ends[-1]
    if (found := whole.rfind(" ", 0, len(head) + 1)) > 0:
        return found
    return len(head)
