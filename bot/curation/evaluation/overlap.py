"""Whether a question of the measure has found its way into what the assistant learns from or is known by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.curation.evaluation.plain_yaml import read_yaml
from bot.curation.evaluation.questions import Question
from bot.dialogue.normal import key
from bot.domain.catalogue import KnowledgeSet, ref_of

_MARKUP: Final = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_SLOT: Final = "{"  # a phrase with a slot is no sentence; what it is made into stands in data/generated

# What everybody says in the same few words, however it is measured.
_EVERYBODYS: Final = frozenset(
    {"greet", "thank", "goodbye", "ask_help", "ask_identity", "ask_human", "switch_language", "delete_data", "affirm",
     "deny", "go_back", "ask_more"}
)  # fmt: skip
_BRIEF: Final = 6  # words or Chinese characters: "how long?" as a later turn is nobody's wording


@dataclass(frozen=True, slots=True)
class Taken:
    """A measured text that stands in ``place`` as well. ``question`` is its id."""

    question: str
    text: str
    place: str

    def __str__(self) -> str:
        return f"{self.question}: {self.text!r} is also in {self.place}: take it from there"


def taken(questions: Iterable[Question], rasa_data: Path, knowledge: KnowledgeSet) -> list[Taken]:
    """Every measured text that is, after normalisation, also a training sentence, a question form or an alias.

    Greetings and the like, and brief later turns of a conversation, are let through.
    """
    known: defaultdict[str, list[str]] = defaultdict(list)
    for text, place in (*_learnt(rasa_data), *_forms(knowledge)):
        known[key(text)].append(place)
    return [
        Taken(question.id, turn.text, known[key(turn.text)][0])
        for question in questions
        for number, turn in enumerate(question.turns)
        if key(turn.text) and key(turn.text) in known and not (number and _is_brief(turn.text))
    ]


def _is_brief(text: str) -> bool:
    return len(_WORD.findall(text)) <= _BRIEF


def _learnt(folder: Path) -> Iterator[tuple[str, str]]:
    """Every sentence that the NLU model learns from, with its place: hand-written before generated."""
    for path in sorted(folder.rglob("*.yml"), reverse=True):
        document = read_yaml(path.read_text(encoding="utf-8")) or {}
        blocks: list[Any] = [*(document.get("nlu") or []), *(document.get("phrases") or [])]
        for block in blocks:
            if block.get("intent", "greet") not in _EVERYBODYS:
                for line in block["examples"].splitlines():
                    text = _MARKUP.sub(r"\1", line.removeprefix("- ").strip())
                    if _SLOT not in text:
                        yield text, f"{path.relative_to(folder).as_posix()} ({block['intent']})"


def _forms(knowledge: KnowledgeSet) -> Iterator[tuple[str, str]]:
    """Question forms and aliases with their place. A record's own name is a fact: whoever knows it may type it."""
    for record in knowledge.records.values():
        names = {key(record.name.zh), key(record.name.en)}
        for field, forms in (("questions", record.questions), ("aliases", record.aliases)):
            for text in (text for text in forms if key(text) not in names):
                yield text, f"the {field} of {ref_of(record)}"
