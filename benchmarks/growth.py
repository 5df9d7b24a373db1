"""Whether the right records are still found in a catalogue thirty times the size: share right without and with made records.

The questions of the evaluation are replayed with word lists as the understanding, so that only linking differs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.measure import show, verdict
from benchmarks.synthetic import forms
from bot.app import build_minds
from bot.curation.evaluation.questions import Question, read_questions
from bot.curation.evaluation.rehearsal import Rehearsal
from bot.curation.evaluation.tables import Table
from bot.curation.language_files import read_lexicon
from bot.curation.template_files import read_templates
from bot.curation.yaml_files import read_knowledge
from bot.dialogue.linking import build_index
from bot.dialogue.mind import Mind
from bot.dialogue.normal import normalise
from bot.dialogue.wording import Wording
from bot.domain.catalogue import Catalogue, KnowledgeSet, Revision
from bot.domain.lexicon import Lexicon
from bot.domain.records import Record, Ref
from bot.domain.text import Audience
from bot.domain.understanding import Understanding
from bot.nlu.gazetteer import Gazetteer
from bot.settings import ROOT

RECORDS: Final = 10_000
MOST_LOST: Final = 2.0  # points


class Parses(Mapping[str, Understanding]):
    """What the word lists understand of any text."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._gazetteer = Gazetteer(lexicon)

    def __getitem__(self, text: str) -> Understanding:
        return self._gazetteer.understand(text)

    def __contains__(self, text: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def minds_of(knowledge_folder: Path, extra: int) -> dict[Audience, Mind]:
    """The minds of the knowledge and ``extra`` made records, which both audiences may see."""
    knowledge, lexicon = read_knowledge(knowledge_folder).knowledge, read_lexicon(knowledge_folder)
    revision = Revision(1, "growth", datetime(2026, 11, 24, tzinfo=UTC))
    minds = build_minds(knowledge, revision, lexicon)
    if not extra:
        return minds
    every = list(forms(knowledge, len(knowledge.records) + extra))
    neutral = [normalise(word) for words in (lexicon.neutral, *lexicon.places.values()) for word in words]
    index = build_index(every, neutral, [[normalise(word) for word in group] for group in lexicon.synonyms])
    made = {form.ref for form in every} - set(knowledge.records)
    grown = _with(knowledge, made)
    return {
        audience: replace(mind, catalogue=Catalogue(grown, revision, audience), index=index)
        for audience, mind in minds.items()
    }


def _with(knowledge: KnowledgeSet, made: set[Ref]) -> KnowledgeSet:
    """The knowledge, and for each made reference a public record of its kind, so that the made ones can win and be shown."""
    pattern: dict[str, Record] = {}
    for record in knowledge.records.values():
        if record.audience is Audience.PUBLIC:
            pattern.setdefault(record.kind, record)
    copies = (replace(pattern[ref.kind.value], id=ref.id) for ref in made)
    return replace(knowledge, records=KnowledgeSet.of([*knowledge.records.values(), *copies]).records)


def share_right(knowledge_folder: Path, questions: tuple[Question, ...], extra: int) -> float:
    """The percentage of questions whose every turn is right."""
    minds = minds_of(knowledge_folder, extra)
    parses = Parses(read_lexicon(knowledge_folder))
    rehearsal = Rehearsal(minds, Wording(read_templates(knowledge_folder)), parses)
    mind = minds[Audience.PUBLIC]
    return 100 * rehearsal.share(questions, mind.weights, mind.bounds)


def run(_: argparse.Namespace) -> None:
    """Prints both shares and what is lost."""
    knowledge, questions = ROOT / "knowledge", read_questions(ROOT / "tests" / "questions")
    small, large = (share_right(knowledge, questions, extra) for extra in (0, RECORDS))
    lost = small - large
    row = (f"{len(questions)}", f"{small:.1f}%", f"{large:.1f}%", f"{lost:.1f}", f"{MOST_LOST:g}")
    show(
        Table(
            f"Questions right with {RECORDS:,} made records more (word lists as the understanding)",
            ("questions", "the knowledge", "grown", "points lost", "at most", ""),
            ((*row, verdict(lost, MOST_LOST)),),
        )
    )
