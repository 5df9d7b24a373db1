"""What a question asks for although the record it names says nothing of it: "how much is a Huawei phone". Pure.

A record answers for what it speaks of: its names, question forms and statements. The words that this is tried on are
few and chosen (``untold`` in the lexicon): prices, people, limits of emissions, places around the zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal, get_args

from bot.dialogue.linking.features import on_word_border
from bot.dialogue.mind import Mind
from bot.dialogue.normal import normalise
from bot.dialogue.statements import statements_of
from bot.domain.records import Body, Matter, Record, Ref
from bot.domain.understanding import Ask

Gap = Literal["general", "contact", "price"]
_SORTS: Final[tuple[Gap, ...]] = get_args(Gap)
_plain = lru_cache(maxsize=20_000)(normalise)  # the same few records are looked at again and again


def untold(text: str, ask: Ask, refs: Sequence[Ref], mind: Mind) -> Gap | None:
    """The sort of gap where a normalised text has a word of ``untold`` that none of the records speaks of."""
    wanted = [
        (sort, word)
        for sort in _SORTS
        for word in mind.lexicon.untold.get(sort, ())
        if _stands_in(word, text)
    ]
    if not wanted and ask is not Ask.VALUE:
        return None
    meant = dict.fromkeys(other for ref in refs for other in (ref, *mind.catalogue.beside(ref)))
    records = [record for record in map(mind.catalogue.get, meant) if record is not None]
    for sort, word in wanted:
        if not any(_stands_in(word, said) for record in records for said in _says(record)):
            return sort
    if ask is Ask.VALUE and _is_counted(text, mind) and all(_counts_nothing(ref, mind) for ref in refs):
        return "general"
    return None


def _is_counted(text: str, mind: Mind) -> bool:
    return any(_stands_in(word, text) for word in mind.lexicon.untold.get("count", ()))


def _counts_nothing(ref: Ref, mind: Mind) -> bool:
    """True for bodies and settled matters: of them is told what they do and who is responsible, never how many there are."""
    record = mind.catalogue.get(ref)
    return isinstance(record, Body) or (isinstance(record, Matter) and record.status == "settled")


def _stands_in(word: str, text: str) -> bool:
    start = text.find(word)
    while start >= 0:
        if on_word_border(text, start, start + len(word)):
            return True
        start = text.find(word, start + 1)
    return False


def _says(record: Record) -> Iterator[str]:
    """Everything that a record says or is asked by, normalised."""
    return (_plain(text) for text in _texts(record))


def _texts(record: Record) -> Iterator[str]:
    yield from (record.name.zh, record.name.en, *record.aliases, *record.questions)
    for statement in statements_of(record):
        yield from (statement.zh, statement.en)
