"""No question of the measure is something that the assistant learns from."""

from __future__ import annotations

from pathlib import Path

from bot.curation.evaluation.overlap import taken
from bot.curation.evaluation.questions import read_questions
from bot.curation.yaml_files import read_knowledge
from bot.domain.catalogue import KnowledgeSet
from tests import knowledge_values as sample
from tests.curation.evaluated import question, turn

ROOT = Path(__file__).resolve().parents[2]
PHRASES = """
phrases:
- intent: ask_duration
  examples: |
    - How long  is the EIA valid for the new plant?
    - how long
    - "{procedure}要批多久"
- intent: greet
  examples: |
    - good morning to all of you over there
"""
GENERATED = """
nlu:
- lookup: procedure
  examples: |
    - the environmental impact assessment of a plant
- intent: ask_duration
  examples: |
    - "[环评](procedure)要批多久"
"""


def found(tmp_path: Path, *texts: str) -> list[str]:
    for name, content in (("phrases/en/procedure.yml", PHRASES), ("generated/nlu_zh.yml", GENERATED)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    forms = {"en": ["What does the office do all day?"]}
    knowledge = KnowledgeSet.of([sample.value(sample.body(questions=forms))])
    return [each.place for each in taken([question(*map(turn, texts))], tmp_path, knowledge)]


def test_case_spaces_and_punctuation_hide_nothing(tmp_path: Path) -> None:
    place = "phrases/en/procedure.yml (ask_duration)"
    assert found(tmp_path, "how long is the EIA valid, for the new plant") == [place]


def test_sentences_made_from_patterns_count(tmp_path: Path) -> None:
    assert found(tmp_path, "环评要批多久？") == ["generated/nlu_zh.yml (ask_duration)"]


def test_question_forms_of_records_count(tmp_path: Path) -> None:
    assert found(tmp_path, "what does the office do all day") == ["the questions of body/committee"]


def test_names_greetings_and_brief_later_turns_are_everybodys(tmp_path: Path) -> None:
    assert found(tmp_path, "the environmental impact assessment of a plant") == []
    assert found(tmp_path, "Good morning to all of you over there!") == []
    assert found(tmp_path, "something else", "How long?", "🙂") == []
    assert found(tmp_path, "How long?") == ["phrases/en/procedure.yml (ask_duration)"]


def test_no_question_of_ours_is_learnt_from() -> None:
    knowledge = read_knowledge(ROOT / "knowledge").knowledge
    lessons = taken(read_questions(ROOT / "tests" / "questions"), ROOT / "rasa_project" / "data", knowledge)
    assert list(map(str, lessons)) == []
