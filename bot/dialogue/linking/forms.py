"""Every form that the records of a knowledge set are known by, normalised for the index."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.dialogue.linking.index import Form
from bot.dialogue.normal import normalise
from bot.domain.catalogue import KnowledgeSet, ref_of
from bot.domain.records import Body, Record

_NAME_PARTS = re.compile(r"[（(][^）)]*[）)]|[“”\"《》]")


def forms_of(knowledge: KnowledgeSet) -> Iterator[Form]:
    """Names and aliases (found inside an utterance) and question forms (compared with it), each once a record."""
    for record in knowledge.records.values():
        ref = ref_of(record)
        names = dict.fromkeys(_names(record))
        for text in names:
            yield Form(ref, text, name=True)
        for text in dict.fromkeys(_phrases(record)):
            if text not in names:
                yield Form(ref, text, name=False)


def _names(record: Record) -> Iterator[str]:
    for text in (record.name.zh, record.name.en, *record.aliases.zh, *record.aliases.en):
        plain = normalise(_NAME_PARTS.sub("", text))
        if len(plain) > 1:
            yield plain


def _phrases(record: Record) -> Iterator[str]:
    for text in (*record.questions.zh, *record.questions.en):
        yield normalise(text).strip(" ?？。.!！")
    for text in (record.name.zh, record.name.en):
        yield normalise(text)
    if isinstance(record, Body):
        for function in record.functions:
            yield normalise(function.zh)
            yield normalise(function.en)
