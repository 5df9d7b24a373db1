"""Phrases written by hand: one intent, one wording, mentions as slots (`{procedure}要批多久`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from components.features import NO_LETTERS, units
from components.kinds import KINDS
from components.normalisation import normalise
from dataset.lookups import LANGUAGES, DatasetError, examples_of, read_blocks

SLOT = re.compile(r"\{(\w+)\}")
ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Phrase:
    """One wording of an intent. ``lang`` is ``zh`` or ``en``; ``text`` may have slots such as ``{body}``."""

    lang: str
    intent: str
    text: str

    @property
    def slots(self) -> tuple[str, ...]:
        """Kinds of the mentions in it, in order."""
        return tuple(SLOT.findall(self.text))


def read_phrases(folder: Path) -> list[Phrase]:
    """All phrases below ``folder``/zh and ``folder``/en, in the order of the files, each wording once.

    A file has Rasa's NLU format with `phrases:` in place of `nlu:`, so that Rasa does not read it. Entity markup
    (`[环评](procedure)`) is allowed and dropped: mentions are marked from the lookups, everywhere alike.
    """
    phrases: dict[Phrase, None] = {}
    for lang in LANGUAGES:
        for path in sorted((folder / lang).glob("**/*.yml")):
            if read_blocks(path, "nlu"):
                raise DatasetError(
                    f"{path}: phrases stand under `phrases:`; under `nlu:` Rasa would train on slots"
                )
            for block in read_blocks(path, "phrases"):
                intent = block.get("intent")
                if not isinstance(intent, str):
                    raise DatasetError(f"{path}: a block has no `intent`: {block!r:.80}")
                for example in examples_of(block, path):
                    phrases[Phrase(lang, intent, ANNOTATION.sub(r"\1", example))] = None
    return list(phrases)


def problems_of(phrases: list[Phrase]) -> list[str]:
    """What is wrong with phrases, one line each: unknown slots, and wordings that two intents claim."""
    problems = []
    owner: dict[str, Phrase] = {}
    for phrase in phrases:
        for slot in phrase.slots:
            if slot not in KINDS:
                problems.append(f"{phrase.lang} {phrase.intent}: unknown slot {{{slot}}} in {phrase.text!r}")
        if "[" in phrase.text or "]" in phrase.text:
            problems.append(f"{phrase.lang} {phrase.intent}: a bracket in {phrase.text!r}")
        first = owner.setdefault(wording(phrase.text), phrase)
        if first.intent != phrase.intent:
            problems.append(
                f"{phrase.lang}: {phrase.text!r} is claimed by {first.intent} and {phrase.intent}"
            )
    return problems


def wording(text: str) -> str:
    """What makes two phrases the same: the text without punctuation, or all of it where it has no letter."""
    normal = normalise(text).text
    letters = [unit for unit in units(normal) if unit not in NO_LETTERS]
    return " ".join(letters) if letters else normal
