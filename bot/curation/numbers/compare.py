"""Whether a text says the same numbers, units and dates in both languages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

from bot.curation.numbers.quantities import Quantity, quantities
from bot.curation.numbers.units import DAY_UNITS, WORKING_DAYS
from bot.domain.text import Bilingual, Language


def differences(text: Bilingual) -> list[str]:
    """What one language says and the other does not, each as one phrase; empty when they agree."""
    zh = quantities(text.zh, Language.ZH)
    en = quantities(text.en, Language.EN)
    found = [f"{_shown(value)} is missing in English" for value in _missing(zh, en)]
    found += [f"{_shown(value)} is missing in Chinese" for value in _missing(en, zh)]
    in_chinese, in_english = (
        bool(pattern.search(words)) for pattern, words in zip(WORKING_DAYS, (text.zh, text.en), strict=True)
    )
    if in_chinese is not in_english:
        found.append(f"working days are spoken of only in {'Chinese' if in_chinese else 'English'}")
    return found + list(_unequal_units(zh, en))


def _missing(have: Iterable[Quantity], other: Iterable[Quantity]) -> list[Decimal]:
    """The firm values that the other language lacks: of digits as often as it lacks them, of words once."""
    firm = [item for item in have if item.firm]
    wanted = Counter(item.value for item in firm if not item.words)
    wanted |= Counter({item.value: 1 for item in firm})
    there = Counter(item.value for item in other)
    return sorted((wanted - there).elements())


def _unequal_units(zh: Iterable[Quantity], en: Iterable[Quantity]) -> Iterable[str]:
    chinese, english = _units(zh), _units(en)
    for value in sorted(chinese.keys() & english.keys()):
        one, two = chinese[value], english[value]
        days, english_days = _days(one), _days(two)
        apart = one.keys() - two.keys() and two.keys() - one.keys()
        if apart or (days.total() == english_days.total() and days != english_days):
            names = (" and ".join(sorted(units)) for units in (one, two))
            yield f"{_shown(value)} counts {next(names)} in Chinese but {next(names)} in English"


def _units(items: Iterable[Quantity]) -> dict[Decimal, Counter[str]]:
    found: defaultdict[Decimal, Counter[str]] = defaultdict(Counter)
    for item in items:
        if item.unit:
            found[item.value][item.unit] += 1
    return found


def _days(units: Counter[str]) -> Counter[str]:
    return Counter({unit: count for unit, count in units.items() if unit in DAY_UNITS})


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"
