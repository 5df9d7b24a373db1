"""Corrections: "no, I meant B", 「不是A，是B」. Finds what is meant instead; looks up no record."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bot.dialogue.normal import has_content
from bot.domain.lexicon import Lexicon
from bot.domain.text import Forms

_NOT_A_BUT_B: Final = re.compile(r"^(?:也|都)?不是(?!这个|不是)[^,?吗]{1,16}[,;。 ]\s*(?:而)?是(?P<rest>.+)$")


def corrected(text: str, lexicon: Lexicon) -> str | None:
    """What a normalised text says is meant instead, or None where it corrects nothing."""
    if match := _NOT_A_BUT_B.match(text):
        return _rest(match["rest"])
    match = _pattern(lexicon.denials, lexicon.meant).match(text)
    return _rest(match["rest"]) if match else None


def _rest(text: str) -> str | None:
    rest = text.strip(" ,.!。;:")
    return rest if has_content(rest) else None


@lru_cache(maxsize=4)
def _pattern(denials: Forms, meant: Forms) -> re.Pattern[str]:
    """Denials, as many as there are, then what announces the thing meant; that alone is enough where it is not a mere 「是」."""
    no, but = _any(denials), _any(meant)
    gap = r"[\s,.!。;、]*"
    return re.compile(rf"^(?:(?:(?:{no}){gap})+(?:{but}|是)|(?:{but})){gap}(?P<rest>.+)$")


def _any(forms: Forms) -> str:
    words = sorted(forms, key=len, reverse=True)
    return "|".join(re.escape(word) + (r"\b" if word.isascii() else "") for word in words)
