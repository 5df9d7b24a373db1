"""What a text is made of, as countable features: units and their n-grams, parts of Latin words, kinds mentioned.

A *unit* is one Chinese character, one Latin word, one number (all numbers are alike) or one mention token. Chinese
needs no segmentation this way, and one model reads both languages and their mixture.

Features are strings; the first character tells the view they come from, so that views never collide:

    u   single units
    n   two and three units in a row, the ends of the text included
    g   two units with a gap between them ("要 … 吗")
    s   character n-grams inside Latin words (spelling mistakes, endings)
    k   which kinds are mentioned
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from components.kinds import KIND_OF_TOKEN

START, END = "^", "$"
NUMBER = "0"
NO_LETTERS = frozenset({NUMBER, "?"})
VIEWS = "ungsk"

_TOKENS = "".join(KIND_OF_TOKEN)
_UNIT = re.compile(rf"(?P<number>[0-9]+(?:[.,][0-9]+)*)|[a-z']+|[{_TOKENS}]|[^\W_]|[?]")
_NGRAM_SIZES = (2, 3)
_WIDEST_GAP = 4
_WORD_PARTS = (3, 4, 5)


def unit_spans(text: str) -> list[tuple[int, int]]:
    """Where each unit of a normalised text is."""
    return [match.span() for match in _UNIT.finditer(text)]


def units(text: str) -> list[str]:
    """Units of a normalised, perhaps delexicalised text in order; other signs are left out, a number is ``0``."""
    return [NUMBER if match.lastgroup == "number" else match.group() for match in _UNIT.finditer(text)]


def features(text: str) -> list[str]:
    """All features of a normalised, perhaps delexicalised text, with repetitions."""
    found = units(text)
    return [*_rows(found), *_gapped_pairs(found), *_word_parts(found), *_kinds(found)]


def pair(left: str, right: str) -> str:
    """The feature of two neighbours."""
    return f"n{left}\t{right}"


def _rows(found: Sequence[str]) -> Iterator[str]:
    for unit in found:
        yield "u" + unit
    padded = [START, *found, END]
    for size in _NGRAM_SIZES:
        for start in range(len(padded) - size + 1):
            yield "n" + "\t".join(padded[start : start + size])


def _gapped_pairs(found: Sequence[str]) -> Iterator[str]:
    for position, left in enumerate(found):
        for right in found[position + 2 : position + 2 + _WIDEST_GAP]:
            yield f"g{left}\t{right}"


def _word_parts(found: Sequence[str]) -> Iterator[str]:
    for word in found:
        if len(word) > 2:
            framed = f"<{word}>"
            for size in _WORD_PARTS:
                for start in range(len(framed) - size + 1):
                    yield "s" + framed[start : start + size]


def _kinds(found: Sequence[str]) -> Iterator[str]:
    kinds = {KIND_OF_TOKEN[unit] for unit in found if unit in KIND_OF_TOKEN}
    yield from (f"k{kind}" for kind in sorted(kinds))
    if not kinds:
        yield "knone"
