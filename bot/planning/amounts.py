"""Amounts in free text: 两个亿, 1.2万平, 3000 kW, 20 million yuan, half a hectare. Finds numbers with their units and says where."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.numerals import CHINESE, ENGLISH_MULTIPLIERS, ENGLISH_RUN, chinese_values, english_value


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a text, its multiplier counted in. ``unit``: the unit word as given, empty when none follows.

    ``scaled``: it was said with a large multiplier (亿, million), as money mostly is.
    """

    value: Decimal
    unit: str
    scaled: bool
    start: int
    end: int


_DIGITS: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE_RUN: Final = rf"[{CHINESE}]+(?:点[{CHINESE[:10]}]+)?"
_ZH_SCALE: Final = (
    r"(?:\s*[余多来]?个?[余多]?(?P<{name}>百万|千万|十万|百亿|千亿|万亿|万|亿|千(?!瓦|伏|米|克)|百))?"
)
_LETTER_SCALE: Final[Mapping[str, int]] = {"k": 10**3, "m": 10**6, **ENGLISH_MULTIPLIERS}
_EN_SCALE: Final = (
    rf"(?:[\s-]*(?P<en>{'|'.join(ENGLISH_MULTIPLIERS)}|[km](?=\s*(?:yuan|rmb|cny|元)))(?![a-z]))?"
)
_NUMBER: Final = re.compile(
    rf"(?:(?<![\w.])|(?<=[^\x00-\x7f]))(?P<digits>{_DIGITS}){_ZH_SCALE.format(name='zh')}{_EN_SCALE}"
    rf"|(?P<run>{_CHINESE_RUN}){_ZH_SCALE.format(name='after')}"
)
_HALF: Final = re.compile(r"半(?=个?(?:亿|公顷|亩))|\bhalf an? (?=[a-z])|\bhalf (?=million|billion)")
_RATE: Final = re.compile(r"\s*(?:/|每|per\b|a (?:mu|hectare|square)\b)", re.IGNORECASE)


def tidy(text: str) -> str:
    """The text as amounts and words are looked for in it: one form of every character, small letters. Places are of this form."""
    return unicodedata.normalize("NFKC", text).casefold()


def amounts(text: str, units: Iterable[str]) -> tuple[Amount, ...]:
    """The amounts in a tidied text, in order. ``units``: the unit words to look for, tidied; rates (300万元/亩) are left out."""
    ordered = sorted({unit for unit in units if unit}, key=len, reverse=True)
    pattern = re.compile("|".join(map(_as_unit, ordered)) or r"(?!)")
    found: list[Amount] = []
    for number in sorted(_numbers(text), key=lambda item: item.start):
        amount = _with_unit(text, number, pattern)
        if amount is not None:
            free = found[-1].end if found else 0
            found.append(amount if amount.unit else _after_unit(text, amount, pattern, free))
    return tuple(found)


def _as_unit(word: str) -> str:
    """A unit in letters ends at the next character that is no letter; 千瓦 is not the begin of 千瓦时."""
    return re.escape(word) + (r"(?![a-z])" if word[-1].isascii() else r"(?!时)")


def _with_unit(text: str, number: Amount, units: re.Pattern[str]) -> Amount | None:
    gap = re.compile(r"\s*(?:多|左右|余)?\s*").match(text, number.end)
    place = gap.end() if gap else number.end
    unit = units.match(text, place)
    end = unit.end() if unit else number.end
    if _RATE.match(text, end):
        return None
    return Amount(number.value, unit.group() if unit else "", number.scaled, number.start, end)


def _after_unit(text: str, amount: Amount, units: re.Pattern[str], free: int) -> Amount:
    """CNY 12 million: a unit in letters may stand before; ``free``: up to there the text belongs to the number before."""
    before = [
        match
        for match in units.finditer(text, free, amount.start)
        if match.group().isascii() and not text[match.end() : amount.start].strip()
    ]
    return replace(amount, unit=before[-1].group(), start=before[-1].start()) if before else amount


def _numbers(text: str) -> Iterator[Amount]:
    taken = [False] * (len(text) + 1)
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if value is not None:
            large = (
                match["zh"] in ("万", "亿", "百万", "千万", "百亿", "千亿", "万亿") or match["en"] is not None
            )
            run = match["run"] or ""
            yield Amount(value, "", large or "亿" in run or "万" in run, *match.span())
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    for match in ENGLISH_RUN.finditer(text):
        if not any(taken[match.start() : match.end()]):
            scaled = any(word in match.group() for word in ENGLISH_MULTIPLIERS)
            yield Amount(english_value(match.group()), "", scaled, *match.span())
    for match in _HALF.finditer(text):
        yield _half(text, match)


def _half(text: str, match: re.Match[str]) -> Amount:
    """半个亿, half a million: the multiplier behind it counts, too."""
    scale = re.compile(rf"个?(?P<zh>亿)|(?P<en>{'|'.join(ENGLISH_MULTIPLIERS)})\b").match(text, match.end())
    half = Decimal("0.5")
    if scale is None:
        skip = re.compile("个").match(text, match.end())
        return Amount(half, "", False, match.start(), skip.end() if skip else match.end())
    factor = 10**8 if scale["zh"] else ENGLISH_MULTIPLIERS[scale["en"]]
    return Amount(half * factor, "", True, match.start(), scale.end())


def _value(match: re.Match[str]) -> Decimal | None:
    scale = Decimal(1)
    if word := match["zh"] or match["after"]:
        scale *= chinese_values(word)[0]
    if match["digits"]:
        if match["en"]:
            scale *= _LETTER_SCALE[match["en"]]
        return Decimal(match["digits"].replace(",", "")) * scale
    return _chinese(match["run"], scale)


def _chinese(run: str, scale: Decimal) -> Decimal | None:
    """None for characters that are numerals but no number here: 万一, 千万别."""
    whole, point, decimals = run.partition("点")
    if not whole or (whole[0] in "百千万亿" and scale == 1 and len(whole) < 2):
        return None
    values = chinese_values(whole)
    if len(values) != 1:
        return None
    value = values[0]
    if point:
        value += Decimal("0." + "".join(str(int(chinese_values(char)[0])) for char in decimals))
    return value * scale
