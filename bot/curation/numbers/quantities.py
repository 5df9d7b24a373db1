"""The quantities in a text: value, unit, and whether the other language must have them too."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.curation.numbers.units import CHINESE_UNIT, ENGLISH_CURRENCY, ENGLISH_UNIT, unit_name
from bot.domain.numerals import (
    CHINESE,
    ENGLISH_MULTIPLIERS,
    ENGLISH_RUN,
    LOOSE_WORDS,
    chinese_values,
    english_value,
)
from bot.domain.text import Language


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text. ``firm``: the other language must have it; not so for 一 in 统一, or "two" in words.

    ``words``: written in words, which one language may repeat where the other says "they".
    ``base`` is the number as written and ``scale`` its multiplier (万, million): value = base × scale.
    """

    base: Decimal
    scale: int
    unit: str
    firm: bool
    words: bool
    start: int
    end: int  # of number and multiplier, without the unit

    @property
    def value(self) -> Decimal:
        return self.base * self.scale


_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
# 千 belongs to 千瓦 and 百 to 百分点; 余 and 多 may stand between number and multiplier.
_CHINESE_SCALE: Final = r"(?:[余多]?(?P<scale>[十百千万亿]+)(?<!千(?=[瓦米克伏卡帕]))(?<!百(?=分)))?"
_ZH_DIGITS: Final = re.compile(rf"(?P<number>{_NUMBER})\s?{_CHINESE_SCALE}")
_ZH_RUN: Final = re.compile(rf"(?<![几数])[{CHINESE}]+(?:点[{CHINESE[:10]}]+)?")
_EN_SCALE: Final = "|".join(ENGLISH_MULTIPLIERS)
_EN_DIGITS: Final = re.compile(
    rf"(?P<number>{_NUMBER})(?:st|nd|rd|th)?(?P<scale>(?:[\s-]?(?:{_EN_SCALE})\b)*)", re.IGNORECASE
)
_COUNTED: Final = re.compile(r"[个项类家名种份处档级层次人套批期届]")
_LEGAL: Final = re.compile(r"[条款章节号]")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NAME: Final = re.compile(
    r"\b(?:(?P<sure>Jan|Feb|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|January|February|April|June|July|August|September|October|"
    r"November|December)\b\.?|(?<=\d )(?P<after>May|March|Mar)\b|(?P<before>May|March|Mar)(?=,? \d))"
)
_RANGE: Final = re.compile(r"\s*(?:至|到|-|~|—|–|to)\s*")
_LIST: Final = re.compile(r"\s*(?:、|,|/|或者?|和|及|与|and|or)\s*")
_SQUARE: Final = (
    ("km²", "sqkm"),
    ("m²", "sqm"),
    ("㎡", "sqm"),
    ("m³", "cum"),
    ("₂", ""),
    ("²", ""),
    ("³", ""),
)


def quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """All numbers in ``text``, in order. Dates give their parts: 2026年8月 and "August 2026" give 2026 and 8."""
    for written, plain in _SQUARE:
        text = text.replace(written, plain)
    text = unicodedata.normalize("NFKC", text)
    found = _chinese(text) if language == Language.ZH else _english(text)
    return tuple(_shared(sorted(found, key=lambda item: item.start), text))


def _chinese(text: str) -> Iterator[Quantity]:
    text = re.sub(r"百分之", "   ", text)
    rest = list(text)
    for match in _ZH_DIGITS.finditer(text):
        rest[match.start() : match.end()] = " " * (match.end() - match.start())
        scale = int(chinese_values(match["scale"])[0]) if match["scale"] else 1
        base = Decimal(match["number"].replace(",", ""))
        named = re.search(r"[A-Za-z]$", text[: match.start()]) is not None  # PM2.5, DB33
        yield Quantity(base, scale, _chinese_unit(text, match, base * scale), not named, False, *match.span())
    for match in _ZH_RUN.finditer("".join(rest)):
        yield from _chinese_run(text, match)
    for match in re.finditer("半年", text):
        yield Quantity(Decimal(6), 1, "month", False, True, *match.span())
    for match in re.finditer("[双俩]", text):
        yield Quantity(Decimal(2), 1, "", False, True, *match.span())
    for match in re.finditer("半", text):
        yield Quantity(Decimal("0.5"), 1, "", False, True, *match.span())


def _chinese_run(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    whole, point, decimals = match.group().partition("点")
    after = text[match.end() :]
    values = chinese_values(whole, as_year=after.startswith("年") and len(whole) == 4)
    if point and len(values) == 1:
        values = [values[0] + Decimal("0." + "".join(str(value) for value in map(chinese_digit, decimals)))]
    unit = _chinese_unit(text, match, values[-1])
    ordinal = text[: match.start()].endswith("第") and _LEGAL.match(after)
    counted = values[-1] > 2 and _COUNTED.match(after)
    bare = whole[0] in "百千万亿"  # 万家, 百姓: no count
    month = after.startswith("月")
    firm = len(values) == 1 and values[0] != 1 and not bare and bool(unit or ordinal or counted or month)
    for value in values:
        yield Quantity(value, 1, unit if value == values[-1] else "", firm, True, *match.span())


def chinese_digit(char: str) -> int:
    """One Chinese digit."""
    return int(chinese_values(char)[0])


def _chinese_unit(text: str, match: re.Match[str], value: Decimal) -> str:
    if text[: match.start()].endswith("月") and text[match.end() :].startswith("日"):
        return ""  # the day of a date
    unit = unit_name(CHINESE_UNIT.match(text, match.end()))
    return "" if unit == "year" and value >= 1000 else unit


def _english(text: str) -> Iterator[Quantity]:
    rest = text
    for match in _EN_DIGITS.finditer(text):
        rest = rest[: match.start()] + " " * (match.end() - match.start()) + rest[match.end() :]
        scale = 1
        for word in re.findall(r"[a-z]+", match["scale"].casefold()):
            scale *= ENGLISH_MULTIPLIERS[word]
        base = Decimal(match["number"].replace(",", ""))
        before = text[: match.start()]
        currency = next((name for name, pattern in ENGLISH_CURRENCY if pattern.search(before)), "")
        named = not currency and re.search(r"[A-Za-z]$", before) is not None
        unit = currency or unit_name(ENGLISH_UNIT.match(text, match.end()))
        yield Quantity(base, scale, unit, not named, False, *match.span())
    for match in ENGLISH_RUN.finditer(rest):
        value = english_value(match.group())
        firm = value > 2 and match.group().casefold() not in ENGLISH_MULTIPLIERS
        yield Quantity(value, 1, unit_name(ENGLISH_UNIT.match(text, match.end())), firm, True, *match.span())
    for match in _MONTH_NAME.finditer(text):
        number = next(
            place for place, name in enumerate(_MONTHS, start=1) if name.startswith(match.group()[:3])
        )
        yield Quantity(Decimal(number), 1, "", True, False, *match.span())
    for match in re.finditer(r"[A-Za-z]+", text):
        if (loose := LOOSE_WORDS.get(match.group().casefold())) is not None:
            yield Quantity(loose, 1, "", False, True, *match.span())
    for match in re.finditer(r"half[ -](?:a[ -])?year", text, re.IGNORECASE):
        yield Quantity(Decimal(6), 1, "month", False, True, *match.span())


def _shared(found: list[Quantity], text: str) -> Iterator[Quantity]:
    """Ranges and lists say unit and multiplier once, at the end: 20至100万元, "15 and 7 days"."""
    after: Quantity | None = None
    backwards: list[Quantity] = []
    for item in reversed(found):
        if after is not None and item.firm:
            between = text[item.end : after.start]
            ranged = _RANGE.fullmatch(between)
            if ranged and item.scale == 1 < after.scale and item.base < after.base:
                item = replace(item, scale=after.scale)
            if not item.unit and (ranged or _LIST.fullmatch(between)) and item.base < 1000:
                item = replace(item, unit=after.unit)
        if item.firm:
            after = item
        backwards.append(item)
    return reversed(backwards)
