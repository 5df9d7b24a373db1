"""Normalising text before anything looks at it. Pure; knows characters, not meanings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

MAX_READ = 4000  # characters of a message that are read at most

_CONTROL = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_SPACE = re.compile(r"\s+")
_REPEATED = re.compile(r"([^\w\s])\1+")
_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """Compatibility forms folded, traditional characters simplified, lower case, single spaces, no control characters.

    At most ``MAX_READ`` characters are looked at. Spaces between Chinese characters (voice input) are dropped.
    """
    text = _CONTROL.sub("", unicodedata.normalize("NFKC", text[:MAX_READ]))
    text = _simplifier().convert(text).casefold()
    text = _REPEATED.sub(r"\1", _SPACE.sub(" ", text)).strip()
    return _CJK_GAP.sub("", text)


def key(text: str) -> str:
    """The form in which names are compared: normalised, without spaces and punctuation."""
    return "".join(ch for ch in normalise(text) if ch.isalnum() or ch == "+")


def has_content(text: str) -> bool:
    """False for empty, emoji-only and punctuation-only text."""
    return any(ch.isalnum() for ch in text)


def chinese_share(text: str) -> float:
    """The share of Chinese among the text's words (a Chinese character counts as one word), 0..1."""
    chinese = len(_CJK.findall(text))
    latin = len(_LATIN.findall(text))
    return chinese / (chinese + latin) if chinese + latin else 0.0
