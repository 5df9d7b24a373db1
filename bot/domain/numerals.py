"""Number words → values: Chinese numerals (一千零九十五, 二〇二二, 三亿五千万) and English ones (twenty-one, one hundred and five)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_DIGITS: Final[Mapping[str, int]] = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2,
}  # fmt: skip
_SMALL: Final[Mapping[str, int]] = {"十": 10, "百": 100, "千": 1000}
_LARGE: Final[Mapping[str, int]] = {"万": 10**4, "亿": 10**8}
CHINESE: Final = "".join({**_DIGITS, **_SMALL, **_LARGE})

_ONES_IN_ORDER: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS_IN_ORDER: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS_IN_ORDER: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
)
_ONES: Final[Mapping[str, int]] = {word: value for value, word in enumerate(_ONES_IN_ORDER.split())}
_TENS: Final[Mapping[str, int]] = {
    word: 10 * value for value, word in enumerate(_TENS_IN_ORDER.split(), start=2)
}
ENGLISH_MULTIPLIERS: Final[Mapping[str, int]] = {
    "hundred": 10**2, "thousand": 10**3, "million": 10**6, "mn": 10**6, "billion": 10**9, "bn": 10**9,
    "trillion": 10**12,
}  # fmt: skip
_ORDINALS: Final[Mapping[str, int]] = {
    word: value for value, word in enumerate(_ORDINALS_IN_ORDER.split(), start=1)
}
LOOSE_WORDS: Final[Mapping[str, Decimal]] = {
    **{word: Decimal(value) for word, value in _ORDINALS.items()},
    **{f"{word}s": Decimal(value) for word, value in list(_ORDINALS.items())[2:]},  # two thirds
    "both": Decimal(2), "two": Decimal(2), "twice": Decimal(2), "double": Decimal(2), "pair": Decimal(2),
    "dual": Decimal(2), "one": Decimal(1), "once": Decimal(1), "single": Decimal(1), "half": Decimal("0.5"),
    "triple": Decimal(3), "quarter": Decimal(3), "quarterly": Decimal(3), "zero": Decimal(0),
}  # fmt: skip

_word: Final = "|".join((*_TENS, *sorted(_ONES, key=len, reverse=True), *ENGLISH_MULTIPLIERS))
ENGLISH_RUN: Final = re.compile(rf"\b(?:{_word})(?:(?:[ -]|\sand\s)(?:{_word}))*\b", re.IGNORECASE)


def chinese_values(run: str, *, as_year: bool = False) -> list[Decimal]:
    """The numbers that a run of Chinese numerals holds: 十三五 is 13 and 5. ``as_year``: 年 follows, so 二零二二 is 2022."""
    spelled = all(char in _DIGITS for char in run)
    if spelled and (as_year or (len(run) > 2 and ("〇" in run or "零" in run))):
        return [Decimal("".join(str(_DIGITS[char]) for char in run))]
    found: list[Decimal] = []
    start = 0
    while start < len(run):
        value, start = _one_number(run, start)
        found.append(Decimal(value))
    return found


def _one_number(run: str, start: int) -> tuple[int, int]:
    """The longest number that begins at ``start``, and where the rest of the run begins."""
    total = section = 0
    digit: int | None = None
    smallest = 10**4  # inside a section the units must fall: 千, 百, 十
    place = start
    while place < len(run):
        char = run[place]
        if char in _DIGITS:
            if digit:
                break
            digit = _DIGITS[char]
        elif char in _SMALL:
            if _SMALL[char] >= smallest:
                break
            section += (digit or 1) * _SMALL[char]
            smallest, digit = _SMALL[char], None
        elif char == "万":
            total += (section + (digit or 0) or 1) * _LARGE[char]
            section, digit, smallest = 0, None, 10**4
        else:  # 亿 counts all before it: 一万亿
            total = (total + section + (digit or 0) or 1) * _LARGE[char]
            section, digit, smallest = 0, None, 10**4
        place += 1
    return total + section + (digit or 0), place


def english_value(run: str) -> Decimal:
    """The value of English number words in a row."""
    total = current = 0
    for word in re.split(r"[\s-]+", run.casefold()):
        if word in _ONES or word in _TENS:
            current += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in ENGLISH_MULTIPLIERS:
            total += (current or 1) * ENGLISH_MULTIPLIERS[word]
            current = 0
    return Decimal(total + current)
