"""Phrases with slots made into sentences with names: what both pipelines, ours and stock, are trained on.

Deterministic, and steady: which names a phrase gets depends on the phrase and the names alone, so that a new record
changes only the sentences that now name it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from components.gazetteer import Gazetteer
from components.kinds import KINDS
from components.normalisation import normalise
from dataset.lookups import LANGUAGES, DatasetError, Names, language_of, read_lookups
from dataset.phrases import SLOT, Phrase, read_phrases

SENTENCES_PER_PHRASE = 1
"""How many sentences a phrase with slots becomes; a phrase without becomes one."""

_HEADER = "# Generated from data/phrases and the lookups by `python -m dataset realise`. Do not edit.\n"

Sentence = tuple[str, str]
"""Intent and sentence, mentions marked as Rasa reads it: ``[环评](procedure)要批多久``."""


class NameChooser:
    """Picks names for slots, in the language of the phrase, from names that mean one kind only."""

    def __init__(self, names: Names, gazetteer: Gazetteer) -> None:
        self._names: dict[tuple[str, str], list[str]] = {}
        for kind, kind_names in names.items():
            for name in kind_names:
                normal = normalise(name).text
                found = gazetteer.find(normal)
                if len(found) == 1 and (found[0].kind, found[0].end - found[0].start) == (kind, len(normal)):
                    self._names.setdefault((kind, language_of(name)), []).append(name)

    def choose(self, phrase: Phrase, turn: int) -> list[str]:
        """One name for each slot of the phrase; another ``turn``, other names."""
        chosen: list[str] = []
        for position, kind in enumerate(phrase.slots):
            names = self._names.get((kind, phrase.lang))
            if not names:
                raise DatasetError(
                    f"no {phrase.lang} name of the kind {kind!r} for the phrase {phrase.text!r}"
                )
            key = f"{phrase.lang}|{phrase.intent}|{phrase.text}|{turn}|{position}"
            # The highest draw wins (rendezvous hashing): a new name moves only the phrases that it wins.
            chosen.append(max(names, key=lambda name: hashlib.sha256(f"{key}|{name}".encode()).digest()))
        return chosen


def realise(
    phrases: Iterable[Phrase], names: Names, per_phrase: int = SENTENCES_PER_PHRASE
) -> dict[str, list[Sentence]]:
    """Sentences by language. Raises ``DatasetError`` when a slot has no name in that language."""
    gazetteer = Gazetteer.from_names(
        (kind, name) for kind, kind_names in names.items() for name in kind_names
    )
    chooser = NameChooser(names, gazetteer)
    sentences: dict[str, dict[Sentence, None]] = {lang: {} for lang in LANGUAGES}
    for phrase in phrases:
        for turn in range(per_phrase if phrase.slots else 1):
            parts = SLOT.split(phrase.text)  # text and slots in turn
            parts[1::2] = chooser.choose(phrase, turn)
            sentences[phrase.lang][phrase.intent, mark_mentions("".join(parts), gazetteer)] = None
    return {lang: list(found) for lang, found in sentences.items()}


def mark_mentions(text: str, gazetteer: Gazetteer) -> str:
    """The text with every known name in Rasa's markup, as the extractor will find it in a message."""
    normal = normalise(text)
    parts: list[str] = []
    position = 0
    for mention in gazetteer.find(normal.text):
        start, end = normal.span(mention.start, mention.end)
        parts += [text[position:start], f"[{text[start:end]}]({mention.kind})"]
        position = end
    return "".join([*parts, text[position:]])


def render_nlu(sentences: Sequence[Sentence]) -> str:
    """One ``nlu_<lang>.yml``: intents in alphabetical order, sentences in the order of the phrases."""
    by_intent: dict[str, list[str]] = {}
    for intent, text in sentences:
        by_intent.setdefault(intent, []).append(text)
    blocks = []
    for intent in sorted(by_intent):
        lines = "".join(f"    - {text}\n" for text in by_intent[intent])
        blocks.append(f"- intent: {intent}\n  examples: |\n{lines}")
    return f'{_HEADER}version: "3.1"\nnlu:\n' + "".join(blocks)


def read_names(data: Path) -> Names:
    """All lookups of a data folder, generated and written by hand."""
    names = read_lookups([*sorted((data / "generated").glob("lookup_*.yml")), data / "places.yml"])
    return {kind: names[kind] for kind in KINDS if kind in names}


def generated_files(data: Path, per_phrase: int = SENTENCES_PER_PHRASE) -> dict[str, str]:
    """Name and content of each ``nlu_<lang>.yml`` as it should be now."""
    sentences = realise(read_phrases(data / "phrases"), read_names(data), per_phrase)
    return {f"nlu_{lang}.yml": render_nlu(found) for lang, found in sentences.items() if found}
