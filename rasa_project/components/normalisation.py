"""One spelling for one text: width, case, script, whitespace and repetition, with the way back to the original.

Pure functions; every place that compares texts (names in lookups, training phrases, messages) goes through
``normalise`` so that both sides are spelt alike. Offsets stay honest: ``NormalisedText.span`` turns a range of the
normalised text into the range of the original text that it came from.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import opencc

MAX_CHARACTERS = 512
"""Characters of a text that are read; what follows is ignored."""

_LONGEST_LETTER_RUN = 3
_PUNCTUATION = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "。": ".", "、": ",", "—": "-", "–": "-"}
)
_SIMPLIFIER = opencc.OpenCC("t2s")


@dataclass(frozen=True)
class NormalisedText:
    """A normalised text and, for each of its characters, where it came from.

    ``starts[i]`` and ``ends[i]`` bound the characters of the original text that became ``text[i]``.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text behind ``text[start:end]`` (not empty)."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no characters between {start} and {end} of {len(self.text)}")
        return self.starts[start], self.ends[end - 1]


def normalise(text: str, max_characters: int = MAX_CHARACTERS) -> NormalisedText:
    """Normalise the first ``max_characters`` of a text.

    Compatibility forms and full width become plain (NFKC), letters lower case, traditional characters simplified,
    invisible characters go, blanks become one space and none beside a Chinese character, a run of the same sign
    or picture becomes one, a run of the same letter at most three (digits are left alone).
    """
    kept = _collapse(_plain_characters(text[:max_characters]))
    simplified = _simplify("".join(character for character, _, _ in kept))
    return NormalisedText(
        text=simplified,
        starts=tuple(start for _, start, _ in kept),
        ends=tuple(end for _, _, end in kept),
    )


def is_chinese(character: str) -> bool:
    """True for one Chinese character (CJK ideographs of all planes)."""
    return (
        "\u4e00" <= character <= "\u9fff"
        or "\u3400" <= character <= "\u4dbf"
        or "\U00020000" <= character <= "\U0003ffff"
    )


_Placed = tuple[str, int, int]


def _plain_characters(text: str) -> list[_Placed]:
    """Each output character with the range of ``text`` it stands for; a base and its accents are taken together."""
    placed: list[_Placed] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        placed.extend((character, position, end) for character in _plain(text[position:end]))
        position = end
    return placed


@lru_cache(maxsize=8192)
def _plain(cluster: str) -> str:
    # NFKC twice: lower case can leave a combination that composes.
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).lower())
    return "".join(
        " " if character.isspace() else character
        for character in lowered.translate(_PUNCTUATION)
        if character.isspace() or unicodedata.category(character) not in _INVISIBLE
    )


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})


def _collapse(placed: list[_Placed]) -> list[_Placed]:
    kept: list[_Placed] = []
    blank: _Placed | None = None
    run = 0
    for item in placed:
        character = item[0]
        if character == " ":
            blank = blank or item
            continue
        previous = kept[-1][0] if kept else ""
        if blank is not None:
            if previous and not is_chinese(previous) and not is_chinese(character):
                kept.append(blank)
                previous = " "
            blank = None
        run = run + 1 if character == previous else 1
        if run <= _longest_run(character):
            kept.append(item)
        else:
            # The range of the survivor grows, so that a mention never ends in the middle of a run.
            kept[-1] = (character, kept[-1][1], item[2])
    return kept


def _longest_run(character: str) -> int:
    if character.isdigit():
        return MAX_CHARACTERS
    return _LONGEST_LETTER_RUN if character.isalpha() else 1


def _simplify(text: str) -> str:
    if not any(is_chinese(character) for character in text):
        return text
    simplified: str = _SIMPLIFIER.convert(text)
    if len(simplified) == len(text):
        return simplified
    # A phrase rule changed the length: convert one by one, so that offsets hold.
    return "".join(converted if len(converted := _SIMPLIFIER.convert(one)) == 1 else one for one in text)
