"""The single statements that a record makes: what a detail in a question can be found in. No search, no wording."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.records import (
    Body,
    Concept,
    Matter,
    Mechanism,
    ParkFact,
    Pathway,
    Procedure,
    Record,
)
from bot.domain.text import Bilingual


def statements_of(record: Record) -> Iterator[Bilingual]:
    """Every sentence of a record that may be shown by itself, the most general last."""
    match record:
        case Procedure():
            yield from _of_procedure(record)
        case Body():
            yield from record.functions
        case Matter():
            yield from (support.part for support in record.support)
        case ParkFact():
            yield record.answer
            yield from record.items
        case Mechanism():
            yield record.what
        case Concept():
            yield record.explanation
        case Pathway():
            yield record.applies_when
            yield from record.cautions
    if isinstance(record, Body | Matter | ParkFact | Mechanism) and record.caution:
        yield record.caution


def _of_procedure(record: Procedure) -> Iterator[Bilingual]:
    yield from record.notes
    for basis in record.legal_basis:
        yield basis.summary
    yield record.validity
    yield record.fee
    if record.expansion:
        yield record.expansion
    yield record.applies_when
    yield from record.documents
    yield record.time_limit.basis
    if record.reform_target:
        yield record.reform_target.basis
    yield record.result
    yield record.authority
