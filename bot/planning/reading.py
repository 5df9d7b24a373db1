"""Facts of a project in free text, several at once. All words come from the knowledge; what is not certain is left to be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from bot.domain.plan import FactValue
from bot.domain.rules import Fact
from bot.domain.text import Forms
from bot.planning.amounts import Amount, amounts, tidy
from bot.planning.book import PlanningBook

_NEGATIONS: Final = re.compile(
    r"(?:没有?|不(?:是|建|要|用|需要?|含|会|再)?|无|非|未|\bno|\bnot|\bwithout|n't)[\s一个any]*$"
)
_ASKED: Final = re.compile(
    r"要不要|是否|有没有|需不需要|是不是|能不能|可不可以|\bwhether\b|\bdo we need\b|\bdo i need\b"
)
_CLAUSE: Final = re.compile(r"[，。；！？、,;!?\n]|\.(?=\s|$)|\band\b|\bwith\b")
_DATES: Final = re.compile(r"(?<!\d)(20\d\d)(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})(?!\d)日?")
_ENDS: Final = re.compile(r"\s*(?:[多余]|左右|上下|以上|以内)?\s*(?:$|[，。；！？、,;!?)）.]|[的吧了呢啊])")
_NEAR: Final = 14  # characters within which a word says what an amount is of


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact that a text says: the words that say it stand at ``start`` to ``end`` of the tidied text."""

    fact: str
    value: FactValue
    start: int
    end: int


def read_text(book: PlanningBook, text: str) -> tuple[Heard, ...]:
    """What a text says of a project, in the order of asking. A fact of which it says two things is left out."""
    words = tidy(text)
    found: dict[str, Heard] = {}
    for fact in book.facts.values():
        if fact.kind == "choice":
            heard = _choice(fact, words)
        elif fact.kind == "yes_no":
            heard = _yes_no(fact, words)
        else:
            continue
        if heard is not None:
            found[fact.id] = heard
    for heard in (*_amounts(book, words), *_dates(book, words)):
        found.setdefault(heard.fact, heard)
    return tuple(found[name] for name in book.facts if name in found)


def values_in(book: PlanningBook, text: str) -> dict[str, FactValue]:
    """What a text says, by fact."""
    return {heard.fact: heard.value for heard in read_text(book, text)}


def read_answer(fact: Fact, text: str) -> FactValue | None:
    """The answer to a question about one fact: what ``read_text`` hears, a listed label, or a bare amount in the fact's unit.

    None when it answers nothing; plain yes, no and "don't know" are the dialogue's to hear.
    """
    words = tidy(text)
    listed = [(item.id, item.label) for item in fact.options] + [(item.id, item.label) for item in fact.bands]
    for identifier, label in listed:
        if words.strip() in (identifier, tidy(label.zh), tidy(label.en)):
            return identifier
    match fact.kind:
        case "choice":
            heard = _choice(fact, words)
        case "yes_no":
            heard = _yes_no(fact, words)
        case "date":
            days = list(_days(words))
            return days[0][0] if len(days) == 1 else None
        case "amount":
            numbers = amounts(words, _unit_words(fact))
            return _in_unit(fact, numbers[0]) if len(numbers) == 1 else None
    return heard.value if heard else None


def _choice(fact: Fact, text: str) -> Heard | None:
    found: list[tuple[int, int, str]] = []
    for option in fact.options:
        found += [(start, end, option.id) for start, end in _places(option.words, text)]
    kept = [item for item in found if not any(_inside(item, other) for other in found)]
    kept = [item for item in kept if not _negated(text, item[0]) and not _asked(text, item[0])]
    if len({name for _, _, name in kept}) != 1:
        return None
    start, end, name = kept[0]
    return Heard(fact.id, name, start, end)


def _yes_no(fact: Fact, text: str) -> Heard | None:
    denied = list(_places(fact.denials, text))
    said = [
        place
        for place in _places(fact.words, text)
        if not any(_inside((*place, ""), (*other, "")) for other in denied) and not _asked(text, place[0])
    ]
    heard = [Heard(fact.id, False, *place) for place in denied]
    heard += [Heard(fact.id, not _negated(text, place[0]), *place) for place in said]
    return heard[0] if len({item.value for item in heard}) == 1 else None


def _amounts(book: PlanningBook, text: str) -> Iterator[Heard]:
    """Each amount goes to the fact whose unit it has and whose words stand nearest, each fact taking one."""
    facts = [fact for fact in book.facts.values() if fact.kind == "amount"]
    dates = [match.span() for match in _DATES.finditer(text)]
    taken: set[str] = set()
    every_unit = [unit for fact in facts for unit in _unit_words(fact)]
    for amount in amounts(text, every_unit):
        if any(start <= amount.start < end for start, end in dates):
            continue
        fact = _fact_of(amount, [item for item in facts if item.id not in taken], text)
        value = _in_unit(fact, amount) if fact is not None else None
        if fact is not None and value is not None:
            taken.add(fact.id)
            yield Heard(fact.id, value, amount.start, amount.end)


def _fact_of(amount: Amount, facts: Sequence[Fact], text: str) -> Fact | None:
    if amount.unit:
        fitting = [fact for fact in facts if amount.unit in _unit_words(fact)]
    elif not _ENDS.match(text, amount.end):
        return None  # some other unit follows
    else:
        fitting = [fact for fact in facts if amount.scaled or amount.value >= 1]
    near = [
        (distance, place)
        for place, fact in enumerate(fitting)
        if (distance := _distance(fact, amount, text)) is not None
    ]
    if near:
        return fitting[min(near)[1]]
    if amount.unit:
        return next((fact for fact in fitting if fact.essential), None)
    return None


def _distance(fact: Fact, amount: Amount, text: str) -> int | None:
    """How far the nearest word that says what an amount is of stands from it, in its own clause; None when there is none near."""
    clause_start, clause_end = _clause(text, amount.start, amount.end)
    found: list[int] = []
    for start, end in _places(fact.words, text):
        if clause_start <= start and end <= clause_end:
            if end <= amount.start:
                found.append(amount.start - end)
            elif start >= amount.end and amount.unit:  # behind a bare number, a word says nothing of it
                found.append(start - amount.end + 1)
    nearest = min(found, default=None)
    return nearest if nearest is not None and nearest <= _NEAR else None


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    begin, stop = 0, len(text)
    for match in _CLAUSE.finditer(text):
        inside_number = match.group() == "," and text[match.end() : match.end() + 3].isdigit()
        if inside_number:
            continue
        if match.end() <= start:
            begin = match.end()
        elif match.start() >= end:
            stop = match.start()
            break
    return begin, stop


def _dates(book: PlanningBook, text: str) -> Iterator[Heard]:
    facts = [fact for fact in book.facts.values() if fact.kind == "date"]
    for value, start, end in _days(text):
        clause_start, clause_end = _clause(text, start, end)
        for fact in facts:
            if any(clause_start <= place and stop <= clause_end for place, stop in _places(fact.words, text)):
                yield Heard(fact.id, value, start, end)
                break


def _days(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _DATES.finditer(text):
        try:
            yield date(*map(int, match.groups())).isoformat(), *match.span()
        except ValueError:
            continue


def _places(forms: Forms, text: str) -> Iterator[tuple[int, int]]:
    """Where any of the forms stands, the longer ones first."""
    for match in _pattern(forms).finditer(text):
        yield match.span()


@lru_cache(maxsize=2048)
def _pattern(forms: Forms) -> re.Pattern[str]:
    """A form in letters is found only as whole words."""
    words = sorted({tidy(form) for form in forms}, key=len, reverse=True)
    parts = (
        rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word.isascii() else re.escape(word)
        for word in words
    )
    return re.compile("|".join(parts) or r"(?!)")


def _inside(item: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether ``item`` is a part of a longer find."""
    return other[0] <= item[0] and item[1] <= other[1] and (other[1] - other[0]) > (item[1] - item[0])


def _negated(text: str, start: int) -> bool:
    return _NEGATIONS.search(text[max(0, start - 8) : start]) is not None


def _asked(text: str, start: int) -> bool:
    return _ASKED.search(text[max(0, start - 14) : start]) is not None


def _unit_words(fact: Fact) -> tuple[str, ...]:
    return tuple(tidy(word) for scale in fact.scales for word in scale.words)


def _in_unit(fact: Fact, amount: Amount) -> int | float | None:
    """The amount in the fact's own unit; None for more than there can be of it."""
    factors: Mapping[str, float] = {tidy(word): scale.factor for scale in fact.scales for word in scale.words}
    value = float(amount.value) * factors.get(amount.unit, 1.0)
    if not value <= fact.largest:
        return None
    return round(value) if abs(value - round(value)) < 0.01 else round(value, 2)
