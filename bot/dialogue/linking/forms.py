"""Every form that the records of a knowledge set are known by, normalised for the index."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.dialogue.linking.values import Form, FormSort
from bot.dialogue.normal import normalise
from bot.dialogue.statements import statements_of
from bot.domain.catalogue import KnowledgeSet, ref_of
from bot.domain.records import Body, Record

_NAME_PARTS = re.compile(r"[（(][^）)]*[）)]|[“”\"《》]")


def forms_of(knowledge: KnowledgeSet) -> Iterator[Form]:
    """Names, question forms and statements of every record, each once a record."""
    for record in knowledge.records.values():
        ref = ref_of(record)
        seen: set[str] = set()
        for text, sort in _forms(record):
            if text not in seen:
                seen.add(text)
                yield Form(ref, text, sort)


def _forms(record: Record) -> Iterator[tuple[str, FormSort]]:
    for text in (record.name.zh, record.name.en):
        if len(plain := normalise(_NAME_PARTS.sub("", text)).strip()) > 1:
            yield plain, "title"
    for text in record.aliases:
        if len(plain := normalise(_NAME_PARTS.sub("", text)).strip()) > 1:
            yield plain, "alias"
    for text in record.questions:
        yield normalise(text).strip(" ?？。.!！"), "question"
    for text in (record.name.zh, record.name.en):
        yield normalise(text), "question"
    if isinstance(record, Body):
        for function in record.functions:
            yield normalise(function.zh), "question"
            yield normalise(function.en), "question"
    for statement in statements_of(record):
        yield normalise(statement.zh), "statement"
        yield normalise(statement.en), "statement"
