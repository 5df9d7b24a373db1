"""The names that the NLU model learns to recognise, generated from the knowledge into Rasa lookup tables.

One file a kind, ``lookup_<kind>.yml``. Question forms are not names: they stay with the linking in the bot, because a
mention is replaced by its kind before an intent is learnt, and a question would take what is asked with it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bot.curation.problems import Problem
from bot.dialogue.normal import normalise
from bot.domain.catalogue import KnowledgeSet
from bot.domain.records import Kind, Record, Ref

HEADER: Final = (
    "# Generated from the knowledge base. Do not edit: change the record, then run `yuanwen train`.\n"
)
SHORTEST_NAME: Final = 2  # characters; less would be found everywhere

# The same words as in rasa_project/dataset/lookups.py, whose check refuses a question in a lookup.
_QUESTION: Final = re.compile(
    r"[?？吗呢谁啥几]|哪[里些个家]?|多少|多久|怎么|怎样|如何|什么|是否|是不是|能不能|要不要"
    r"|^(?:who|what|how|where|when|which|why|do|does|is|are|can|could|should|may|will)\b",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"[\[\]\n]")
_BRACKETS: Final = re.compile(r"\s*[（(][^（）()]*[）)]\s*$")


def lookup_files(knowledge: KnowledgeSet) -> dict[str, str]:
    """File name → content, for every kind. The same knowledge gives the same text."""
    names: defaultdict[Kind, set[str]] = defaultdict(set)
    for ref, record in knowledge.records.items():
        names[ref.kind].update(_names_of(record))
    for ambiguous in knowledge.ambiguous_names:
        kind = Ref.parse(ambiguous.default or ambiguous.candidates[0]).kind
        names[kind].add(ambiguous.name)
    return {f"lookup_{kind.value}.yml": _render(kind, names[kind]) for kind in Kind}


def write_lookups(knowledge: KnowledgeSet, folder: Path) -> list[Path]:
    """Writes the files into ``folder`` (``rasa_project/data/generated``); returns those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, content in lookup_files(knowledge).items():
        path = folder / name
        if (
            _read(path) != content
        ):  # an unchanged file keeps its time, and the model trained from it stays fitting
            path.write_text(content, encoding="utf-8")
            changed.append(path)
    return changed


def drift(knowledge: KnowledgeSet, folder: Path) -> Iterator[Problem]:
    """Generated files that are not what the knowledge gives now."""
    for name, content in lookup_files(knowledge).items():
        if _read(folder / name) != content:
            message = "the generated names differ from the knowledge: run 'yuanwen train'"
            yield Problem(f"{folder.name}/{name}", 1, "drift", message)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _names_of(record: Record) -> Iterator[str]:
    for name in (record.name.zh, record.name.en):
        yield name
        yield _BRACKETS.sub("", name)  # people leave the explanation in brackets out
    yield from record.aliases


def _render(kind: Kind, names: Iterable[str]) -> str:
    unique: dict[str, str] = {}
    for name in sorted(names):
        spelt = normalise(name)
        if len(spelt) >= SHORTEST_NAME and not _QUESTION.search(name) and not _MARKUP.search(name):
            unique.setdefault(spelt, name)
    lines = "".join(f"    - {name}\n" for name in sorted(unique.values()))
    return f'{HEADER}version: "3.1"\nnlu:\n- lookup: {kind.value}\n  examples: |\n{lines}'
