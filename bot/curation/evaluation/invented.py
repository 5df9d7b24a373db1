"""Whether every number in a reply stands in what the reply rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final

from bot.curation.evaluation.leaks import texts_of
from bot.curation.numbers import quantities
from bot.curation.texts import strings
from bot.domain.catalogue import KnowledgeSet
from bot.domain.links import links
from bot.domain.records import Ref
from bot.domain.shapes import plain
from bot.domain.text import Language
from bot.ports import TurnResult

_JINJA: Final = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
# Numbers that count the lines of an answer say nothing about the world.
_NUMBERING: Final = re.compile(r"^\s*\d+[.、)]|第\s?\d+\s?步|\bStep \d+", re.MULTILINE)


class Standing(StrEnum):
    """Where a number that the cited records lack stands instead."""

    ELSEWHERE = "elsewhere"  # in the public knowledge, but not in what was cited
    NOWHERE = "nowhere"  # invented


@dataclass(frozen=True, slots=True)
class Uncited:
    """A number of a reply that the cited records do not hold."""

    value: Decimal
    standing: Standing

    def __str__(self) -> str:
        return f"{self.value.normalize():f} stands {self.standing.value}"


class KnownNumbers:
    """The numbers of a knowledge set: by record, of the templates, and all of them. As the knowledge check reads them."""

    def __init__(self, knowledge: KnowledgeSet, templates: Mapping[str, str]) -> None:
        self._knowledge = knowledge
        own_words = (_JINJA.sub(" ", text) for text in templates.values())
        self._own = frozenset().union(*map(numbers_in, own_words))
        self._all = self._own.union(*map(numbers_in, texts_of(knowledge)))
        self._of_record = cache(self._numbers_of)

    def uncited(self, result: TurnResult) -> list[Uncited]:
        """The numbers of a result that neither its records nor the templates hold, each once."""
        cited = self._own.union(*map(self._of_record, result.records))
        found: dict[Decimal, None] = {}
        for reply in result.replies:
            text = _NUMBERING.sub(" ", reply.text)
            found.update(dict.fromkeys(q.value for q in quantities(text, result.language) if q.firm))
        return [
            Uncited(value, Standing.ELSEWHERE if value in self._all else Standing.NOWHERE)
            for value in found
            if value not in cited
        ]

    def _numbers_of(self, record: str) -> frozenset[Decimal]:
        """The numbers of a record, of its laws, and of the records that it names."""
        found = self._knowledge.records.get(Ref.parse(record))
        if found is None:
            return frozenset()
        values: list[Any] = [found]
        for link in links(found):
            named = self._knowledge.records.get(link.ref) if link.ref else self._knowledge.laws.get(link.id)
            values += [named] if named else []
        texts = (text for value in values for _, text in strings(plain(value)))
        return frozenset(_figures(found)).union(*map(numbers_in, texts))


def numbers_in(text: str) -> frozenset[Decimal]:
    """Every number of a text, read in both languages."""
    return frozenset(quantity.value for language in Language for quantity in quantities(text, language))


def _figures(value: Any) -> Iterator[Decimal]:
    """The numbers in a record that are not text, and how many items each of its lists has."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield Decimal(str(value)).normalize()
    elif isinstance(value, tuple):
        yield Decimal(len(value))
        yield from _each(value)
    elif is_dataclass(value):
        yield from _each(getattr(value, item.name) for item in fields(value))


def _each(values: Iterable[Any]) -> Iterator[Decimal]:
    for value in values:
        yield from _figures(value)
