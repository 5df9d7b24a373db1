"""The evaluation questions are well formed, and what they expect exists in the knowledge base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "tests" / "questions"
KNOWLEDGE = ROOT / "knowledge"

# How many questions a kind must have: enough for a share to mean something.
KINDS = {
    "direct": 120,
    "colloquial": 90,
    "follow_up": 40,
    "multi": 30,
    "out_of_scope": 30,
    "near_domain": 50,
    "staff_only": 40,
    "unsettled": 35,
    "traps": 40,
}
OUTCOMES = {"answered", "clarify", "ask", "not_known", "handover", "refused", "social", "error"}
RECORD_KINDS = {"procedure", "body", "matter", "park", "mechanism", "concept", "pathway"}
QUESTION_KEYS = {"id", "lang", "audience", "split", "ask", "note", "text", "turns", "right"}
RIGHT_KEYS = {"outcome", "records_any", "records_all", "records_each", "says_any", "says_all", "never"}

# The C parser where PyYAML has it: ten times faster, and these files are long.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Question = dict[str, Any]


@cache
def load(kind: str) -> list[Question]:
    document = yaml.load((QUESTIONS / f"{kind}.yaml").read_text(encoding="utf-8"), Loader=LOADER)
    assert document["kind"] == kind
    questions: list[Question] = document["questions"]
    return questions


def all_questions() -> list[Question]:
    return [question for kind in KINDS for question in load(kind)]


def turns(question: Question) -> list[Question]:
    return question.get("turns") or [question]


def expected_records(right: dict[str, Any]) -> list[str]:
    groups = [right.get("records_any", []), right.get("records_all", []), *right.get("records_each", [])]
    return [record for group in groups for record in group]


def records_in(document: object) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        if "kind" in document and "id" in document:
            yield document
        for record in document.get("records") or []:
            yield from records_in(record)


def knowledge_audiences() -> dict[str, str]:
    """Maps KIND/ID of every record under knowledge/ to its audience."""
    audiences = {}
    for path in sorted(KNOWLEDGE.rglob("*.yaml")):
        for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader=LOADER):
            for record in records_in(document):
                if record["kind"] in RECORD_KINDS:
                    audiences[f"{record['kind']}/{record['id']}"] = record.get("audience", "public")
    return audiences


@pytest.fixture(scope="module")
def audiences() -> dict[str, str]:
    found = knowledge_audiences()
    if not found:
        pytest.skip("no knowledge records in this tree")
    return found


def test_every_file_is_a_known_kind() -> None:
    files = {path.stem for path in QUESTIONS.glob("*.yaml")} - {"gate"}  # the floors of `make eval`
    assert files == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_questions_are_well_formed(kind: str) -> None:
    problems = []
    for question in load(kind):
        problems += [f"{question.get('id')}: {problem}" for problem in problems_of(question, kind)]
    assert problems == []


def problems_of(question: Question, kind: str) -> list[str]:
    found = [f"unknown key {key}" for key in question.keys() - QUESTION_KEYS]
    found += [f"{key} is missing" for key in ("id", "lang", "split", "ask") if not question.get(key)]
    if question.get("lang") not in {"zh", "en"}:
        found.append("lang is zh or en")
    if question.get("split") not in {"dev", "test"}:
        found.append("split is dev or test")
    if question.get("audience", "public") not in {"public", "staff"}:
        found.append("audience is public or staff")
    if ("turns" in question) != (kind == "follow_up") or ("turns" in question and "text" in question):
        found.append("conversations have turns and stand in follow_up.yaml; all others have a text")
    if "turns" in question and not 2 <= len(question["turns"]) <= 5:
        found.append("a conversation has 2 to 5 turns")
    for turn in turns(question):
        found += problems_of_turn(turn)
    return found


def problems_of_turn(turn: Question) -> list[str]:
    right = turn.get("right") or {}
    found = [f"unknown key right.{key}" for key in right.keys() - RIGHT_KEYS]
    if not isinstance(turn.get("text"), str) or not turn["text"].strip():
        found.append("text is missing")
    if not right.get("outcome") or set(right["outcome"]) - OUTCOMES:
        found.append(f"outcome is one or more of {sorted(OUTCOMES)}")
    for key in ("says_any", "says_all", "never"):
        if not all(isinstance(words, str) and words for words in right.get(key, [])):
            found.append(f"{key} holds texts; put numbers in quotes")
    return found


def test_ids_are_unique() -> None:
    counted = Counter(question["id"] for question in all_questions())
    assert [name for name, count in counted.items() if count > 1] == []


def test_no_question_is_asked_twice() -> None:
    asked = Counter(
        (question["text"].strip().lower(), question.get("audience", "public"))
        for question in all_questions()
        if "text" in question
    )
    assert [text for (text, _), count in asked.items() if count > 1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_large_and_split_in_advance(kind: str) -> None:
    questions = load(kind)
    dev = sum(question["split"] == "dev" for question in questions)
    assert len(questions) >= KINDS[kind]
    assert 0.5 <= dev / len(questions) <= 0.7


def test_both_languages_are_asked() -> None:
    languages = Counter(question["lang"] for question in all_questions())
    assert 0.5 <= languages["zh"] / languages.total() <= 0.7


def test_expected_records_exist(audiences: dict[str, str]) -> None:
    missing = {
        (question["id"], record)
        for question in all_questions()
        for turn in turns(question)
        for record in expected_records(turn["right"])
        if record not in audiences
    }
    assert missing == set()


def test_the_public_is_never_expected_to_get_a_staff_record(audiences: dict[str, str]) -> None:
    leaks = {
        (question["id"], record)
        for question in all_questions()
        if question.get("audience", "public") == "public"
        for turn in turns(question)
        for record in expected_records(turn["right"])
        if audiences.get(record) == "staff"
    }
    assert leaks == set()
